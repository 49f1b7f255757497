"""Everybody but the person whom a photo is of.

Who stands beside her or half behind her is taken for a part of her. So the networks look twice: at the photo,
and at a picture from which she is wiped away, where nothing but the others is left to be found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress, zip_longest
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detection import Detection, main_person, roomy
from portrait_studio.engine.erase import wiped
from portrait_studio.engine.find_requests import (
    DetectFaintRequest,
    DetectRequest,
    FindInBoxesRequest,
    PeopleMaskRequest,
    Who,
)
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.label_mask import body_in
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import ParseRequest, Pixels
from portrait_studio.engine.thing_masks import mask_of_found, mask_of_people
from portrait_studio.engine.things import ThingFound
from portrait_studio.engine.who_stays import around, at_edges, figure_of, likeliest
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, extent_of, grow

_WIPED: Final = 0.005
"""Of the photo's longer side: how far beyond her outline she is wiped away, so that no rim of her is left."""

_CLEAR: Final = 0.03
"""Of the photo's longer side: so far from her a doubtful pixel of a passer-by costs only some ground."""

_DOUBT: Final = 0.5
"""Share of the threshold that is enough there, within the box."""

_BEHIND: Final = 0.1
"""Share of a box that shows her from which on somebody stands behind her."""

_GAP: Final = 0.006
"""Of the photo's longer side: half the width of a gap between them, who is hidden there as well."""

_LOOSE: Final = 0.01
"""Of the photo's longer side: how far around another thing an answer is about that thing, too."""

_SEEN_AROUND: Final = 0.5
"""How far beyond somebody's box the segmentation network may look, relative to the box's longer side."""

_SAME: Final = 0.35
"""Intersection over union from which on two boxes are about the same person."""

_INSIDE: Final = 0.6
"""Share of one of two boxes that the other one covers from which on they are, too."""

_HERS: Final = 0.5
"""Share of a box that shows the main person from which on it is about her."""

_HANGS_TOGETHER: Final = 0.25
"""Share of a connected part of an answer that lies in the box: what has less of it there is another thing."""


def mask_of_everybody(engine: Engine, request: PeopleMaskRequest, progress: Progress | None = None) -> Mask:
    """All people of a photo, or all but the main person; empty where nobody is to go.

    Args:
        engine: finds people, and parses the photo to know whom it is of.
        request: the photo, and who is meant.
        progress: may cancel.

    Returns:
        (H, W) uint8, 0 or 255.
    """
    image, hardware = request.image, request.hardware
    people = engine.run(DetectRequest(image, hardware=hardware), progress).people
    figure = None
    if request.who is Who.OTHERS and people:
        figure = body_in(engine.run(ParseRequest(image, hardware=hardware), progress).labels)
        main = main_person(people, extent_of(image), figure)
        if main is not None and figure.any():
            look = _Look(engine, request, progress)
            return look.mask_of_others([one for one in people if one is not main], main, figure)
        people = tuple(one for one in people if one is not main)
    if not people:
        return np.zeros(image.shape[:2], np.uint8)
    seen = FindInBoxesRequest(image, tuple(one.bounds for one in people), hardware=hardware)
    return mask_of_people(engine, seen, len(people), request.threshold, figure, progress)


@dataclass(frozen=True, eq=False)
class HerPlace:
    """Where the main person is.

    Attributes:
        figure: (H, W) bool over the photo, true where she is.
        clear: (H, W) bool, true where she is far away.
    """

    figure: NDArray[np.bool_]
    clear: NDArray[np.bool_]

    @classmethod
    def of(cls, figure: NDArray[np.bool_]) -> HerPlace:
        """From her figure alone."""
        return cls(figure, ~around(figure, _CLEAR))


@dataclass(frozen=True)
class _Look:
    """Looks for those who are not the main person.

    Attributes:
        engine: finds people.
        request: the photo.
        progress: may cancel.
    """

    engine: Engine
    request: PeopleMaskRequest
    progress: Progress | None

    def mask_of_others(self, others: Sequence[Detection], main: Detection, figure: NDArray[np.bool_]) -> Mask:
        """Mask them.

        Args:
            others: who was found besides the main person.
            main: the main person.
            figure: (h, w) bool over the whole photo, where the parser sees her, and perhaps others.
        """
        image, photo = self.request.image, extent_of(self.request.image)
        *as_seen, hers = self._find(image, [*others, main])
        her_figure = at_edges(figure_of(figure, [hers], photo), image)
        rest = without_her(image, her_figure)
        faint = self.engine.run(DetectFaintRequest(rest, hardware=self.request.hardware), self.progress)
        beside = who_else(faint, others, her_figure)
        # Far from her the second look would see the same as the first one.
        is_near = [_may_show(her_figure, one.bounds) for one in others]
        again = iter(self._find(rest, [*compress(others, is_near), *beside]))
        alone = [next(again) if near else seen for near, seen in zip(is_near, as_seen, strict=True)]
        threshold, her_place = self.request.threshold, HerPlace.of(her_figure)
        leaving = [
            joined_answer(found, seen, one.bounds, threshold, her_place)
            for found, seen, one in zip_longest([*alone, *again], as_seen, [*others, *beside])
        ]
        return mask_of_found(leaving, [hers], photo, threshold, her_figure)

    def _find(self, image: Pixels, people: Sequence[Detection]) -> tuple[ThingFound, ...]:
        boxes = tuple(roomy(one.bounds) for one in people)
        return self.engine.run(
            FindInBoxesRequest(image, boxes, hardware=self.request.hardware), self.progress
        )


