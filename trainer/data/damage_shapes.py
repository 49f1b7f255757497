"""Shapes of damage, drawn at random: scratches, folds, stains, blots, dates and scribbles.

Every function returns how strongly the damage covers each pixel: (h, w) float32 in [0, 1], with soft edges.
`unit` is the shorter side of the whole photo in pixels, by which sizes go: a window shows only a part of it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Cover = NDArray[np.float32]
Shape = tuple[int, int]

_FINER: Final = 3
"""Lines are drawn so many times larger, for widths of parts of a pixel."""

_THINNEST: Final = 0.7
"""Pixels: nothing narrower is seen in a scan."""

_SEGMENTS: Final = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
}
_ENDS: Final = {
    "a": ((0.0, 0.0), (1.0, 0.0)),
    "b": ((1.0, 0.0), (1.0, 1.0)),
    "c": ((1.0, 1.0), (1.0, 2.0)),
    "d": ((0.0, 2.0), (1.0, 2.0)),
    "e": ((0.0, 1.0), (0.0, 2.0)),
    "f": ((0.0, 0.0), (0.0, 1.0)),
    "g": ((0.0, 1.0), (1.0, 1.0)),
}
"""Ends (x, y) of the seven segments of a digit, in halves of its height."""

_FONTS: Final = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX)


def scratches(shape: Shape, unit: float, rng: np.random.Generator) -> Cover:
    """One to five hairlines, nearly straight, interrupted in places; at times all alike, as on a film."""
    height, width = shape
    cover = np.zeros(shape, np.float32)
    together = rng.random() < 0.25
    shared = float(rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.04))
    for _ in range(int(rng.integers(1, 6))):
        angle = shared if together else float(rng.uniform(0, np.pi))
        length = float(np.exp(rng.uniform(np.log(0.12), np.log(1.2)))) * min(max(shape), 1.2 * unit)
        middle = rng.uniform(0, 1, 2) * (width, height)
        path = _bent_path(middle, angle, length, rng, 0.015)
        line = _line(shape, path, _thickness(unit, 0.0012, 0.0055, rng))
        np.maximum(cover, line * _interrupted(shape, rng, 0.6) * float(rng.uniform(0.6, 1)), out=cover)
    return cover


def fold(shape: Shape, unit: float, rng: np.random.Generator) -> tuple[Cover, Cover]:
    """A crease from edge to edge where the coating broke, and how it shades what lies beside it.

    Returns:
        The crease, and the shade (h, w) float32 in [-1, 1]: brighter on one side, darker on the other.
    """
    height, width = shape
    middle = rng.uniform(0.1, 0.9, 2) * (width, height)
    angle = float(rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.12))
    if rng.random() < 0.35:
        angle = float(rng.uniform(0, np.pi))
    path = _bent_path(middle, angle, 2.9 * max(shape), rng, 0.003)
    thickness = _thickness(unit, 0.0025, 0.009, rng)
    crease = _line(shape, path, thickness) * _interrupted(shape, rng, float(rng.uniform(0.1, 0.7)))
    normal = np.array([-np.sin(angle), np.cos(angle)])
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    apart = (xs - middle[0]) * normal[0] + (ys - middle[1]) * normal[1]
    reach = max(3.0, unit * float(rng.uniform(0.008, 0.04)))
    shade = np.sign(apart) * np.exp(-np.abs(apart) / reach) * float(rng.choice([-1, 1]))
    return crease, np.asarray(shade, np.float32)


def stain(shape: Shape, unit: float, rng: np.random.Generator) -> Cover:
    """A spill: an uneven patch with a ragged edge, darker along its rim where it dried."""
    cover = np.zeros(shape, np.float32)
    largest = 0.42 * min(shape)
    for _ in range(int(rng.integers(1, 4))):
        reach = min(largest, unit * float(np.exp(rng.uniform(np.log(0.03), np.log(0.2)))))
        apart = _apart(shape, reach, rng, 0.35)
        soft = float(rng.uniform(0.02, 0.12))
        patch = np.clip((1 - apart) / soft, 0, 1)
        rim = np.exp(-(((1 - apart) / (2 * soft)) ** 2)) * (apart < 1 + soft)
        even = 1 - float(rng.uniform(0, 0.5)) * smooth_noise(shape, max(shape) / 6, rng)
        share = float(rng.uniform(0, 0.8)) if rng.random() < 0.6 else 0.0
        np.maximum(cover, np.clip(patch * even * (1 - 0.5 * share) + 0.5 * share * rim, 0, 1), out=cover)
    return cover


def blots(shape: Shape, unit: float, rng: np.random.Generator) -> Cover:
    """One blot, or many specks: the smaller, the more."""
    height, width = shape
    cover = np.zeros(shape, np.float32)
    reach = float(np.exp(rng.uniform(np.log(0.004), np.log(0.06))))
    count = 1 + int(rng.integers(0, 1 + round(0.03 / reach)))
    for _ in range(count):
        radius = max(1.0, unit * reach * float(rng.uniform(0.6, 1.4)))
        points = 2 * np.pi * np.sort(rng.random(int(rng.integers(5, 12))))
        radii = radius * rng.uniform(0.6, 1.1, len(points))
        stretch = np.array([1.0, float(rng.uniform(0.5, 1))])
        x, y = rng.uniform(0.02, 0.98, 2) * (width, height)
        polygon = np.stack([np.cos(points) * radii, np.sin(points) * radii], 1) * stretch + (x, y)
        _fill(cover, polygon)
    return cover


def date(shape: Shape, unit: float, rng: np.random.Generator) -> tuple[Cover, Cover]:
    """A date that a camera burnt in, mostly upright at the bottom right.

    Returns:
        The figures, and the glow around them.
    """
    height, width = shape
    size = max(7.0, unit * float(rng.uniform(0.022, 0.06)))
    text = _date_text(rng)
    canvas = np.zeros((round(2.2 * size * _FINER), round((0.95 * len(text) + 1) * size * _FINER)), np.uint8)
    if rng.random() < 0.6:
        _write_segments(canvas, text, size * _FINER, rng)
    else:
        font = _FONTS[int(rng.integers(len(_FONTS)))]
        scale = size * _FINER / cv2.getTextSize("8", font, 1.0, 1)[0][1]
        place = (round(0.4 * size * _FINER), round(1.6 * size * _FINER))
        cv2.putText(canvas, text, place, font, scale, 255, max(1, round(0.11 * size * _FINER)), cv2.LINE_AA)
    if rng.random() < 0.1:
        canvas = np.ascontiguousarray(np.rot90(canvas))
    smaller = (max(1, canvas.shape[1] // _FINER), max(1, canvas.shape[0] // _FINER))
    written = cv2.resize(canvas, smaller, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    corner = rng.random() < 0.5
    left = int(width - smaller[0] - rng.uniform(0, 0.1) * width if corner else rng.uniform(-0.2, 0.8) * width)
    top = int(height - smaller[1] - rng.uniform(0, 0.1) * height if corner else rng.uniform(0, 0.9) * height)
    cover = _placed(written, shape, left, top)
    cover = cv2.GaussianBlur(cover, (0, 0), max(0.3, 0.03 * size * float(rng.uniform(0.3, 1.5))))
    glow = cv2.GaussianBlur(cover, (0, 0), 0.15 * size)
    return np.asarray(cover, np.float32), np.asarray(glow, np.float32)


def scribble(shape: Shape, unit: float, rng: np.random.Generator) -> Cover:
    """A line of a pen that wanders, loops and crosses itself."""
    height, width = shape
    reach = min(unit, 1.5 * min(shape)) * float(rng.uniform(0.2, 0.9))
    turns = np.cumsum(rng.normal(0, float(rng.uniform(0.3, 1.3)), 12)) + rng.uniform(0, 2 * np.pi)
    corners = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1) * reach / 6, axis=0)
    corners += rng.uniform(0.15, 0.85, 2) * (width, height) - corners.mean(0)
    path = _smoothed(corners)
    return _line(shape, path, max(1.2, unit * float(np.exp(rng.uniform(np.log(0.004), np.log(0.016))))))


def hole(shape: Shape, unit: float, rng: np.random.Generator) -> Cover:
    """A rectangle that is missing."""
    height, width = shape
    sides = np.minimum(unit * rng.uniform(0.06, 0.35, 2), 0.6 * np.array(shape)).astype(int) + 2
    top, left = (int(rng.integers(0, max(1, n - side))) for n, side in zip(shape, sides, strict=True))
    cover = np.zeros((height, width), np.float32)
    cover[top : top + sides[0], left : left + sides[1]] = 1
    return cover


def smooth_noise(shape: Shape, grain: float, rng: np.random.Generator) -> Cover:
    """Noise (h, w) float32 in [0, 1] without structure finer than `grain` pixels."""
    cells = [max(2, round(side / grain) + 1) for side in shape]
    noise = rng.random(cells).astype(np.float32)
    return np.asarray(cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1), np.float32)


def _thickness(unit: float, least: float, most: float, rng: np.random.Generator) -> float:
    return max(_THINNEST, unit * float(np.exp(rng.uniform(np.log(least), np.log(most)))))


def _bent_path(
    middle: NDArray[np.float64], angle: float, length: float, rng: np.random.Generator, wobble: float
) -> NDArray[np.float64]:
    """Points (n, 2) along a line through a place that bends a little and wobbles less."""
    along = np.linspace(-0.5, 0.5, 24)
    bend = float(rng.normal(0, 0.06 if wobble > 0.01 else 0.01))
    aside = bend * (4 * along**2 - 0.5) + wobble * np.interp(along, along[::4], rng.normal(0, 0.5, 6))
    forward = np.array([np.cos(angle), np.sin(angle)])
    sideways = np.array([-forward[1], forward[0]])
    return np.asarray(middle + length * (along[:, None] * forward + aside[:, None] * sideways))


def _smoothed(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve along corners: each corner is cut three times (Chaikin)."""
    for _ in range(3):
        first, second = corners[:-1], corners[1:]
        corners = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], 1).reshape(-1, 2)
    return corners


