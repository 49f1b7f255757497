"""One shoe of a pair is hidden, the other one is in sight; the program knows nothing but photo and mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from portrait_studio.networks.conventions import LABELS
from trainer.data.holes import Mask
from trainer.data.packs import PackedSet
from trainer.data.sample import LabelArray
from trainer.protocols.case import Case, case_of, first_cases, generator_of, measurable
from trainer.protocols.natural import Sources, at_source_size

SHOES: Final = tuple(LABELS.index(name) for name in ("left-shoe", "right-shoe"))

_LEAST_SHARE: Final = 0.0008
"""Of the photo, below which a shoe is too small to be judged."""
_MOST_UNEVEN: Final = 2.5
"""Times that one shoe may be as large as the other: beyond, one of them is partly hidden already."""
_LARGER: Final = 1.3
"""Size of the hole relative to the smallest rectangle around the shoe."""
_MORE_PX: Final = 3
"""And so much more on each side."""
_APART_PX: Final = 3
"""Least distance of the hole from the other shoe."""
_FRAME_PX: Final = 2
"""Least distance of the hidden shoe from the frame."""


def hidden_shoe_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[Case]:
    """Photos with two shoes apart, of which an ellipse hides one.

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo has two such shoes, or the file of one is missing.
    """
    lacking = "No photo of the split shows two shoes apart from each other."
    return first_cases(_hidden_shoe_cases(photos, source), limit, lacking)


def _hidden_shoe_cases(photos: PackedSet, source: Sources) -> Iterator[Case]:
    for index in measurable(photos, None):
        sample = at_source_size(photos[index], source)
        mask = _shoe_hole(sample.labels, generator_of("hidden-shoe", sample.key))
        if mask is not None:
            yield case_of(sample, mask, "shoe")


def _shoe_hole(labels: LabelArray, rng: np.random.Generator) -> Mask | None:
    """An ellipse over the left or the right shoe, by chance; None where neither stands free."""
    shoes = [labels == shoe for shoe in SHOES]
    smaller, larger = sorted(int(np.count_nonzero(shoe)) for shoe in shoes)
    if smaller < _LEAST_SHARE * labels.size or larger > _MOST_UNEVEN * smaller:
        return None
    first = int(rng.integers(2))
    for hidden, mate in ((shoes[first], shoes[1 - first]), (shoes[1 - first], shoes[first])):
        left, top, width, height = cv2.boundingRect(hidden.astype(np.uint8))
        if left < _FRAME_PX or left + width > labels.shape[1] - _FRAME_PX:
            continue
        if top + height >= labels.shape[0] - _FRAME_PX:
            continue
        mask = np.where(hidden, np.uint8(255), np.uint8(0))
        centre = round(left + width / 2), round(top + height / 2)
        axes = round(_LARGER * width / 2) + _MORE_PX, round(_LARGER * height / 2) + _MORE_PX
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, cv2.FILLED)
        side = 2 * _APART_PX + 1
        if not (mask[cv2.dilate(mate.astype(np.uint8), np.ones((side, side), np.uint8)) > 0]).any():
            return mask
    return None