def without_her(image: Pixels, figure: NDArray[np.bool_]) -> Pixels:
    """The photo with smooth colours where the main person is.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        figure: (H, W) bool, where she is.
    """
    return wiped(image, around(figure, _WIPED))


def who_else(
    faint: Sequence[Detection], known: Sequence[Detection], figure: NDArray[np.bool_]
) -> tuple[Detection, ...]:
    """Those who were seen faintly and are nobody who is known already.

    Args:
        faint: who was seen in the picture without the main person, the surest first.
        known: the others who were found in the photo.
        figure: (H, W) bool, where the main person is.
    """
    new: list[Detection] = []
    for one in faint:
        is_her = np.count_nonzero(figure[one.bounds.slices]) > _HERS * one.bounds.extent.area
        if not is_her and not any(_is_same(one.bounds, other.bounds) for other in (*known, *new)):
            new.append(one)
    return tuple(new)


def joined_answer(
    alone: ThingFound,
    as_seen: ThingFound | None,
    box: Bounds,
    threshold: float,
    her_place: HerPlace,
) -> ThingFound:
    """What both looks at somebody say together.

    Without the main person beside them an answer does not run over to her; with her, it knows more of what
    was wiped away. So the mean of both counts where it is higher than the first one, but only about where
    the detector sees somebody. Where nobody who stays is near, doubt is enough there. Nothing counts that
    hangs together with nobody in the box. Between her and who stands behind her is no ground.

    Args:
        alone: the answer in the picture without the main person.
        as_seen: the answer in the photo; None = there is none.
        box: where the detector sees somebody, in photo pixels.
        threshold: probability from which on a pixel belongs to a person, in (0, 1).
        her_place: where nothing is theirs, and where the main person is far away.
    """
    probability = np.where(her_place.figure[alone.bounds.slices], np.uint8(0), alone.probability)
    place = roomy(box).intersected(alone.bounds)
    part = probability[place.shifted(-alone.bounds.left, -alone.bounds.top).slices]
    if as_seen is not None:
        both = (part.astype(np.uint16) + likeliest((as_seen,), place)) // 2
        both[her_place.figure[place.slices]] = 0
        np.maximum(part, both.astype(np.uint8), out=part)
    inner = box.intersected(alone.bounds).shifted(-alone.bounds.left, -alone.bounds.top)
    loose = _loose_parts(probability >= 255 * threshold, inner)
    if loose.any():
        reach = round(_LOOSE * max(her_place.figure.shape))
        probability[grow(np.where(loose, np.uint8(HOLE), np.uint8(KNOWN)), reach) != 0] = 0
    doubted = her_place.clear[place.slices] & (part >= 255 * _DOUBT * threshold)
    enough = np.uint8(math.ceil(255 * threshold))
    np.maximum(part, np.where(doubted, enough, np.uint8(0)), out=part)
    probability[_loose_parts(probability >= 255 * threshold, inner)] = 0
    in_box = her_place.figure[box.intersected(alone.bounds).slices]
    if in_box.size and np.count_nonzero(in_box) >= _BEHIND * in_box.size:
        radius = max(1, round(_GAP * max(her_place.figure.shape)))
        gap = _gap_between(part >= enough, her_place.figure[place.slices], radius)
        np.maximum(part, np.where(gap, enough, np.uint8(0)), out=part)
    return replace(alone, probability=probability)


def _gap_between(sure: NDArray[np.bool_], figure: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """What lies between an answer and her, (h, w) bool, where they are so near; no bays of hers alone."""

    def closed(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.asarray(grow(grow(np.where(inside, np.uint8(HOLE), np.uint8(KNOWN)), radius), -radius) != 0)

    return np.asarray(closed(sure | figure) & ~closed(figure))


def _loose_parts(sure: NDArray[np.bool_], inner: Bounds) -> NDArray[np.bool_]:
    """What of an answer (h, w) hangs together with hardly anything in a box."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(sure.view(np.uint8), connectivity=8)
    inside = np.bincount(numbers[inner.slices].ravel(), minlength=count)
    is_loose = inside < _HANGS_TOGETHER * stats[:, cv2.CC_STAT_AREA]
    is_loose[0] = False
    return np.asarray(is_loose[numbers])


def _may_show(figure: NDArray[np.bool_], box: Bounds) -> bool:
    """Whether the main person (H, W), as far as she is wiped away, may be in the window around a box."""
    around_box = roomy(box)
    reach = _SEEN_AROUND * max(around_box.width, around_box.height) + 2 * _WIPED * max(figure.shape)
    window = around_box.grown(math.ceil(reach)).intersected(Bounds.of(extent_of(figure)))
    return bool(figure[window.slices].any())


def _is_same(first: Bounds, second: Bounds) -> bool:
    common = _area(first.intersected(second))
    smaller = min(_area(first), _area(second))
    return common >= _SAME * (_area(first) + _area(second) - common) or common >= _INSIDE * smaller


def _area(box: Bounds) -> int:
    return 0 if box.is_empty else box.extent.area
