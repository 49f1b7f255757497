"""Railings and the like go on behind a hole; grounds without a pattern are left to the patches."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.repetition import find_repetition, repetitions
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method, PatchSide
from portrait_studio.engine.resample import to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import extent_of, mask_bounds
from portrait_studio.imaging.source_marks import FORBIDDEN
from tests.helpers.tiny_networks import TinyNetworks

COAT = 4


def railing(width: int = 320, height: int = 240, period: int = 14) -> NDArray[np.uint8]:
    """Dark bars and a rail before a noisy lawn, (H, W, 3) uint8."""
    image = np.full((height, width, 3), (90, 130, 80), np.int64)
    image[:, np.arange(width) % period < 4] = (40, 40, 45)
    image[150:156] = (40, 40, 45)
    image[200:] = (90, 130, 80)
    image += np.random.default_rng(2).integers(-10, 11, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def hole_in(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) uint8, 255 where a bag stood."""
    mask = np.zeros(image.shape[:2], np.uint8)
    middle = image.shape[1] // 2, round(image.shape[0] * 0.62)
    cv2.ellipse(mask, middle, (image.shape[1] // 12, image.shape[0] // 6), 0, 0, 360, 255, cv2.FILLED)
    return mask


def parsed(image: NDArray[np.uint8], labels: NDArray[np.uint8] | None = None) -> ParsedWindow:
    """A parser that sees nobody, or what it is told to."""
    height, width = image.shape[:2]
    labels = np.zeros((height, width), np.uint8) if labels is None else labels
    window = Window(Bounds(0, 0, width, height), extent_of(image))
    heatmaps = np.zeros((-(-height // 4), -(-width // 4), 16), np.float32)
    return ParsedWindow(window, np.eye(18, dtype=np.float32)[labels], heatmaps)


def error(image: NDArray[np.uint8], mask: NDArray[np.uint8], depth: int = 1) -> float:
    """Mean difference from the truth, of 255, of what is laid over a grey fill."""
    hole, bounds = mask > 0, Bounds(0, 0, image.shape[1], image.shape[0])
    damaged = np.where(hole[..., None], np.uint8(255), image).astype(np.uint16 if depth > 1 else np.uint8)
    found = find_repetition(damaged * damaged.dtype.type(depth), mask, mask_bounds(mask), parsed(image))
    assert found is not None
    fill = to_float(image)
    fill[hole] = 0.5
    laid = found.laid_over(fill, damaged * damaged.dtype.type(depth), bounds, hole)
    assert np.array_equal(laid[~hole], fill[~hole])
    return float(np.abs(laid - to_float(image))[hole].mean() * 255)


@pytest.mark.parametrize(("width", "period"), [(320, 14), (1400, 61)])
def test_bars_and_rail_go_on(width: int, period: int) -> None:
    image = railing(320, 240, 14)
    if width != 320:
        size = width, round(240 * width / 320)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    assert error(image, hole_in(image)) < 14


def test_deep_photos_go_on_as_well() -> None:
    image = railing()
    assert error(image, hole_in(image), 257) < 14


@pytest.mark.parametrize("ground", ["noise", "blots", "plain"])
def test_what_does_not_repeat_itself_is_left_alone(ground: str) -> None:
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 256, (240, 320, 3)).astype(np.uint8)
    image = {
        "noise": noise,
        "blots": cv2.normalize(
            cv2.GaussianBlur(noise, (0, 0), 5), np.zeros_like(noise), 0, 255, cv2.NORM_MINMAX
        ),
        "plain": np.full_like(noise, 128),
    }[ground]
    image = np.asarray(image, np.uint8)
    mask = hole_in(image)
    assert find_repetition(image, mask, mask_bounds(mask), parsed(image)) is None


def test_nobody_is_painted_over_and_nothing_is_copied_from_what_is_excluded() -> None:
    image = railing()
    mask = hole_in(image)
    labels = np.zeros(mask.shape, np.uint8)
    labels[:, 150:170] = COAT
    found = find_repetition(image, mask, mask_bounds(mask), parsed(image, labels))
    assert found is not None
    inner = mask_bounds(mask)
    assert not found.ground[:, 150 - inner.left : 170 - inner.left].any()
    assert not found.sources[:, 150 - found.around.left : 170 - found.around.left].any()
    everything = np.ones(mask.shape, np.bool_)
    assert find_repetition(image, mask, inner, parsed(image), everything) is None


def test_who_says_himself_from_where_to_copy_is_obeyed() -> None:
    image = railing()
    mask = hole_in(image)
    request = CompletionRequest(image, mask)
    holes = {3: mask_bounds(mask)}
    assert set(repetitions(request, holes, parsed(image), None)) == {3}
    marks = np.zeros_like(mask)
    marks[:40] = FORBIDDEN
    for other in (
        replace(request, sources=marks),
        replace(request, options=CompletionOptions(patches_from=PatchSide.LEFT)),
        replace(request, options=CompletionOptions(Method.PATCHES)),
        replace(request, options=CompletionOptions(continue_patterns=False)),
        replace(request, extension=Margins(bottom=2)),
    ):
        assert repetitions(other, holes, parsed(image), None) == {}


def test_a_fill_shows_the_pattern() -> None:
    image = railing()
    mask = hole_in(image)
    damaged = np.where(mask[..., None] > 0, np.uint8(230), image)

    def difference(options: CompletionOptions) -> float:
        result = Pipeline(TinyNetworks()).run(CompletionRequest(damaged, mask, options))
        (region,) = result.regions
        truth, hole = image[region.bounds.slices], mask[region.bounds.slices] > 0
        return float(np.abs(region.pixels.astype(int) - truth)[hole].mean())

    assert difference(CompletionOptions()) < 16
    assert difference(CompletionOptions()) < difference(CompletionOptions(continue_patterns=False))
