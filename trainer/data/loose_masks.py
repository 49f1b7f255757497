"""What a user paints around a thing, drawn at random from the thing itself: loops, brushes, boxes, ellipses.

Every function takes the thing, (H, W) bool, with room around it, and returns a mask of the same shape, bool.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Region = NDArray[np.bool_]

EXACT: Final = "exact"
_MISSING: Final = 1 / 6
"""How often a piece of the loose mask is missing."""


def loose_mask(thing: Region, rng: np.random.Generator, kind: str | None = None) -> tuple[Region, str]:
    """A loose mask of a random kind, or of the given one, around a thing.

    Args:
        thing: (H, W) bool, not empty.
        rng: source of all chance.
        kind: one of `LOOSE_KINDS`; None = drawn by its frequency, and now and then with a piece missing.

    Returns:
        The mask, and which kind it is.
    """
    chosen = kind or str(rng.choice(LOOSE_KINDS, p=_CHANCES))
    mask = _DRAW[chosen](thing, rng)
    if kind is None and chosen != EXACT and rng.random() < _MISSING:
        mask = _bitten(mask, thing, rng)
    return mask if mask.any() else thing.copy(), chosen


def size_of(thing: Region) -> float:
    """Mean of the thing's extents in pixels."""
    ys, xs = np.nonzero(thing)
    return float((np.ptp(ys) + np.ptp(xs)) / 2 + 1)


def _exact(thing: Region, rng: np.random.Generator) -> Region:
    return _grown(thing, int(rng.integers(0, 4)))


def _evenly(thing: Region, rng: np.random.Generator) -> Region:
    return _grown(thing, max(2, round(size_of(thing) * rng.uniform(0.03, 0.25))))


def _loop(thing: Region, rng: np.random.Generator) -> Region:
    """The convex hull, enlarged, with a shaky outline, as a hand draws a loop."""
    points = cv2.convexHull(np.argwhere(thing)[:, ::-1].astype(np.int32))[:, 0].astype(np.float64)
    dense = _along(points, 48)
    middle = dense.mean(0)
    reach = size_of(thing)
    out = dense - middle
    out /= np.maximum(np.hypot(out[:, 0], out[:, 1])[:, None], 1e-6)
    shake = _smooth_noise(len(dense), rng) * reach * rng.uniform(0.01, 0.07)
    margin = reach * rng.uniform(0.03, 0.2) + 1.5
    return _polygon(dense + out * (margin + shake)[:, None], thing.shape)


def _box(thing: Region, rng: np.random.Generator) -> Region:
    ys, xs = np.nonzero(thing)
    width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
    left, right = rng.uniform(-0.01, 0.25, 2) * width
    top, bottom = rng.uniform(-0.01, 0.25, 2) * height
    mask = np.zeros(thing.shape, np.bool_)
    rows = slice(max(0, round(ys.min() - top)), max(1, round(ys.max() + 1 + bottom)))
    mask[rows, max(0, round(xs.min() - left)) : max(1, round(xs.max() + 1 + right))] = True
    return mask


def _ellipse(thing: Region, rng: np.random.Generator) -> Region:
    points = np.argwhere(thing)[:, ::-1].astype(np.float32)
    (x, y), (width, height), angle = cv2.minAreaRect(points)
    scale = rng.uniform(1.15, 1.6)
    axes = (max(3.0, width * scale), max(3.0, height * scale))
    drawn = np.zeros(thing.shape, np.uint8)
    cv2.ellipse(drawn, ((x, y), axes, angle + float(rng.normal(0, 6))), 1, -1)
    return drawn > 0


