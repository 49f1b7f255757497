"""Protocol `things`: what people want gone, loosely marked as they would mark it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import LABELS
from trainer.data.loose_masks import loose_mask
from trainer.data.packs import PackedSet
from trainer.data.sample import Sample
from trainer.data.things import labels_to_cut, name_of, parts_of, pasted_thing, truth_of
from trainer.protocols.case import generator_of, measurable
from trainer.protocols.natural import Sources, at_source_size

REAL, PASTED = "real", "pasted"

_WORN: Final = (
    "hat",
    "sunglasses",
    "belt",
    "bag",
    "scarf",
    "left-shoe",
    "right-shoe",
    "upper-clothes",
    "skirt",
)
_MARKED: Final = ("loop", "brush", "box", "grown", "ellipse")
_LEAST_SHARE: Final = 0.0004
_SKIN: Final = tuple(LABELS.index(name) for name in ("face", "left-arm", "right-arm"))


@dataclass(frozen=True, eq=False)
class ThingCase:
    """A thing in a photo, and what a user painted around it.

    Attributes:
        name: unique among the cases.
        image: (H, W, 3) uint8 RGB with the thing.
        truth: (H, W) uint8: 1 the thing, 0 not, 255 not known.
        loose: (H, W) uint8, 255 = loosely marked.
        thing: what it is.
        marked: how it was marked.
        skin: (H, W) bool, true on the person's face and hands or arms outside the thing.
        behind: (H, W, 3) uint8 RGB without the thing; None where no camera has seen that.
    """

    name: str
    image: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    loose: NDArray[np.uint8]
    thing: str
    marked: str
    skin: NDArray[np.bool_]
    behind: NDArray[np.uint8] | None = None


def real_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[ThingCase]:
    """Every accessory, shoe and large garment of the photos with full labels, each in its own place.

    Args:
        photos: packed photos.
        limit: at most so many cases.
        source: file of each photo id at its original size; None measures at the size of the packs.
    """
    count = 0
    for index in measurable(photos, None):
        sample = at_source_size(photos[index], source)
        for label in labels_to_cut(sample.labels):
            if label < 0 or LABELS[label] not in _WORN:
                continue
            part = max(parts_of(sample.labels, label), key=lambda found: int(found.sum()), default=None)
            if part is None or part.sum() < _LEAST_SHARE * part.size:
                continue
            if limit is not None and count >= limit:
                return
            count += 1
            yield _real(sample, label, part)


def pasted_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[ThingCase]:
    """A part of the next photo laid over each photo, so that what is behind it is known.

    Args:
        photos: packed photos.
        limit: at most so many cases.
        source: file of each photo id at its original size; None measures at the size of the packs.
    """
    order = measurable(photos, None)
    for place, index in enumerate(order[:limit]):
        sample = at_source_size(photos[index], source)
        donor = at_source_size(photos[order[(place + 1) % len(order)]], source)
        rng = generator_of("things", sample.key)
        thing = pasted_thing(sample, donor, rng)
        if thing is None or (thing.truth == 1).sum() < _LEAST_SHARE * thing.truth.size:
            continue
        loose, marked = _marked(thing.truth == 1, rng)
        skin = np.isin(sample.labels, _SKIN) & (thing.truth == 0)
        name = f"{sample.photo_id}-pasted"
        yield ThingCase(name, thing.image, thing.truth, loose, PASTED, marked, skin, sample.image)


def _real(sample: Sample, label: int, part: NDArray[np.bool_]) -> ThingCase:
    truth = truth_of(sample.labels, label, part)
    rng = generator_of(f"things-{label}", sample.key)
    loose, marked = _marked(part, rng)
    skin = np.isin(sample.labels, _SKIN) & ~part
    name = name_of(label)
    return ThingCase(f"{sample.photo_id}-{name}", sample.image, truth, loose, name, marked, skin)


def _marked(thing: NDArray[np.bool_], rng: np.random.Generator) -> tuple[NDArray[np.uint8], str]:
    mask, kind = loose_mask(thing, rng, _MARKED[int(rng.integers(len(_MARKED)))])
    return np.where(mask, np.uint8(255), np.uint8(0)), kind