def _line(shape: Shape, path: NDArray[np.float64], thickness: float) -> Cover:
    """A line of any thickness in pixels, with soft edges."""
    finer = np.zeros((shape[0] * _FINER, shape[1] * _FINER), np.uint8)
    points = np.rint(np.clip(path, -4096, 8192) * _FINER).astype(np.int32)
    cv2.polylines(finer, [points[:, None]], False, 255, max(1, round(thickness * _FINER)), cv2.LINE_8)
    small = cv2.resize(finer, shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def _interrupted(shape: Shape, rng: np.random.Generator, how_much: float) -> Cover:
    """How strong a line is in each place: 1 in most, 0 in a few."""
    noise = smooth_noise(shape, max(4.0, min(shape) * float(rng.uniform(0.03, 0.2))), rng)
    return np.asarray(np.clip(1.6 - how_much * 2.4 * noise, 0, 1), np.float32)


def _apart(shape: Shape, reach: float, rng: np.random.Generator, ragged: float) -> Cover:
    """Distance from a place, 1 on a ragged outline about it whose radius is `reach` pixels or so."""
    height, width = shape
    x, y = rng.uniform(0.02, 0.98, 2) * (width, height)
    angle, stretch = float(rng.uniform(0, np.pi)), float(rng.uniform(0.6, 1.0))
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    along = (xs - x) * np.cos(angle) + (ys - y) * np.sin(angle)
    across = (ys - y) * np.cos(angle) - (xs - x) * np.sin(angle)
    apart = np.hypot(along, across / stretch) / reach
    noise = smooth_noise(shape, max(3.0, 0.5 * reach), rng) + 0.4 * smooth_noise(
        shape, max(2.0, 0.15 * reach), rng
    )
    return np.asarray(apart + ragged * (noise - 0.7), np.float32)


def _fill(cover: Cover, polygon: NDArray[np.float64]) -> None:
    """Fill a polygon in place, with soft edges."""
    height, width = cover.shape
    low = np.maximum(np.floor(polygon.min(0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(polygon.max(0)).astype(int) + 3, (width, height))
    if (high <= low).any():
        return
    finer = np.zeros(((high[1] - low[1]) * _FINER, (high[0] - low[0]) * _FINER), np.uint8)
    points = np.rint((_smoothed(np.vstack([polygon, polygon[:1]])) - low) * _FINER).astype(np.int32)
    cv2.fillPoly(finer, [points[:, None]], 255)
    small = cv2.resize(finer, (int(high[0] - low[0]), int(high[1] - low[1])), interpolation=cv2.INTER_AREA)
    part = cover[low[1] : high[1], low[0] : high[0]]
    np.maximum(part, small.astype(np.float32) / 255, out=part)


def _date_text(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(75, 120)) % 100
    kind = int(rng.integers(5))
    if kind == 0:
        return f"'{year:02d} {month} {day}"
    if kind == 1:
        return f"{day} {month} '{year:02d}"
    if kind == 2:
        return f"{day:02d}.{month:02d}.{1900 + year if year > 20 else 2000 + year}"
    if kind == 3:
        return f"{month}/{day}/{year:02d}"
    return f"{int(rng.integers(0, 24))}:{int(rng.integers(0, 60)):02d} {day} {month}"


def _write_segments(canvas: NDArray[np.uint8], text: str, size: float, rng: np.random.Generator) -> None:
    """Write figures of seven segments, `size` pixels tall."""
    half, slant = size / 2, float(rng.choice([0.0, 0.12]))
    thickness = max(1, round(size * float(rng.uniform(0.09, 0.16))))
    left, top = 0.6 * size, 0.5 * size
    for letter in text:
        for segment in _SEGMENTS.get(letter, ""):
            ends = [(left + half * (x + slant * (2 - y)), top + half * y) for x, y in _ENDS[segment]]
            first, second = (tuple(round(v) for v in end) for end in ends)
            cv2.line(canvas, first, second, 255, thickness, cv2.LINE_AA)
        _write_sign(canvas, letter, (left, top), size, thickness)
        left += (0.85 if letter in _SEGMENTS else 0.45) * size


def _write_sign(
    canvas: NDArray[np.uint8], sign: str, place: tuple[float, float], size: float, thickness: int
) -> None:
    """Write an apostrophe, a dot, a colon or a stroke."""
    left, top = place
    heights = {"'": (0.0, 0.2), ".": (1.0, 1.0), "/": (0.0, 1.0), ":": (0.3, 0.3)}
    if sign not in heights:
        return
    for shift in (0.0, 0.4) if sign == ":" else (0.0,):
        first, last = (round(top + size * (value + shift)) for value in heights[sign])
        lean = round(0.3 * size) if sign == "/" else 0
        ends = (round(left) + lean, first), (round(left), last)
        cv2.line(canvas, *ends, 255, thickness, cv2.LINE_AA)


def _placed(part: Cover, shape: Shape, left: int, top: int) -> Cover:
    """A small picture at a place of an empty one, cut off at its edges."""
    whole = np.zeros(shape, np.float32)
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(shape[0], top + part.shape[0]), min(shape[1], left + part.shape[1])
    if y1 > y0 and x1 > x0:
        whole[y0:y1, x0:x1] = part[y0 - top : y1 - top, x0 - left : x1 - left]
    return whole
