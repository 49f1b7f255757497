"""Merges the boxes of several looks at one photo into one box each: doubled, shifted and nested ones go.

All numbers were chosen on the photos of `portrait-trainer evaluate --protocol people`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Extent

_SAME: Final = 0.35
"""Intersection over union from which on two boxes are about the same thing."""

_ALIKE: Final = 0.5
"""The same, for boxes whose corners are averaged."""

_LEAST_SCORE: Final = 0.45
"""Sum of the two best scores that looks agree on, or a single one, from which on a box is believed."""

_LARGE: Final = 0.5
"""Of the photo's height: so tall a person is believed as soon as one look sees it."""

_INSIDE: Final = 0.6
"""Share of a box within a larger one from which on it is nested."""

_WIDE: Final = 0.5
"""Of the larger box's width: a nested box as wide is of a part of the same person."""

_LEAST_NESTED_SCORE: Final = 0.8
"""A narrower one is another person beside or before the first one, if it is so sure."""

_LEAST_LOOKS: Final = 3
_LEAST_TOTAL: Final = 0.6
"""So many looks must see a faint person at all, with such a sum of scores: two of three that only one or two
looks see are nobody."""


@dataclass(frozen=True, eq=False)
class Sightings:
    """Boxes of things of one kind.

    Attributes:
        corners: (M, 4) float32 left, top, right, bottom in photo pixels.
        scores: (M,) float32 in [0, 1]; merged ones may exceed 1.
    """

    corners: Floats
    scores: Floats

    def only(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Sightings:
        """Some of them, in the order of the indices."""
        return Sightings(self.corners[chosen], self.scores[chosen])


def merge_people(looks: Sequence[Sightings], photo: Extent) -> Sightings:
    """One box a person.

    Args:
        looks: what each look saw, of people only.
        photo: size of the photo.

    Returns:
        The surest first.
    """
    merged = _agreed(looks).two_best()
    heights = merged.corners[:, 3] - merged.corners[:, 1]
    is_large = heights >= _LARGE * photo.height
    sure = merged.only(is_large | (merged.scores >= _LEAST_SCORE))
    alone = _without_nested(sure)
    return alone.only(suppressed(alone, _SAME))


def merge_faint(looks: Sequence[Sightings]) -> Sightings:
    """One box for each person of whom many looks see a little; one that only few see is no person.

    Args:
        looks: what each look saw, of people only, down to scores at which most boxes are wrong.

    Returns:
        The surest first.
    """
    groups = _agreed(looks)
    totals = np.array([scores.sum() for scores in groups.scores], np.float32)
    counts = np.array([len(scores) for scores in groups.scores])
    # Who sees little of somebody sees a part: what all looks saw is nearer to the whole than their mean.
    merged = Sightings(groups.around, totals)
    believed = merged.only((counts >= _LEAST_LOOKS) & (totals >= _LEAST_TOTAL))
    return believed.only(suppressed(believed, _SAME))


def merge_things(looks: Sequence[Sightings]) -> Sightings:
    """One box a thing.

    Args:
        looks: what each look saw, of one kind only.

    Returns:
        The surest first.
    """
    merged = _agreed(looks).two_best()
    sure = merged.only(merged.scores >= _LEAST_SCORE)
    return sure.only(suppressed(sure, _SAME))


def suppressed(boxes: Sightings, most_overlap: float) -> NDArray[np.intp]:
    """Non-maximum suppression: positions of the boxes that no surer one overlaps by so much, surest first.

    Args:
        boxes: of one kind, or of several that exclude each other.
        most_overlap: intersection over union from which on the less sure one goes.
    """
    overlaps = overlap(boxes.corners, boxes.corners)
    kept: list[int] = []
    for number in np.argsort(-boxes.scores, kind="stable"):
        if all(overlaps[number, other] < most_overlap for other in kept):
            kept.append(int(number))
    return np.array(kept, np.intp)


@dataclass(frozen=True, eq=False)
class _Groups:
    """Boxes of several looks, put together where they are about the same thing.

    Attributes:
        corners: (M, 4) float32, one box a group: the mean of those that are most alike.
        around: (M, 4) float32, what all of these cover.
        scores: for each group the best score of each look that sees the thing, the highest first.
    """

    corners: Floats
    around: Floats
    scores: list[Floats]

    def two_best(self) -> Sightings:
        """The boxes, surer where two looks agree."""
        return Sightings(self.corners, np.array([each[:2].sum() for each in self.scores], np.float32))


def _agreed(looks: Sequence[Sightings]) -> _Groups:
    """One box for each group of boxes that are about the same thing."""
    alone = [look.only(suppressed(look, _SAME)) for look in looks]
    origin = np.concatenate([np.full(len(look.scores), n) for n, look in enumerate(alone)] or [np.zeros(0)])
    boxes = Sightings(
        np.concatenate([np.zeros((0, 4), np.float32), *(look.corners for look in alone)]),
        np.concatenate([np.zeros(0, np.float32), *(look.scores for look in alone)]),
    )
    order = np.argsort(-boxes.scores, kind="stable")
    boxes, origin = boxes.only(order), origin[order]
    overlaps = overlap(boxes.corners, boxes.corners)
    is_left = np.ones(len(order), np.bool_)
    corners, around, scores = [], [], []
    for first in range(len(order)):
        if not is_left[first]:
            continue
        group = np.flatnonzero(is_left & (overlaps[first] >= _SAME))
        is_left[group] = False
        # Sorted by score, so the first of each look is its best.
        best = group[np.unique(origin[group], return_index=True)[1]]
        scores.append(np.sort(boxes.scores[best])[::-1])
        alike = boxes.only(best[overlaps[first, best] >= _ALIKE])
        corners.append(np.average(alike.corners, axis=0, weights=alike.scores))
        around.append(np.concatenate([alike.corners[:, :2].min(0), alike.corners[:, 2:].max(0)]))
    mean, whole = (np.reshape(each, (-1, 4)).astype(np.float32) for each in (corners, around))
    return _Groups(mean, whole, scores)


def _without_nested(boxes: Sightings) -> Sightings:
    """Without boxes about parts of a person who has a larger box."""
    widths, areas = boxes.corners[:, 2] - boxes.corners[:, 0], _areas(boxes.corners)
    common = _common(boxes.corners, boxes.corners)
    kept = np.ones(len(areas), np.bool_)
    for small in np.argsort(areas):
        larger = kept & (areas > areas[small]) & (common[small] >= _INSIDE * areas[small])
        if boxes.scores[small] < _LEAST_NESTED_SCORE:
            kept[small] = not larger.any()
        else:
            kept[small] = not (larger & (widths[small] >= _WIDE * widths)).any()
    return boxes.only(kept)


def overlap(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes (N, 4) with boxes (M, 4): (N, M)."""
    common = _common(first, second)
    union = _areas(first)[:, None] + _areas(second)[None, :] - common
    return np.asarray(common / np.maximum(union, 1e-6), np.float32)


def _common(first: Floats, second: Floats) -> Floats:
    start = np.maximum(first[:, None, :2], second[None, :, :2])
    end = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.clip(end - start, 0, None).prod(axis=2), np.float32)


def _areas(corners: Floats) -> Floats:
    return np.asarray((corners[:, 2:] - corners[:, :2]).prod(axis=1), np.float32)
