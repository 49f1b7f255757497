"""How far a filled photo lies from the true one, pixel by pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]

PEAK = 255.0


def l1_in_hole(truth: Image, filled: Image, mask: Mask) -> float:
    """Mean absolute difference over hole pixels and channels, on the scale of 0 to 255.

    Args:
        truth: (H, W, 3) uint8.
        filled: (H, W, 3) uint8.
        mask: (H, W) uint8, nonzero = hole.

    Raises:
        OptionError: the hole is empty.
    """
    return float(np.abs(_in_hole(truth, filled, mask)).mean())


def psnr(truth: Image, filled: Image) -> float:
    """Peak signal-to-noise ratio of the whole image in decibels, peak 255; infinite when nothing differs.

    Args:
        truth: (H, W, 3) uint8.
        filled: (H, W, 3) uint8.
    """
    return _decibels(float(np.square(_difference(truth, filled)).mean()))


def psnr_in_hole(truth: Image, filled: Image, mask: Mask) -> float:
    """Peak signal-to-noise ratio over the hole, in decibels; arguments and errors as `l1_in_hole`."""
    return _decibels(float(np.square(_in_hole(truth, filled, mask)).mean()))


def _difference(truth: Image, filled: Image) -> NDArray[np.float64]:
    if truth.shape != filled.shape:
        raise OptionError(
            f"Pictures of different sizes cannot be compared: {truth.shape} and {filled.shape}."
        )
    return truth.astype(np.float64) - filled


def _in_hole(truth: Image, filled: Image, mask: Mask) -> NDArray[np.float64]:
    if not mask.any():
        raise OptionError(
            "There is nothing to measure in an empty hole; paint at least one pixel of the mask."
        )
    hole = mask > 0
    return _difference(truth[hole], filled[hole])


def _decibels(mean_square: float) -> float:
    return float(10 * np.log10(PEAK**2 / mean_square)) if mean_square > 0 else float("inf")
