"""Between photo pixels (integers, any depth) and windows of float pixels at network resolution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.work_crop import STRIDE, Window
from portrait_studio.imaging.geometry import Bounds, Extent

Floats = NDArray[np.float32]
"""float32 pixels; (H, W, 3) RGB in [0, 1] unless said otherwise."""

_ROWS_AT_A_TIME: Final = 128


def strips(height: int) -> Iterator[slice]:
    """Rows to treat together, so that what is between two steps at full resolution is no whole picture."""
    for top in range(0, height, _ROWS_AT_A_TIME):
        yield slice(top, min(height, top + _ROWS_AT_A_TIME))


def to_float(pixels: Pixels) -> Floats:
    """(H, W, 3) uint8 or uint16 to float32 in [0, 1]."""
    return pixels.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)


def to_depth(pixels: NDArray[np.floating], like: Pixels) -> Pixels:
    """(H, W, 3) in [0, 1] (clipped to it) to the integer type of `like`, rounded to nearest."""
    most = np.iinfo(like.dtype).max
    levels = np.rint(np.clip(pixels.astype(np.float64), 0.0, 1.0) * most)
    return cast(Pixels, levels.astype(like.dtype))


def shrink_or_enlarge(array: NDArray[np.generic], size: Extent) -> NDArray[np.generic]:
    """Resize (H, W) or (H, W, C <= 4) to `size`: areas averaged when shrinking, bilinear when enlarging."""
    if (array.shape[1], array.shape[0]) == (size.width, size.height):
        return array
    shrinking = size.width * size.height < array.shape[0] * array.shape[1]
    kind = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(array), (size.width, size.height), interpolation=kind))


def resize_mask(mask: NDArray[np.uint8], size: Extent) -> NDArray[np.bool_]:
    """Resize a mask so that every pixel whose resized colour could hold a trace of the hole is hole.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        size: wanted size in pixels.

    Returns:
        (h, w) bool, True = hole.
    """
    hole = np.not_equal(mask, 0).view(np.uint8)
    if size.width * size.height >= mask.shape[0] * mask.shape[1]:
        if (mask.shape[1], mask.shape[0]) == (size.width, size.height):
            return np.asarray(hole, dtype=np.bool_)
        smooth = cv2.resize(
            hole.astype(np.float32), (size.width, size.height), interpolation=cv2.INTER_LINEAR
        )
        return np.asarray(smooth > 0, dtype=np.bool_)
    result = np.zeros((size.height, size.width), np.uint8)
    left, top, width, height = cv2.boundingRect(hole)
    if width > 0:
        # What is empty anyhow is not read through: of a large photo that is nearly all.
        rows, columns = (
            _Bins(size.height, mask.shape[0], top, top + height),
            _Bins(size.width, mask.shape[1], left, left + width),
        )
        result[rows.touched, columns.touched] = columns.any_in(rows.any_in(hole, 0), 1)
    return np.asarray(result, dtype=np.bool_)


class _Bins:
    """Equal bins along an axis; a pixel on the border of two counts for both."""

    def __init__(self, count: int, length: int, begin: int, end: int) -> None:
        """Divide the axis.

        Args:
            count: of the bins.
            length: of the axis, in pixels.
            begin: first pixel that counts.
            end: one after the last.
        """
        edges = np.arange(count + 1) * (length / count)
        starts = np.minimum(np.floor(edges[:-1] + 1e-9).astype(np.intp), length - 1)
        lasts = np.clip(np.ceil(edges[1:] - 1e-9).astype(np.intp) - 1, 0, length - 1)
        first, after = np.searchsorted(lasts, begin), np.searchsorted(starts, end)
        self.touched = slice(int(first), int(after))
        """Bins with a pixel that counts."""
        self._starts, self._lasts = starts[self.touched], lasts[self.touched]

    def any_in(self, hole: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
        """Maximum over each touched bin along an axis."""
        place = slice(self._starts[0], self._lasts[-1] + 1)
        part = hole[place] if axis == 0 else hole[:, place]
        inside = np.maximum.reduceat(part, self._starts - place.start, axis=axis)
        ends = np.take(part, self._lasts - place.start, axis=axis)
        return np.asarray(np.maximum(inside, ends), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class WindowPixels:
    """What a network sees of the photo through a window, before padding.

    Attributes:
        window: the part and its size in network pixels.
        colours: (h, w, 3) float32 in [0, 1]; meaningless under the hole.
        hole: (h, w) bool, True = hole.
    """

    window: Window
    colours: Floats
    hole: NDArray[np.bool_]

    @property
    def mirrored(self) -> WindowPixels:
        """The mirror image; the window stays that of the original."""
        colours, hole = np.ascontiguousarray(self.colours[:, ::-1]), np.ascontiguousarray(self.hole[:, ::-1])
        return replace(self, colours=colours, hole=hole)


def read_window(image: Pixels, mask: NDArray[np.uint8], window: Window) -> WindowPixels:
    """Read a part of the photo at the size at which a network sees it.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        window: the part and its size in network pixels.
    """
    crop = cast(Pixels, shrink_or_enlarge(image[window.bounds.slices], window.size))
    return WindowPixels(window, to_float(crop), resize_mask(mask[window.bounds.slices], window.size))


def sample(values: NDArray[np.floating], window: Window, bounds: Bounds) -> Floats:
    """Bring values of a window to full resolution over a part of the photo.

    Args:
        values: (h, w) or (h, w, C <= 4) floats over `window`, of any size: only the window's bounds matter.
        window: where the values lie in the photo.
        bounds: wanted part, in photo pixels; outside the window the nearest value is repeated.

    Returns:
        (bounds.height, bounds.width[, C]) float32, cubic when enlarging; identical where the scale is 1.
    """
    source = np.ascontiguousarray(values, dtype=np.float32)
    height, width = source.shape[:2]
    if bounds == window.bounds and (width, height) == (bounds.width, bounds.height):
        return source
    return resample(source, window.bounds, bounds, bounds.extent)


def sample_strips(values: NDArray[np.floating], window: Window, bounds: Bounds) -> Iterator[Floats]:
    """What `sample` returns, a few rows at a time, as `strips` divides them."""
    source = np.ascontiguousarray(values, dtype=np.float32)
    return _resampled(source, window.bounds, bounds, bounds.extent)


def resample(values: Floats, source: Bounds, target: Bounds, size: Extent) -> Floats:
    """Resample values lying over `source` to `size` pixels over `target` (both in photo pixels).

    Shrinking is averaged over areas first, so that no aliases appear; borders repeat the nearest value.
    """
    result = np.empty((size.height, size.width, *values.shape[2:]), np.float32)
    for rows, strip in zip(strips(size.height), _resampled(values, source, target, size), strict=True):
        result[rows] = strip
    return result


def _resampled(values: Floats, source: Bounds, target: Bounds, size: Extent) -> Iterator[Floats]:
    for _, seen in resample_each([values], source, target, size):
        yield seen(0)


def resample_each(
    layers: Sequence[Floats], source: Bounds, target: Bounds, size: Extent
) -> Iterator[tuple[slice, Callable[[int], Floats]]]:
    """Resample several layers in the same way, a few rows of them at a time; see `resample`.

    Args:
        layers: at least one, all of one size, (h, w) or (h, w, C <= 4).
        source: where they lie, in photo pixels.
        target: the wanted part, likewise.
        size: in pixels.

    Returns:
        Rows, and what makes of the number of a layer what it is there; to be used before the next rows.
    """
    layers = [_coarsened(layer, source, target, size) for layer in layers]
    height, width = layers[0].shape[:2]
    step_x = target.width / size.width * width / source.width
    step_y = target.height / size.height * height / source.height
    first_x = (target.left - source.left) * width / source.width + 0.5 * step_x - 0.5
    first_y = (target.top - source.top) * height / source.height + 0.5 * step_y - 0.5
    columns = np.arange(size.width, dtype=np.float32) * np.float32(step_x) + np.float32(first_x)
    rows = np.arange(size.height, dtype=np.float32) * np.float32(step_y) + np.float32(first_y)
    for part in strips(size.height):
        shape = (part.stop - part.start, size.width)
        # They are the same for every layer, and take as long to make as to use.
        across = np.ascontiguousarray(np.broadcast_to(columns, shape))
        down = np.ascontiguousarray(np.broadcast_to(rows[part, None], shape))
        yield part, partial(_mapped, layers, across, down)


def _coarsened(values: Floats, source: Bounds, target: Bounds, size: Extent) -> Floats:
    """The values, averaged over areas where they would else be sampled too far apart."""
    scale_x = source.width / values.shape[1] * size.width / target.width
    scale_y = source.height / values.shape[0] * size.height / target.height
    if min(scale_x, scale_y) >= 0.75:
        return values
    smaller = Extent(
        max(1, round(values.shape[1] * min(1.0, scale_x))),
        max(1, round(values.shape[0] * min(1.0, scale_y))),
    )
    return np.asarray(shrink_or_enlarge(values, smaller), dtype=np.float32)


def _mapped(layers: Sequence[Floats], across: Floats, down: Floats, number: int) -> Floats:
    """Values of a layer at places (h, w) between them; borders repeat."""
    values = layers[number]
    kind = cv2.INTER_CUBIC if min(values.shape[:2]) > 3 else cv2.INTER_LINEAR
    mapped = cv2.remap(values, across, down, interpolation=kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(mapped.reshape(*across.shape, *values.shape[2:]), np.float32)


def pad_to_stride(array: Floats) -> Floats:
    """(h, w[, C]) with its last row and column repeated until both sides are multiples of `STRIDE`."""
    bottom, right = -array.shape[0] % STRIDE, -array.shape[1] % STRIDE
    return np.pad(array, ((0, bottom), (0, right), *((0, 0),) * (array.ndim - 2)), mode="edge")
