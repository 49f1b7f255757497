"""The parser's answer: labels and joints of a part of the photo, as probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Structure
from portrait_studio.engine.resample import Floats, resample_each
from portrait_studio.engine.run_network import Report
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.networks.conventions import HEATMAP_STRIDE, LABEL_COUNT

_LEAST_PEAK_ANYWHERE: Final = 0.01
"""Of the probability of a label anywhere in a window; one that stays below is the likeliest nowhere."""

_LEAST_PEAK: Final = 0.03
"""The same near a place. The likeliest of eighteen has 1 / 18 or more, less what the others left out had, and
cubic interpolation makes no more than 1.45 times the largest value around of it."""

_SUPPORT_PX: Final = 3
"""How far off, in pixels of the source, a value counts in what is interpolated."""


@dataclass(frozen=True, eq=False)
class ParsedWindow:
    """What the parser says about a window.

    Attributes:
        window: the part of the photo and its size in network pixels.
        probabilities: (h, w, 18) float32, summing to 1 over the labels; h, w = `window.size`.
        heatmaps: (ceil(h / 4), ceil(w / 4), 16) float32 in [0, 1].
    """

    window: Window
    probabilities: Floats
    heatmaps: Floats

    @property
    def labels(self) -> NDArray[np.uint8]:
        """(h, w) uint8, most probable label."""
        return np.asarray(self.probabilities.argmax(axis=2), dtype=np.uint8)

    def structure(self) -> Structure:
        """The part of the engine's answer that shows what was recovered."""
        return Structure(
            self.window.bounds,
            self.labels,
            np.ascontiguousarray(self.heatmaps.transpose(2, 0, 1), np.float16),
        )

    def seen_through(self, window: Window) -> ParsedWindow:
        """The same, resampled to another window, which should lie inside this one."""
        if window == self.window:
            return self
        size, small = window.size, heatmap_size(window.size)
        probabilities = _resample_layers(self.probabilities, self.window, window, size)
        np.maximum(probabilities, np.float32(0.0), out=probabilities)
        probabilities /= np.maximum(probabilities.sum(axis=2, keepdims=True), 1e-6)
        heatmaps = np.clip(_resample_layers(self.heatmaps, self.window, window, small), 0.0, 1.0)
        return ParsedWindow(window, probabilities, heatmaps)

    def labels_over(self, bounds: Bounds, most_px: int) -> NDArray[np.uint8]:
        """The most probable labels over a part of the photo, at its own size.

        Args:
            bounds: the part, which should lie inside the window's.
            most_px: long side at which they are read.

        Returns:
            (bounds.height, bounds.width) uint8.
        """
        small = Window.scaled(bounds, min(1.0, most_px / max(bounds.width, bounds.height)))
        size = (bounds.width, bounds.height)
        labels = self.seen_through(small).labels
        return np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)

    def decided(self, share: float) -> ParsedWindow:
        """The same with `share` of the probability, in [0, 1], moved to the most probable label."""
        certain = np.eye(LABEL_COUNT, dtype=np.float32)[self.labels]
        mixed = self.probabilities + np.float32(share) * (certain - self.probabilities)
        return ParsedWindow(self.window, mixed, self.heatmaps)

    def overruled_by(self, wanted_labels: NDArray[np.uint8]) -> ParsedWindow:
        """The same with the user's labels where he gave some.

        Args:
            wanted_labels: (H, W) uint8 over the whole photo; 255 = predict here.
        """
        wanted = _labels_through(wanted_labels, self.window)
        given = wanted < LABEL_COUNT
        probabilities = self.probabilities.copy()
        probabilities[given] = np.eye(LABEL_COUNT, dtype=np.float32)[wanted[given]]
        return ParsedWindow(self.window, probabilities, self.heatmaps)


def average(opinions: Sequence[ParsedWindow]) -> ParsedWindow:
    """Mean of opinions about the same window."""
    count = np.float32(len(opinions))
    probabilities = (
        sum((opinion.probabilities for opinion in opinions[1:]), opinions[0].probabilities) / count
    )
    heatmaps = sum((opinion.heatmaps for opinion in opinions[1:]), opinions[0].heatmaps) / count
    return ParsedWindow(opinions[0].window, probabilities, heatmaps)


