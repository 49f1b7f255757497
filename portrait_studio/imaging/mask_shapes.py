"""Shapes made of whole masks: holes filled, edges made soft, what a stroke surrounds, soft brushes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import (
    HOLE,
    KNOWN,
    Mask,
    draw_stroke,
    extent_of,
    mask_bounds,
    stroke_bounds,
)

_SIGMAS: Final = 3.0
"""Standard deviations after which a feathered edge has ended."""


def fill_holes(mask: Mask) -> Mask:
    """Mask what is surrounded by masked pixels; what reaches the photo's edge is not surrounded.

    Args:
        mask: (H, W) uint8, nonzero = hole; not changed.

    Returns:
        (H, W) uint8; unsurrounded pixels as they were, surrounded ones 255.
    """
    filled = mask.copy()
    bounds = mask_bounds(mask)
    if not bounds.is_empty:
        crop = filled[bounds.slices]
        crop[_surrounded(crop)] = HOLE
    return filled


def _surrounded(crop: Mask) -> NDArray[np.bool_]:
    """Zeros from which no path of zeros leads out of the crop; paths do not squeeze through corners."""
    outside = cv2.copyMakeBorder((crop == 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(outside, None, (0, 0), 2, flags=4)
    return np.asarray(outside[1:-1, 1:-1] == 1)


def touched_places(mask: Mask, touched: NDArray[np.bool_]) -> Mask:
    """The connected places of a mask that are touched anywhere.

    Args:
        mask: (H, W) uint8, nonzero = hole; pixels that touch at a corner are connected.
        touched: (H, W) bool.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    places, bounds = np.zeros_like(mask), mask_bounds(mask)
    if not bounds.is_empty:
        count, numbers = cv2.connectedComponents(mask[bounds.slices], connectivity=8)
        is_meant = np.zeros(count, np.uint8)
        is_meant[numbers[touched[bounds.slices]]] = HOLE
        is_meant[0] = 0
        places[bounds.slices] = is_meant[numbers]
    return places


def feather(mask: Mask, radius_px: float) -> Mask:
    """Make hard edges soft, over about `radius_px` on both sides (a Gaussian of half that deviation).

    Args:
        mask: (H, W) uint8, 0..255; not changed.
        radius_px: in pixels; 0 changes nothing.

    Returns:
        (H, W) uint8, 0..255: the share of the fill in each pixel.
    """
    soft = mask.copy()
    sigma = radius_px / 2
    bounds = mask_bounds(mask).grown(math.ceil(sigma * _SIGMAS)).intersected(Bounds.of(extent_of(mask)))
    if sigma > 0 and not bounds.is_empty:
        border = cv2.BORDER_REPLICATE
        soft[bounds.slices] = cv2.GaussianBlur(mask[bounds.slices], (0, 0), sigma, borderType=border)
    return soft


def surrounded_by_stroke(
    points: Sequence[tuple[float, float]], radius_px: float, bounds: Bounds
) -> NDArray[np.bool_]:
    """What a stroke goes around, its own line not counted.

    A stroke that ends less than one and a half widths from its beginning counts as closed.

    Args:
        points: (x, y) in photo pixels.
        radius_px: half the width of the stroke.
        bounds: the part of the photo that is asked about; all of the stroke should lie inside.

    Returns:
        (h, w) bool over `bounds`.
    """
    footprint = np.zeros((bounds.height, bounds.width), np.uint8)
    moved = [(x - bounds.left, y - bounds.top) for x, y in points]
    if len(moved) > 2 and math.dist(moved[0], moved[-1]) <= max(2.0, 3 * radius_px):
        moved.append(moved[0])
    draw_stroke(footprint, moved, radius_px)
    return _surrounded(footprint)


def draw_soft_stroke(
    mask: Mask,
    points: Sequence[tuple[float, float]],
    radius_px: float,
    hardness: float,
    *,
    erases: bool = False,
) -> Bounds:
    """Draw a line whose cover falls from full to nothing between its core and its edge, in place.

    Args:
        mask: (H, W) uint8, 0..255. Painting never lowers a value and erasing never raises one, so that a
            stroke that crosses itself shows no seam.
        points: (x, y) in photo pixels.
        radius_px: half the brush's width, where the cover ends.
        hardness: share of the radius that is fully covered, in [0, 1]; 1 is a hard brush.
        erases: takes cover away instead.

    Returns:
        Rectangle of what may have changed.
    """
    if hardness >= 1.0 or radius_px <= 1.0:
        return draw_stroke(mask, points, radius_px, KNOWN if erases else HOLE)
    bounds = stroke_bounds(extent_of(mask), points, radius_px)
    if bounds.is_empty:
        return bounds
    cover = _soft_cover(points, radius_px, hardness, bounds)
    crop = mask[bounds.slices]
    crop[...] = np.minimum(crop, 255 - cover) if erases else np.maximum(crop, cover)
    return bounds


def _soft_cover(
    points: Sequence[tuple[float, float]], radius_px: float, hardness: float, bounds: Bounds
) -> Mask:
    """(h, w) uint8 cover over `bounds`, from the distance to the core; distances need room around it."""
    reach = math.ceil(radius_px) + 1
    roomy = bounds.grown(reach)
    away = np.full((roomy.height, roomy.width), HOLE, np.uint8)
    core_px = max(0.5, radius_px * hardness)
    draw_stroke(away, [(x - roomy.left, y - roomy.top) for x, y in points], core_px, KNOWN)
    distance = cv2.distanceTransform(away, cv2.DIST_L2, 5)[reach:-reach, reach:-reach]
    share = np.clip(1.0 - distance / max(0.5, radius_px - core_px), 0.0, 1.0)
    return np.asarray(np.rint(share * HOLE), dtype=np.uint8)


def fill_share(mask: Mask, changed: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    """How much of a fill shows in each pixel, under a mask with soft edges.

    Args:
        mask: (h, w) uint8, 0..255: the share inside the hole.
        changed: (h, w) bool: the hole and its blend band; the band takes the share of the hole beside it.

    Returns:
        (h, w) float32 in [0, 1]; None where all edges are hard, so that the fill shows fully.
    """
    if not ((mask > 0) & (mask < HOLE)).any():
        return None
    beside = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    share = np.where(mask > 0, mask, np.where(beside > 0, beside, HOLE))
    share[~changed] = KNOWN
    return share.astype(np.float32) / np.float32(HOLE)


def mixed(below: NDArray[Any], above: NDArray[Any], share: NDArray[np.float32]) -> NDArray[Any]:
    """Lay one picture over another.

    Args:
        below: (h, w, 3), uint8 or uint16.
        above: the same shape and dtype.
        share: (h, w) float32 in [0, 1], of `above`.

    Returns:
        (h, w, 3) of the same dtype; exactly `below` where the share is 0 and `above` where it is 1.
    """
    weight = share[..., None]
    blended: NDArray[Any] = np.rint(below + weight * (above.astype(np.float32) - below)).astype(below.dtype)
    return blended
