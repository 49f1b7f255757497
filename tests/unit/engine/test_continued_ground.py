"""The ground beyond a photo, from afar: colours and lines at its edge go on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.continued_ground import continued_ground, lay_ground
from portrait_studio.networks.conventions import LABELS

HEIGHT, WIDTH, ROWS = 200, 260, 60
LIGHT, SHADE = np.array([0.8, 0.8, 0.75]), np.array([0.35, 0.35, 0.45])
PANTS = LABELS.index("pants")

Scene = NDArray[np.float32]
Where = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def scene(shaded: Where, noise: float = 0.01) -> Scene:
    """Light ground that is shaded where a function of column and row is positive, with a little grain."""
    rows, columns = np.mgrid[: HEIGHT + ROWS, :WIDTH].astype(np.float64)
    share = np.clip(shaded(columns, rows) + 0.5, 0, 1)[..., None]
    grain = np.random.default_rng(2).normal(0, noise, share.shape)
    return (LIGHT + share * (SHADE - LIGHT) + grain).astype(np.float32)


def error(drawn: Scene, truth: Scene) -> float:
    return float(np.abs(drawn - truth).mean())


def edge(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return columns - 60 - 0.6 * rows


def shadow(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(columns - 20 - 0.7 * rows, 60 + 0.7 * rows - columns)


def joint(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2 - np.abs(columns - 210 + 0.5 * rows)


@pytest.mark.parametrize("shaded", [edge, shadow, joint])
def test_what_runs_into_the_edge_of_a_photo_goes_on(shaded: Where) -> None:
    drawn = continued_ground(scene(shaded)[:HEIGHT], np.ones((HEIGHT, WIDTH), np.bool_), ROWS)
    assert drawn.shape == (ROWS, WIDTH, 3)
    truth = scene(shaded, 0.0)
    straight_down = np.broadcast_to(truth[HEIGHT - 1], drawn.shape)
    assert error(drawn, truth[HEIGHT:]) < 0.3 * error(straight_down, truth[HEIGHT:])


def test_where_two_lines_meet_the_weaker_ends() -> None:
    def wedge(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum(columns - 0.5 * rows, 250 - 0.6 * rows - columns)

    drawn = continued_ground(scene(wedge)[:HEIGHT], np.ones((HEIGHT, WIDTH), np.bool_), 2 * ROWS)
    assert np.allclose(drawn[0, 112], SHADE, atol=0.1)
    assert np.allclose(drawn[-1, [20, 240]], LIGHT, atol=0.05)
    assert float(drawn.min()) > 0.3
    assert float(drawn.max()) < 0.85


def test_no_colour_is_a_mean_of_light_and_shade() -> None:
    drawn = continued_ground(scene(shadow)[:HEIGHT], np.ones((HEIGHT, WIDTH), np.bool_), ROWS)
    apart = np.minimum(*(np.abs(drawn - colour).max(2) for colour in (LIGHT, SHADE)))
    assert float((apart > 0.1).mean()) < 0.1


def test_a_shadow_ends_at_the_feet_of_whom_it_belongs_to_and_paint_does_not() -> None:
    def cast(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum(columns - 0.5 * rows + 30, 70 + 0.5 * rows - columns)

    picture, ground = scene(cast)[:HEIGHT], np.ones((HEIGHT, WIDTH), np.bool_)
    ground[-60:, 120:175] = False
    picture[-52:, 128:167] = 0.05
    people = np.zeros((ROWS, WIDTH), np.bool_)
    people[:30, 120:175] = True
    alone, hers = (continued_ground(picture, ground, ROWS, each) for each in (None, people))
    assert np.allclose(alone[40, 172:182], SHADE, atol=0.1)
    assert np.allclose(hers[40, 172:182], LIGHT, atol=0.1)
    assert np.allclose(hers[2, 90:110], SHADE, atol=0.1)
    inverse = (LIGHT + SHADE).astype(np.float32) - picture
    alone, painted = (continued_ground(inverse, ground, ROWS, each) for each in (None, people))
    assert np.allclose(alone, painted, atol=0.05)


def laid(picture: Scene, hole: NDArray[np.bool_], labels: NDArray[np.uint8]) -> Scene:
    result = np.where(hole[..., None], np.float32(0.5), picture)
    lay_ground(result, hole, labels, np.zeros_like(hole))
    return result


@pytest.mark.parametrize("turns", range(4))
def test_it_goes_on_at_every_side_and_people_stay_as_they_are(turns: int) -> None:
    whole, labels = scene(edge), np.zeros((HEIGHT + ROWS, WIDTH), np.uint8)
    hole = np.zeros(labels.shape, np.bool_)
    hole[HEIGHT:] = True
    labels[100:, 20:50] = PANTS
    turned = [np.ascontiguousarray(np.rot90(each, turns)) for each in (whole, hole, labels)]
    result = np.rot90(laid(turned[0], turned[1], turned[2]), -turns)
    assert np.array_equal(result[:HEIGHT], whole[:HEIGHT])
    assert np.allclose(result[HEIGHT:, 26:44], 0.5)
    assert error(result[HEIGHT:, 60:], whole[HEIGHT:, 60:]) < 0.03


def test_a_hole_inside_the_photo_is_left_to_the_network() -> None:
    hole = np.zeros((HEIGHT, WIDTH), np.bool_)
    hole[80:120, 50:90] = True
    assert np.allclose(laid(scene(edge)[:HEIGHT], hole, np.zeros(hole.shape, np.uint8))[hole], 0.5)


def test_nothing_is_drawn_where_no_ground_is_known() -> None:
    hole = np.zeros((HEIGHT, WIDTH), np.bool_)
    hole[-ROWS:] = True
    labels = np.where(hole, np.uint8(0), np.uint8(PANTS))
    assert np.allclose(laid(scene(edge)[:HEIGHT], hole, labels)[hole], 0.5)
