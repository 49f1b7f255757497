"""Inner loops of the guided filter by which maps follow outlines, compiled by Numba (Lam et al. 2015).

Box sums run down the columns, then along the rows, of products that are made where they are added: tables of
them, many times the photo, would cost more than the sums. Rows are done in strips of a fixed height, so that
threads change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.compiled_loops import compiled, run_spans

_STRIP_ROWS: Final = 64
_SUMS: Final = 4

RADIUS_PX: Final = 4
"""Of the square neighbourhood: half its side, without the pixel itself."""


class Guide(NamedTuple):
    """What the probabilities follow.

    Attributes:
        colours: (h, w, 3) float32.
        known: (h, w) float32, 1 or 0: what takes part.
        weight: (h, w) float32, how many known pixels are in the neighbourhood, and a trifle.
        means: (h, w, 3) float32 of the colours in the neighbourhood.
        inverse: (h, w, 3, 3) float32 of their covariance.
    """

    colours: NDArray[np.float32]
    known: NDArray[np.float32]
    weight: NDArray[np.float32]
    means: NDArray[np.float32]
    inverse: NDArray[np.float32]


def fitted(values: NDArray[np.float32], guide: Guide) -> NDArray[np.float32]:
    """Local linear model of values (h, w, C) by colours: three slopes and an offset, (4, h, w, C)."""
    fit = np.empty((_SUMS, *values.shape), np.float32)
    _in_strips(_fit, values.shape[0], values, guide, fit)
    return fit


def applied(fit: NDArray[np.float32], values: NDArray[np.float32], guide: Guide) -> NDArray[np.float32]:
    """What the mean of the models around each known pixel says, summing to 1 over C; elsewhere the values."""
    result = np.empty_like(values)
    _in_strips(_apply, values.shape[0], fit, values, guide, result)
    return result


def _in_strips(kernel: Callable[..., None], height: int, *arrays: object) -> None:
    strips = [(top, min(height, top + _STRIP_ROWS)) for top in range(0, height, _STRIP_ROWS)]
    run_spans(kernel, strips, min(torch.get_num_threads(), len(strips)), *arrays)


@compiled
def _fit(top: int, bottom: int, values: NDArray[np.float32], guide: Guide, fit: NDArray[np.float32]) -> None:
    """Write rows `top` to `bottom` of `fit`; see `fitted`."""
    height, width, depth = values.shape
    columns = np.zeros((_SUMS, width, depth), np.float64)
    for row in range(max(0, top - RADIUS_PX), min(height, top + RADIUS_PX)):
        _add_products(columns, values, guide, row, 1.0)
    sums = np.empty((_SUMS, depth), np.float64)
    for row in range(top, bottom):
        if row + RADIUS_PX < height:
            _add_products(columns, values, guide, row + RADIUS_PX, 1.0)
        _first_sums(columns, sums)
        for x in range(width):
            _next_sums(columns, sums, x)
            _fit_pixel(sums, guide, row, x, fit)
        if row >= RADIUS_PX:
            _add_products(columns, values, guide, row - RADIUS_PX, -1.0)


@compiled
def _add_products(
    columns: NDArray[np.float64], values: NDArray[np.float32], guide: Guide, row: int, sign: float
) -> None:
    """Add the known values of a row, and their products with each colour, to the sums of each column."""
    for x in range(values.shape[1]):
        known = guide.known[row, x]
        if known == 0:
            continue
        red, green, blue = guide.colours[row, x, 0], guide.colours[row, x, 1], guide.colours[row, x, 2]
        for c in range(values.shape[2]):
            value = values[row, x, c]
            columns[0, x, c] += sign * value
            columns[1, x, c] += sign * (red * value)
            columns[2, x, c] += sign * (green * value)
            columns[3, x, c] += sign * (blue * value)


@compiled
def _first_sums(columns: NDArray[np.float64], sums: NDArray[np.float64]) -> None:
    """The sums of the neighbourhood left of the first pixel."""
    sums[:] = 0.0
    for number in range(sums.shape[0]):
        for x in range(min(RADIUS_PX, columns.shape[1])):
            for c in range(sums.shape[1]):
                sums[number, c] += columns[number, x, c]


@compiled
def _next_sums(columns: NDArray[np.float64], sums: NDArray[np.float64], x: int) -> None:
    """Move the neighbourhood on to a pixel."""
    come, gone = x + RADIUS_PX, x - RADIUS_PX - 1
    if come < columns.shape[1]:
        for number in range(sums.shape[0]):
            for c in range(sums.shape[1]):
                sums[number, c] += columns[number, come, c]
    if gone >= 0:
        for number in range(sums.shape[0]):
            for c in range(sums.shape[1]):
                sums[number, c] -= columns[number, gone, c]


@compiled
def _fit_pixel(sums: NDArray[np.float64], guide: Guide, row: int, x: int, fit: NDArray[np.float32]) -> None:
    count, inverse = guide.weight[row, x], guide.inverse[row, x]
    red, green, blue = guide.means[row, x, 0], guide.means[row, x, 1], guide.means[row, x, 2]
    for c in range(sums.shape[1]):
        mean = np.float32(sums[0, c]) / count
        first = np.float32(sums[1, c]) / count - mean * red
        second = np.float32(sums[2, c]) / count - mean * green
        third = np.float32(sums[3, c]) / count - mean * blue
        by_red = inverse[0, 0] * first + inverse[0, 1] * second + inverse[0, 2] * third
        by_green = inverse[1, 0] * first + inverse[1, 1] * second + inverse[1, 2] * third
        by_blue = inverse[2, 0] * first + inverse[2, 1] * second + inverse[2, 2] * third
        fit[0, row, x, c], fit[1, row, x, c], fit[2, row, x, c] = by_red, by_green, by_blue
        fit[3, row, x, c] = mean - (by_red * red + by_green * green + by_blue * blue)


@compiled
def _apply(
    top: int,
    bottom: int,
    fit: NDArray[np.float32],
    values: NDArray[np.float32],
    guide: Guide,
    result: NDArray[np.float32],
) -> None:
    """Write rows `top` to `bottom` of `result`; see `applied`."""
    height, width, depth = values.shape
    columns = np.zeros((_SUMS, width, depth), np.float64)
    for row in range(max(0, top - RADIUS_PX), min(height, top + RADIUS_PX)):
        _add_models(columns, fit, guide, row, 1.0)
    sums, parts = np.empty((_SUMS, depth), np.float64), np.empty(8, np.float32)
    for row in range(top, bottom):
        if row + RADIUS_PX < height:
            _add_models(columns, fit, guide, row + RADIUS_PX, 1.0)
        _first_sums(columns, sums)
        for x in range(width):
            _next_sums(columns, sums, x)
            if guide.known[row, x] == 0:
                result[row, x] = values[row, x]
            else:
                _apply_pixel(sums, guide, row, x, result)
            _normalise(result[row, x], parts)
        if row >= RADIUS_PX:
            _add_models(columns, fit, guide, row - RADIUS_PX, -1.0)


@compiled
def _add_models(
    columns: NDArray[np.float64], fit: NDArray[np.float32], guide: Guide, row: int, sign: float
) -> None:
    for x in range(columns.shape[1]):
        if guide.known[row, x] == 0:
            continue
        for number in range(columns.shape[0]):
            for c in range(columns.shape[2]):
                columns[number, x, c] += sign * fit[number, row, x, c]


@compiled
def _apply_pixel(
    sums: NDArray[np.float64], guide: Guide, row: int, x: int, result: NDArray[np.float32]
) -> None:
    count = guide.weight[row, x]
    for c in range(sums.shape[1]):
        guided = np.float32(sums[3, c]) / count
        for channel in range(3):
            guided += np.float32(sums[channel, c]) / count * guide.colours[row, x, channel]
        result[row, x, c] = min(max(guided, np.float32(0.0)), np.float32(1.0))


@compiled
def _normalise(shares: NDArray[np.float32], parts: NDArray[np.float32]) -> None:
    """Let shares (C,) sum to 1, added up in the order in which numpy does; `parts` (8,) is written."""
    parts[:] = 0.0
    paired = shares.size - shares.size % 8
    for c in range(paired):
        parts[c % 8] += shares[c]
    whole = ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]))
    for c in range(paired, shares.size):
        whole += shares[c]
    whole = max(whole, np.float32(1e-6))
    for c in range(shares.size):
        shares[c] /= whole
