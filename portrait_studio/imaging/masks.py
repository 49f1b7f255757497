"""Masks: which pixels are to be filled; drawing on them, their holes, their size.

A mask is (H, W) uint8, nonzero = hole, and the functions here write 0 and 255. Points are (x, y) in photo
pixels; the centre of the top left pixel is (0.5, 0.5). Functions that draw do so in place, touch only the
part that they change, and return its bounds, so that they are as fast on 50 megapixels as on one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import MaskError
from portrait_studio.imaging.geometry import Bounds, Extent

Mask = NDArray[np.uint8]
"""(H, W) uint8, nonzero = to be filled."""

HOLE: Final = 255
KNOWN: Final = 0

_SHIFT: Final = 4
"""OpenCV draws at sixteenths of a pixel."""


def copied(mask: Mask) -> Mask:
    """A copy; where the mask is zero the copy takes no memory either."""
    # Unlike `zeros_like`, which writes them.
    copy, bounds = np.zeros(mask.shape, np.uint8), mask_bounds(mask)
    copy[bounds.slices] = mask[bounds.slices]
    return copy


def extent_of(array: NDArray[np.generic]) -> Extent:
    """Size of an array (H, W, ...)."""
    return Extent(array.shape[1], array.shape[0])


def check_mask(mask: Mask, extent: Extent) -> None:
    """Make sure that there is something to fill and something to fill it from.

    Raises:
        MaskError: the mask has another size than the photo, is empty, or covers the whole photo.
    """
    check_extent(extent_of(mask), extent)
    filled = cv2.countNonZero(mask)
    if filled == 0:
        raise MaskError("The mask is empty; paint over what is to be removed.")
    if filled == extent.area:
        raise MaskError("The mask covers the whole photo; leave some of the photo to fill the rest from.")


def check_extent(mask: Extent, photo: Extent) -> None:
    """Make sure that mask and photo are of one size.

    Raises:
        MaskError: they are not.
    """
    if mask != photo:
        raise MaskError(
            "The mask has {width} x {height} pixels and the photo {across} x {down};"
            " make them the same size (the photo counts as it is shown, upright).",
            width=mask.width,
            height=mask.height,
            across=photo.width,
            down=photo.height,
        )


def mask_bounds(mask: Mask) -> Bounds:
    """Smallest rectangle around all holes; empty when there is none."""
    left, top, width, height = cv2.boundingRect(mask)
    return Bounds(left, top, left + width, top + height)


def without_islands(mask: Mask, share: float) -> Mask:
    """The mask with what it surrounds, as far as that is small.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        share: of the area of all holes: so large an island at most is filled.
    """
    known = (mask == KNOWN).astype(np.uint8)
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(known, connectivity=4)
    left, top, width, height, area = (stats[:, each] for each in range(5))
    touches = (left == 0) | (top == 0) | (left + width == mask.shape[1]) | (top + height == mask.shape[0])
    is_small = ~touches & (area <= share * (mask.size - cv2.countNonZero(known)))
    is_small[0] = False
    filled: Mask = np.where(is_small[numbers], np.uint8(HOLE), mask)
    return filled


def to_the_frame(mask: Mask, most_px: int) -> Mask:
    """The mask reaching on to the left and right edge wherever it comes as near as `most_px` pixels."""
    result = mask.copy()
    for side in (result[:, : most_px + 1], result[:, ::-1][:, : most_px + 1]):
        # From the edge inwards, what lies before the first hole of the row.
        seen = np.maximum.accumulate(side[:, ::-1], axis=1)[:, ::-1]
        np.copyto(side, seen)
    return result


def hole_bounds(mask: Mask, merge_px: int = 0) -> tuple[Bounds, ...]:
    """Rectangles around the connected holes, from top to bottom.

    Args:
        mask: (H, W) uint8, nonzero = hole; pixels that touch at a corner are connected.
        merge_px: holes whose rectangles, grown by so many pixels on each side, touch are taken as one.

    Returns:
        Rectangles that together hold every hole pixel and of which no two touch, even when grown.
    """
    whole = mask_bounds(mask)
    if whole.is_empty:
        return ()
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask[whole.slices], connectivity=8)
    left, top, width, height = (stats[1:, column].astype(np.int64) for column in range(4))
    boxes = np.stack((left, top, left + width, top + height), axis=1)
    merged = _merged(boxes, whole.extent, merge_px)
    in_order = merged[np.lexsort((merged[:, 0], merged[:, 1]))].tolist()
    return tuple(Bounds(*box).shifted(whole.left, whole.top) for box in in_order)


def _merged(boxes: NDArray[np.int64], extent: Extent, merge_px: int) -> NDArray[np.int64]:
    """Unite boxes (N, 4) left, top, right, bottom until no two touch when grown by `merge_px`.

    Painting them and labelling what hangs together takes as long for ten boxes as for ten thousand.
    """
    while True:
        painted = np.zeros((extent.height, extent.width), np.uint8)
        for left, top, right, bottom in boxes.tolist():
            rows = slice(max(0, top - merge_px), bottom + merge_px)
            painted[rows, max(0, left - merge_px) : right + merge_px] = HOLE
        count, labels = cv2.connectedComponents(painted, connectivity=8)
        if count - 1 == len(boxes):
            return boxes
        group = labels[boxes[:, 1], boxes[:, 0]] - 1
        united = np.empty((count - 1, 4), np.int64)
        united[:, :2], united[:, 2:] = np.iinfo(np.int64).max, 0
        np.minimum.at(united[:, :2], group, boxes[:, :2])
        np.maximum.at(united[:, 2:], group, boxes[:, 2:])
        boxes = united


def grow(mask: Mask, radius_px: int) -> Mask:
    """Move the edge of every hole outwards (inwards when negative) by so many pixels, with round corners.

    Args:
        mask: (H, W) uint8, nonzero = hole; not changed.
        radius_px: distance in pixels. A hole at the photo's edge does not shrink from that edge.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    grown = np.zeros_like(mask)
    bounds = mask_bounds(mask).grown(max(0, radius_px) + 1).intersected(Bounds.of(extent_of(mask)))
    if bounds.is_empty:
        return grown
    crop = np.where(mask[bounds.slices] != 0, np.uint8(HOLE), np.uint8(KNOWN))
    grown[bounds.slices] = _moved_edge(crop, radius_px)
    return grown


