"""How opaque a document is: as its photo, but fills can be seen."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, extent_of, mask_bounds
from portrait_studio.imaging.photo import Plane

_RING_PX: Final = 16
_LEAST_SHARE: Final = 0.75


def opacity_on(canvas: Bounds, photo: Plane | None, filled: Mask) -> Plane | None:
    """Opacity over a canvas: the photo's where it lies, full beyond it and where a fill needs it to be seen.

    A fill is opaque where most of what surrounds it is, as where something was erased from an opaque photo.
    Where the photo is transparent around it, too, as beside a figure that was cut out, it is as the photo.

    Args:
        canvas: in photo pixels.
        photo: (H, W) opacity of the photo; None = opaque.
        filled: (canvas.height, canvas.width) uint8, not zero where a fill was applied.
    """
    if photo is None:
        return None
    whole = Bounds.of(extent_of(photo))
    full, seen = int(np.iinfo(photo.dtype).max), canvas.intersected(whole)
    alpha: Plane = np.full((canvas.height, canvas.width), full, photo.dtype)
    alpha[seen.shifted(-canvas.left, -canvas.top).slices] = photo[seen.slices]
    around = mask_bounds(filled).grown(_RING_PX).intersected(Bounds.of(extent_of(alpha)))
    if not around.is_empty:
        _show_fills(alpha[around.slices], filled[around.slices], full)
    return alpha


def _show_fills(alpha: Plane, filled: Mask, full: int) -> None:
    """Make fills opaque whose surroundings are, in place."""
    if not np.any((filled != 0) & (alpha < full)):
        return
    count, labels, stats, _ = cv2.connectedComponentsWithStats((filled != 0).astype(np.uint8), connectivity=8)
    for label in range(1, count):
        left, top, width, height = (int(value) for value in stats[label][:4])
        box = Bounds(left, top, left + width, top + height).grown(_RING_PX)
        box = box.intersected(Bounds.of(extent_of(alpha)))
        own = labels[box.slices] == label
        reached = cv2.dilate(own.astype(np.uint8), np.ones((2 * _RING_PX + 1,) * 2, np.uint8))
        ring = alpha[box.slices][(reached != 0) & (filled[box.slices] == 0)]
        if ring.size == 0 or np.count_nonzero(ring > full // 2) >= _LEAST_SHARE * ring.size:
            alpha[box.slices][own] = full


def hides_fill(alpha: Plane | None, filled: Mask) -> bool:
    """Whether part of a fill lies where a document is mostly transparent."""
    if alpha is None:
        return False
    half = int(np.iinfo(alpha.dtype).max) // 2
    return bool(np.any((filled != 0) & (alpha <= half)))
