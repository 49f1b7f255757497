"""The parts of a rectangle in which bytes change: what a step costs is what it changes, not what it spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.deltas import Piece, bytes_of_pixel
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


def changed_parts(
    pieces: Sequence[Piece], sample_bytes: int, differs: Callable[[slice], NDArray[np.bool_] | None]
) -> Iterator[tuple[Piece, NDArray[np.bool_]]]:
    """The parts of rectangles around what changes, band by band.

    Args:
        pieces: the rectangles.
        sample_bytes: of the photo, 1 or 2.
        differs: for some of the bytes of all rectangles, one after the other, (N,) whether each changes;
            None = none of them.

    Yields:
        Each part, and (N,) whether each of its bytes changes.
    """
    start = 0
    for piece in pieces:
        pixel_bytes = bytes_of_pixel(piece.plane, sample_bytes)
        row = piece.bounds.width * pixel_bytes
        for top, bottom in bands(piece.bounds.height if row else 0):
            here = slice(start, start + (bottom - top) * row)
            start = here.stop
            found = differs(here)
            band = None if found is None else found.reshape(-1, row)
            inner = None if band is None else bounds_of_changes(band, pixel_bytes)
            if band is not None and inner is not None:
                columns = slice(inner.left * pixel_bytes, inner.right * pixel_bytes)
                bounds = inner.shifted(piece.bounds.left, piece.bounds.top + top)
                yield Piece(piece.plane, bounds), band[inner.top : inner.bottom, columns].ravel()