def _brush(thing: Region, rng: np.random.Generator) -> Region:
    """Painted over with a round brush: the edge wanders beyond the thing's own, here more, there less."""
    away = cv2.distanceTransform((~thing).astype(np.uint8), cv2.DIST_L2, 5)
    field = rng.normal(size=(7, 7)).astype(np.float32)
    wander = cv2.resize(field, thing.shape[::-1], interpolation=cv2.INTER_CUBIC)
    reach = size_of(thing) * rng.uniform(0.04, 0.16) + 1
    mask = (away <= reach * np.maximum(0, 1 + 0.6 * wander)).astype(np.uint8)
    return _rounded(mask, max(1, round(reach * 0.7)))


def _strokes(thing: Region, rng: np.random.Generator) -> Region:
    """Zigzag of a thick brush over the thing."""
    ys, xs = np.nonzero(thing)
    thickness = max(3, round(size_of(thing) * rng.uniform(0.15, 0.35)))
    drawn = np.zeros(thing.shape, np.uint8)
    rows = np.arange(ys.min(), ys.max() + 1, max(1.0, thickness * 0.7))
    path = []
    for turn, y in enumerate(rows):
        line = xs[np.abs(ys - y) <= thickness / 2]
        if len(line):
            ends = [line.min(), line.max()]
            path += [(x + rng.normal(0, thickness * 0.2), y) for x in (ends if turn % 2 else ends[::-1])]
    if path:
        cv2.polylines(drawn, [np.rint(path).astype(np.int32)[:, None]], False, 1, thickness)
    return (drawn > 0) | _grown(thing, 1) if rng.random() < 0.5 else drawn > 0


def _bitten(mask: Region, thing: Region, rng: np.random.Generator) -> Region:
    """Without a piece at the edge, as when the hand cut a corner."""
    places = np.argwhere(thing)
    y, x = places[int(rng.integers(len(places)))]
    radius = max(2, round(size_of(thing) * rng.uniform(0.08, 0.25)))
    bite = np.zeros(mask.shape, np.uint8)
    cv2.circle(bite, (int(x), int(y)), radius, 1, -1)
    left: Region = mask & (bite == 0)
    return left if np.count_nonzero(left & thing) > 0.4 * np.count_nonzero(thing) else mask


def _grown(region: Region, pixels: int) -> Region:
    if pixels == 0:
        return region.copy()
    away = cv2.distanceTransform((~region).astype(np.uint8), cv2.DIST_L2, 5)
    grown: Region = away <= pixels
    return grown


def _rounded(mask: NDArray[np.uint8], radius: int) -> Region:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    closed: Region = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel) > 0
    return closed


def _along(corners: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """`count` points evenly along a closed polygon (n, 2)."""
    closed = np.concatenate([corners, corners[:1]])
    steps = np.hypot(*np.diff(closed, axis=0).T)
    travelled = np.concatenate([[0.0], steps.cumsum()])
    at = np.linspace(0, travelled[-1], count, endpoint=False)
    return np.stack([np.interp(at, travelled, closed[:, axis]) for axis in (0, 1)], axis=1)


def _smooth_noise(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    waves = [rng.normal() * np.cos(k * angles + rng.uniform(0, 2 * np.pi)) for k in range(2, 8)]
    return np.asarray(np.sum(waves, axis=0) / np.sqrt(6))


def _polygon(points: NDArray[np.float64], shape: tuple[int, ...]) -> Region:
    drawn = np.zeros(shape, np.uint8)
    cv2.fillPoly(drawn, [np.rint(points).astype(np.int32)[:, None]], 1)
    return drawn > 0


_DRAW: Final[dict[str, Callable[[Region, np.random.Generator], Region]]] = {
    EXACT: _exact,
    "grown": _evenly,
    "loop": _loop,
    "box": _box,
    "ellipse": _ellipse,
    "brush": _brush,
    "strokes": _strokes,
}

LOOSE_KINDS: Final = tuple(_DRAW)
"""Kinds of loose masks by name."""

_WEIGHTS: Final = {"loop": 2.0, "brush": 2.0}
_CHANCES: Final = np.array([_WEIGHTS.get(kind, 1.0) for kind in LOOSE_KINDS]) / (len(LOOSE_KINDS) + 2)
