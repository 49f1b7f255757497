"""One of several people in a photo: where they are, whether the mask takes them, and what it is to take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.thing_masks import mask_of_found
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask, extent_of, mask_bounds

_CHEST: Final = 0.25
"""How far down a person the chest is, of their height."""

_CORE: Final = (1 / 3, 1 / 6, 2 / 3, 1 / 2)
"""Left, top, right, bottom of the part of a box that nearly always shows the person, of its sides."""

_SAMPLES: Final = 96
"""Of the longer side: enough to tell whether most of somebody is masked."""

_SHOWN_PX: Final = 256
"""The longer side of what is lit in the window."""

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

    def is_taken(self, mask: Mask, threshold: float) -> bool:
        """Whether most of the person is masked.

        Args:
            mask: (H, W) uint8 over the photo, nonzero = to be filled.
            threshold: probability from which on a pixel belongs to the person, in (0, 1).
        """
        if self.found is None:
            core = mask[self._core.slices]
            return bool(2 * np.count_nonzero(core) > core.size)
        bounds = self.found.bounds
        step = max(1, max(bounds.width, bounds.height) // _SAMPLES)
        inside = self.found.probability[::step, ::step] >= 255 * threshold
        masked = mask[bounds.slices][::step, ::step] != 0
        return bool(2 * np.count_nonzero(inside & masked) > np.count_nonzero(inside))

    def region(self, others: Collection[Person], threshold: float) -> MapRegion | None:
        """The person as a part of the photo to be shown, coarsely; None while the mask is not known.

        Args:
            others: who else is there: what is more surely theirs is left out.
            threshold: probability from which on a pixel belongs to the person, in (0, 1).
        """
        if self.found is None:
            return None
        share, bounds = self.found.probability.copy(), self.found.bounds
        for theirs in (other.found for other in others if other.found is not None):
            common = theirs.bounds.intersected(bounds)
            own = share[common.shifted(-bounds.left, -bounds.top).slices]
            rival = theirs.probability[common.shifted(-theirs.bounds.left, -theirs.bounds.top).slices]
            own[(rival > own) & (rival >= _SURE)] = 0
        size = _shrunk(extent_of(share))
        small = cv2.resize(share, (size.width, size.height), interpolation=cv2.INTER_AREA)
        return MapRegion(self.detection.name, bounds, np.asarray(small >= 255 * threshold))

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

    def may_touch(self, other: Person) -> bool:
        """Whether both may claim a pixel."""
        mine, theirs = self._reach, other._reach
        return not mine.intersected(theirs).is_empty

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
    share = min(1.0, _SHOWN_PX / max(extent.width, extent.height))
    return Extent(max(1, round(share * extent.width)), max(1, round(share * extent.height)))
