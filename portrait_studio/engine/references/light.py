"""Light: how the colours of a reference become those of the photo, learnt where both show the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Bounds

_ROUNDS: Final = 8
_SPREAD: Final = 0.03
"""Difference in colour beyond which a pixel is thought to show something else (Cauchy weights)."""
_RIDGE: Final = 2e-3
"""How strongly the light is held to be as it is, per pixel that is compared."""
_LEAST_PX: Final = 50


@dataclass(frozen=True, eq=False)
class Light:
    """A curve for each channel, and a slope of brightness over the photo.

    Attributes:
        bounds: within which places are counted from -1 to 1, in photo pixels.
        weights: (5, 3): of 1, the value, its square, the place across and the place down.
    """

    bounds: Bounds
    weights: NDArray[np.float64]

    def on(self, colours: Floats, bounds: Bounds) -> Floats:
        """Colours (h, w, 3) float32 in [0, 1] that lie over a part of the photo, in its light."""
        height, width = colours.shape[:2]
        across, down = _places(bounds, width, height, self.bounds)
        result = np.empty_like(colours)
        for channel in range(3):
            one, value, square, x, y = (np.float32(weight) for weight in self.weights[:, channel])
            values = colours[..., channel]
            slope = x * across[None, :] + y * down[:, None]
            result[..., channel] = one + value * values + square * values * values + slope
        return np.clip(result, 0.0, 1.0)


def as_it_is(bounds: Bounds) -> Light:
    """The light that changes nothing."""
    return Light(bounds, _NOTHING.copy())


def settle_light(
    reference: Floats,
    photo: Floats,
    bounds: Bounds,
    compared: NDArray[np.bool_],
    counts: Floats | None = None,
) -> Light:
    """What makes a reference look as the photo does.

    Args:
        reference: (h, w, 3) float32 in [0, 1], laid over the photo.
        photo: the same part of the photo.
        bounds: that part, in photo pixels.
        compared: (h, w) bool, where both are known.
        counts: (h, w) how much each pixel counts; None = all the same.
    """
    rows, columns = np.nonzero(compared)
    if rows.size < _LEAST_PX:
        return as_it_is(bounds)
    height, width = compared.shape
    across, down = _places(bounds, width, height, bounds)
    source, target = reference[rows, columns].astype(np.float64), photo[rows, columns].astype(np.float64)
    given = np.ones(rows.size) if counts is None else counts[rows, columns].astype(np.float64)
    weights = np.empty((5, 3))
    trust = given.copy()
    for _ in range(_ROUNDS):
        error = np.zeros(rows.size)
        for channel in range(3):
            values = source[:, channel]
            basis = np.column_stack([np.ones(rows.size), values, values**2, across[columns], down[rows]])
            held = _RIDGE * trust.sum() * np.diag([0.1, 0.1, 1.0, 1.0, 1.0])
            left = (basis * trust[:, None]).T @ basis + held
            right = (basis * trust[:, None]).T @ target[:, channel] + held @ _NOTHING[:, channel]
            weights[:, channel] = np.linalg.solve(left, right)
            error += (basis @ weights[:, channel] - target[:, channel]) ** 2
        trust = given / (1.0 + error / (3 * _SPREAD**2))
    return Light(bounds, weights)


_NOTHING: Final = np.repeat(np.array([[0.0], [1.0], [0.0], [0.0], [0.0]]), 3, axis=1)


def _places(bounds: Bounds, width: int, height: int, whole: Bounds) -> tuple[Floats, Floats]:
    """Where the columns and rows of a part of the photo lie, -1 to 1 over the whole."""

    def counted(first: int, length: int, pixels: int, start: int, span: int) -> Floats:
        middle = first + (np.arange(pixels) + 0.5) * length / pixels
        return np.clip((middle - start) / max(1, span) * 2 - 1, -1.5, 1.5).astype(np.float32)

    return (
        counted(bounds.left, bounds.width, width, whole.left, whole.width),
        counted(bounds.top, bounds.height, height, whole.top, whole.height),
    )
