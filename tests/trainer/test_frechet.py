import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from portrait_studio.errors import OptionError
from trainer.metrics.frechet import frechet_distance, frechet_of_gaussians

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
def test_axis_parallel_gaussians_have_a_closed_form(seed: int) -> None:
    rng = np.random.default_rng(seed)
    means, deviations = rng.normal(0, 3, (2, 5)), rng.uniform(0, 4, (2, 5))
    expected = np.square(means[0] - means[1]).sum() + np.square(deviations[0] - deviations[1]).sum()
    found = frechet_of_gaussians(means[0], np.diag(deviations[0]), means[1], np.diag(deviations[1]))
    assert found == pytest.approx(expected, abs=1e-9)


@given(SEEDS)
def test_turning_both_gaussians_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    means, roots = rng.normal(0, 1, (2, 4)), rng.normal(0, 1, (2, 6, 4))
    straight = frechet_of_gaussians(means[0], roots[0], means[1], roots[1])
    turned = frechet_of_gaussians(means[0] @ turn, roots[0] @ turn, means[1] @ turn, roots[1] @ turn)
    assert turned == pytest.approx(straight, rel=1e-9, abs=1e-9)


def test_it_agrees_with_the_matrix_root_where_that_is_defined() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, (60, 7)), rng.normal(0.3, 2, (45, 7))
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    shift = np.square(one.mean(0) - other.mean(0)).sum()
    expected = shift + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [3, 40])
def test_equal_samples_are_at_no_distance_whether_or_not_the_covariance_is_regular(count: int) -> None:
    sample = np.random.default_rng(1).normal(100, 5, (count, 12))
    assert frechet_distance(sample, sample) == pytest.approx(0, abs=1e-8)
    assert frechet_distance(sample, sample + 2) == pytest.approx(12 * 4, rel=1e-9)


def test_samples_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(OptionError, match="at least two"):
        frechet_distance(np.zeros((1, 3)), np.zeros((5, 3)))
    with pytest.raises(OptionError, match="of one kind"):
        frechet_distance(np.zeros((5, 3)), np.zeros((5, 4)))