def labels_at(
    parsed: ParsedWindow, window: Window, wanted_labels: NDArray[np.uint8] | None, report: Report
) -> NDArray[np.uint8]:
    """Parsing map of another, usually finer window, with smooth outlines.

    Args:
        parsed: what the parser says about a window that contains the other.
        window: the wanted part and size.
        wanted_labels: (H, W) uint8 over the whole photo, 255 = predict; None = predict all.
        report: hears of the share that is done; raises to cancel.

    Returns:
        (h, w) uint8; h, w = `window.size`.
    """
    labels = np.zeros((window.size.height, window.size.width), np.uint8)
    layers = [np.ascontiguousarray(parsed.probabilities[..., label]) for label in range(LABEL_COUNT)]
    may_win = parsed.probabilities.max(1) > _LEAST_PEAK
    may_win &= parsed.probabilities.max((0, 1)) > _LEAST_PEAK_ANYWHERE
    # A few rows of all layers at a time need no eighteen planes at full resolution, and stay in the cache.
    for rows, seen in resample_each(layers, parsed.window.bounds, window.bounds, window.size):
        report(rows.start / window.size.height)
        best = np.full(labels[rows].shape, -1.0, np.float32)
        for label in np.flatnonzero(may_win[_rows_seen(parsed.window, window, rows)].any(0)).tolist():
            finer = seen(label)
            wins = finer > best
            np.maximum(best, finer, out=best)
            np.copyto(labels[rows], np.uint8(label), where=wins)
    if wanted_labels is not None:
        wanted = _labels_through(wanted_labels, window)
        given = wanted < LABEL_COUNT
        labels[given] = wanted[given]
    return labels


def _rows_seen(source: Window, target: Window, rows: slice) -> slice:
    """Rows of the source of which some rows of the target are made."""
    step = target.bounds.height / target.size.height
    scale = source.size.height / source.bounds.height
    first, last = (
        (target.bounds.top + row * step - source.bounds.top) * scale for row in (rows.start, rows.stop)
    )
    # Where the target is coarser, areas are averaged first.
    reach = math.ceil(_SUPPORT_PX * max(1.0, step * scale))
    top = min(max(0, math.floor(first) - reach), source.size.height - 1)
    return slice(top, max(top + 1, math.ceil(last) + reach))


def labels_around(
    parsed: ParsedWindow,
    whole: ParsedWindow,
    window: Window,
    wanted_labels: NDArray[np.uint8] | None,
    report: Report,
) -> NDArray[np.uint8]:
    """The same for a window that may reach beyond what was looked at closely.

    Args:
        parsed: what the parser says about a part of the photo.
        whole: what it says about all of it.
        window: the wanted part and size.
        wanted_labels: see `labels_at`.
        report: the same.

    Returns:
        (h, w) uint8; h, w = `window.size`.
    """
    common = window.bounds.intersected(parsed.window.bounds)
    if common == window.bounds:
        return labels_at(parsed, window, wanted_labels, report)
    labels = labels_at(whole, window, wanted_labels, report)
    across, down = window.size.width / window.bounds.width, window.size.height / window.bounds.height
    left, right = (round((x - window.bounds.left) * across) for x in (common.left, common.right))
    top, bottom = (round((y - window.bounds.top) * down) for y in (common.top, common.bottom))
    inner = Window(common, Extent(max(1, right - left), max(1, bottom - top)))
    place = slice(top, top + inner.size.height), slice(left, left + inner.size.width)
    closer = labels_at(parsed, inner, wanted_labels, report)
    labels[place] = closer[: labels[place].shape[0], : labels[place].shape[1]]
    return labels


def heatmap_size(size: Extent) -> Extent:
    """Size of the heatmaps of a window of that size."""
    return Extent(-(-size.width // HEATMAP_STRIDE), -(-size.height // HEATMAP_STRIDE))


def _labels_through(labels: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """(H, W) uint8 labels over the whole photo, as seen through a window: (h, w) uint8."""
    crop = np.ascontiguousarray(labels[window.bounds.slices])
    size = (window.size.width, window.size.height)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_NEAREST_EXACT), dtype=np.uint8)


def _resample_layers(values: Floats, source: Window, target: Window, size: Extent) -> Floats:
    layers = [np.ascontiguousarray(values[..., layer]) for layer in range(values.shape[2])]
    result = np.empty((size.height, size.width, values.shape[2]), np.float32)
    for rows, seen in resample_each(layers, source.bounds, target.bounds, size):
        for number in range(len(layers)):
            result[rows, :, number] = seen(number)
    return result
