"""What was found in a marked place, and the mask that follows from it; without torch, so at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, copied, extent_of, grow, mask_bounds

USUAL_THRESHOLD: Final = 0.4
"""Probability from which on a pixel belongs to the thing."""

WINDOW_SIDE: Final = 1.35
"""Side of the window that the network sees relative to the longer side of what was marked."""

_SURE: Final = 128
_LEAST_SHARE: Final = 0.02
_LEAST_DOUBT: Final = 0.6
"""A thing stands out where it fills this share of the marked square, with this mean probability."""

_LEAST_NEW: Final = 0.05
"""A stroke beside what was marked before stays as painted where less than this share of it is thing."""

_RIM_SHARE: Final = 0.0025
_LEAST_RIM_PX: Final = 3

Point = tuple[float, float]


@dataclass(frozen=True)
class Clicks:
    """Photo positions (x, y) that are inside the thing, and such that are not."""

    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.inside or self.outside)


@dataclass(frozen=True, eq=False)
class ThingFound:
    """What the network says about one marked place.

    Attributes:
        marked: the part of the photo that was marked; empty where there were only clicks.
        bounds: the part of the photo that it looked at.
        probability: (h, w) uint8 over that, 255 = surely the thing.
        soft_px: how far beyond its outline its colours reach, in pixels: far where it is out of focus.
    """

    marked: Bounds
    bounds: Bounds
    probability: NDArray[np.uint8]
    soft_px: int = 0

    def rim(self, photo: Extent) -> int:
        """Width of the rim that it is masked with, so that nothing of its colours is left beside the mask."""
        return max(usual_rim(photo), self.soft_px + 1)

    def mask(self, photo: Extent, threshold: float = USUAL_THRESHOLD) -> Mask:
        """(H, W) uint8 over a photo of that size, 255 where the probability is at least the threshold."""
        mask = np.zeros((photo.height, photo.width), np.uint8)
        sure = self.probability >= 255 * threshold
        mask[self.bounds.slices] = np.where(sure, np.uint8(HOLE), np.uint8(KNOWN))
        return mask

    def covers(self, x: float, y: float, threshold: float = USUAL_THRESHOLD) -> bool:
        """Whether the mask of that threshold covers a photo position."""
        column, row = int(x) - self.bounds.left, int(y) - self.bounds.top
        height, width = self.probability.shape
        if not (0 <= column < width and 0 <= row < height):
            return False
        return bool(self.probability[row, column] >= 255 * threshold)

    @property
    def sure_bounds(self) -> Bounds:
        """Rectangle around what more likely belongs to the thing than not, in photo pixels."""
        box = mask_bounds((self.probability >= _SURE).view(np.uint8))
        return box.shifted(self.bounds.left, self.bounds.top)

    @property
    def stands_out(self) -> bool:
        """Whether there is a thing at all; else what was marked had better stay as it is."""
        sure = self.probability >= _SURE
        if cv2.countNonZero(sure.view(np.uint8)) < _LEAST_SHARE * self.probability.size / WINDOW_SIDE**2:
            return False
        return float(self.probability[sure].mean()) >= 255 * _LEAST_DOUBT


def usual_rim(photo: Extent) -> int:
    """Width of the rim that a found thing in focus is masked with, in pixels of a photo of that size.

    A rim that is left of a thing gives its colours to the fill.
    """
    return max(_LEAST_RIM_PX, round(_RIM_SHARE * max(photo.width, photo.height)))


def tightened_mask(
    loose: Mask,
    found: Sequence[ThingFound],
    threshold: float = USUAL_THRESHOLD,
    grow_px: int | None = None,
) -> Mask:
    """A loose mask shrunk to the things in it and their rims; where nothing stands out it stays as painted.

    Args:
        loose: (H, W) uint8, nonzero = loosely marked.
        found: what `tighten` said about its places.
        threshold: probability from which on a pixel belongs to the thing, in (0, 1).
        grow_px: width of the rim in pixels; None = that of each thing.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    return tightened(loose, np.zeros_like(loose), loose, found, threshold, grow_px)[0]


def tightened(
    painted: Mask,
    kept: Mask,
    loose: Mask,
    found: Sequence[ThingFound],
    threshold: float,
    grow_px: int | None = None,
) -> tuple[Mask, int]:
    """A mask in which places are shrunk to the things in them; soft edges stay where nothing stands out.

    Args:
        painted: (H, W) uint8, 0..255.
        kept: (H, W) uint8, 0..255: what stays of `painted` whatever is found.
        loose: (H, W) uint8, nonzero = the places that were asked about.
        found: one thing for each of them.
        threshold: probability from which on a pixel belongs to the thing, in (0, 1).
        grow_px: width of the rim in pixels; None = that of each thing.

    Returns:
        (H, W) uint8, and in how many places nothing stands out.
    """
    result = copied(painted)
    clear = [thing for thing in found if _is_clear(thing, painted, kept, loose, threshold)]
    for thing in clear:
        place = thing.marked.slices
        own = loose[place] != 0
        result[place][own] = kept[place][own]
    photo = extent_of(painted)
    for thing in clear:
        rim = thing.rim(photo) if grow_px is None else grow_px
        tight = grow(thing.mask(photo, threshold), rim)
        around = mask_bounds(tight).slices
        np.maximum(result[around], tight[around], out=result[around])
    return result, len(found) - len(clear)


def _is_clear(thing: ThingFound, painted: Mask, kept: Mask, loose: Mask, threshold: float) -> bool:
    """Whether a thing stands out, and in what is new: else a stroke that adds to a thing would be lost."""
    inside = thing.mask(extent_of(painted), threshold)
    if not thing.stands_out or not cv2.countNonZero(inside):
        return False
    place = thing.marked.slices
    own = loose[place] != 0
    new = own & (painted[place] > kept[place])
    if not kept[place][own].any() or not new.any():
        return True
    return float((inside[place][new] != 0).mean()) >= _LEAST_NEW
