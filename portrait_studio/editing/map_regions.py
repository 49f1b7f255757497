"""Regions of a parsing map: things, garments, people, and their masks in photo pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.label_mask import body_in, people_in
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, Mask, grow, mask_bounds
from portrait_studio.language.label_names import label_name
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import LABELS, THINGS

_THING_LABELS: Final = [LABELS.index(thing) for thing in sorted(THINGS)]
_SKIN_LABELS: Final = [
    LABELS.index(part) for part in ("face", "left-arm", "right-arm", "left-leg", "right-leg")
]

_MAP_ERROR: Final = 2
"""How wrong the outlines of a parsing map may be, in its pixels."""


@dataclass(frozen=True, eq=False)
class MapRegion:
    """A region of a parsing map: a connected component of one label, or a person.

    Attributes:
        name: what the user reads.
        bounds: the part of the photo that the map describes.
        inside: (h, w) bool over the map.
        is_thing: whether people can do without it.
    """

    name: Message
    bounds: Bounds
    inside: NDArray[np.bool_]
    is_thing: bool = False

    @property
    def error_px(self) -> int:
        """How far its outline may lie beside the true edge, in photo pixels."""
        width: int = self.inside.shape[1]
        return max(1, round(_MAP_ERROR * self.bounds.width / width))

    @cached_property
    def box(self) -> Bounds:
        """Rectangle around it in photo pixels."""
        height, width = self.inside.shape
        across, down = self.bounds.width / width, self.bounds.height / height
        around = mask_bounds(self.inside.view(np.uint8))
        return Bounds(
            self.bounds.left + round(around.left * across),
            self.bounds.top + round(around.top * down),
            self.bounds.left + round(around.right * across),
            self.bounds.top + round(around.bottom * down),
        )

    def outline(self, photo: Extent, reach_px: int = 0) -> tuple[Bounds, Mask]:
        """The region in photo pixels, with a smooth outline.

        Args:
            photo: size of the photo.
            reach_px: how far to go beyond the outline.

        Returns:
            Where it lies, and (h, w) uint8 over that, 0 or 255.
        """
        height, width = self.inside.shape
        across, down = self.bounds.width / width, self.bounds.height / height
        left, top, columns, rows = cv2.boundingRect(self.inside.astype(np.uint8))
        # One map pixel around, so that the smooth outline has room.
        box = Bounds(left - 1, top - 1, left + columns + 1, top + rows + 1)
        box = box.intersected(Bounds(0, 0, width, height))
        place = Bounds(
            self.bounds.left + round(box.left * across),
            self.bounds.top + round(box.top * down),
            self.bounds.left + round(box.right * across),
            self.bounds.top + round(box.bottom * down),
        )
        small = np.where(self.inside[box.slices], np.float32(1), np.float32(0))
        large = cv2.resize(small, (place.width, place.height), interpolation=cv2.INTER_LINEAR)
        roomy = place.grown(reach_px).intersected(Bounds.of(photo))
        mask = np.zeros((roomy.height, roomy.width), np.uint8)
        mask[place.shifted(-roomy.left, -roomy.top).slices] = np.where(
            large >= 0.5, np.uint8(HOLE), np.uint8(0)
        )
        return roomy, grow(mask, reach_px) if reach_px else mask


@dataclass(frozen=True, eq=False)
class Protection:
    """A person who stays, but not what they could do without.

    Attributes:
        person: all that hangs together.
        things: what of it they wear or carry and could do without.
    """

    person: MapRegion
    things: MapRegion

    @property
    def body(self) -> MapRegion:
        """The person without the things."""
        return replace(self.person, inside=self.person.inside & ~self.things.inside)

    def outline(self, photo: Extent, reach_px: int) -> tuple[Bounds, Mask]:
        """Where the mask must not reach.

        Args:
            photo: size of the photo.
            reach_px: how far around things what can be taken away goes, too.

        Returns:
            Where it lies, and (h, w) uint8 over that, 0 or 255.
        """
        bounds, person = self.person.outline(photo)
        for reach in (reach_px, 0):
            kept = person.copy()
            if self.things.inside.any():
                around, things = self.things.outline(photo, reach)
                common = around.intersected(bounds)
                taken = things[common.shifted(-around.left, -around.top).slices]
                kept[common.shifted(-bounds.left, -bounds.top).slices][taken != 0] = 0
            if kept.any():
                # Somebody who is hardly seen behind a thing is protected up to its outline.
                return bounds, kept
        return bounds, person

    def shows_in(self, mask: Mask, photo: Extent, reach_px: int) -> bool:
        """Whether more than half of what is protected is marked in a mask, (H, W) uint8 over the photo."""
        bounds, kept = self.outline(photo, reach_px)
        seen = mask[bounds.slices][kept != 0]
        return bool(2 * np.count_nonzero(seen) > seen.size)


class MapRegions:
    """The regions of one parsing map; found when first asked for."""

    def __init__(self, structure: Structure) -> None:
        """Find nothing yet.

        Args:
            structure: the map; not changed.
        """
        self._bounds = structure.bounds
        self._labels = structure.labels
        self._found: dict[tuple[int, int], MapRegion] = {}
        self._components: dict[int, NDArray[np.int32]] = {}

    @cached_property
    def people(self) -> tuple[MapRegion, ...]:
        """Connected bodies, numbered from left to right."""
        found = people_in(self._labels)
        return tuple(
            MapRegion(_numbered(place, len(found)), self._bounds, inside)
            for place, inside in enumerate(found, 1)
        )

    @cached_property
    def protections(self) -> tuple[Protection, ...]:
        """How each of the people is protected, in their order."""
        things = np.isin(self._labels, _THING_LABELS)
        return tuple(
            Protection(person, replace(person, inside=person.inside & things)) for person in self.people
        )

    @cached_property
    def skin(self) -> MapRegion:
        """Faces, arms and legs of all people."""
        return MapRegion(Message("skin"), self._bounds, np.isin(self._labels, _SKIN_LABELS))

    def person_at(self, x: float, y: float) -> MapRegion | None:
        """The body under a photo position."""
        spot = self._spot(x, y)
        if spot is None:
            return None
        return next((person for person in self.people if person.inside[spot]), None)

    def region_at(self, x: float, y: float) -> MapRegion | None:
        """What hangs together with the label under a photo position; None for the background."""
        spot = self._spot(x, y)
        if spot is None or not self._is_person[spot]:
            return None
        label = int(self._labels[spot])
        if label not in self._components:
            _, numbers = cv2.connectedComponents((self._labels == label).astype(np.uint8), connectivity=8)
            self._components[label] = np.asarray(numbers, np.int32)
        numbers = self._components[label]
        key = (label, int(numbers[spot]))
        if key not in self._found:
            is_thing = LABELS[label] in THINGS
            self._found[key] = MapRegion(label_name(label), self._bounds, numbers == key[1], is_thing)
        return self._found[key]

    def thing_or_person_at(self, x: float, y: float) -> MapRegion | None:
        """A thing that can be taken away, or else the whole person under a photo position."""
        spot = self._spot(x, y)
        if spot is None or not self._is_person[spot]:
            return None
        is_thing = LABELS[int(self._labels[spot])] in THINGS
        return self.region_at(x, y) if is_thing else self.person_at(x, y) or self.region_at(x, y)

    @cached_property
    def _is_person(self) -> NDArray[np.bool_]:
        return body_in(self._labels)

    def _spot(self, x: float, y: float) -> tuple[int, int] | None:
        height, width = self._labels.shape
        column = math.floor((x - self._bounds.left) * width / self._bounds.width)
        row = math.floor((y - self._bounds.top) * height / self._bounds.height)
        return (row, column) if 0 <= row < height and 0 <= column < width else None


def _numbered(place: int, count: int) -> Message:
    """What one of several people is called."""
    return Message("person {number}", number=place) if count > 1 else Message("person")
