"""Structures drawn from the parser's doubt."""

from __future__ import annotations

import numpy as np
import pytest

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.perturb_and_map import perturb_and_map
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import LABEL_COUNT

_SIDE = 48
_PANTS, _LEFT_SHOE, _RIGHT_SHOE = 6, 9, 10


def _window(shares: dict[int, float]) -> ParsedWindow:
    probabilities = np.zeros((_SIDE, _SIDE, LABEL_COUNT), np.float32)
    for label, share in shares.items():
        probabilities[..., label] = share
    bounds = Bounds(0, 0, _SIDE, _SIDE)
    return ParsedWindow(Window(bounds, bounds.extent), probabilities, np.zeros((12, 12, 16), np.float32))


def _everywhere() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.ones((_SIDE, _SIDE), np.bool_)


def _shares(parsed: ParsedWindow, seeds: range) -> Floats:
    """How often each label came up."""
    drawn = np.stack([perturb_and_map(parsed, _everywhere(), seed).labels for seed in seeds])
    return np.asarray(np.bincount(drawn.ravel(), minlength=LABEL_COUNT) / drawn.size, np.float32)


def test_what_is_sure_stays() -> None:
    parsed = _window({_PANTS: 1.0})
    drawn = perturb_and_map(parsed, _everywhere(), 3)
    np.testing.assert_array_equal(drawn.probabilities, parsed.probabilities)


def test_only_the_hole_changes() -> None:
    parsed, hole = _window({0: 0.5, _PANTS: 0.5}), np.zeros((_SIDE, _SIDE), np.bool_)
    hole[30:] = True
    drawn = perturb_and_map(parsed, hole, 1)
    np.testing.assert_array_equal(drawn.probabilities[:30], parsed.probabilities[:30])
    assert np.abs(drawn.probabilities[30:] - parsed.probabilities[30:]).max() > 0.1
    np.testing.assert_allclose(drawn.probabilities.sum(axis=2), 1.0, atol=1e-5)


def test_a_seed_means_the_same_and_another_seed_something_else() -> None:
    parsed = _window({0: 0.5, _PANTS: 0.5})
    first, again, other = (perturb_and_map(parsed, _everywhere(), seed).labels for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.05


def test_labels_come_up_as_often_as_the_parser_believes_in_them_or_more_decidedly() -> None:
    shares = _shares(_window({0: 0.6, _PANTS: 0.3, 4: 0.1}), range(1, 200))
    sharper = np.array([0.6, 0.3, 0.1]) ** (1 / 0.7)
    assert shares[[0, _PANTS, 4]] == pytest.approx(sharper / sharper.sum(), abs=0.06)
    assert shares[[0, _PANTS, 4]].sum() == pytest.approx(1.0)


def test_whole_parts_change_and_not_single_pixels() -> None:
    parsed = _window({0: 0.5, _PANTS: 0.5})
    labels = [perturb_and_map(parsed, _everywhere(), seed).labels for seed in range(1, 20)]
    neighbours_differ = np.mean([np.abs(np.diff(each.astype(int), axis=1)) > 0 for each in labels])
    assert neighbours_differ < 0.06


def test_left_and_right_vary_alike() -> None:
    parsed = _window({0: 0.4, _LEFT_SHOE: 0.3, _RIGHT_SHOE: 0.3})
    for seed in range(1, 6):
        drawn = perturb_and_map(parsed, _everywhere(), seed).probabilities
        np.testing.assert_allclose(drawn[..., _LEFT_SHOE], drawn[..., _RIGHT_SHOE], rtol=1e-4)
