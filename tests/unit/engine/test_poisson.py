"""The laws of the Poisson solver, for the direct and for the iterative way."""

from __future__ import annotations

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from portrait_studio.engine.poisson import MultigridSolver, PoissonProblem
from portrait_studio.engine.poisson_grid import AdaptiveGrid
from portrait_studio.errors import Cancelled

DIRECT = MultigridSolver()
ITERATIVE = MultigridSolver(direct_up_to=20, tolerance=1e-10, most_iterations=200)
SOLVERS = pytest.mark.parametrize("solver", [DIRECT, ITERATIVE], ids=["direct", "iterative"])


def silent(_fraction: float) -> None:
    """Hears nothing."""


def picture(height: int, width: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).random((height, width, 3))


def some_unknown(height: int, width: int, seed: int = 1) -> NDArray[np.bool_]:
    unknown = np.random.default_rng(seed).random((height, width)) < 0.8
    unknown[height // 2, width // 2] = False
    return unknown


def own_steps(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.diff(values, axis=1), np.diff(values, axis=0)


def level_steps(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.zeros((height, width - 1, 3)), np.zeros((height - 1, width, 3))


def own_gradients(
    values: NDArray[np.float64],
    unknown: NDArray[np.bool_],
    guess: NDArray[np.float64],
    screening: float = 0.0,
) -> PoissonProblem:
    """The problem whose right side is made of the gradients of `values`."""
    known = np.where(unknown[..., None], guess, values)
    return PoissonProblem(known, unknown, lambda: own_steps(values), screening)


@SOLVERS
@pytest.mark.parametrize("shape", [(40, 30), (1, 50), (50, 1), (2, 2)])
def test_an_image_comes_back_from_its_own_gradients(solver: MultigridSolver, shape: tuple[int, int]) -> None:
    values, unknown = picture(*shape), some_unknown(*shape)
    solved = solver.solve(own_gradients(values, unknown, picture(*shape, seed=9)), silent)
    np.testing.assert_allclose(solved, values, atol=1e-7)


@settings(max_examples=30, deadline=None)
@given(height=st.integers(1, 24), width=st.integers(2, 24), seed=st.integers(0, 1000))
def test_any_shape_comes_back(height: int, width: int, seed: int) -> None:
    values, unknown = picture(height, width, seed), some_unknown(height, width, seed)
    solved = ITERATIVE.solve(own_gradients(values, unknown, np.zeros_like(values)), silent)
    np.testing.assert_allclose(solved, values, atol=1e-6)


@SOLVERS
def test_known_pixels_are_kept_bit_for_bit(solver: MultigridSolver) -> None:
    values, unknown = picture(30, 30), some_unknown(30, 30)
    problem = PoissonProblem(values, unknown, lambda: level_steps(30, 30))
    assert np.array_equal(solver.solve(problem, silent)[~unknown], values[~unknown])


@SOLVERS
def test_a_constant_surrounding_fills_with_the_constant(solver: MultigridSolver) -> None:
    unknown = np.zeros((30, 30), np.bool_)
    unknown[5:25, 5:25] = True
    values = np.where(unknown[..., None], 0.9, 0.25) * np.ones(3)
    problem = PoissonProblem(values, unknown, lambda: level_steps(30, 30))
    np.testing.assert_allclose(solver.solve(problem, silent), 0.25, atol=1e-8)


@SOLVERS
def test_the_edge_of_the_array_is_free(solver: MultigridSolver) -> None:
    """Neumann: known on the left only and without wanted steps, the left value reaches the right edge."""
    unknown = np.ones((20, 30), np.bool_)
    unknown[:, 0] = False
    values = np.zeros((20, 30, 3))
    values[:, 0] = 0.7
    problem = PoissonProblem(values, unknown, lambda: level_steps(20, 30))
    np.testing.assert_allclose(solver.solve(problem, silent), 0.7, atol=1e-7)


@SOLVERS
def test_between_two_walls_lies_a_ramp(solver: MultigridSolver) -> None:
    unknown = np.ones((10, 41), np.bool_)
    unknown[:, [0, -1]] = False
    values = np.zeros((10, 41, 3))
    values[:, -1] = 1.0
    problem = PoissonProblem(values, unknown, lambda: level_steps(10, 41))
    ramp = np.broadcast_to(np.linspace(0, 1, 41)[None, :, None], values.shape)
    np.testing.assert_allclose(solver.solve(problem, silent), ramp, atol=1e-7)


@SOLVERS
def test_screening_pulls_to_the_first_guess(solver: MultigridSolver) -> None:
    unknown = np.zeros((41, 41), np.bool_)
    unknown[1:-1, 1:-1] = True
    values = np.where(unknown[..., None], 0.5, 0.0) * np.ones(3)
    free = solver.solve(PoissonProblem(values, unknown, lambda: level_steps(41, 41)), silent)
    held = solver.solve(PoissonProblem(values, unknown, lambda: level_steps(41, 41), screening=0.1), silent)
    np.testing.assert_allclose(free, 0.0, atol=1e-7)
    assert held[20, 20, 0] == pytest.approx(0.5, abs=0.01)
    assert held[1, 20, 0] < 0.4


def test_both_ways_agree() -> None:
    problem = PoissonProblem(
        picture(50, 60), some_unknown(50, 60), lambda: (picture(50, 59, 2), picture(49, 60, 3))
    )
    np.testing.assert_allclose(DIRECT.solve(problem, silent), ITERATIVE.solve(problem, silent), atol=1e-6)


def seam_problem(side: int, screening: float) -> PoissonProblem:
    """A fill with its own gradients, 0.3 too bright on one side of a round hole and too dark on the other."""
    y, x = np.mgrid[0:side, 0:side]
    unknown = np.hypot(y - side / 2, x - side / 2) < 0.45 * side
    values = picture(side, side)
    right, down = own_steps(values)
    wrong = np.where(unknown, 0.3 * np.sin(4 * np.arctan2(y - side / 2, x - side / 2)), 0.0)[..., None]
    steps = (right + _inner(wrong, unknown, 1), down + _inner(wrong, unknown, 0))
    return PoissonProblem(values + wrong, unknown, lambda: steps, screening)


def _inner(wrong: NDArray[np.float64], unknown: NDArray[np.bool_], axis: int) -> NDArray[np.float64]:
    """Steps of `wrong` between two unknown pixels; none across the seam."""
    both = np.diff(unknown.astype(np.int8), axis=axis) == 0
    return np.diff(wrong, axis=axis) * both[..., None]


@pytest.mark.parametrize("screening", [0.0, 0.001])
def test_a_sparse_lattice_far_from_the_seam_changes_nothing_visible(screening: float) -> None:
    problem = seam_problem(160, screening)
    nowhere_smooth = np.ones_like(problem.unknown)
    whole, sparse = (
        AdaptiveGrid(problem.unknown, active) for active in (nowhere_smooth, problem.unknown & False)
    )
    assert len(whole.places) == problem.unknown.sum()
    assert len(sparse.places) < len(whole.places) / 2
    found = DIRECT.solve(problem, silent)
    right, down = problem.guidance()
    noisy = right + 2e-6 * (np.arange(159) % 2)[None, :, None]
    exact = DIRECT.solve(replace(problem, guidance=lambda: (noisy, down)), silent)
    # A quarter of a level of an 8-bit photo.
    np.testing.assert_allclose(found, exact, atol=0.001)


def test_the_lattice_represents_smooth_functions() -> None:
    """A plane is bilinear, so putting it on the unknowns gives it back at every pixel."""
    unknown = np.zeros((90, 110), np.bool_)
    unknown[3:-3, 5:-5] = True
    grid = AdaptiveGrid(unknown, np.zeros_like(unknown))
    y, x = np.mgrid[0:90, 0:110].astype(np.float64)
    plane = np.stack([2 * y + 3 * x, x - y, x], axis=2)
    solution = np.zeros_like(plane)
    grid.add_to(solution, grid.restrict(plane))
    np.testing.assert_allclose(solution[unknown], plane[unknown], atol=1e-9)
    assert not solution[~unknown].any()
    matrix = grid.matrix(0.0)
    assert abs(matrix - matrix.T).max() < 1e-12


def test_nothing_unknown_is_nothing_to_do() -> None:
    values = picture(5, 5)
    problem = PoissonProblem(values, np.zeros((5, 5), np.bool_), lambda: own_steps(values))
    assert np.array_equal(DIRECT.solve(problem, silent), values)


def test_a_large_hole_is_solved_in_seconds() -> None:
    """600 x 600 pixels; the limit is loose, since machines differ."""
    values = cv2.GaussianBlur(picture(608, 608), (0, 0), 3)
    unknown = np.zeros((608, 608), np.bool_)
    unknown[4:-4, 4:-4] = True
    start = time.perf_counter()
    solved = MultigridSolver().solve(own_gradients(values, unknown, np.zeros_like(values)), silent)
    assert time.perf_counter() - start < 30
    # Finer than the levels of a 16-bit photo.
    np.testing.assert_allclose(solved, values, atol=1 / 65535)


@pytest.mark.parametrize("solver", [DIRECT, ITERATIVE], ids=["direct", "iterative"])
def test_it_can_be_cancelled(solver: MultigridSolver) -> None:
    heard: list[float] = []

    def cancel_third(fraction: float) -> None:
        heard.append(fraction)
        if len(heard) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        solver.solve(own_gradients(picture(40, 40), some_unknown(40, 40), picture(40, 40, 5)), cancel_third)
    assert heard == sorted(heard)
