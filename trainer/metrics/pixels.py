"""How far a filled photo lies from the true one, pixel by pixel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]

PEAK = 255.0
WINDOW = 11
SIGMA = 1.5
_LUMINANCE = (0.01 * 255) ** 2
_CONTRAST = (0.03 * 255) ** 2


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


def ssim(truth: NDArray[np.uint8], filled: NDArray[np.uint8]) -> float:
    """Mean structural similarity of two images over all channels, in [-1, 1]; 1 when they are equal.

    Gaussian window of 11 pixels, sigma 1.5, constants 0.01 and 0.03, range 255, each channel by itself; only
    windows that lie wholly inside the image count (as in the authors' code).

    Args:
        truth: (H, W, C) uint8, at least 11 pixels in both directions.
        filled: the same shape, uint8.

    Raises:
        OptionError: the shapes differ or the images are too small.
    """
    if truth.shape != filled.shape:
        raise OptionError(
            f"Pictures of different sizes cannot be compared: {truth.shape} and {filled.shape}."
        )
    if min(truth.shape[:2]) < WINDOW:
        raise OptionError(f"SSIM needs pictures of at least {WINDOW} x {WINDOW} pixels.")
    channels = [_channel(truth[..., c], filled[..., c]) for c in range(truth.shape[2])]
    return float(np.mean(channels))


def _channel(truth: NDArray[np.uint8], filled: NDArray[np.uint8]) -> float:
    a, b = truth.astype(np.float64), filled.astype(np.float64)
    mean_a, mean_b = _blurred(a), _blurred(b)
    variance = _blurred(a * a) - mean_a**2 + _blurred(b * b) - mean_b**2
    covariance = _blurred(a * b) - mean_a * mean_b
    likeness = (2 * mean_a * mean_b + _LUMINANCE) * (2 * covariance + _CONTRAST)
    scale = (mean_a**2 + mean_b**2 + _LUMINANCE) * (variance + _CONTRAST)
    return float((likeness / scale).mean())


def _blurred(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaussian means over the windows that lie wholly inside: (H - 10, W - 10)."""
    reach = WINDOW // 2
    blurred: NDArray[np.float64] = cv2.GaussianBlur(plane, (WINDOW, WINDOW), SIGMA)
    return blurred[reach:-reach, reach:-reach]
