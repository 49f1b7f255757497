"""Homographies: how a plane, or a whole scene seen from one place, moves from one photo to another."""

from __future__ import annotations

from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.similarity import Transform

Homography = NDArray[np.float64]
"""(3, 3): points (x, y, 1) as columns go to matrix @ point, divided by its last number."""

_Value = TypeVar("_Value", np.uint8, np.uint16, np.float32)

_WITHOUT_SHRINKING: Final = 0.9
_BESIDE_PX: Final = 4
"""What interpolation may look at beside a pixel."""


def as_homography(matrix: Transform) -> Homography:
    """A transform (2, 3) as a homography (3, 3)."""
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def moved(matrix: NDArray[np.floating], points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Points (n, 2) x, y after a homography; not finite where it sends them to infinity."""
    with np.errstate(divide="ignore", invalid="ignore"):
        lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
        return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def scale_at(matrix: Homography, x: float, y: float) -> float:
    """Factor by which a homography makes lengths larger about a point; not finite at infinity."""
    corners = np.array([[x, y], [x + 1, y], [x, y + 1]])
    origin, right, down = moved(matrix, corners)
    area = (right - origin)[0] * (down - origin)[1] - (right - origin)[1] * (down - origin)[0]
    return float(np.sqrt(abs(area)))


def is_sound(matrix: Homography, bounds: Bounds) -> bool:
    """Whether a homography keeps a rectangle convex, of the same orientation and in front of the camera."""
    corners = np.array(
        [
            [bounds.left, bounds.top],
            [bounds.right, bounds.top],
            [bounds.right, bounds.bottom],
            [bounds.left, bounds.bottom],
        ],
        np.float64,
    )
    depth = corners @ matrix[2, :2] + matrix[2, 2]
    if not (np.isfinite(matrix).all() and (depth * np.sign(depth[0]) > 1e-9).all()):
        return False
    quad = moved(matrix, corners)
    sides = np.roll(quad, -1, 0) - quad
    following = np.roll(sides, -1, 0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool((turns > 0).all())


def warped_through(
    values: NDArray[_Value], matrix: Homography, size: Extent, border: int = cv2.BORDER_REPLICATE
) -> NDArray[_Value]:
    """A picture through a homography.

    Args:
        values: (h, w) or (h, w, 3).
        matrix: from its pixels to those of the result.
        size: of the result.
        border: what lies beyond its edge, as OpenCV names it: the nearest pixels, or zeros.
    """
    part = _needed(matrix, size, Extent(values.shape[1], values.shape[0]))
    if part.is_empty:
        part = Bounds(0, 0, 1, 1)
    values = np.ascontiguousarray(values[part.slices])
    matrix = matrix @ _shift(part.left, part.top)
    middle = moved(np.linalg.inv(matrix), np.array([[size.width / 2, size.height / 2]]))[0]
    scale = scale_at(matrix, *(float(value) for value in middle))
    # Interpolation skips pixels when it shrinks, so the picture is averaged down to the scale first.
    if scale < _WITHOUT_SHRINKING:
        height, width = values.shape[:2]
        smaller = max(1, round(width * scale)), max(1, round(height * scale))
        values = np.asarray(cv2.resize(values, smaller, interpolation=cv2.INTER_AREA), values.dtype)
        matrix = matrix @ np.diag([width / smaller[0], height / smaller[1], 1.0])
    on_pixels = _shift(-0.5, -0.5) @ matrix @ _shift(0.5, 0.5)
    kind = cv2.INTER_CUBIC if values.ndim == 3 else cv2.INTER_LINEAR
    cut = cv2.warpPerspective(values, on_pixels, (size.width, size.height), flags=kind, borderMode=border)
    return np.asarray(cut, values.dtype)


def _needed(matrix: Homography, size: Extent, picture: Extent) -> Bounds:
    """The part of a picture that a result shows."""
    corners = np.array([[0, 0], [size.width, 0], [0, size.height], [size.width, size.height]], np.float64)
    found = moved(np.linalg.inv(matrix), corners)
    if not np.isfinite(found).all():
        return Bounds.of(picture)
    found = np.clip(found, -1e6, 1e6)
    (left, top), (right, bottom) = np.floor(found.min(0)), np.ceil(found.max(0))
    around = Bounds(int(left), int(top), int(right), int(bottom)).grown(_BESIDE_PX)
    return around.intersected(Bounds.of(picture))


def _shift(right: float, down: float) -> Homography:
    return np.array([[1.0, 0.0, right], [0.0, 1.0, down], [0.0, 0.0, 1.0]])
