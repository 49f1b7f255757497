"""How believable a fill is without the truth: cheap measures by which candidates might be ranked.

Each is a distance, less is better. They are held against LPIPS by the protocol `candidates`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_RING_PX: Final = 24
"""Width of the known surroundings that a fill is compared with."""
_LEAST_PX: Final = 40
"""Pixels of a label inside and around a hole from which on they are compared."""
_PATCH: Final = 7
_MOST_PATCHES: Final = 300
_MOST_SOURCES: Final = 4000
_COARSE_PX: Final = 4.0
_SQUARE: Final = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Look:
    """One of several fills of a hole.

    Attributes:
        fill: (H, W, 3) float32 RGB in [0, 1], the whole photo.
        hole: (H, W) bool.
        labels: (H, W) uint8 parsing map that guided the fill, and that of the photo elsewhere.
        median: (H, W, 3) float32, the median of all fills of the hole.
        network: (H, W, 3) float32, what the completion network alone makes of the hole.
    """

    fill: Floats
    hole: NDArray[np.bool_]
    labels: NDArray[np.uint8]
    median: Floats
    network: Floats


def seam(look: Look) -> float:
    """How much larger the steps across the hole's edge are than those beside it."""
    edge = look.hole & ~_shrunk(look.hole)
    beside = (_grown(look.hole, 3) & ~_shrunk(_shrunk(look.hole))) & ~edge
    steps = _gradient(look.fill)
    return float(steps[edge].mean() - steps[beside].mean()) if edge.any() and beside.any() else 0.0


def texture(look: Look) -> float:
    """How much sharper or softer the fill is than the same labels around it, as a logarithm."""
    luma = cv2.cvtColor(look.fill, cv2.COLOR_RGB2GRAY)
    fine = np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 1.5)) + np.float32(1e-3)
    return _by_label(look, lambda inside, around: abs(float(np.log(inside.mean() / around.mean()))), fine)


def colours(look: Look) -> float:
    """How far the fill's mean colours and their spread are from those of the same labels around it."""
    lab = cv2.cvtColor(look.fill, cv2.COLOR_RGB2LAB) / np.float32(100)

    def apart(inside: Floats, around: Floats) -> float:
        means = np.abs(inside.mean(axis=0) - around.mean(axis=0)).sum()
        return float(means + np.abs(inside.std(axis=0) - around.std(axis=0)).sum())

    return _by_label(look, apart, lab)


def patches(look: Look) -> float:
    """How far patches of the fill are from the nearest one among those around it."""
    rng = np.random.default_rng(0)
    inside = _patches_at(look.fill, look.hole, _MOST_PATCHES, rng)
    known = _grown(look.hole, 4 * _RING_PX) & ~_grown(look.hole, _PATCH)
    sources = _patches_at(look.fill, known, _MOST_SOURCES, rng)
    if not len(inside) or not len(sources):
        return 0.0
    squares = (inside**2).sum(axis=1)[:, None] - 2 * inside @ sources.T + (sources**2).sum(axis=1)
    return float(np.sqrt(np.maximum(squares.min(axis=1), 0.0) / inside.shape[1]).mean())


def consensus(look: Look) -> float:
    """How far the fill is from the median of all of them."""
    return _coarsely_apart(look, look.median)


def network(look: Look) -> float:
    """How far the fill is from what the completion network alone makes of the hole."""
    return _coarsely_apart(look, look.network)


MEASURES: Final[Mapping[str, Callable[[Look], float]]] = {
    "seam": seam,
    "texture": texture,
    "colours": colours,
    "patches": patches,
    "consensus": consensus,
    "network": network,
}
"""All of them by name."""


def ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Rank of each value, 0 = least; equal ones in their order."""
    places = np.empty(len(values))
    places[np.argsort(np.asarray(values), kind="stable")] = np.arange(len(values))
    return places


def _by_label(look: Look, apart: Callable[[Floats, Floats], float], values: Floats) -> float:
    """Mean over the labels of the hole, by their share, of how far apart inside and around are."""
    ring = _grown(look.hole, _RING_PX) & ~look.hole
    total = weight = 0.0
    for label in np.unique(look.labels[look.hole]):
        inside, around = (where & (look.labels == label) for where in (look.hole, ring))
        count = int(inside.sum())
        if min(count, int(around.sum())) >= _LEAST_PX:
            total += count * apart(values[inside], values[around])
            weight += count
    return total / weight if weight else 0.0


def _coarsely_apart(look: Look, other: Floats) -> float:
    difference = cv2.GaussianBlur(look.fill - other, (0, 0), _COARSE_PX)
    return float(np.abs(difference[look.hole]).mean())


def _patches_at(picture: Floats, where: NDArray[np.bool_], most: int, rng: np.random.Generator) -> Floats:
    half = _PATCH // 2
    inner = np.zeros_like(where)
    inner[half:-half, half:-half] = where[half:-half, half:-half]
    ys, xs = np.nonzero(inner)
    chosen = rng.permutation(len(ys))[:most]
    return np.array(
        [
            picture[y - half : y + half + 1, x - half : x + half + 1].ravel()
            for y, x in zip(ys[chosen], xs[chosen], strict=True)
        ],
        np.float32,
    )


def _gradient(picture: Floats) -> Floats:
    right, down = (cv2.Sobel(picture, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
    return np.asarray(np.sqrt((right**2 + down**2).sum(axis=2)), np.float32)


def _grown(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(cv2.erode(mask.astype(np.uint8), _SQUARE, borderType=cv2.BORDER_REPLICATE) > 0)