def _moved_edge(crop: Mask, radius_px: int) -> Mask:
    """Compare each pixel's exact distance to the hole (or, to shrink, to the known region)."""
    if radius_px == 0 or cv2.countNonZero(crop) == crop.size:
        return crop
    is_growing = radius_px > 0
    near = cv2.bitwise_not(crop) if is_growing else crop
    distance = cv2.distanceTransform(near, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    hole = distance <= radius_px if is_growing else distance > -radius_px
    return np.where(hole, np.uint8(HOLE), np.uint8(KNOWN))


def invert(mask: Mask) -> Bounds:
    """Swap hole and known region in place; returns the whole extent."""
    mask[...] = np.where(mask == 0, np.uint8(HOLE), np.uint8(KNOWN))
    return Bounds.of(extent_of(mask))


def clear(mask: Mask) -> Bounds:
    """Remove every hole in place; returns what changed."""
    bounds = mask_bounds(mask)
    mask[bounds.slices] = KNOWN
    return bounds


def draw_rectangle(mask: Mask, rectangle: Bounds, value: int = HOLE) -> Bounds:
    """Set a rectangle in place; the part outside the mask is ignored. Returns what changed."""
    bounds = rectangle.intersected(Bounds.of(extent_of(mask)))
    mask[bounds.slices] = value
    return bounds


def draw_polygon(mask: Mask, points: Sequence[tuple[float, float]], value: int = HOLE) -> Bounds:
    """Fill a closed outline (a lasso) in place; returns what may have changed."""
    bounds = stroke_bounds(extent_of(mask), points, 1.0)
    if not bounds.is_empty:
        cv2.fillPoly(mask[bounds.slices], [_fixed(points, bounds)], value, cv2.LINE_8, _SHIFT)
    return bounds


def stroke_bounds(extent: Extent, points: Sequence[tuple[float, float]], radius_px: float) -> Bounds:
    """Rectangle outside which `draw_stroke` with the same points and radius changes nothing."""
    if not points:
        return Bounds(0, 0, 0, 0)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    reach = radius_px + 1.0
    around = Bounds(
        math.floor(min(xs) - reach),
        math.floor(min(ys) - reach),
        math.ceil(max(xs) + reach) + 1,
        math.ceil(max(ys) + reach) + 1,
    )
    return around.intersected(Bounds.of(extent))


def draw_stroke(
    mask: Mask, points: Sequence[tuple[float, float]], radius_px: float, value: int = HOLE
) -> Bounds:
    """Draw a line with round ends through the points, in place.

    Args:
        mask: (H, W) uint8.
        points: (x, y) in photo pixels, possibly outside the photo; one point draws a disc.
        radius_px: half the brush's width; up to 0.5 draws single pixels.
        value: 255 paints, 0 erases.

    Returns:
        Rectangle of what may have changed.
    """
    for start, end in zip(points, points[1:] or points, strict=False):
        _draw_segment(mask, start, end, radius_px, value)
    return stroke_bounds(extent_of(mask), points, radius_px)


def _draw_segment(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], radius_px: float, value: int
) -> None:
    bounds = stroke_bounds(extent_of(mask), (start, end), radius_px)
    if bounds.is_empty:
        return
    if radius_px <= 0.5:
        _draw_thin_segment(mask, start, end, value)
        return
    crop = mask[bounds.slices]
    ends = _fixed((start, end), bounds)
    # OpenCV fills every pixel that the edge passes; half a pixel less leaves those whose centre lies inside.
    radius_px -= 0.5
    radius = round(radius_px * (1 << _SHIFT))
    for centre in ends:
        cv2.circle(crop, (int(centre[0]), int(centre[1])), radius, value, cv2.FILLED, cv2.LINE_8, _SHIFT)
    length = math.dist(start, end)
    if length > 0:
        across = radius_px / length
        dx, dy = (start[1] - end[1]) * across, (end[0] - start[0]) * across
        sides = [
            (x + sign * dx, y + sign * dy) for (x, y), sign in ((start, 1), (end, 1), (end, -1), (start, -1))
        ]
        cv2.fillConvexPoly(crop, _fixed(sides, bounds), value, cv2.LINE_8, _SHIFT)


def _draw_thin_segment(mask: Mask, start: tuple[float, float], end: tuple[float, float], value: int) -> None:
    """One pixel per column or row; OpenCV bends thin lines that leave the picture."""
    steps = math.ceil(max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
    columns = np.floor(np.linspace(start[0], end[0], steps)).astype(np.intp)
    rows = np.floor(np.linspace(start[1], end[1], steps)).astype(np.intp)
    inside = (columns >= 0) & (columns < mask.shape[1]) & (rows >= 0) & (rows < mask.shape[0])
    mask[rows[inside], columns[inside]] = value


def _fixed(points: Sequence[tuple[float, float]], bounds: Bounds) -> NDArray[np.int32]:
    """OpenCV's fixed-point coordinates within a crop; it puts the centre of a pixel at whole numbers."""
    moved = np.asarray(points, np.float64) - (bounds.left + 0.5, bounds.top + 0.5)
    fixed: NDArray[np.int32] = np.rint(moved * (1 << _SHIFT)).astype(np.int32)
    return fixed
