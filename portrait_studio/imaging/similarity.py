"""Similarity transforms of the plane: turn, scale and shift."""

from __future__ import annotations

from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent

Transform = NDArray[np.float64]
"""(2, 3): points (x, y) as columns go to matrix[:, :2] @ point + matrix[:, 2]."""


_Value = TypeVar("_Value", np.uint8, np.float32)

_WITHOUT_SHRINKING: Final = 0.9


def fit_similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> Transform:
    """The similarity that brings points nearest to others, by least squares (Umeyama 1991), never mirrored.

    Args:
        source: (n, 2) x, y, at least two different points.
        target: (n, 2) where they should go.

    Returns:
        (2, 3) transform; of scale 0 where all source points are one.
    """
    x, y = np.asarray(source, np.float64), np.asarray(target, np.float64)
    from_mean, to_mean = x.mean(0), y.mean(0)
    moved, wanted = x - from_mean, y - to_mean
    spread = float((moved**2).sum())
    # Points as complex numbers: a similarity is one multiplication.
    factor = np.vdot(moved @ (1, 1j), wanted @ (1, 1j)) / spread if spread > 0 else 0j
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turn, to_mean - turn @ from_mean])


def transformed(matrix: Transform, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Points (n, 2) after a transform (2, 3)."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def translation(right: float, down: float) -> Transform:
    """The transform (2, 3) that moves everything so far."""
    return np.array([[1.0, 0.0, right], [0.0, 1.0, down]])


def inverted(matrix: Transform) -> Transform:
    """The transform (2, 3) that undoes one.

    Raises:
        LinAlgError: it maps everything to one point or line.
    """
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])


def composed(second: Transform, first: Transform) -> Transform:
    """The transform (2, 3) that does `first`, then `second`."""
    return np.column_stack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]])


def scale_of(matrix: Transform) -> float:
    """Factor by which a similarity (2, 3) makes things larger."""
    return float(np.hypot(*matrix[:, 0]))


def on_pixels(matrix: Transform) -> Transform:
    """A transform of points, whose pixel centres lie at + 0.5, for warps that count them at whole numbers."""
    half = np.full(2, 0.5)
    return np.column_stack([matrix[:, :2], matrix[:, :2] @ half + matrix[:, 2] - half])


def warped(
    values: NDArray[_Value], matrix: Transform, size: Extent, border: int = cv2.BORDER_REFLECT_101
) -> NDArray[_Value]:
    """A picture through a similarity, or one that scales both sides differently.

    Args:
        values: (h, w) or (h, w, 3), uint8 or float32.
        matrix: from their pixels to those of the result.
        size: of the result.
        border: what lies beyond their edge, as OpenCV names it: their mirror image, or zeros.
    """
    shrink = np.minimum(1.0, np.hypot(*matrix[:, :2]))
    # Bilinear sampling skips pixels when it shrinks, so the picture is averaged down to the scale first.
    if shrink.min() < _WITHOUT_SHRINKING:
        height, width = values.shape[:2]
        smaller = max(1, round(width * shrink[0])), max(1, round(height * shrink[1]))
        values = np.asarray(cv2.resize(values, smaller, interpolation=cv2.INTER_AREA), values.dtype)
        matrix = matrix @ np.diag([width / smaller[0], height / smaller[1], 1.0])
    cut = cv2.warpAffine(
        values, on_pixels(matrix), (size.width, size.height), flags=cv2.INTER_LINEAR, borderMode=border
    )
    return np.asarray(cut, values.dtype)
