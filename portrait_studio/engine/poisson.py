"""The Poisson equation on an arbitrary set of pixels, and one solver of it.

The problem is stated as least squares over pairs of neighbouring pixels, so the boundary conditions follow by
themselves: pairs with one known pixel are Dirichlet conditions, and at the edge of the array, where a pixel
has no partner, nothing is demanded (Neumann).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.poisson_grid import AdaptiveGrid
from portrait_studio.engine.resample import strips

Doubles = NDArray[np.float64]
Report = Callable[[float], None]

_NOTHING = 1e-6
"""Right sides below this are rounding errors of float32 pixels."""


@dataclass(frozen=True, eq=False)
class PoissonProblem:
    """Find u that minimises sum |u_q - u_p - g_pq|^2 + screening * sum |u_p - values_p|^2.

    Attributes:
        values: (H, W, C) float; known pixels are kept, unknown ones are the first guess and what screening
            pulls to.
        unknown: (H, W) bool; at least one pixel known unless `screening` is positive.
        guidance: makes the wanted differences g of each pixel's right neighbour to it, (H, W - 1, C), and of
            its lower neighbour to it, (H - 1, W, C); asked once, since they take much memory.
        screening: at least 0; the correction decays over about 1 / sqrt(screening) pixels.
    """

    values: NDArray[np.floating]
    unknown: NDArray[np.bool_]
    guidance: Callable[[], tuple[NDArray[np.floating], NDArray[np.floating]]]
    screening: float = 0.0


class PoissonSolver(Protocol):
    """Anything that solves a `PoissonProblem`; a faster one can take the place of the one here."""

    def solve(self, problem: PoissonProblem, report: Report) -> Doubles:
        """Solution as (H, W, C) float64, equal to `values` where known.

        Args:
            problem: what to solve.
            report: hears of the finished share in [0, 1]; raises to cancel.
        """
        ...


@dataclass(frozen=True)
class MultigridSolver:
    """Sparse direct solution for few pixels, conjugate gradients with algebraic multigrid for many.

    The hierarchy is smoothed aggregation (Vanek, Mandel, Brezina 1996) over 3 x 3 blocks of pixels.

    Attributes:
        direct_up_to: number of unknown pixels up to which the matrix is factorised.
        tolerance: residual relative to the first one at which the iteration stops.
        most_iterations: after which it stops in any case.
    """

    direct_up_to: int = 6000
    tolerance: float = 1e-6
    most_iterations: int = 60

    def solve(self, problem: PoissonProblem, report: Report) -> Doubles:
        """See `PoissonSolver.solve`."""
        if not problem.unknown.any():
            return np.array(problem.values, dtype=np.float64)
        # Solving for the correction makes the first guess count and the right side vanish where it is kept.
        residual = _residual(problem)
        report(0.02)
        grid = AdaptiveGrid(problem.unknown, problem.unknown & _is_something(residual))
        right_side = grid.restrict(residual)
        del residual
        matrix = grid.matrix(problem.screening)
        give_back_memory()
        report(0.1)
        if len(right_side) <= self.direct_up_to:
            correction = linalg.splu(matrix.tocsc()).solve(right_side)
        else:
            correction = self._iterate(matrix, right_side, grid.blocks, report)
        give_back_memory()
        solution = np.array(problem.values, dtype=np.float64)
        grid.add_to(solution, correction)
        report(1.0)
        return solution

    def _iterate(
        self, matrix: sparse.csr_array, right_side: Doubles, blocks: NDArray[np.intp], report: Report
    ) -> Doubles:
        cycle = _Hierarchy(matrix, blocks, self.direct_up_to, report)
        solution = np.zeros_like(right_side)
        residual = right_side.copy()
        goal = self.tolerance * np.maximum(np.linalg.norm(right_side, axis=0), 1e-12)
        preconditioned = cycle.apply(residual)
        direction = preconditioned.copy()
        energy = np.einsum("nc,nc->c", residual, preconditioned)
        for iteration in range(self.most_iterations):
            report(0.3 + 0.7 * iteration / self.most_iterations)
            image = matrix @ direction
            step = energy / np.maximum(np.einsum("nc,nc->c", direction, image), 1e-300)
            solution += step * direction
            residual -= step * image
            if np.all(np.linalg.norm(residual, axis=0) <= goal):
                break
            preconditioned = cycle.apply(residual)
            energy, previous = np.einsum("nc,nc->c", residual, preconditioned), energy
            direction = preconditioned + energy / np.maximum(previous, 1e-300) * direction
        return solution


class _Hierarchy:
    """Symmetric V-cycle over ever coarser matrices, used as preconditioner."""

    def __init__(
        self, matrix: sparse.csr_array, blocks: NDArray[np.intp], coarsest: int, report: Report
    ) -> None:
        self._matrices = [matrix]
        self._smoothers: list[Doubles] = []
        self._prolongations: list[sparse.csr_array] = []
        while self._matrices[-1].shape[0] > coarsest:
            report(0.1 + 0.2 * (1 - self._matrices[-1].shape[0] / matrix.shape[0]))
            fine = self._matrices[-1]
            inverse = 1.0 / fine.diagonal()
            radius = _spectral_radius(fine, inverse)
            # One number for a place sorts much faster than a pair.
            width = int(blocks[:, 1].max()) + 1
            groups, members = np.unique(blocks[:, 0] * width + blocks[:, 1], return_inverse=True)
            count = fine.shape[0]
            tentative = sparse.csr_array(
                (np.ones(count), (np.arange(count), members)), shape=(count, groups.size)
            )
            scaled = sparse.diags_array(4.0 / 3.0 / radius * inverse)
            prolongation = (tentative - scaled @ (fine @ tentative)).tocsr()
            self._smoothers.append((4.0 / 3.0 / radius * inverse)[:, None])
            self._prolongations.append(prolongation)
            self._matrices.append((prolongation.T @ fine @ prolongation).tocsr())
            blocks = np.stack(np.divmod(groups, width), axis=1) // 3
        self._coarsest = linalg.splu(self._matrices[-1].tocsc())

    def apply(self, residual: Doubles, level: int = 0) -> Doubles:
        if level == len(self._prolongations):
            return np.asarray(self._coarsest.solve(residual), dtype=np.float64)
        matrix, smoother, prolongation = (
            self._matrices[level],
            self._smoothers[level],
            self._prolongations[level],
        )
        guess = smoother * residual
        guess += prolongation @ self.apply(prolongation.T @ (residual - matrix @ guess), level + 1)
        guess += smoother * (residual - matrix @ guess)
        return guess


def _spectral_radius(matrix: sparse.csr_array, inverse: Doubles) -> float:
    """Upper bound of the largest eigenvalue of D^-1 A by Gershgorin's circles."""
    return float((abs(matrix).sum(axis=1) * inverse).max())


def _is_something(residual: Doubles) -> NDArray[np.bool_]:
    """(H, W) bool: where any channel of (H, W, C) is more than a rounding error."""
    channels = (residual[..., channel] for channel in range(residual.shape[2]))
    something = [np.abs(values) > _NOTHING for values in channels]
    return np.asarray(np.logical_or.reduce(something), dtype=np.bool_)


def _residual(problem: PoissonProblem) -> Doubles:
    """Negative gradient of the sum at the first guess, (H, W, C); the screening term vanishes there."""
    values, height = problem.values, problem.values.shape[0]
    right, down = problem.guidance()
    total = np.zeros(values.shape)
    for rows in strips(height):
        across = right[rows] - np.diff(values[rows].astype(np.float64), axis=1)
        total[rows, 1:] += across
        total[rows, :-1] -= across
    for rows in strips(height - 1):
        pair = values[rows.start : rows.stop + 1].astype(np.float64)
        along = down[rows] - np.diff(pair, axis=0)
        total[rows.start + 1 : rows.stop + 1] += along
        total[rows] -= along
    return total
