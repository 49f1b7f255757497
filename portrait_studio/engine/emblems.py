"""What stands out on a garment, such as letters, a logo or a badge: no patch of the garment comes from there.

An emblem has a colour that the rest of the garment hardly has, lies inside it, and in one place. What comes
all over a garment is its pattern, which may be copied.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats, shrink_or_enlarge
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import mask_bounds
from portrait_studio.networks.conventions import LABELS

Flags = NDArray[np.bool_]

_GARMENTS: Final = tuple(LABELS.index(name) for name in ("hat", "upper-clothes", "skirt", "pants", "dress"))

_SIDE_PX: Final = 320
"""Longer side of the picture in which emblems are looked for."""

_LEAST_GARMENT_PX: Final = 400
_CELL: Final = 10.0
"""Side of the cells of Lab colours that are counted."""

_COMMON: Final = 0.86
"""Share of a garment that its common colours make up."""

_LIGHTNESS: Final = 0.5
"""How much a difference in lightness counts against one in colour: folds are light and dark."""

_FAR: Final = 22.0
"""Distance in Lab from every common colour from which on a pixel stands out."""

_GAP: Final = 0.03
"""Of a garment's longer side: letters that are nearer to each other are one emblem."""

_LEAST: Final = 0.004
_MOST: Final = 0.2
_SPREAD: Final = 0.4
"""Area of one emblem and of all, relative to the garment; of the rectangle around all, to that around it."""

_INSIDE: Final = 0.7
"""Share of garment around an emblem: what stands at the edge is a hand, a strap or the ground."""

_ON_IT: Final = 0.4
"""Share of emblem around a hole from which on the hole lies on it, and what is missing is the emblem's."""


def emblems(picture: Floats, labels: NDArray[np.uint8], hole: Flags) -> Flags:
    """Where emblems are, with a rim.

    Args:
        picture: (H, W, 3) RGB in [0, 1].
        labels: (H, W) uint8 parsing map.
        hole: (H, W) bool, what is to be filled: meaningless in the picture.

    Returns:
        (H, W) bool, nowhere in the hole.
    """
    height, width = hole.shape
    scale = min(1.0, _SIDE_PX / max(height, width))
    size = Extent(max(1, round(width * scale)), max(1, round(height * scale)))
    lab = cv2.cvtColor(np.asarray(shrink_or_enlarge(picture, size), np.float32), cv2.COLOR_RGB2LAB)
    seen = cv2.resize(labels, (size.width, size.height), interpolation=cv2.INTER_NEAREST)
    filled = np.asarray(shrink_or_enlarge(hole.astype(np.float32), size)) > 0
    found = np.zeros(filled.shape, np.bool_)
    for garment in _GARMENTS:
        if (seen[filled] == garment).any():
            found |= _on_garment(lab, (seen == garment) & ~filled, filled)
    if not found.any() or _lies_on(filled, found):
        return np.zeros_like(hole)
    large = cv2.resize(found.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray((large != 0) & ~hole)


def _on_garment(lab: Floats, garment: Flags, hole: Flags) -> Flags:
    """Emblems of one garment, of which (h, w) bool is in sight."""
    nothing = np.zeros_like(garment)
    area = np.count_nonzero(garment)
    if area < _LEAST_GARMENT_PX:
        return nothing
    odd = nothing.copy()
    odd[garment] = stands_out(lab[garment])
    around = mask_bounds(garment.view(np.uint8))
    reach = max(1, round(_GAP * max(around.width, around.height)))
    joined = cv2.morphologyEx(odd.view(np.uint8), cv2.MORPH_CLOSE, _disc(reach))
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, _disc(1))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    large = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= _LEAST * area]
    found = [part for n in large if _is_inside(part := np.asarray(numbers == n), garment, hole)]
    whole = np.any(found, axis=0) if found else nothing
    place = mask_bounds(np.asarray(whole).view(np.uint8))
    is_pattern = place.extent.area > _SPREAD * around.extent.area
    if np.count_nonzero(whole) > _MOST * area or is_pattern:
        return nothing
    return np.asarray(cv2.dilate(np.asarray(whole).view(np.uint8), _disc(2)) != 0)


def stands_out(colours: Floats) -> Flags:
    """Which of some Lab colours (n, 3) are far from all that are common among them, (n,) bool."""
    scaled = colours * np.array((_LIGHTNESS, 1, 1), np.float32)
    _, cell, counts = np.unique(
        np.rint(scaled / _CELL).astype(np.int32), axis=0, return_inverse=True, return_counts=True
    )
    cell = cell.reshape(-1)
    sums = np.stack([np.bincount(cell, scaled[:, channel]) for channel in range(3)], axis=1)
    means = sums / counts[:, None]
    often = np.argsort(-counts, kind="stable")
    needed = int(np.searchsorted(np.cumsum(counts[often]), _COMMON * len(colours))) + 1
    common = means[often[:needed]]
    apart = np.linalg.norm(means[:, None] - common[None], axis=2).min(axis=1)
    far: Flags = (apart > _FAR)[cell]
    return far


def _is_inside(part: Flags, garment: Flags, hole: Flags) -> bool:
    """Whether what surrounds a part is the garment; what is hidden does not count."""
    ring = (cv2.dilate(part.view(np.uint8), _disc(2)) != 0) & ~part & ~hole
    return bool(ring.any()) and float(garment[ring].mean()) >= _INSIDE


def _lies_on(hole: Flags, emblem: Flags) -> bool:
    ring = (cv2.dilate(hole.view(np.uint8), _disc(3)) != 0) & ~hole
    return bool(ring.any()) and float(emblem[ring].mean()) >= _ON_IT


def _disc(radius: int) -> NDArray[np.uint8]:
    size = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size), np.uint8)
