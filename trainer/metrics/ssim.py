"""Structural similarity (Wang et al. 2004, "Image quality assessment: from error visibility to ...")."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError

WINDOW = 11
SIGMA = 1.5
_LUMINANCE = (0.01 * 255) ** 2
_CONTRAST = (0.03 * 255) ** 2


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
