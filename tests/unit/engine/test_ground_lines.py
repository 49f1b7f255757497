"""Which straight edges run into the side at which a photo ends, and where they cross it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.ground_lines import GroundLine, lines_into

HEIGHT, WIDTH = 160, 240
EVERYWHERE = np.ones((HEIGHT, WIDTH), np.bool_)
GREY, WHITE = 0.4, 0.9

Picture = NDArray[np.float32]


def ground(*regions: tuple[list[tuple[float, float]], float]) -> Picture:
    """Grey with smooth-edged polygons of other brightness, and a little grain."""
    picture = np.full((4 * HEIGHT, 4 * WIDTH), GREY, np.float32)
    for corners, value in regions:
        cv2.fillPoly(picture, [np.rint(4 * np.array(corners)).astype(np.int32)], value)
    small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(5).normal(0, 0.01, small.shape)
    return np.repeat((small + grain).astype(np.float32)[..., None], 3, 2)


def half(column: float, slope: float) -> tuple[list[tuple[float, float]], float]:
    """All that lies right of a line that leaves the picture there."""
    start = column - slope * HEIGHT
    return [(start, 0.0), (column, HEIGHT), (9 * WIDTH, HEIGHT), (9 * WIDTH, 0.0)], WHITE


@pytest.mark.parametrize(("column", "slope"), [(120.0, 0.0), (150.0, 0.5), (60.0, -1.2), (190.0, 3.0)])
def test_an_edge_is_known_by_where_and_how_it_leaves(column: float, slope: float) -> None:
    (line,) = lines_into(ground(half(column, slope)), EVERYWHERE)
    assert line.column == pytest.approx(column, abs=1.5 + abs(slope))
    assert line.slope == pytest.approx(slope, abs=0.04 * (1 + slope**2))
    assert line.column_at(20.0) == line.column + 20 * line.slope
    assert np.allclose(line.before, GREY, atol=0.05)
    assert np.allclose(line.after, WHITE, atol=0.05)
    assert not line.is_hidden


def test_what_ends_in_the_photo_or_lies_along_its_side_does_not_go_on() -> None:
    block = [(60.0, 20.0), (100.0, 20.0), (100.0, 90.0), (60.0, 90.0)]
    strip = [(0.0, 140.0), (WIDTH, 140.0), (WIDTH, 150.0), (0.0, 150.0)]
    assert lines_into(ground((block, WHITE)), EVERYWHERE) == []
    assert lines_into(ground((strip, WHITE)), EVERYWHERE) == []


def test_a_strap_that_ends_just_above_the_side_does_not_go_on() -> None:
    strap = [(100.0, 0.0), (106.0, 0.0), (106.0, HEIGHT - 7.0), (100.0, HEIGHT - 7.0)]
    assert lines_into(ground((strap, 0.1)), EVERYWHERE) == []


def test_edges_of_people_are_none_of_the_ground() -> None:
    clear = EVERYWHERE.copy()
    clear[:, 100:140] = False
    assert lines_into(ground(half(120.0, 0.0)), clear) == []


def test_an_edge_goes_on_behind_somebody_if_enough_of_it_was_seen() -> None:
    clear, picture = EVERYWHERE.copy(), ground(half(120.0, 0.5))
    clear[105:, 55:185] = False
    picture[110:, 60:180] = 0.1
    (line,) = lines_into(picture, clear)
    assert line.is_hidden
    assert line.column == pytest.approx(120.0, abs=3.0)
    clear[45:, 35:205] = False
    picture[50:, 40:200] = 0.1
    assert lines_into(picture, clear) == []


def test_both_sides_of_a_stripe_go_on_in_one_direction() -> None:
    stripe = [(60.0, 0.0), (76.0, 0.0), (148.0, HEIGHT), (140.0, HEIGHT)]
    first, second = sorted(lines_into(ground((stripe, WHITE)), EVERYWHERE), key=column_of)
    assert first.slope == pytest.approx(second.slope)
    assert 0.45 < first.slope < 0.5
    assert second.column - first.column == pytest.approx(8.0, abs=1.5)


def column_of(line: GroundLine) -> float:
    return line.column
