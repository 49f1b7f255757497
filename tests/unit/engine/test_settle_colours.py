import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from portrait_studio.engine.settle_colours import settle_colours
from portrait_studio.networks.conventions import FACE

COAT = 4
NAVY, WHITE = (0.12, 0.15, 0.3), (0.92, 0.9, 0.88)
Scene = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.uint8]]


def two_garments() -> Scene:
    """A navy and a white half of one label with a hole across both."""
    colours = np.empty((40, 60, 3), np.float32)
    colours[:, :30], colours[:, 30:] = NAVY, WHITE
    hole = np.zeros((40, 60), np.bool_)
    hole[10:30, 20:40] = True
    return colours, hole, np.full((40, 60), COAT, np.uint8)


def test_a_mean_of_two_colours_becomes_one_of_them() -> None:
    colours, hole, labels = two_garments()
    fog = colours.copy()
    fog[hole] = np.linspace(0.1, 0.9, 20, dtype=np.float32)[None, :, None].repeat(20, 0).reshape(-1, 1)
    settled = settle_colours(fog, colours, hole, labels)
    apart = np.minimum(
        *(np.abs(settled[hole] - np.array(colour, np.float32)).max(1) for colour in (NAVY, WHITE))
    )
    assert apart.max() < 0.02
    assert np.abs(settled[20, 22] - NAVY).max() < 0.02
    assert np.abs(settled[20, 38] - WHITE).max() < 0.02


def test_colours_that_occur_stay() -> None:
    colours, hole, labels = two_garments()
    np.testing.assert_allclose(settle_colours(colours, colours, hole, labels), colours, atol=0.01)


def test_known_pixels_and_faces_stay() -> None:
    colours, hole, labels = two_garments()
    grey = np.full_like(colours, 0.5)
    assert (settle_colours(grey, colours, hole, labels)[~hole] == 0.5).all()
    assert (settle_colours(grey, colours, hole, np.full_like(labels, FACE)) == 0.5).all()


def test_a_label_of_which_next_to_nothing_is_known_stays() -> None:
    colours, hole, labels = two_garments()
    labels[hole] = 16
    labels[0, :20] = 16
    grey = np.full_like(colours, 0.5)
    assert (settle_colours(grey, colours, hole, labels) == 0.5).all()


def test_each_label_takes_its_own_colours() -> None:
    colours, hole, labels = two_garments()
    labels[:, :30] = 6
    grey = np.full_like(colours, 0.5)
    settled = settle_colours(grey, colours, hole, labels)
    assert np.abs(settled[20, 29] - NAVY).max() < 0.02
    assert np.abs(settled[20, 30] - WHITE).max() < 0.02


@given(seed=st.integers(0, 999), share=st.floats(0.05, 0.9))
@settings(max_examples=25, deadline=None)
def test_no_colour_leaves_what_the_label_shows(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    colours, picture = rng.random((2, 24, 24, 3), np.float32)
    hole = rng.random((24, 24)) < share
    labels = np.full((24, 24), COAT, np.uint8)
    settled = settle_colours(picture, colours, hole, labels)
    assert settled.dtype == np.float32
    if np.count_nonzero(~hole) >= 64:
        low, high = colours[~hole].min(0), colours[~hole].max(0)
        assert (settled[hole] >= low - 1e-4).all()
        assert (settled[hole] <= high + 1e-4).all()


def test_a_whole_picture_that_is_hole_stays() -> None:
    grey = np.full((10, 10, 3), 0.5, np.float32)
    everywhere = np.ones((10, 10), np.bool_)
    settled = settle_colours(grey, grey, everywhere, np.zeros((10, 10), np.uint8))
    assert settled == pytest.approx(grey)
