"""A mask of everything that a parsing map gives certain labels, a little larger than the map says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import cv2
import numpy as np

from portrait_studio.engine.request import Structure
from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, grow
from portrait_studio.networks.conventions import LABELS

_REACH_SHARE: Final = 0.02
"""Of the photo's longer side: about two pixels of the map, by which its outlines may be wrong."""

_SPECK_SHARE: Final = 0.0004
"""Of the photo's area: smaller spots of a label are more often mistakes than things."""


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
