"""The arrays of a document over all that its canvas ever covered, and the part of them that it shows."""

from __future__ import annotations

from typing import Final, cast

import cv2
import numpy as np

from portrait_studio.document.deltas import Plane, PlaneName
from portrait_studio.imaging.canvas_extension import laid_on
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, extent_of, mask_bounds
from portrait_studio.imaging.photo import Pixels

_MASKS: Final = tuple(name for name in PlaneName if name is not PlaneName.IMAGE)


class Planes:
    """Photo, mask, filled pixels and wanted structure, in photo coordinates.

    What the canvas leaves is kept, so that it is there again when the canvas comes back. The photo's own
    memory is shared until something is written to the image.
    """

    def __init__(self, photo: Pixels) -> None:
        """Show the photo, nothing else.

        Args:
            photo: (H, W, 3) RGB, uint8 or uint16; never written to.
        """
        self._photo = photo
        self._reach = self._canvas = self.photo_bounds
        self._arrays: dict[PlaneName, Plane] = {PlaneName.IMAGE: photo}
        for name in _MASKS:
            self._arrays[name] = np.zeros(photo.shape[:2], np.uint8)
        self._shown: dict[PlaneName, Plane] = {}
        self._untouched = set(_MASKS)

    @property
    def photo_bounds(self) -> Bounds:
        """Where the photo is: its top left is the origin."""
        return Bounds.of(extent_of(self._photo))

    @property
    def canvas(self) -> Bounds:
        """The part that is shown, in photo pixels."""
        return self._canvas

    @property
    def shares_photo(self) -> bool:
        """Whether nothing was ever written to the image, and the canvas never left the photo."""
        return self._arrays[PlaneName.IMAGE] is self._photo

    def shown(self, name: PlaneName) -> Plane:
        """The part of an array that the canvas shows; the same object until the canvas changes."""
        if name not in self._shown:
            array = self._arrays[name]
            self._shown[name] = array if self._canvas == self._reach else array[self._inside(self._canvas)]
        return self._shown[name]

    def shown_mask(self, name: PlaneName) -> Mask:
        """The same of an array that is not the image."""
        return cast(Mask, self.shown(name))

    def is_empty(self, name: PlaneName) -> bool:
        """Whether nothing but zeros is shown of a mask; at once where nothing was ever written to it."""
        return name in self._untouched or cv2.countNonZero(self.shown_mask(name)) == 0

    def mask_to_change(self, name: PlaneName) -> Mask:
        """The part of a mask that the canvas shows, to be changed in place."""
        self._untouched.discard(name)
        return self.shown_mask(name)

    def region(self, name: PlaneName, bounds: Bounds) -> Plane:
        """A part of an array, to be changed in place.

        Args:
            name: which array.
            bounds: in photo pixels.

        Raises:
            ValueError: no canvas ever reached so far.
        """
        if bounds.intersected(self._reach) != bounds:
            raise ValueError("a piece lies outside the photo")
        self._untouched.discard(name)
        if name is PlaneName.IMAGE and self.shares_photo:
            self._arrays[name] = self._photo.copy()
            self._shown.pop(name, None)
        return self._arrays[name][self._inside(bounds)]

    def show(self, canvas: Bounds) -> None:
        """Show another part; what no canvas has shown yet is a chequerboard."""
        self.reserve(canvas)
        self._canvas = canvas
        self._shown.clear()

    def reserve(self, reach: Bounds) -> None:
        """Make room for what the canvas will cover."""
        reach = reach.united(self._reach)
        if reach != self._reach:
            self._grow(reach)
            self._shown.clear()

    def _grow(self, reach: Bounds) -> None:
        for name, array in self._arrays.items():
            if name is PlaneName.IMAGE:
                larger: Plane = laid_on(self._photo, reach)
            else:
                larger = np.zeros((reach.height, reach.width), np.uint8)
            # Zeros that nobody writes take no memory.
            painted = (
                Bounds.of(extent_of(array)) if name is PlaneName.IMAGE else mask_bounds(cast(Mask, array))
            )
            place = painted.shifted(self._reach.left - reach.left, self._reach.top - reach.top)
            larger[place.slices] = array[painted.slices]
            self._arrays[name] = larger
        self._reach = reach

    def _inside(self, bounds: Bounds) -> tuple[slice, slice]:
        return bounds.shifted(-self._reach.left, -self._reach.top).slices


def blank_on(canvas: Bounds, photo: Bounds, filled: Mask) -> Mask | None:
    """Where a canvas shows neither photo nor fill.

    Args:
        canvas: in photo pixels.
        photo: the photo's own rectangle.
        filled: (H, W) uint8 over the canvas, not zero where a fill was applied.

    Returns:
        (H, W) uint8, 255 where it is blank; None where that is nowhere.
    """
    seen = canvas.intersected(photo)
    if seen == canvas or not is_blank_on(canvas, photo, filled):
        return None
    blank = np.equal(filled, 0).view(np.uint8)
    blank *= np.uint8(255)
    blank[seen.shifted(-canvas.left, -canvas.top).slices] = 0
    return blank


def is_blank_on(canvas: Bounds, photo: Bounds, filled: Mask) -> bool:
    """Whether `blank_on` finds anything; only what lies beyond the photo is looked at."""
    beyond = (part.shifted(-canvas.left, -canvas.top) for part in newly_shown(photo, canvas))
    return any(cv2.countNonZero(filled[part.slices]) < part.extent.area for part in beyond)


def newly_shown(before: Bounds, after: Bounds) -> tuple[Bounds, ...]:
    """What one rectangle covers beyond another, as rectangles that do not overlap."""
    common = before.intersected(after)
    if common.is_empty:
        return (after,)
    strips = (
        Bounds(after.left, after.top, after.right, common.top),
        Bounds(after.left, common.bottom, after.right, after.bottom),
        Bounds(after.left, common.top, common.left, common.bottom),
        Bounds(common.right, common.top, after.right, common.bottom),
    )
    return tuple(strip for strip in strips if not strip.is_empty)
