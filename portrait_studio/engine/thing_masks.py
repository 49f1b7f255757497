"""Masks of what is asked for: the thing in a loose mask, at a place, or of a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detection import kinds_named, roomy
from portrait_studio.engine.find_requests import (
    DetectRequest,
    FindInBoxesRequest,
    FindThingRequest,
    TightenRequest,
)
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.label_mask import labels_named, mask_of_labels
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import ParseRequest
from portrait_studio.engine.things import (
    USUAL_THRESHOLD,
    ThingFound,
    tightened_mask,
    usual_rim,
)
from portrait_studio.engine.who_stays import likeliest, who_stays
from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, extent_of, grow, to_the_frame, without_islands
from portrait_studio.networks.coco import THING_NAMES
from portrait_studio.networks.conventions import LABELS

_SURE: Final = 128
"""Probability, of 255, from which on somebody is there."""

_ISLAND: Final = 0.02
"""Of all that is masked: what is smaller and lies inside it is a leftover of who goes, seldom the ground."""

_FRAME: Final = 0.015
"""Of the photo's longer side: who ends so near to its edge is cut off by it, or their neighbour is."""

_AROUND_PARTS: Final = 0.012
"""Of the photo's longer side: how far a part of the parsing map is grown, as a loose mask of the thing."""


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


def mask_around(engine: Engine, request: TightenRequest, threshold: float = USUAL_THRESHOLD) -> Mask:
    """What stands in a loose mask, with its rim; places in which nothing stands out stay as they are.

    Args:
        engine: finds things.
        request: photo and loose mask.
        threshold: probability from which on a pixel belongs to the thing, in (0, 1).

    Returns:
        (H, W) uint8, 0 or 255.
    """
    return tightened_mask(request.loose, engine.run(request), threshold)


def mask_at(engine: Engine, request: FindThingRequest, threshold: float = USUAL_THRESHOLD) -> Mask:
    """The thing under clicks, with its rim; empty where nothing stands out.

    Args:
        engine: finds things.
        request: photo and clicks.
        threshold: probability from which on a pixel belongs to the thing, in (0, 1).

    Returns:
        (H, W) uint8, 0 or 255.
    """
    photo = extent_of(request.image)
    found = engine.run(request)
    if not found.stands_out:
        return np.zeros((photo.height, photo.width), np.uint8)
    return grow(found.mask(photo, threshold), found.rim(photo))


def mask_of_parts(
    engine: Engine, request: ParseRequest, labels: Collection[int], threshold: float = USUAL_THRESHOLD
) -> Mask:
    """What the parsing map gives one of the labels, at the things' own edges; empty where there is none.

    Args:
        engine: parses the photo and finds things.
        request: the photo.
        labels: of the parsing map.
        threshold: probability from which on a pixel belongs to a thing, in (0, 1).

    Returns:
        (H, W) uint8, 0 or 255.
    """
    photo = extent_of(request.image)
    reach = max(usual_rim(photo), round(_AROUND_PARTS * max(photo.width, photo.height)))
    loose = mask_of_labels(engine.run(request), labels, photo, reach)
    if not loose.any():
        return loose
    return mask_around(engine, TightenRequest(request.image, loose, hardware=request.hardware), threshold)


def mask_of_people(
    engine: Engine,
    request: FindInBoxesRequest,
    leaving: int,
    threshold: float = USUAL_THRESHOLD,
    figure: NDArray[np.bool_] | None = None,
    progress: Progress | None = None,
) -> Mask:
    """The people in some boxes, whole, at their own edges; nobody who stays is touched.

    Args:
        engine: finds things.
        request: the photo, and a box for each person who is to go, then for each who stays: where both claim
            a pixel, the surer answer has it.
        leaving: how many are to go.
        threshold: probability from which on a pixel belongs to a person, in (0, 1).
        figure: (h, w) bool over the whole photo at any size, where a parser sees who stays; None = not known.
        progress: may cancel.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    boxes = tuple(roomy(box) for box in request.boxes)
    found = engine.run(replace(request, boxes=boxes), progress)
    return mask_of_found(found[:leaving], found[leaving:], extent_of(request.image), threshold, figure)


def mask_of_found(
    leaving: Sequence[ThingFound],
    staying: Sequence[ThingFound],
    photo: Extent,
    threshold: float = USUAL_THRESHOLD,
    figure: NDArray[np.bool_] | None = None,
) -> Mask:
    """Those who leave, whole and with their rim; nobody who stays is touched.

    Args:
        leaving: what was found in the box of each who is to go.
        staying: the same of each who stays: where both claim a pixel, the surer answer has it.
        photo: size of the photo.
        threshold: probability from which on a pixel belongs to a person, in (0, 1).
        figure: (h, w) bool over the whole photo at any size, where a parser sees who stays; None = not known.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    mask = np.zeros((photo.height, photo.width), np.uint8)
    frame = round(_FRAME * max(photo.width, photo.height))
    place = _around(leaving)
    if place.is_empty:
        return mask
    widest = max(one.rim(photo) for one in leaving)
    place = place.grown(max(widest, frame)).intersected(Bounds.of(photo))
    goes, kept = likeliest(leaving, place), who_stays(staying, figure, photo, place)
    going, claimed = np.zeros_like(goes), np.zeros_like(goes)
    for one in leaving:
        own = likeliest((one,), place)
        is_theirs = (own >= 255 * threshold) & (own >= kept.rivals) & ~kept.surely
        claim = np.where(is_theirs, np.uint8(HOLE), np.uint8(KNOWN))
        np.maximum(claimed, claim, out=claimed)
        np.maximum(going, grow(claim, one.rim(photo)), out=going)
    mask[place.slices] = going
    mask = to_the_frame(without_islands(mask, _ISLAND), frame)
    # A rim is for the ground around somebody, not for who stands beside.
    is_rival = (kept.rivals > goes) & (kept.rivals >= _SURE)
    is_kept = kept.surely | is_rival | ((claimed == KNOWN) & kept.beside)
    mask[place.slices][is_kept] = KNOWN
    return mask


def mask_of_kinds(
    engine: Engine, request: DetectRequest, kinds: Collection[str], threshold: float = USUAL_THRESHOLD
) -> Mask:
    """What the detector calls by one of some names, at the things' own edges; empty where there is none.

    Args:
        engine: finds things.
        request: the photo.
        kinds: classes of COCO; see `detection.kinds_named`.
        threshold: probability from which on a pixel belongs to a thing, in (0, 1).

    Returns:
        (H, W) uint8, 0 or 255.
    """
    boxes = tuple(one.bounds for one in engine.run(request).things if one.kind in kinds)
    seen = FindInBoxesRequest(request.image, boxes, hardware=request.hardware)
    return mask_of_people(engine, seen, len(boxes), threshold)


def _around(found: Sequence[ThingFound]) -> Bounds:
    """Rectangle around all windows that were looked at; empty where there are none."""
    around = Bounds(0, 0, 0, 0)
    for one in found:
        around = around.united(one.bounds)
    return around
