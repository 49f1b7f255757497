"""The surroundings of a thing as light, and what can be measured at the edge of a darker region in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of, mask_bounds

Flags = NDArray[np.bool_]
"""(h, w) bool."""

_BLACK: Final = 0.004
"""Added to linear light, so that noise in black is no large step."""

_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)

_REACHES: Final = (4, 9)
"""How far the two sides of an edge are averaged over, in pixels: for hard edges and for soft ones."""

_LEAST_SEEN: Final = 0.03
"""Share of such a neighbourhood that must lie on each side."""

_LEAST_EDGE: Final = 8


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What lies around a thing, small.

    Attributes:
        light: (h, w, 3) natural logarithm of linear light.
        level: (h, w) the same of the luminance, without texture.
        thing: where the thing is.
        free: where ground or wall may be: neither the thing nor anything else with a name.
    """

    light: Floats
    level: Floats
    thing: Flags
    free: Flags

    @property
    def longer_side(self) -> int:
        """Longer side of the thing, in pixels; it is not empty."""
        bounds = mask_bounds(self.thing.view(np.uint8))
        return max(bounds.width, bounds.height)


@dataclass(frozen=True)
class ShadowEdge:
    """What was measured at the edge between a darker region and what lies beyond it.

    Steps are natural logarithms of how many times lighter it is beyond.

    Attributes:
        step: median along the edge.
        least_step: that which three quarters of the edge surpass.
        spread: difference between its quartiles.
        colour: the median step in red, green and blue.
        closed: length of the edge that was measured, relative to all the region's border that does not lie
            at the thing: the rest is cut off by the photo's edge or by things.
        mottle: standard deviation of the level inside the region and outside beside it.
    """

    step: float
    least_step: float
    spread: float
    colour: tuple[float, float, float]
    closed: float
    mottle: tuple[float, float]


def surroundings(picture: Floats, thing: Flags, others: Flags) -> Surroundings:
    """See the neighbourhood of a thing as light.

    Args:
        picture: (h, w, 3) RGB in [0, 1] as in sRGB.
        thing: (h, w) bool, where the thing is.
        others: (h, w) bool, what else has a name.
    """
    free = ~thing & ~others
    linear = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    linear = linear.astype(np.float32)
    light = np.log(linear + np.float32(_BLACK))
    level = np.log(linear @ _LUMINANCE + np.float32(_BLACK))
    weight = free.astype(np.float32)
    mean = _mean(level, weight, 2)[0]
    smooth = cv2.bilateralFilter(np.where(free, mean, np.float32(0)), 7, 0.25, 3)
    return Surroundings(light, np.asarray(smooth, np.float32), thing, free)


def edge_of(around: Surroundings, region: Flags) -> ShadowEdge | None:
    """Measure the edge of a region; None where it is too short to say anything.

    Args:
        around: the surroundings.
        region: (h, w) bool, the part of what is free that is darker.
    """
    reach = max(_REACHES) + 2
    place = mask_bounds(region.view(np.uint8)).grown(reach).intersected(Bounds.of(extent_of(region)))
    near = Surroundings(
        around.light[place.slices],
        around.level[place.slices],
        around.thing[place.slices],
        around.free[place.slices],
    )
    inside = region[place.slices]
    border = grown(inside, 1) & ~inside & ~near.thing
    edge = border & near.free
    cut = _cut_length(region)
    if np.count_nonzero(edge) < _LEAST_EDGE:
        return None
    measured = [one for reach in _REACHES if (one := _measured(near, inside, edge, reach)) is not None]
    if not measured:
        return None
    step, colour, seen = max(measured, key=lambda one: float(np.quantile(one[0], 0.25)))
    quartiles = np.quantile(step, [0.25, 0.5, 0.75])
    outside = near.free & ~inside & grown(inside, reach)
    return ShadowEdge(
        float(quartiles[1]),
        float(quartiles[0]),
        float(quartiles[2] - quartiles[0]),
        (colour[0], colour[1], colour[2]),
        seen / (np.count_nonzero(border) + cut),
        (float(near.level[inside].std()), float(near.level[outside].std()) if outside.any() else 0.0),
    )


def _measured(
    near: Surroundings, inside: Flags, edge: Flags, reach: int
) -> tuple[Floats, list[float], int] | None:
    """Steps at each place of the edge, the median step by colour, and at how many places."""
    core = cv2.erode(inside.view(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).view(np.bool_)
    if np.count_nonzero(core) < _LEAST_EDGE:
        core = inside
    beyond = near.free & ~grown(inside, 1)
    dark, light = core.astype(np.float32), beyond.astype(np.float32)
    inner, outer = _mean(near.light, dark, reach), _mean(near.light, light, reach)
    clear = edge & (inner[1] >= _LEAST_SEEN) & (outer[1] >= _LEAST_SEEN)
    count = int(np.count_nonzero(clear))
    if count < _LEAST_EDGE:
        return None
    steps = outer[0][clear] - inner[0][clear]
    colour = [float(one) for one in np.median(steps, axis=0)]
    return np.asarray(steps.mean(axis=1), np.float32), colour, count


def _mean(values: Floats, weight: Floats, reach: int) -> tuple[Floats, Floats]:
    """Mean of (h, w) or (h, w, C) over a square around each pixel, weighted, and the mean weight there."""
    size = (2 * reach + 1, 2 * reach + 1)
    weighted = values * (weight[..., None] if values.ndim == 3 else weight)
    total = np.asarray(cv2.blur(weighted, size, borderType=cv2.BORDER_CONSTANT), np.float32)
    share = np.asarray(cv2.blur(weight, size, borderType=cv2.BORDER_CONSTANT), np.float32)
    least = np.maximum(share, np.float32(1e-6))
    mean = total / (least[..., None] if values.ndim == 3 else least)
    return np.asarray(mean, np.float32), share


def grown(region: Flags, pixels: int) -> Flags:
    """A region with what lies within so many pixels of it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return np.asarray(cv2.dilate(region.view(np.uint8), kernel)).view(np.bool_)


def _cut_length(region: Flags) -> int:
    """How many pixels of a region lie at the edge of the picture."""
    rows, columns = region[[0, -1]], region[1:-1, [0, -1]]
    return int(np.count_nonzero(rows) + np.count_nonzero(columns))
