from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from portrait_studio.engine.mean_shift import shift_to_known_colours
from portrait_studio.engine.resample import WindowPixels
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import Cancelled
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.networks.conventions import FACE

COAT = 4
NAVY, WHITE, BEIGE = (0.12, 0.15, 0.3), (0.92, 0.9, 0.88), (0.75, 0.62, 0.45)
Scene = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.uint8]]


def settled_by(
    picture: NDArray[np.float32],
    colours: NDArray[np.float32],
    hole: NDArray[np.bool_],
    labels: NDArray[np.uint8],
    tick: Callable[[], None] = lambda: None,
) -> NDArray[np.float32]:
    height, width = hole.shape
    view = WindowPixels(Window(Bounds(0, 0, width, height), Extent(width, height)), colours, hole)
    return shift_to_known_colours(picture, view, labels, tick)


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
    fog[hole] = np.linspace(0.05, 0.95, 20, dtype=np.float32)[None, :, None].repeat(20, 0).reshape(-1, 1)
    settled = settled_by(fog, colours, hole, labels)
    assert np.abs(settled[20, 27] - NAVY).max() < 0.02
    assert np.abs(settled[20, 33] - WHITE).max() < 0.02
    brightness = settled[hole].mean(1)
    assert not ((brightness > 0.35) & (brightness < 0.75)).any()


@pytest.mark.parametrize("spread", [0.03, 0.06])
def test_light_and_shade_of_a_garment_stay(spread: float) -> None:
    rng = np.random.default_rng(0)
    shade = rng.normal(0, spread, (40, 60, 1)).astype(np.float32)
    colours = np.clip(np.array(BEIGE, np.float32) + shade, 0, 1)
    _, hole, labels = two_garments()
    settled = settled_by(colours, colours, hole, labels)
    assert settled[hole].std(0).mean() > 0.8 * colours[hole].std(0).mean()
    assert np.abs(settled - colours).mean() < 0.3 * spread


def test_a_tint_that_the_garment_lacks_goes() -> None:
    colours = np.full((40, 60, 3), BEIGE, np.float32)
    _, hole, labels = two_garments()
    purple = colours + np.array([0.0, -0.06, 0.06], np.float32)
    settled = settled_by(purple, colours, hole, labels)
    assert np.abs(settled[hole] - BEIGE).max() < 0.01


def test_known_pixels_and_faces_stay() -> None:
    colours, hole, labels = two_garments()
    grey = np.full_like(colours, 0.5)
    assert (settled_by(grey, colours, hole, labels)[~hole] == 0.5).all()
    assert (settled_by(grey, colours, hole, np.full_like(labels, FACE)) == 0.5).all()


@pytest.mark.parametrize(("columns", "rows"), [(20, 1), (30, 3)])
def test_a_label_of_which_next_to_nothing_is_known_stays(columns: int, rows: int) -> None:
    """Too few pixels at all, and too few beside a large hole."""
    colours, hole, labels = two_garments()
    hole[4:, :] = True
    labels[hole] = 16
    labels[:rows, :columns] = 16
    grey = np.full_like(colours, 0.5)
    assert (settled_by(grey, colours, hole, labels) == 0.5).all()


def test_each_label_takes_its_own_colours() -> None:
    colours, hole, labels = two_garments()
    labels[:, :30] = 6
    grey = np.full_like(colours, 0.5)
    settled = settled_by(grey, colours, hole, labels)
    assert np.abs(settled[20, 29] - NAVY).max() < 0.02
    assert np.abs(settled[20, 30] - WHITE).max() < 0.02


@given(seed=st.integers(0, 999), share=st.floats(0.05, 0.9))
@settings(max_examples=25, deadline=None)
def test_any_noise_gives_colours(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    colours, picture = rng.random((2, 24, 24, 3), np.float32)
    hole = rng.random((24, 24)) < share
    settled = settled_by(picture, colours, hole, np.full((24, 24), COAT, np.uint8))
    assert settled.dtype == np.float32
    assert settled.min() >= 0
    assert settled.max() <= 1


def test_a_whole_picture_that_is_hole_stays() -> None:
    grey = np.full((10, 10, 3), 0.5, np.float32)
    everywhere = np.ones((10, 10), np.bool_)
    settled = settled_by(grey, grey, everywhere, np.zeros((10, 10), np.uint8))
    assert settled == pytest.approx(grey)


def test_it_can_be_cancelled() -> None:
    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        settled_by(np.zeros((40, 60, 3), np.float32), *two_garments(), cancel)
