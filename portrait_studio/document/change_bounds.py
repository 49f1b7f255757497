"""The parts of a rectangle in which bytes change: what a step costs is what it changes, not what it spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds

BAND_PX: Final = 128
"""Height of the bands in which changes are looked for: each has a short piece of a line across a photo."""


_SMALL: Final = 1024
"""Bytes that are not worth a closer look."""


def bands(height: int) -> Iterator[tuple[int, int]]:
    """First row, and the one after the last, of each band of a rectangle of that height."""
    for top in range(0, height, BAND_PX):
        yield top, min(height, top + BAND_PX)


def count_bands(height: int) -> int:
    """How many bands a rectangle of that height has."""
    return -(-height // BAND_PX)


def bounds_of_changes(differs: NDArray[np.bool_], pixel_bytes: int) -> Bounds | None:
    """The rectangle around the pixels of which a byte changes.

    Args:
        differs: (H, W * pixel_bytes), for each byte whether it does.
        pixel_bytes: bytes of a pixel.

    Returns:
        In pixels, all of what is small already; None where nothing changes.
    """
    if differs.size <= _SMALL:
        height, width = differs.shape
        return Bounds(0, 0, width // pixel_bytes, height) if differs.any() else None
    rows = np.flatnonzero(differs.any(axis=1))
    if rows.size == 0:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(differs[top:bottom].any(axis=0))
    return Bounds(int(columns[0]) // pixel_bytes, top, int(columns[-1]) // pixel_bytes + 1, bottom)
