"""Photos with a hole over one part each: face, limb, garment or background, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import LABELS
from trainer.data.holes import Mask, Person, body_rectangle, strokes
from trainer.data.packs import PackedSet
from trainer.protocols.case import Case, case_of, first_cases, generator_of, measurable
from trainer.protocols.natural import Sources, at_source_size

PARTS: Final = {
    "face": ("face",),
    "limb": ("left-leg", "right-leg", "left-arm", "right-arm"),
    "garment": ("upper-clothes", "skirt", "pants", "dress"),
    "background": ("background",),
}
"""Which labels a hole of each kind lies over."""

_LEAST_SHARE: Final = 0.002
_EDGES: Final = (0.6, 1.0)
_MOST_EDGE: Final = 0.3
_STROKE_SHARE: Final = (0.01, 0.04)
_ATTEMPTS: Final = 12


def hidden_part_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[Case]:
    """Photos in their own shape, each with a rectangle or strokes over a part; the kinds take turns.

    Of some drawn holes that one is taken which lies over its part the most.

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo has full labels, or the file of one is missing or of another photo.
    """
    lacking = "No photo of the split shows a face, limb or garment large enough to hide."
    return first_cases(_hidden_part_cases(photos, source), limit, lacking)


def _hidden_part_cases(photos: PackedSet, source: Sources) -> Iterator[Case]:
    kinds = cycle(PARTS)
    kind = next(kinds)
    for index in measurable(photos, None):
        sample = at_source_size(photos[index], source)
        part = np.isin(sample.labels, [LABELS.index(name) for name in PARTS[kind]])
        if part.mean() >= _LEAST_SHARE:
            yield case_of(sample, hole_over(part, generator_of("parts", sample.key)), kind)
            kind = next(kinds)


def hole_over(part: Person, rng: np.random.Generator) -> Mask:
    """A hole over a part of a photo.

    Args:
        part: (H, W) bool, true on the part, not empty.
        rng: source of all chance.

    Returns:
        (H, W) uint8, 255 = hole.
    """
    drawn = [_draw(part, rng) for _ in range(_ATTEMPTS)]
    return max(drawn, key=lambda mask: _share_over(mask, part))


def _draw(part: Person, rng: np.random.Generator) -> Mask:
    """A rectangle as large as most of the part, but no more than a third of the photo's side; or strokes."""
    if rng.random() < 1 / 3:
        return strokes(part, rng, _STROKE_SHARE)
    height, width = part.shape
    edge = min(float(np.sqrt(np.count_nonzero(part))), _MOST_EDGE * min(height, width))
    low, high = (max(4, round(share * edge)) for share in _EDGES)
    return body_rectangle(part, rng, (low, high))


def _share_over(mask: Mask, part: NDArray[np.bool_]) -> float:
    hole = mask > 0
    return float(np.count_nonzero(hole & part)) / max(1, int(np.count_nonzero(hole)))
