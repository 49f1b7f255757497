"""Leaves face, hair, arms and hands out of a thing that was found on somebody, unless they were meant.

The segmentation network sees one thing and takes the fingers that hold it for part of it; the parsing map of
the photo knows whose they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Structure
from portrait_studio.engine.things import USUAL_THRESHOLD, ThingFound
from portrait_studio.networks.conventions import LABELS

_SPARED: Final = tuple(LABELS.index(name) for name in ("face", "hair", "left-arm", "right-arm"))

_MEANT: Final = 0.5
"""Share of what was found from which on they are what was meant."""

_SURELY: Final = 0.97
"""Probability from which on the thing is there, whatever the parsing map says."""

_MAP_PX: Final = 1
"""How far inside their outlines in the map they are spared: so coarse it is."""


def without_skin(found: Sequence[ThingFound], seen: Structure) -> tuple[ThingFound, ...]:
    """The same things without the face, hair and arms of who wears or holds them.

    Args:
        found: what stands in marked places.
        seen: parsing map of the whole photo, nothing hidden.
    """
    skin = np.isin(seen.labels, _SPARED).view(np.uint8)
    size = 2 * _MAP_PX + 1
    inner = cv2.erode(skin, np.ones((size, size), np.uint8))
    return tuple(_without(thing, skin, inner, seen) if thing.stands_out else thing for thing in found)


def _without(
    thing: ThingFound, skin: NDArray[np.uint8], inner: NDArray[np.uint8], seen: Structure
) -> ThingFound:
    """One thing; `skin` and `inner` are (h, w) uint8 over the map, not zero where somebody's skin is."""
    inside = thing.probability >= 255 * USUAL_THRESHOLD
    whole, surely = (_over(thing, plane, seen) for plane in (skin, inner))
    if np.count_nonzero(inside & whole) >= _MEANT * np.count_nonzero(inside):
        return thing
    probability = thing.probability.copy()
    probability[surely & (probability < 255 * _SURELY)] = 0
    return replace(thing, probability=probability)


def _over(thing: ThingFound, plane: NDArray[np.uint8], seen: Structure) -> NDArray[np.bool_]:
    """A plane of the map over the part of the photo in which a thing was found, (h, w) bool."""
    height, width = plane.shape
    part, whole = thing.bounds, seen.bounds
    rows = (np.arange(part.top, part.bottom) - whole.top) * height // whole.height
    columns = (np.arange(part.left, part.right) - whole.left) * width // whole.width
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    return np.asarray(plane[rows[:, None], columns[None]] != 0)
