import numpy as np
import pytest

from portrait_studio.imaging.similarity import (
    composed,
    fit_similarity,
    inverted,
    on_pixels,
    scale_of,
    transformed,
)

# Twice as large, a quarter turn clockwise (on the screen), then 10 to the right.
KNOWN = np.array([[0.0, -2.0, 10.0], [2.0, 0.0, 0.0]])


def test_points_that_a_similarity_moved_give_it_back() -> None:
    points = np.array([[1.0, 2.0], [4.0, -1.0], [0.5, 7.0]])
    assert transformed(KNOWN, np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [[10, 2], [8, 0]]
    assert np.allclose(fit_similarity(points, transformed(KNOWN, points)), KNOWN)
    assert scale_of(KNOWN) == 2


def test_a_mirrored_target_is_never_reached_by_mirroring() -> None:
    points = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    found = fit_similarity(points, points * (-1, 1))
    assert np.linalg.det(found[:, :2]) >= 0


def test_one_point_has_no_scale() -> None:
    found = fit_similarity(np.ones((3, 2)), np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 3.0]]))
    assert found.tolist() == [[0, 0, 1], [0, 0, 1]]


def test_undoing_and_chaining() -> None:
    other = np.array([[0.5, 0.1, -3.0], [-0.1, 0.5, 2.0]])
    points = np.array([[3.0, 4.0], [-1.0, 0.25]])
    assert np.allclose(transformed(inverted(KNOWN), transformed(KNOWN, points)), points)
    assert np.allclose(
        transformed(composed(other, KNOWN), points), transformed(other, transformed(KNOWN, points))
    )
    with pytest.raises(np.linalg.LinAlgError):
        inverted(np.zeros((2, 3)))


def test_a_warp_by_whole_numbers_leaves_pixel_centres_at_halves() -> None:
    # Twice as large about the corner: the centre of pixel 0 (0.5) goes to 1.0, which warps call 0.5.
    double = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    assert np.allclose(on_pixels(double), [[2, 0, 0.5], [0, 2, 0.5]])
