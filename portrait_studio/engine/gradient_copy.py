"""Copy by gradients: what a shift map names is laid into the photo so that no seam shows (Perez et al. 2003).

Within a piece and across its border the differences between neighbours are those of its source, so the pieces
of a shift map meet without a step as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.shift_map import Integers, ShiftMap
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import extent_of

Doubles = NDArray[np.float64]


def copied(image: Pixels, shifts: ShiftMap) -> Doubles:
    """(N, 3) float64 in [0, 1]: the best source of each pixel of a shift map, as it is.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        shifts: from where.
    """
    return _colours(image, shifts.rows + shifts.down[0], shifts.columns + shifts.across[0])


def blended_copy(image: Pixels, rows: Integers, columns: Integers, shifts: ShiftMap) -> Doubles:
    """Solve for pixels that have the differences of their sources and meet the photo around them.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        rows: (M,) rows of the pixels that may change, sorted by row, then column; not the whole photo.
        columns: (M,) their columns.
        shifts: from where; its pixels are among these.

    Returns:
        (M, 3) float64 in [0, 1].
    """
    band = _Band(image, rows, columns, shifts)
    count = len(rows)
    right_side, diagonal = np.zeros((count, 3)), np.zeros(count)
    entries: list[tuple[Integers, Integers]] = []
    for pair in band.pairs():
        diagonal[pair.pixel] += 1
        right_side[pair.pixel] += band.wanted(pair)
        inside = pair.other >= 0
        entries.append((pair.pixel[inside], pair.other[inside]))
        outside = pair.pixel[~inside]
        right_side[outside] += _colours(image, rows[outside] + pair.down, columns[outside] + pair.across)
    at, beside = (np.concatenate(each) for each in zip(*entries, strict=True))
    places = (np.concatenate([at, np.arange(count)]), np.concatenate([beside, np.arange(count)]))
    values = np.concatenate([np.full(len(at), -1.0), diagonal])
    matrix = sparse.csc_array((values, places), shape=(count, count))
    solved: Doubles = linalg.splu(matrix).solve(right_side)
    return np.clip(solved, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pixels that have a neighbour in one direction.

    Attributes:
        down: rows from a pixel to its neighbour.
        across: columns.
        pixel: (P,) which pixels.
        other: (P,) which of the pixels is the neighbour, -1 = one of the photo.
    """

    down: int
    across: int
    pixel: Integers
    other: Integers


class _Band:
    """The pixels that may change, and what is wanted of them."""

    def __init__(self, image: Pixels, rows: Integers, columns: Integers, shifts: ShiftMap) -> None:
        self._image, self._rows, self._columns = image, rows, columns
        self._photo = extent_of(image)
        self._flat = rows * self._photo.width + columns
        where = np.searchsorted(self._flat, shifts.rows * self._photo.width + shifts.columns)
        shape = (len(shifts.weights), len(rows))
        self._weights = np.zeros(shape)
        self._down, self._across = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._weights[:, where] = shifts.weights
        self._down[:, where], self._across[:, where] = shifts.down, shifts.across

    def pairs(self) -> Iterator[_Pairs]:
        """All pairs of neighbours, each from both of its ends."""
        for down, across in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            rows, columns = self._rows + down, self._columns + across
            pixel = np.flatnonzero(_is_inside(rows, columns, self._photo))
            flat = rows[pixel] * self._photo.width + columns[pixel]
            place = np.minimum(np.searchsorted(self._flat, flat), len(self._flat) - 1)
            yield _Pairs(down, across, pixel, np.where(self._flat[place] == flat, place, -1))

    def wanted(self, pair: _Pairs) -> Doubles:
        """(P, 3) by how much each pixel should exceed its neighbour: as at the sources of both of them."""
        pixel, other = pair.pixel, np.maximum(pair.other, 0)
        rows, columns = self._rows[pixel], self._columns[pixel]
        total, weight = np.zeros((len(pixel), 3)), np.zeros(len(pixel))
        for source in range(len(self._weights)):
            for end, counts in ((pixel, 1.0), (other, pair.other >= 0)):
                share = self._weights[source, end] * counts
                top, left = rows + self._down[source, end], columns + self._across[source, end]
                total += share[:, None] * self._differences(top, left, pair)
                weight += share
        free = weight == 0
        total[free] = self._differences(rows[free], columns[free], pair)
        return total / np.where(free, 1.0, weight)[:, None]

    def _differences(self, rows: Integers, columns: Integers, pair: _Pairs) -> Doubles:
        """By how much pixels of the photo exceed their neighbours; 0 where these are beyond its edge."""
        here = _colours(self._image, rows, columns)
        return here - _colours(self._image, rows + pair.down, columns + pair.across)


def _is_inside(rows: Integers, columns: Integers, photo: Extent) -> NDArray[np.bool_]:
    return (rows >= 0) & (rows < photo.height) & (columns >= 0) & (columns < photo.width)


def _colours(image: Pixels, rows: Integers, columns: Integers) -> Doubles:
    """(N, 3) float64 in [0, 1] of pixels of the photo; beyond its edge the nearest."""
    height, width = image.shape[:2]
    pixels = image[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    return pixels / float(np.iinfo(image.dtype).max)
