"""What a click or a rectangle has picked, and the mask that follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import cv2
import numpy as np

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask, grow, mask_bounds
from portrait_studio.messages import Message


class PickMode(Enum):
    """What becomes of the mask that is there already."""

    REPLACE = "replace"
    ADD = "add"
    SUBTRACT = "subtract"


class Picked(Protocol):
    """Something that was picked."""

    @property
    def name(self) -> Message:
        """What the user reads."""

    @property
    def takes_skin(self) -> bool:
        """Whether it is a person, or a part of one: then reaching further may take more of the body."""

    def outline(self, photo: Extent, threshold: float) -> tuple[Bounds, Mask]:
        """It and the rim that its mask needs: where that lies, and (h, w) uint8 over it, 0 or 255.

        Args:
            photo: size of the photo.
            threshold: probability from which on a pixel belongs to a thing, in (0, 1).
        """


@dataclass(frozen=True, eq=False)
class PickedRegion:
    """A region of the parsing map, as exact as that is.

    Attributes:
        region: it.
    """

    region: MapRegion

    @property
    def name(self) -> Message:
        """See `Picked`."""
        return self.region.name

    @property
    def takes_skin(self) -> bool:
        """See `Picked`."""
        return not self.region.is_thing

    def outline(self, photo: Extent, threshold: float) -> tuple[Bounds, Mask]:
        """See `Picked`; the rim is as wide as the map may be wrong."""
        return self.region.outline(photo, self.region.error_px)


@dataclass(frozen=True, eq=False)
class PickedThing:
    """A thing whose own edge was found.

    Attributes:
        name: what the user reads.
        found: where it is.
        takes_skin: see `Picked`.
    """

    name: Message
    found: ThingFound
    takes_skin: bool = False

    def outline(self, photo: Extent, threshold: float) -> tuple[Bounds, Mask]:
        """See `Picked`."""
        whole = grow(self.found.mask(photo, threshold), self.found.rim(photo))
        bounds = mask_bounds(whole)
        return bounds, whole[bounds.slices]


def reaching(
    bounds: Bounds, outline: Mask, percent: int, photo: Extent, spared: MapRegion | None
) -> tuple[Bounds, Mask]:
    """An outline that reaches further, but not into what is to be spared.

    Args:
        bounds: where the outline lies.
        outline: (h, w) uint8 over that, nonzero = picked.
        percent: how far, in percent of the side of a square of the same area.
        photo: size of the photo.
        spared: is not reached into; what is picked of it already stays picked.

    Returns:
        Where the new outline lies, and (h, w) uint8 over that, 0 or 255.
    """
    reach_px = round(percent / 100 * math.sqrt(cv2.countNonZero(outline)))
    if reach_px == 0:
        return bounds, outline
    roomy = bounds.grown(reach_px).intersected(Bounds.of(photo))
    close = np.zeros((roomy.height, roomy.width), np.uint8)
    close[bounds.shifted(-roomy.left, -roomy.top).slices] = outline
    wide = grow(close, reach_px)
    if spared is not None and spared.inside.any():
        around, left_alone = spared.outline(photo)
        common = around.intersected(roomy)
        place = common.shifted(-roomy.left, -roomy.top).slices
        is_spared = left_alone[common.shifted(-around.left, -around.top).slices] != 0
        wide[place][is_spared & (close[place] == 0)] = 0
    return roomy, wide
