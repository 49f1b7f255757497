"""Bits per channel: samples of any depth as the 8 or 16 that a photo is edited in, and 16 as 8."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.photo import Pixels
from portrait_studio.messages import Message

_ROWS_AT_A_TIME = 256


def in_8_bits(values: Pixels) -> NDArray[np.uint8]:
    """Round uint16 in [0, 65535] to uint8 in [0, 255], any shape; 65535 = 255 * 257, and uint8 stays."""
    if values.dtype == np.uint8:
        return values.astype(np.uint8, copy=False)
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def in_8_or_16_bits(samples: NDArray[Any], bits: int, path: Path) -> tuple[Pixels, tuple[Message, ...]]:
    """Samples whose full range is that of their dtype.

    Args:
        samples: (H, W, ...) of whole numbers, or of floating-point numbers from 0 to 1.
        bits: how many of them count, 1..64.
        path: the file that they are from.

    Returns:
        (H, W, ...) uint8 for up to 8 bits, else uint16; unchanged for 8 and 16. And what had to be changed.

    Raises:
        ImageFileError: there are negative numbers, or numbers above 1 where that is white.
    """
    if samples.dtype.kind == "f":
        return _of_fractions(samples, path)
    if samples.dtype.kind == "i":
        return _of_signed(samples, bits, path)
    if bits in (8, 16):
        return cast(Pixels, samples), ()
    if bits > 16:
        return _of_wide(samples, bits)
    scaled = _scaled(samples, (1 << bits) - 1, 8 if bits < 8 else 16)
    return scaled, (_deep_notice(bits),) if bits > 8 else ()


def _deep_notice(bits: int) -> Message:
    """That a photo of so many bits per channel is one of 16 now."""
    return Message("The photo has {bits} bits per channel; it is edited and saved with 16.", bits=bits)


def _scaled(samples: NDArray[Any], most: float, bits: int) -> Pixels:
    """Samples from 0 to `most` over the full range of 8 or 16 bits, rounded."""
    full = (1 << bits) - 1
    scaled: Pixels = np.empty(samples.shape, np.uint8 if bits == 8 else np.uint16)
    # A few rows at a time: floating-point copies of a whole photo would not fit.
    for top in range(0, len(samples), _ROWS_AT_A_TIME):
        rows = slice(top, top + _ROWS_AT_A_TIME)
        scaled[rows] = np.clip(np.rint(samples[rows].astype(np.float64) * (full / most)), 0, full)
    return scaled


def _of_wide(samples: NDArray[Any], bits: int) -> tuple[Pixels, tuple[Message, ...]]:
    if int(samples.max(initial=0)) <= 0xFFFF:
        # Programs that know no 16-bit files keep 16-bit numbers like this.
        return samples.astype(np.uint16), ()
    return _scaled(samples, float((1 << bits) - 1), 16), (_deep_notice(bits),)


def _of_signed(samples: NDArray[Any], bits: int, path: Path) -> tuple[Pixels, tuple[Message, ...]]:
    if int(samples.min(initial=0)) < 0:
        raise ImageFileError(
            "{path} holds negative numbers, which are measurements and no colours; convert it to 8- or 16-bit"
            " RGB first.",
            path=path,
        )
    if bits > 16:
        return _of_wide(samples, bits - 1)
    scaled = _scaled(samples, (1 << (bits - 1)) - 1, 8 if bits <= 8 else 16)
    return scaled, (Message("The photo's numbers have a sign; it is edited and saved without."),)


def _of_fractions(samples: NDArray[Any], path: Path) -> tuple[Pixels, tuple[Message, ...]]:
    low, high = float(samples.min(initial=0)), float(samples.max(initial=0))
    # Not a number is never inside.
    if not (low >= 0 and high <= 1):
        raise ImageFileError(
            "{path} holds floating-point numbers from {low:.4g} to {high:.4g}, of which only 0 to 1 are black"
            " to white; scale them to that range or convert it to 16-bit RGB first.",
            path=path,
            low=low,
            high=high,
        )
    notice = Message("The photo holds floating-point numbers; it is edited and saved with 16 bits.")
    return _scaled(samples, 1.0, 16), (notice,)
