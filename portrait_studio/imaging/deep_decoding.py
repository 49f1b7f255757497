"""Decodes files of which Pillow gives only 8 of more bits: PPM, JPEG 2000, AVIF."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.bit_depth import in_8_or_16_bits
from portrait_studio.imaging.decoding import Decoded, of_channels

_PNM_HEADER: Final = re.compile(rb"P([2356])(?:\s|#[^\n]*\n)+(\d+)" + rb"(?:\s|#[^\n]*\n)+(\d+)" * 2 + rb"\s")
_SIZE_MARKER: Final = b"\xff\x4f\xff\x51"
"""Begins the code stream of JPEG 2000 (ITU-T T.800, annex A)."""
_DEPTHS_AT: Final = 42
"""Where the depth of the first component lies behind the beginning of the code stream."""
_SIGNED: Final = 0x80


@dataclass(frozen=True)
class Deep:
    """How a file of more than 8 bits is decoded.

    Attributes:
        bits: per channel.
        samples: gives (H, W[, C]) of whole numbers.
    """

    bits: int
    samples: Callable[[bytes], NDArray[Any]]


def deep_kind(data: bytes, kind: str) -> Deep | None:
    """How to decode a file beyond 8 bits; None where it has no more of them.

    Args:
        data: bytes of the file.
        kind: Pillow's name of its format.
    """
    if kind == "PPM" and (found := _PNM_HEADER.match(data)) is not None and int(found[4]) > 255:
        return Deep(int(found[4]).bit_length(), _pnm_samples)
    if kind == "JPEG2000":
        bits = _jpeg_2000_bits(data)
        return Deep(bits, imagecodecs.jpeg2k_decode) if bits > 8 else None
    if kind == "AVIF":
        bits = _avif_bits(data)
        return Deep(bits, imagecodecs.avif_decode) if bits > 8 else None
    return None


def decode_deep(deep: Deep, data: bytes, path: Path) -> Decoded:
    """Decode as 16 bits per channel; the last of two or four channels is opacity.

    Raises:
        ImageFileError: its numbers have a sign.
        Exception: of nearly any type, when the file is damaged.
    """
    samples = deep.samples(data)
    samples = samples.reshape(*samples.shape[:2], -1)
    whole, notices = in_8_or_16_bits(samples, deep.bits, path)
    return replace(of_channels(whole), notices=notices)


def _pnm_samples(data: bytes) -> NDArray[Any]:
    """(H, W, C) uint16 of a PGM or PPM file, over the full range of the bits that its white needs."""
    found = _PNM_HEADER.match(data)
    assert found is not None
    kind, width, height, most = (int(group) for group in found.groups())
    channels = 3 if kind in (3, 6) else 1
    count = width * height * channels
    if kind in (5, 6):
        samples = np.frombuffer(data, ">u2", count, found.end()).astype(np.uint16)
    else:
        plain = re.sub(rb"#[^\n]*", b"", data[found.end() :])
        samples = np.array(plain.split(maxsplit=count)[:count], np.uint16)
    if len(samples) != count or samples.max(initial=0) > most:
        raise ValueError(f"{len(samples)} samples, up to {samples.max(initial=0)}")
    full = (1 << most.bit_length()) - 1
    if most != full:
        samples = np.rint(samples * (full / most)).astype(np.uint16)
    return samples.reshape(height, width, channels)


def _jpeg_2000_bits(data: bytes) -> int:
    at = data.find(_SIZE_MARKER)
    depths = data[at + _DEPTHS_AT :: 3] if at >= 0 else b""
    count = int.from_bytes(data[at + _DEPTHS_AT - 2 : at + _DEPTHS_AT], "big") if at >= 0 else 0
    return max(((depth & ~_SIGNED) + 1 for depth in depths[:count]), default=8)


def _avif_bits(data: bytes) -> int:
    """Depth that the file's "pixi" property gives, else its "av1C"."""
    at = data.find(b"pixi")
    if 0 <= at < len(data) - 10:
        return max(data[at + 9 : at + 9 + min(4, data[at + 8])], default=8)
    at = data.find(b"av1C")
    flags = data[at + 6] if 0 <= at < len(data) - 7 else 0
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 8
