"""Light and shade or something else: how much of a difference in colour may be evened out.

Least squares spread a white blouse beside a dark coat over both as fog. As in robust estimation (Hampel 1974,
redescending weights), small differences count wholly and large ones not at all.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats


def shading_weight(square: Floats, tolerance: float) -> Floats:
    """How far differences are light and shade, and not another thing.

    Args:
        square: any shape, float32, their squared length in RGB of [0, 1].
        tolerance: length at which the weight is a half.

    Returns:
        The same shape, float32 in (0, 1].
    """
    return np.asarray(1.0 / (1.0 + (square / np.float32(tolerance**2)) ** 2), np.float32)


def seam_weight(
    corrections: tuple[Floats, Floats], hole: NDArray[np.bool_], spread_px: float, tolerance: float
) -> Floats:
    """How far the corrections at a hole's seam are light and shade, judged by their mean over some of it.

    What most of the seam has in common is light, however large: a fill may be right up to its brightness.

    Args:
        corrections: what is to be added to the steps to the right neighbour (H, W - 1, 3) and to the lower
            one (H - 1, W, 3); looked at where these pass the seam.
        hole: (H, W) bool.
        spread_px: standard deviation of the stretch of the seam over which texture is averaged away.
        tolerance: see `shading_weight`.

    Returns:
        (H, W) float32 in (0, 1]; means something at hole pixels beside the seam.
    """
    ones = [np.ones(part.shape[:2], np.float32) for part in corrections]
    count = _gathered(ones, hole, is_signed=False)
    seam = count > 0
    count = np.maximum(_smooth(count, spread_px), np.float32(1e-6))
    own, apart = np.zeros(hole.shape, np.float32), np.zeros(hole.shape, np.float32)
    # One channel at a time: a scratch over a large photo has a long seam in a large rectangle.
    for channel in range(corrections[0].shape[2]):
        mean = _smooth(
            _gathered([part[..., channel] for part in corrections], hole, is_signed=True), spread_px
        )
        mean /= count
        own += mean**2
        apart += (mean - np.median(mean[seam])) ** 2 if seam.any() else 0.0
    return shading_weight(np.minimum(own, apart), tolerance)


def _gathered(steps: list[Floats], hole: NDArray[np.bool_], *, is_signed: bool) -> Floats:
    """(H, W) sums, at hole pixels, of the steps across the seam; if signed, from outside to inside."""
    right, down = steps
    total = np.zeros(hole.shape, np.float32)
    # Transposed, steps downwards are steps to the right.
    for values, inside, sums in ((right, hole, total), (down.T, hole.T, total.T)):
        enters, leaves = inside[:, 1:] & ~inside[:, :-1], inside[:, :-1] & ~inside[:, 1:]
        sums[:, 1:] += np.where(enters, values, 0.0)
        sums[:, :-1] += np.where(leaves, -values if is_signed else values, 0.0)
    return total


def _smooth(plane: Floats, sigma_px: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), np.float32)
