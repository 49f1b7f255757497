"""Unknowns of a Poisson problem: every pixel near the seam, every fourth one far away from it.

The correction that a blend computes is harmonic wherever the fill keeps its own gradients, so it is smooth
away from the seam, and bilinear interpolation between a sparse lattice loses nothing that can be seen. A hole
then costs about as much as its outline (the idea of Agarwala 2007, with two sizes of cells instead of a
quadtree). The matrix is the exact one of the least-squares problem within these functions.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp] | NDArray[np.int32]

CELL_PX = 4
"""Spacing of the lattice."""

FAR_PX = 12
"""Distance from anything that happens beyond which the lattice suffices."""


class AdaptiveGrid:
    """Functions on the unknown pixels of an array that are bilinear in cells far from all sources.

    Attributes:
        places: (N, 2) row and column of the pixel that carries each unknown.
        blocks: (N, 2) the group of about 3 x 3 unknowns that each is in: row and column in units of 3 pixels.
    """

    def __init__(self, unknown: Flags, active: Flags) -> None:
        """Choose the unknowns.

        Args:
            unknown: (H, W) bool, pixels that are solved for.
            active: (H, W) bool, unknown pixels where the right side is not zero.
        """
        self._unknown = unknown
        self._cells = _smooth_cells(unknown, active)
        self._in_cell = np.zeros(unknown.shape, np.bool_)
        height, width = (side * CELL_PX for side in self._cells.shape)
        self._in_cell[:height, :width] = np.kron(self._cells, np.ones((CELL_PX, CELL_PX), np.bool_))
        carries = unknown & ~self._in_cell
        carries[:height:CELL_PX, :width:CELL_PX] |= self._cells
        self.places = np.argwhere(carries)
        self._single = ~self._in_cell[self.places[:, 0], self.places[:, 1]]
        coarse = self.places // (3 * CELL_PX) * CELL_PX
        self.blocks = np.where(self._single[:, None], self.places // 3, coarse)
        # Sparse matrices have indices of 32 bits anyway.
        self._index = np.full(unknown.shape, -1, np.int32)
        self._index[carries] = np.arange(len(self.places), dtype=np.int32)

    def matrix(self, screening: float) -> sparse.csr_array:
        """(N, N) of the least-squares problem, symmetric and positive.

        Args:
            screening: weight of the squared unknown at each pixel.
        """
        matrix = self._fine_part(screening)
        for part in self._smooth_parts(screening):
            matrix = matrix + part
        return sparse.csr_array(matrix)

    def restrict(self, right_side: Doubles) -> Doubles:
        """Right side (H, W, C), zero where not active, as (N, C) for the unknowns."""
        return right_side[self.places[:, 0], self.places[:, 1]]

    def add_to(self, solution: Doubles, correction: Doubles) -> None:
        """Add the function with the values (N, C) at the unknowns to (H, W, C), in place."""
        rows, columns = self.places[self._single].T
        solution[rows, columns] += correction[self._single]
        rows, columns = np.nonzero(self._cells)
        corners = correction[self._corners(rows, columns)]
        for place, weights in enumerate(_WEIGHTS):
            i, j = divmod(place, CELL_PX)
            solution[rows * CELL_PX + i, columns * CELL_PX + j] += np.einsum("k,nkc->nc", weights, corners)

    def _corners(self, rows: Indices, columns: Indices) -> Indices:
        """Unknowns at the corners of cells: (n, 4), in the order of `_WEIGHTS`."""
        y, x = rows * CELL_PX, columns * CELL_PX
        found = [self._index[y + dy, x + dx] for dy in (0, CELL_PX) for dx in (0, CELL_PX)]
        return np.stack(found, axis=1)

    def _smooth_parts(self, screening: float) -> Iterator[sparse.csr_array]:
        """Pairs of pixels that lie both in cells: the same small matrix for each cell, one kind at a time."""
        cells = self._cells
        to_right = np.zeros_like(cells)
        to_right[:, :-1] = cells[:, :-1] & cells[:, 1:]
        downwards = np.zeros_like(cells)
        downwards[:-1] = cells[:-1] & cells[1:]
        count = len(self.places)
        for which, element in (
            (cells, _INSIDE + screening * _MASS),
            (to_right, _ACROSS_RIGHT),
            (downwards, _ACROSS_DOWN),
        ):
            corners = self._corners(*np.nonzero(which))
            rows, columns = (corners[:, which.ravel()].ravel() for which in np.indices((4, 4)))
            values = np.tile(element.ravel(), len(corners))
            yield sparse.coo_array((values, (rows, columns)), shape=(count, count)).tocsr()

    def _fine_part(self, screening: float) -> sparse.csr_array:
        """All other pairs with an unknown pixel, and the screening of single pixels."""
        count, unknown = len(self.places), self._unknown
        steps = []
        for one, other in (
            ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
            ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
        ):
            inside = self._in_cell[one] & self._in_cell[other]
            wanted = (unknown[one] | unknown[other]) & ~inside
            rows, columns = np.nonzero(wanted)
            down, right = int(one[0] != slice(None)), int(one[1] != slice(None))
            steps.append(self._values_at(rows + down, columns + right) - self._values_at(rows, columns))
        pairs = sparse.vstack(steps).tocsr()
        alone = sparse.diags_array(screening * self._single, shape=(count, count))
        return sparse.csr_array(pairs.T @ pairs + alone)

    def _values_at(self, rows: Indices, columns: Indices) -> sparse.csr_array:
        """(n, N) matrix that takes the unknowns to the values at n pixels; known pixels are zero."""
        in_cell = self._in_cell[rows, columns]
        alone = np.nonzero(~in_cell & (self._index[rows, columns] >= 0))[0]
        mixed = np.nonzero(in_cell)[0]
        y, x = rows[mixed], columns[mixed]
        weights = _WEIGHTS[y % CELL_PX * CELL_PX + x % CELL_PX]
        corners = self._corners(y // CELL_PX, x // CELL_PX)
        data = np.concatenate([np.ones(alone.size), weights.ravel()])
        place = np.concatenate([alone, np.repeat(mixed, 4)])
        column = np.concatenate([self._index[rows[alone], columns[alone]], corners.ravel()])
        return sparse.coo_array((data, (place, column)), shape=(rows.size, len(self.places))).tocsr()


def _smooth_cells(unknown: Flags, active: Flags) -> Flags:
    """(H // 4, W // 4) bool: cells far from known and active pixels and from the array's edge."""
    quiet = (unknown & ~active).astype(np.uint8)
    quiet[[0, -1]] = 0
    quiet[:, [0, -1]] = 0
    far = cv2.distanceTransform(quiet, cv2.DIST_C, 3) > FAR_PX
    height, width = (side // CELL_PX for side in far.shape)
    blocks = far[: height * CELL_PX, : width * CELL_PX].reshape(height, CELL_PX, width, CELL_PX)
    return np.asarray(blocks.all(axis=(1, 3)), dtype=np.bool_)


def _corner_weights(i: int, j: int) -> Doubles:
    """Weights of the corners top left, top right, bottom left, bottom right at pixel (i, j) of a cell."""
    down, right = i / CELL_PX, j / CELL_PX
    return np.array([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right])


def _element(pairs: list[tuple[int, int, int, int]]) -> Doubles:
    """(4, 4) matrix of the squared differences between pixels (i, j) and (k, l) of a cell."""
    steps = [_corner_weights(k, m) - _corner_weights(i, j) for i, j, k, m in pairs]
    return np.asarray(sum((np.outer(step, step) for step in steps), np.zeros((4, 4))))


_SIDE = range(CELL_PX)
_WEIGHTS = np.stack([_corner_weights(i, j) for i in _SIDE for j in _SIDE])
_MASS = _WEIGHTS.T @ _WEIGHTS
_INSIDE = _element(
    [(i, j, i, j + 1) for i in _SIDE for j in _SIDE[:-1]]
    + [(i, j, i + 1, j) for i in _SIDE[:-1] for j in _SIDE]
)
_ACROSS_RIGHT = _element([(i, CELL_PX - 1, i, CELL_PX) for i in _SIDE])
_ACROSS_DOWN = _element([(CELL_PX - 1, j, CELL_PX, j) for j in _SIDE])
