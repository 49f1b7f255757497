"""Masks of what is asked for: the thing in a loose mask, at a place, or of a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detection import Detected, kinds_named, main_person
from portrait_studio.engine.label_mask import labels_named, mask_of_labels
from portrait_studio.engine.people import body_in
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Pixels, Structure
from portrait_studio.engine.things import (
    USUAL_THRESHOLD,
    Clicks,
    Point,
    ThingFound,
    tightened_mask,
    usual_rim,
)
from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, extent_of, grow
from portrait_studio.networks.coco import THING_NAMES
from portrait_studio.networks.conventions import LABELS

_ROOM: Final = 0.12
"""How far a detector's box is grown, relative to its sides."""

_SURE: Final = 128
_HINT: Final = 64
"""Probabilities, of 255, from which on somebody is there, and may be there."""
_AROUND_PARTS: Final = 0.012
"""Of the photo's longer side: how far a part of the parsing map is grown, as a loose mask of the thing."""


class Who(Enum):
    """Which people are to go; the value is what the command line calls it."""

    OTHERS = "others"
    ALL = "all"


class Finder(Protocol):
    """The part of the engine that finds things."""

    def detect(self, image: Pixels, device: str = "auto", progress: Progress | None = None) -> Detected:
        """People and things as boxes."""

    def parse(
        self, image: Pixels, mask: None = None, device: str = "auto", progress: Progress | None = None
    ) -> Structure:
        """Parsing map of the photo, nothing hidden."""

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str = "auto", progress: Progress | None = None
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask."""

    def find_in_boxes(
        self, image: Pixels, boxes: Sequence[Bounds], device: str = "auto", progress: Progress | None = None
    ) -> tuple[ThingFound, ...]:
        """What stands in each box."""

    def find_thing(
        self, image: Pixels, clicks: Clicks, device: str = "auto", progress: Progress | None = None
    ) -> ThingFound:
        """The thing under clicks."""


def labels_and_kinds(names: Collection[str]) -> tuple[frozenset[int], frozenset[str]]:
    """Labels of the parsing map, and kinds of things that the detector knows, by what the user calls them.

    Raises:
        OptionError: a name is neither.
    """
    labels, kinds = set[int](), set[str]()
    for name in names:
        try:
            labels |= labels_named((name,))
        except OptionError:
            kinds |= _kinds_named(name)
    return frozenset(labels), frozenset(kinds)


def _kinds_named(name: str) -> frozenset[str]:
    try:
        return kinds_named((name,))
    except OptionError:
        known = ", ".join((*LABELS[1:], *map(str, THING_NAMES.values())))
        raise OptionError(
            "Nothing goes by the name {name!r}; choose among: {names}.", name=name, names=known
        ) from None


def mask_around(
    engine: Finder, image: Pixels, loose: Mask, threshold: float = USUAL_THRESHOLD, device: str = "auto"
) -> Mask:
    """What stands in a loose mask, with its rim; places in which nothing stands out stay as they are.

    Args:
        engine: finds things.
        image: (H, W, 3) RGB, uint8 or uint16.
        loose: (H, W) uint8, nonzero = loosely marked.
        threshold: probability from which on a pixel belongs to the thing, in (0, 1).
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        (H, W) uint8, 0 or 255.
    """
    return tightened_mask(loose, engine.tighten(image, loose, device), threshold)


def mask_at(
    engine: Finder,
    image: Pixels,
    places: Sequence[Point],
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
) -> Mask:
    """The thing under places (x, y) of the photo, with its rim; empty where nothing stands out."""
    photo = extent_of(image)
    found = engine.find_thing(image, Clicks(tuple(places)), device)
    if not found.stands_out:
        return np.zeros((photo.height, photo.width), np.uint8)
    return grow(found.mask(photo, threshold), usual_rim(photo))


def mask_of_things(
    engine: Finder,
    image: Pixels,
    seen: Structure,
    labels: Collection[int],
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
) -> Mask:
    """What the parsing map gives one of the labels, at the things' own edges; empty where there is none."""
    photo = extent_of(image)
    reach = max(usual_rim(photo), round(_AROUND_PARTS * max(photo.width, photo.height)))
    loose = mask_of_labels(seen, labels, photo, reach)
    return mask_around(engine, image, loose, threshold, device) if loose.any() else loose


