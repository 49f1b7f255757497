"""Masks from a parsing map: of certain labels, a little larger than the map says, and of each body."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Structure
from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, grow
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS

_REACH_SHARE: Final = 0.02
"""Of the photo's longer side: about two pixels of the map, by which its outlines may be wrong."""

_SPECK_SHARE: Final = 0.0004
"""Of the photo's area: smaller spots of a label are more often mistakes than things."""


_SMALLEST_PERSON: Final = 0.004
"""Share of the map below which a body is a speck."""


def labels_named(names: Collection[str]) -> frozenset[int]:
    """Numbers of labels by name; left and right ones may be named together ("shoe").

    Raises:
        OptionError: there is no such label.
    """
    found: set[int] = set()
    for name in names:
        wanted = name.strip().lower()
        numbers = [n for n, label in enumerate(LABELS) if n and wanted in (label, label.partition("-")[2])]
        if not numbers:
            raise OptionError(
                "There is no label {name!r}; choose among: {names}.", name=name, names=", ".join(LABELS[1:])
            )
        found.update(numbers)
    return frozenset(found)


def usual_reach(photo: Extent) -> int:
    """How far beyond its outline in the parsing map a thing is masked, in pixels of a photo of that size.

    A rim that is left of a thing gives its colours to the fill.
    """
    return max(2, round(_REACH_SHARE * max(photo.width, photo.height)))


def mask_of_labels(
    structure: Structure, labels: Collection[int], photo: Extent, grow_px: int | None = None
) -> Mask:
    """Mask what a parsing map of the whole photo gives one of the labels.

    Args:
        structure: the map, over all of the photo.
        labels: which labels are to go.
        photo: size of the photo.
        grow_px: how far to go beyond the outlines; None = `usual_reach`.

    Returns:
        (H, W) uint8, 0 or 255; empty where nothing of the kind is seen.
    """
    chosen = np.isin(structure.labels, list(labels)).astype(np.float32)
    smooth = cv2.resize(chosen, (photo.width, photo.height), interpolation=cv2.INTER_LINEAR)
    mask = np.where(smooth >= 0.5, np.uint8(HOLE), np.uint8(KNOWN))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    specks = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < _SPECK_SHARE * photo.area)
    if specks.size and count > 1:
        mask[np.isin(numbers, specks[specks > 0])] = KNOWN
    return grow(mask, usual_reach(photo) if grow_px is None else grow_px)


def body_in(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a parsing map, (h, w) uint8, shows people and what they wear or carry, as (h, w) bool."""
    return np.asarray((labels > 0) & (labels < LABEL_COUNT))


def people_in(labels: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], ...]:
    """Connected bodies from left to right, specks left out.

    Args:
        labels: (h, w) uint8 parsing map.

    Returns:
        (h, w) bool for each.
    """
    body = body_in(labels).astype(np.uint8)
    _, numbers, stats, centres = cv2.connectedComponentsWithStats(body, connectivity=8)
    least = _SMALLEST_PERSON * body.size
    large = [n for n in range(1, len(stats)) if stats[n, cv2.CC_STAT_AREA] >= least]
    return tuple(np.asarray(numbers == n) for n in sorted(large, key=lambda n: float(centres[n][0])))
