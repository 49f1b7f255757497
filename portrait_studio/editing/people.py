"""One of several people in a photo: where they are, whether the mask takes them, and what it is to take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.thing_masks import mask_of_found
from portrait_studio.engine.things import ThingFound
from portrait_studio.engine.who_stays import likeliest
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, Mask, extent_of, grow, mask_bounds

_CHEST: Final = 0.25
"""How far down a person the chest is, of their height."""

_CORE: Final = (1 / 3, 1 / 6, 2 / 3, 1 / 2)
"""Left, top, right, bottom of the part of a box that nearly always shows the person, of its sides."""

_COARSE_PX: Final = 256
"""The longer side of what is lit in the window, and enough to tell whether most of somebody is masked."""

_RING: Final = 0.03
"""Of the photo's longer side: how far a mask may reach beyond an outline and still be of the same person."""

_SURE: Final = 128


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody whom the detector saw.

    Attributes:
        detection: the box.
        found: the exact mask; None while it is not known.
        is_main: whether the photo is of them.
    """

    detection: Detection
    found: ThingFound | None
    is_main: bool = False

    @property
    def chest(self) -> tuple[float, float]:
        """A photo position (x, y) on the upper part of the body."""
        bounds = self.detection.bounds
        middle = ((bounds.left + bounds.right) / 2, bounds.top + _CHEST * bounds.height)
        if self.found is None:
            return middle
        sure = self.found.sure_bounds
        if sure.is_empty:
            return middle
        row = min(sure.bottom - 1, round(sure.top + _CHEST * sure.height))
        columns = np.flatnonzero(self.found.probability[row - self.found.bounds.top] >= _SURE)
        columns += self.found.bounds.left
        # A neighbour whom the answer takes for the same person stands outside the box.
        own = columns[(columns >= bounds.left) & (columns < bounds.right)]
        return (float(np.median(own)) + 0.5, row + 0.5) if own.size else middle

    def is_taken(self, mask: Mask, region: MapRegion | None) -> bool:
        """Whether most of the person is masked.

        Args:
            mask: (H, W) uint8 over the photo, nonzero = to be filled.
            region: what of the photo is theirs, see `region`; None while that is not known.
        """
        if region is None:
            core = mask[self._core.slices]
            return bool(2 * np.count_nonzero(core) > core.size)
        height, width = region.inside.shape
        seen = mask[region.bounds.slices]
        masked = cv2.resize(seen, (width, height), interpolation=cv2.INTER_NEAREST) != 0
        return bool(2 * np.count_nonzero(region.inside & masked) > np.count_nonzero(region.inside))

    def region(self, others: Collection[Person], threshold: float) -> MapRegion | None:
        """What of the photo is the person, coarsely; None while the exact mask is not known.

        Args:
            others: who else is there: what is more surely theirs is left out.
            threshold: probability from which on a pixel belongs to the person, in (0, 1).
        """
        if self.found is None:
            return None
        share = self._coarse.copy()
        for other in others:
            if other.found is not None and self.may_touch(other):
                rival = other._coarse_over(self.found.bounds, extent_of(share))
                share[(rival > share) & (rival >= _SURE)] = 0
        return MapRegion(self.detection.name, self.found.bounds, np.asarray(share >= 255 * threshold))

    def outline(
        self,
        rivals: Collection[Person],
        photo: Extent,
        threshold: float,
        figure: NDArray[np.bool_] | None = None,
    ) -> tuple[Bounds, Mask]:
        """The person with their rim, without what belongs to others.

        Args:
            rivals: of whom nothing is touched; all masks are known.
            photo: size of the photo.
            threshold: probability from which on a pixel belongs to a person, in (0, 1).
            figure: (h, w) bool over the whole photo, where the parser sees a rival; None = not known.

        Returns:
            Where that lies, and (h, w) uint8 over it, 0 or 255; both empty where nobody stands out.
        """
        own, theirs = ([one.found for one in some if one.found is not None] for some in ([self], rivals))
        whole = mask_of_found(own, theirs, photo, threshold, figure)
        bounds = mask_bounds(whole)
        return bounds, whole[bounds.slices]

    def with_rest(
        self, mask: Mask, outline: tuple[Bounds, Mask], others: Collection[Person], threshold: float
    ) -> tuple[Bounds, Mask]:
        """An outline, and what a mask holds around it that is of nobody else.

        A mask of several people reaches a little farther than the outline of each of them. What sticks out
        is another thing.

        Args:
            mask: (H, W) uint8 over the photo, nonzero = to be filled.
            outline: of the person, as `outline` gives it.
            others: who else is there.
            threshold: probability from which on a pixel belongs to a person, in (0, 1).

        Returns:
            Where that lies, and (h, w) uint8 over it, 0 or 255.
        """
        bounds, shape = outline
        reach = max(1, round(_RING * max(mask.shape)))
        place = bounds.grown(reach + 1).intersected(Bounds.of(extent_of(mask)))
        whole = np.zeros((place.height, place.width), np.uint8)
        whole[bounds.shifted(-place.left, -place.top).slices] = shape
        rest = np.where(whole == 0, mask[place.slices], np.uint8(0))
        count, numbers = cv2.connectedComponents(rest, connectivity=8)
        theirs = likeliest([one.found for one in others if one.found is not None], place) >= 255 * threshold
        is_around = np.ones(count, np.bool_)
        is_around[numbers[theirs | (grow(whole, reach) == 0)]] = is_around[0] = False
        whole[is_around[numbers]] = HOLE
        return place, whole

    def may_touch(self, other: Person) -> bool:
        """Whether both may claim a pixel."""
        mine, theirs = self._reach, other._reach
        return not mine.intersected(theirs).is_empty

    @cached_property
    def _coarse(self) -> NDArray[np.uint8]:
        """The probability at a size at which it is quickly shown and counted."""
        assert self.found is not None
        size = _shrunk(extent_of(self.found.probability))
        small = cv2.resize(self.found.probability, (size.width, size.height), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def _coarse_over(self, bounds: Bounds, size: Extent) -> NDArray[np.uint8]:
        """The same over another part of the photo, (h, w) of that size; 0 beyond what was looked at."""
        assert self.found is not None
        own, (rows, columns) = self.found.bounds, self._coarse.shape
        per_x, per_y = columns / own.width, rows / own.height
        step_x, step_y = bounds.width / size.width, bounds.height / size.height
        left = (bounds.left + step_x / 2 - own.left) * per_x - 0.5
        top = (bounds.top + step_y / 2 - own.top) * per_y - 0.5
        matrix = np.array([[step_x * per_x, 0, left], [0, step_y * per_y, top]], np.float64)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpAffine(self._coarse, matrix, (size.width, size.height), flags=flags), np.uint8
        )

    @property
    def _reach(self) -> Bounds:
        bounds = self.detection.bounds
        return bounds.grown(max(bounds.width, bounds.height) // 2)

    @property
    def _core(self) -> Bounds:
        box = self.detection.bounds
        left, top, right, bottom = _CORE
        return Bounds(
            round(box.left + left * box.width),
            round(box.top + top * box.height),
            round(box.left + right * box.width),
            round(box.top + bottom * box.height),
        )


def _shrunk(extent: Extent) -> Extent:
    """A size of the same shape, small enough to be outlined at once."""
    share = min(1.0, _COARSE_PX / max(extent.width, extent.height))
    return Extent(max(1, round(share * extent.width)), max(1, round(share * extent.height)))
