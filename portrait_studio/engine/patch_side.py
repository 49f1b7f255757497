"""Patches from one side of a hole only: another fill of the same kind of thing."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import PatchSide
from portrait_studio.imaging.geometry import Bounds

_ENOUGH: Final = 0.5
"""Pixels of a label on a side, relative to those in the hole, from which on its patches come from there."""


def beyond_side(
    side: PatchSide,
    places: tuple[Bounds, Bounds],
    inside: NDArray[np.bool_],
    excluded: NDArray[np.bool_],
    labels: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    """The pixels that may not be copied, since they lie on the other side of a hole.

    A label of which that would leave too little is copied from anywhere.

    Args:
        side: where patches come from.
        places: of the window and of the rectangle around the hole, whose middle divides the sides.
        inside: (h, w) bool over the window, True = hole.
        excluded: (h, w) bool, what may not be copied anyhow.
        labels: (h, w) uint8 over the window, hole included.

    Returns:
        (h, w) bool.
    """
    if side is PatchSide.ANYWHERE:
        return np.zeros_like(inside)
    window, hole = places
    width = inside.shape[1]
    middle = ((hole.left + hole.right) / 2 - window.left) * width / window.width
    columns = np.arange(width) + 0.5
    away = np.broadcast_to(columns > middle if side is PatchSide.LEFT else columns < middle, inside.shape)
    wanted = np.bincount(labels[inside], minlength=256)
    left = np.bincount(labels[~inside & ~excluded & ~away], minlength=256)
    stays = (left >= _ENOUGH * wanted) & (left > 0)
    return away & stays[labels]
