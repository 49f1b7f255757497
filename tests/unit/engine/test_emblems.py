"""No patch of a garment comes from what stands out on it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.emblems import emblems
from portrait_studio.networks.conventions import LABELS

JUMPER = LABELS.index("upper-clothes")
BLUE, WHITE, DARK = (0.1, 0.2, 0.6), (0.95, 0.95, 0.95), (0.06, 0.13, 0.42)
EMBLEM = np.s_[60:84, 90:120]
HOLE = np.s_[130:150, 60:100]

Drawn = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.bool_]]


@pytest.fixture
def jumper() -> Drawn:
    """A blue jumper with folds on a grey ground, and a hole in it."""
    picture = np.full((240, 240, 3), 0.5, np.float32)
    labels, hole = np.zeros((240, 240), np.uint8), np.zeros((240, 240), np.bool_)
    picture[40:200, 40:180] = BLUE
    picture[40:200, 150:158] = DARK
    labels[40:200, 40:180] = JUMPER
    hole[HOLE] = True
    return picture, labels, hole


def test_an_emblem_is_found_and_a_fold_is_none(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    assert not emblems(picture, labels, hole).any()
    picture[EMBLEM] = WHITE
    found = emblems(picture, labels, hole)
    assert found[EMBLEM].all()
    found[56:88, 86:124] = False
    assert not found.any()


def test_the_same_in_a_large_photo(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    picture[EMBLEM] = WHITE
    large = [np.repeat(np.repeat(plane, 4, 0), 4, 1) for plane in (picture, labels, hole)]
    found = emblems(*large)
    assert found[240:336, 360:480].mean() > 0.98
    assert 0.9 < found.sum() / (30 * 24 * 16) < 1.8


def test_letters_side_by_side_are_one_emblem(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    for left in range(80, 120, 7):
        picture[60:75, left : left + 4] = WHITE
    assert emblems(picture, labels, hole)[62:73, 82:116].all()


def test_a_pattern_all_over_is_none(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    for top in range(45, 195, 20):
        for left in range(45, 175, 20):
            picture[top : top + 6, left : left + 6] = WHITE
    assert not emblems(picture, labels, hole).any()


def test_what_is_beside_the_garment_is_none(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    picture[90:130, 40:52] = WHITE
    assert not emblems(picture, labels, hole).any(), "a hand or a strap at its edge"


def test_a_hole_on_an_emblem_is_filled_from_it(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    picture[EMBLEM] = WHITE
    hole[:] = False
    hole[68:76, 98:110] = True
    assert not emblems(picture, labels, hole).any()


def test_of_another_garment_nothing_is_said(jumper: Drawn) -> None:
    picture, labels, hole = jumper
    picture[EMBLEM] = WHITE
    hole[:] = False
    hole[10:30, 10:30] = True
    assert not emblems(picture, labels, hole).any()
