"""The parsing map of a finer window: the likeliest of all labels, though few of them are looked at."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow, labels_at
from portrait_studio.engine.resample import resample
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent


def made_up(rng: np.random.Generator, size: Extent) -> ParsedWindow:
    """Blobs of some labels over a photo five times as large."""
    seen = rng.normal(0, rng.uniform(0.5, 20), (size.height, size.width, 18)).astype(np.float32)
    blobs = 3 * cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 6))
    shares = np.exp(blobs - blobs.max(2, keepdims=True)) + np.float32(1e-6)
    shares[..., rng.integers(2, 18) :] = 0
    photo = Bounds(0, 0, 5 * size.width, 5 * size.height)
    heatmaps = np.zeros((1, 1, 16), np.float32)
    return ParsedWindow(Window(photo, size), shares / shares.sum(2, keepdims=True), heatmaps)


def of_all_layers(parsed: ParsedWindow, window: Window) -> NDArray[np.uint8]:
    """The same, with every label looked at everywhere."""
    layers = [
        resample(
            np.ascontiguousarray(parsed.probabilities[..., label]),
            parsed.window.bounds,
            window.bounds,
            window.size,
        )
        for label in range(18)
    ]
    return np.asarray(np.stack(layers, 2).argmax(2), np.uint8)


@pytest.mark.parametrize("scale", [0.15, 0.6, 1.0, 2.5])
@pytest.mark.parametrize("part", [(0, 0, 200, 450), (33, 120, 190, 440), (-40, -20, 230, 480)])
def test_no_label_that_would_win_is_passed_over(scale: float, part: tuple[int, int, int, int]) -> None:
    rng = np.random.default_rng(3)
    window = Window.scaled(Bounds(*part), scale)
    for _ in range(6):
        parsed = made_up(rng, Extent(40, 90))
        found = labels_at(parsed, window, None, lambda _share: None)
        np.testing.assert_array_equal(found, of_all_layers(parsed, window))
