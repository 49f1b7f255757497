"""Laws of going between photo pixels and network pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.engine.resample import (
    pad_to_stride,
    read_window,
    resample,
    resize_mask,
    sample,
    sample_strips,
    shrink_or_enlarge,
    strips,
    to_depth,
    to_float,
)
from portrait_studio.engine.work_crop import STRIDE, Window
from portrait_studio.imaging.geometry import Bounds, Extent


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_level_survives_the_way_to_float_and_back(dtype: type) -> None:
    levels = np.arange(np.iinfo(dtype).max + 1, dtype=dtype).reshape(-1, 1, 1).repeat(3, axis=2)
    values = to_float(levels)
    assert values.min() == 0
    assert values.max() == 1
    assert np.array_equal(to_depth(values, levels), levels)


def test_values_out_of_range_are_clipped() -> None:
    values = np.array([[[-0.5, 0.5, 1.5]]], np.float32)
    assert to_depth(values, np.zeros((1, 1, 3), np.uint8)).tolist() == [[[0, 128, 255]]]


@settings(max_examples=100, deadline=None)
@given(
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    out_height=st.integers(1, 80),
    out_width=st.integers(1, 80),
    y=st.floats(0, 0.999),
    x=st.floats(0, 0.999),
)
def test_no_trace_of_the_hole_escapes_the_resized_mask(
    height: int, width: int, out_height: int, out_width: int, y: float, x: float
) -> None:
    """A photo that is black but for one white hole pixel: wherever the resized photo is not black is hole."""
    mask = np.zeros((height, width), np.uint8)
    mask[int(y * height), int(x * width)] = 255
    size = Extent(out_width, out_height)
    traces = shrink_or_enlarge(mask.astype(np.float32), size) > 1e-3
    assert not (traces & ~resize_mask(mask, size)).any()


def test_a_resized_mask_is_not_much_larger() -> None:
    mask = np.zeros((1000, 1000), np.uint8)
    mask[300:700, 200:600] = 1
    resized = resize_mask(mask, Extent(333, 333))
    assert resized.mean() == pytest.approx(0.16, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(
    height=st.integers(2, 60), width=st.integers(2, 60), shrunk=st.floats(0.05, 1), seed=st.integers(0, 99)
)
def test_a_shrunk_mask_is_that_of_every_pixel_by_itself(
    height: int, width: int, shrunk: float, seed: int
) -> None:
    """Whatever is empty around a hole is not read, which changes nothing."""
    rng = np.random.default_rng(seed)
    size = Extent(max(1, int(width * shrunk)), max(1, int(height * shrunk)))
    mask = np.zeros((height, width), np.uint8)
    top, left = rng.integers(height), rng.integers(width)
    part = mask[top : top + rng.integers(1, 20), left : left + rng.integers(1, 20)]
    part[rng.random(part.shape) < 0.3] = 255
    alone = np.zeros((size.height, size.width), np.bool_)
    for y, x in np.argwhere(mask):
        one = np.zeros_like(mask)
        one[y, x] = 1
        alone |= resize_mask(one, size)
    np.testing.assert_array_equal(resize_mask(mask, size), alone)


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 2.0, 3.0])
def test_a_ramp_goes_there_and_back(scale: float) -> None:
    """Positions are right to a fraction of a pixel, so a ramp comes back as the same ramp."""
    y, x = np.mgrid[0:120, 0:160].astype(np.float32)
    ramp = np.stack([x / 160, y / 120, (x + y) / 280], axis=2).astype(np.float32)
    window = Window.scaled(Bounds(20, 10, 140, 110), scale)
    small = resample(ramp, Bounds(0, 0, 160, 120), window.bounds, window.size)
    part = Bounds(50, 40, 100, 90)
    back = sample(small, window, part)
    np.testing.assert_allclose(back, ramp[part.slices], atol=0.004)


def test_same_scale_is_the_identity() -> None:
    values = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32)
    window = Window.scaled(Bounds(3, 5, 53, 45), 1.0)
    assert np.array_equal(sample(values, window, window.bounds), values)
    part = Bounds(10, 10, 30, 30)
    np.testing.assert_allclose(sample(values, window, part), values[5:25, 7:27], atol=1e-6)


def test_beyond_the_window_the_border_repeats() -> None:
    values = np.full((8, 8, 3), 0.5, np.float32)
    assert np.allclose(sample(values, Window.scaled(Bounds(0, 0, 8, 8), 1.0), Bounds(-4, -4, 20, 20)), 0.5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_reading_a_window(dtype: type) -> None:
    most = np.iinfo(dtype).max
    image = np.full((100, 200, 3), most // 2, dtype)
    mask = np.zeros((100, 200), np.uint8)
    mask[20:40, 50:90] = 7
    view = read_window(image, mask, Window.scaled(Bounds(40, 10, 140, 60), 0.5))
    colours, hole = view.colours, view.hole
    assert colours.shape == (25, 50, 3)
    assert colours.dtype == np.float32
    np.testing.assert_allclose(colours, 0.5, atol=0.01)
    wanted = np.zeros((25, 50), np.bool_)
    wanted[5:15, 5:25] = True
    assert np.array_equal(hole, wanted)


@given(st.integers(1, 100), st.integers(1, 100))
def test_padding_repeats_the_border(height: int, width: int) -> None:
    values = np.random.default_rng(0).random((height, width, 2)).astype(np.float32)
    padded = pad_to_stride(values)
    assert padded.shape[0] % STRIDE == 0
    assert padded.shape[1] % STRIDE == 0
    assert np.array_equal(padded[:height, :width], values)
    assert np.array_equal(padded[-1, -1], values[-1, -1])


@pytest.mark.parametrize("channels", [(), (3,)])
def test_resampling_in_strips_is_that_of_the_whole(channels: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).random((40, 30, *channels)).astype(np.float32)
    whole, size = Bounds(0, 0, 30, 40), Extent(210, 301)
    step_x, step_y = np.float32(30 / 210), np.float32(40 / 301)
    columns = np.arange(210, dtype=np.float32) * step_x + np.float32(0.5 * 30 / 210 - 0.5)
    rows = np.arange(301, dtype=np.float32) * step_y + np.float32(0.5 * 40 / 301 - 0.5)
    across, down = np.meshgrid(columns, rows)
    at_once = cv2.remap(values, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    assert np.array_equal(resample(values, whole, whole, size), at_once)


@pytest.mark.parametrize("channels", [(), (3,)])
@pytest.mark.parametrize("part", [Bounds(5, 3, 25, 300), Bounds(0, 0, 40, 400)])
def test_strips_of_a_sample_make_up_the_sample(part: Bounds, channels: tuple[int, ...]) -> None:
    values = np.random.default_rng(2).random((400, 40, *channels)).astype(np.float32)
    window = Window.scaled(Bounds(0, 0, 40, 400), 1.0)
    found = list(sample_strips(values, window, part))
    assert len(found) == len(list(strips(part.height)))
    np.testing.assert_allclose(np.concatenate(found), sample(values, window, part), atol=1e-6)