def mask_of_people(
    engine: Finder,
    image: Pixels,
    leaving: Sequence[Bounds],
    staying: Sequence[Bounds],
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
    figure: NDArray[np.bool_] | None = None,
    progress: Progress | None = None,
) -> Mask:
    """The people in some boxes, whole, at their own edges; nobody who stays is touched.

    Args:
        engine: finds things.
        image: (H, W, 3) RGB, uint8 or uint16.
        leaving: a box in photo pixels for each person who is to go.
        staying: the same for those who stay: where both claim a pixel, the surer answer has it.
        threshold: probability from which on a pixel belongs to a person, in (0, 1).
        device: "auto", "cpu", "cuda" or "mps".
        figure: (h, w) bool over the whole photo at any size, where a parser sees who stays; None = not known.
        progress: may cancel.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    photo = extent_of(image)
    boxes = [_roomy(box) for box in (*leaving, *staying)]
    found = engine.find_in_boxes(image, boxes, device, progress)
    goes = _likeliest(found[: len(leaving)], photo)
    stays = _likeliest(found[len(leaving) :], photo)
    if figure is not None:
        # The parser knows whose arm it is; where the other answer is nearly none, it is a neighbour.
        shown = np.where(figure, np.uint8(255), np.uint8(0))
        large = cv2.resize(shown, (photo.width, photo.height), interpolation=cv2.INTER_LINEAR)
        # Without a box of who stays there is no other answer: whom the parser sees is spared.
        stays[(large >= _SURE) & ((stays >= _HINT) | (len(staying) == 0))] = 255
    mask = np.where((goes >= 255 * threshold) & (goes >= stays), np.uint8(HOLE), np.uint8(KNOWN))
    mask = grow(mask, usual_rim(photo))
    mask[(stays > goes) & (stays >= _SURE)] = KNOWN
    return mask


def mask_of_everybody(
    engine: Finder,
    image: Pixels,
    who: Who,
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
    progress: Progress | None = None,
) -> Mask:
    """All people of a photo, or all but the main person; empty where nobody is to go.

    Args:
        engine: finds people.
        image: (H, W, 3) RGB, uint8 or uint16.
        who: which of them.
        threshold: probability from which on a pixel belongs to a person, in (0, 1).
        device: "auto", "cpu", "cuda" or "mps".
        progress: may cancel.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    people, photo = engine.detect(image, device, progress).people, extent_of(image)
    staying: tuple[Bounds, ...] = ()
    figure = None
    if who is Who.OTHERS and people:
        figure = body_in(engine.parse(image, None, device, progress).labels)
        main = main_person(people, photo, figure)
        staying = () if main is None else (main.bounds,)
        people = tuple(one for one in people if one is not main)
    if not people:
        return np.zeros((photo.height, photo.width), np.uint8)
    leaving = [one.bounds for one in people]
    return mask_of_people(engine, image, leaving, staying, threshold, device, figure, progress)


def mask_of_kinds(
    engine: Finder,
    image: Pixels,
    kinds: Collection[str],
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
) -> Mask:
    """What the detector calls by one of some names, at the things' own edges; empty where there is none.

    Args:
        engine: finds things.
        image: (H, W, 3) RGB, uint8 or uint16.
        kinds: classes of COCO; see `detection.kinds_named`.
        threshold: probability from which on a pixel belongs to a thing, in (0, 1).
        device: "auto", "cpu", "cuda" or "mps".
    """
    boxes = [one.bounds for one in engine.detect(image, device).things if one.kind in kinds]
    return mask_of_people(engine, image, boxes, (), threshold, device)


def _roomy(box: Bounds) -> Bounds:
    """A detector's box may cut off hands and feet."""
    across, down = round(_ROOM * box.width), round(_ROOM * box.height)
    return Bounds(box.left - across, box.top - down, box.right + across, box.bottom + down)


def _likeliest(found: Sequence[ThingFound], photo: Extent) -> NDArray[np.uint8]:
    """(H, W) uint8: the highest probability of some answers; where nobody stands out it does not count."""
    highest = np.zeros((photo.height, photo.width), np.uint8)
    for one in found:
        if one.stands_out:
            place = highest[one.bounds.slices]
            np.maximum(place, one.probability, out=place)
    return highest
