"""Parsing maps that follow the outlines of the photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from portrait_studio.engine.devices import threads_of_cpu
from portrait_studio.engine.outlines import follow_outlines


def _soft_edge(width: int, at: float) -> np.ndarray:
    """(24, width, 18) probabilities that change from label 0 to label 4 over 8 pixels around `at`."""
    share = np.clip((np.arange(width) - at) / 8 + 0.5, 0, 1)
    probabilities = np.zeros((24, width, 18), np.float32)
    probabilities[..., 0], probabilities[..., 4] = 1 - share, share
    return probabilities


def _photo(width: int, edge: int) -> np.ndarray:
    photo = np.full((24, width, 3), 0.1, np.float32)
    photo[:, edge:] = (0.9, 0.5, 0.2)
    return photo


def test_the_border_moves_to_the_edge_of_the_photo() -> None:
    hole = np.zeros((24, 48), np.bool_)
    before = _soft_edge(48, 22.0)
    after = follow_outlines(before, _photo(48, 24), hole)
    truth = np.repeat((np.arange(48) >= 24)[None], 24, 0)
    wrong_before = ((before.argmax(2) == 4) != truth).sum()
    wrong_after = ((after.argmax(2) == 4) != truth).sum()
    assert wrong_before >= 24
    assert wrong_after < 0.3 * wrong_before


def test_probabilities_stay_probabilities() -> None:
    rng = np.random.default_rng(5)
    raw = rng.random((20, 30, 18)).astype(np.float32)
    probabilities = raw / raw.sum(2, keepdims=True)
    hole = rng.random((20, 30)) < 0.3
    after = follow_outlines(probabilities, rng.random((20, 30, 3)).astype(np.float32), hole)
    assert after.dtype == np.float32
    assert after.min() >= 0
    np.testing.assert_allclose(after.sum(2), 1, atol=1e-5)


def test_the_hole_is_left_alone_and_not_looked_at() -> None:
    rng = np.random.default_rng(6)
    hole = np.zeros((24, 48), np.bool_)
    hole[6:18, 16:32] = True
    before, photo = _soft_edge(48, 22.0), _photo(48, 24)
    other = photo.copy()
    other[hole] = rng.random((hole.sum(), 3))
    after = follow_outlines(before, photo, hole)
    np.testing.assert_allclose(after[hole], before[hole], atol=1e-6)
    np.testing.assert_array_equal(after[~hole], follow_outlines(before, other, hole)[~hole])


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_flat_photo_only_smooths(value: float) -> None:
    before = _soft_edge(40, 20.0)
    after = follow_outlines(
        before, np.full((24, 40, 3), value, np.float32), np.zeros(before.shape[:2], np.bool_)
    )
    assert np.abs(after - before).max() < 0.2
    np.testing.assert_array_equal((after.argmax(2) == 4)[:, 26:], True)


def test_a_photo_that_is_all_hole_is_returned_as_it_is() -> None:
    before = _soft_edge(40, 20.0)
    hole = np.ones(before.shape[:2], np.bool_)
    assert follow_outlines(before, np.zeros((24, 40, 3), np.float32), hole) is before


def _made_up(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities, colours and a hole."""
    rng = np.random.default_rng(7)
    raw = cv2.GaussianBlur(rng.random((height, width, 18), dtype=np.float32), (0, 0), 3) ** 40
    hole = np.zeros((height, width), np.bool_)
    hole[height // 3 : height // 2, width // 4 : width // 2] = True
    return raw / raw.sum(2, keepdims=True), rng.random((height, width, 3), dtype=np.float32), hole


def _by_definition(probabilities: np.ndarray, colours: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The guided filter written with whole arrays (He et al. 2013, eq. 14 to 16) in double precision."""
    known = (~hole).astype(np.float64)

    def sums(plane: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.boxFilter(plane, -1, (9, 9), normalize=False, borderType=cv2.BORDER_CONSTANT))

    def mean(plane: np.ndarray) -> np.ndarray:
        return sums(plane * known) / (sums(known) + 1e-6)

    values, guide = probabilities.astype(np.float64), colours.astype(np.float64)
    means = [mean(guide[..., a]) for a in range(3)]
    covariance = np.empty((*hole.shape, 3, 3))
    for a in range(3):
        for b in range(3):
            covariance[..., a, b] = mean(guide[..., a] * guide[..., b]) - means[a] * means[b]
    result = values.copy()
    for label in range(18):
        plane, level = values[..., label], mean(values[..., label])
        joint = np.stack([mean(guide[..., a] * plane) - means[a] * level for a in range(3)], -1)
        slope = np.linalg.solve(covariance + 1e-3 * np.eye(3), joint[..., None])[..., 0]
        offset = level - sum(slope[..., a] * means[a] for a in range(3))
        guided = mean(offset) + sum(mean(slope[..., a]) * guide[..., a] for a in range(3))
        result[..., label] = np.where(hole, plane, np.clip(guided, 0, 1))
    return np.asarray(result / result.sum(2, keepdims=True))


@pytest.mark.parametrize(("height", "width"), [(70, 33), (9, 100), (3, 2), (1, 1)])
def test_the_compiled_filter_is_the_one_of_the_paper(height: int, width: int) -> None:
    probabilities, colours, hole = _made_up(height, width)
    after = follow_outlines(probabilities, colours, hole)
    np.testing.assert_allclose(after, _by_definition(probabilities, colours, hole), atol=2e-4)


def test_threads_change_nothing() -> None:
    given = _made_up(200, 40)
    with threads_of_cpu(1):
        alone = follow_outlines(*given)
    with threads_of_cpu(3):
        np.testing.assert_array_equal(follow_outlines(*given), alone)
