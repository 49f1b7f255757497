"""Holes to train and measure with: what a user would paint over a person, drawn at random.

Every function returns a mask of shape (H, W), uint8, 255 = hole and 0 = known, of the same size as the
`person` array, bool, true where the body (with all it wears) is. When nobody is in the picture the hole may
lie anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import OPEN_LABELS
from trainer.recipes.samples import HoleMix

Mask = NDArray[np.uint8]
Person = NDArray[np.bool_]

REFERENCE_SIDE = 256
"""Image side, in pixels, at which the sizes of rectangles and brushes are stated."""

SMALLEST_SHARE = 0.02
LARGEST_SHARE = 0.35
"""Limits of the hole's share of the image."""

PATTERN_SHARE, NOISE_SHARE = 0.25, 0.8
"""How much patterns and noise cover (Liao et al. 2018, section 4.1)."""

_PATTERN_CELL = 0.13
_ATTEMPTS = 8
_SHAPE_SHARE = 0.004
_SHAPE_GRID = 192


def person_of(labels: Mask) -> Person:
    """Where a label map (H, W), uint8, partial codes included, shows any part of a person: (H, W) bool."""
    person: Person = (labels != 0) & ~np.isin(labels, OPEN_LABELS)
    return person


def sample_hole(person: Person, shapes: Sequence[Person], rng: np.random.Generator, mix: HoleMix) -> Mask:
    """One hole of a random kind, 2 to 35 % of the image; "none" is empty, "noise" 80 %.

    It lies over the body, unless it is a band, a pattern or noise, or the mix says anywhere.

    Args:
        person: (H, W) bool, true on the body.
        shapes: silhouettes of things, limbs or people, (h, w) bool each, any size; without any: strokes.
        rng: source of all chance.
        mix: frequency of each kind.
    """
    shares = np.array(
        [mix.rectangle, mix.strokes, mix.silhouette, mix.edge_band, mix.none, mix.pattern, mix.noise]
    )
    kind = int(rng.choice(len(shares), p=shares / shares.sum()))
    if mix.anywhere:
        person = np.zeros_like(person)
    if kind >= 4:
        return (_nothing, random_pattern, random_noise)[kind - 4](person.shape, rng)
    if kind == 3:
        sides: dict[str, Literal["bottom", "top"]] = {"bottom": "bottom", "top": "top"}
        return edge_band(person, rng, sides.get(mix.band_side), mix.band_share)
    draw: Callable[[], Mask] = partial(strokes, person, rng)
    if kind == 0:
        unit = min(person.shape) / REFERENCE_SIDE
        shortest, longest = (round(side * unit) for side in mix.rectangle_sides)
        draw = partial(body_rectangle, person, rng, (shortest, longest))
    elif kind == 2 and len(shapes):
        draw = partial(_any_silhouette, shapes, person, rng)
    return _within_limits(draw, person, rng)


def body_rectangle(person: Person, rng: np.random.Generator, sides: tuple[int, int] = (64, 128)) -> Mask:
    """A rectangle over the body, both edges drawn from `sides` (pixels, inclusive; Wu et al., section III.D).

    Edges longer than the image are cut to its size.
    """
    height, width = person.shape
    box_width, box_height = (int(v) for v in rng.integers(sides[0], sides[1], size=2, endpoint=True))
    x, y = _point_of(person, rng)
    return rectangle_around((x, y), (box_width, box_height), (height, width), rng)


def rectangle_around(
    point: tuple[int, int], box: tuple[int, int], shape: tuple[int, int], rng: np.random.Generator
) -> Mask:
    """A rectangle `box` (width, height) somewhere over `point` (x, y), inside an image of `shape` (H, W)."""
    mask = np.zeros(shape, np.uint8)
    ranges = []
    for position, length, limit in zip(point, box, (shape[1], shape[0]), strict=True):
        side = max(1, min(length, limit))
        start = int(np.clip(position - int(rng.integers(side)), 0, limit - side))
        ranges.append(slice(start, start + side))
    mask[ranges[1], ranges[0]] = 255
    return mask


def strokes(person: Person, rng: np.random.Generator, share: tuple[float, float] = (0.03, 0.2)) -> Mask:
    """One to three strokes of a round brush that wander over the body, as a user paints over a thing.

    They cover about as much of the image as drawn from `share`, or less where they cross.
    """
    height, width = person.shape
    unit = min(height, width) / REFERENCE_SIDE
    wanted = rng.uniform(*share) * height * width
    mask = np.zeros((height, width), np.uint8)
    for _ in range(3):
        thickness = max(2, round(rng.uniform(14, 44) * unit))
        length = min(wanted / thickness, 2.5 * max(height, width))
        path = _wander(_point_of(person, rng), length, thickness, rng)
        path = np.clip(path, 0, (width - 1, height - 1)).astype(np.int32)
        cv2.polylines(mask, [path], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_8)
        if np.count_nonzero(mask) > 0.6 * wanted:
            break
    return mask


def silhouette(
    shape: Person, person: Person, rng: np.random.Generator, share: tuple[float, float] = (0.03, 0.25)
) -> Mask:
    """The silhouette `shape` ((h, w) bool) scaled, turned a little, perhaps flipped, and laid over the body.

    It covers as much of the image as drawn from `share`, less what the image's edge cuts off.
    """
    height, width = person.shape
    if not shape.any():
        return np.zeros((height, width), np.uint8)
    wanted = rng.uniform(*share) * height * width
    scale = float(np.sqrt(wanted / np.count_nonzero(shape)))
    angle = np.deg2rad(rng.normal(0, 12))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    turn = scale * np.array([[flip * np.cos(angle), -np.sin(angle)], [flip * np.sin(angle), np.cos(angle)]])
    target = np.array(_point_of(person, rng)) + 0.5
    source = np.array(_point_of(shape, rng)) + 0.5
    shift = target - turn @ source
    # The warp works on pixel indices, whose centres lie half a pixel further.
    shift += turn @ np.array([0.5, 0.5]) - 0.5
    matrix = np.column_stack([turn, shift])
    soft = cv2.warpAffine(
        shape.astype(np.uint8) * np.uint8(255), matrix, (width, height), flags=cv2.INTER_LINEAR
    )
    mask: Mask = np.where(soft > 127, 255, 0).astype(np.uint8)
    return mask


def edge_band(
    person: Person,
    rng: np.random.Generator,
    side: Literal["top", "bottom"] | None = None,
    share: float = 0.0,
) -> Mask:
    """All rows at the bottom (14 to 34 % of the height) or the top (8 to 30 %), as for extending the canvas.

    Wu et al., section V.A, cut 64 rows of 256 at the bottom and 32 at the top. Without a `side`, the band
    lies where the body reaches into it; if it does at both ends, two of three lie at the bottom under whole
    bodies, and at the top where the frame cuts the body below already, as in portraits. A `share` above zero
    is that of the height, instead of a drawn one.
    """
    height, width = person.shape
    rows = {
        "bottom": max(1, round(height * (share or rng.uniform(0.14, 0.34)))),
        "top": max(1, round(height * (share or rng.uniform(0.08, 0.3)))),
    }
    if side is None:
        reached = np.asarray(person.any(axis=1))
        at_top, at_bottom = bool(reached[: rows["top"]].any()), bool(reached[height - rows["bottom"] :].any())
        below = rng.random() < (1 / 3 if reached[-1] else 2 / 3)
        side = "bottom" if (below if at_top == at_bottom else at_bottom) else "top"
    mask = np.zeros((height, width), np.uint8)
    mask[slice(0, rows["top"]) if side == "top" else slice(height - rows["bottom"], height)] = 255
    return mask


def random_pattern(shape: tuple[int, ...], rng: np.random.Generator, share: float = PATTERN_SHARE) -> Mask:
    """Blobs that cover a share of a picture of `shape` (H, W), as Pathak et al. (2016) draw them."""
    height, width = shape
    cells = rng.random((-(-height // _cell(height)) + 1, -(-width // _cell(height)) + 1))
    smooth = cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
    return _lowest(smooth, share)


def random_noise(shape: tuple[int, ...], rng: np.random.Generator, share: float = NOISE_SHARE) -> Mask:
    """Single pixels everywhere that cover a share of a picture of `shape` (H, W)."""
    return _lowest(rng.random(shape), share)


def shapes_of(labels: Mask, things: Sequence[int] | None = None) -> list[Person]:
    """Silhouettes to punch into other photos: connected parts of one label, and the whole person.

    Args:
        labels: (H, W) uint8 label map, partial codes allowed.
        things: labels whose parts are wanted; None = every label that occurs, and the whole person.

    Returns:
        Arrays (h, w) bool, each cut to its bounding box; parts below 0.4 % of the photo are left out. The
        longer side is at most 192, since they are scaled anyhow.
    """
    height, width = labels.shape
    shrink = min(1.0, _SHAPE_GRID / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    person = person_of(small)
    masks = [person] if things is None else []
    wanted = [int(v) for v in np.unique(small[person])] if things is None else things
    masks.extend(small == label for label in wanted)
    return [part for mask in masks for part in _parts(mask)]


def _nothing(shape: tuple[int, ...], rng: np.random.Generator) -> Mask:
    return np.zeros(shape, np.uint8)


def _cell(side: int) -> int:
    """Pixels to a cell of a random pattern: a picture has about eight of them each way."""
    return max(1, round(side * _PATTERN_CELL))


def _lowest(values: NDArray[np.floating], share: float) -> Mask:
    """The pixels with the lowest values, such a share of all."""
    count = round(share * values.size)
    mask = np.zeros(values.size, np.uint8)
    mask[np.argsort(values, axis=None)[:count]] = 255
    return mask.reshape(values.shape)


def _parts(mask: Person) -> list[Person]:
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    parts = []
    for index in range(1, count):
        left, top, width, height, area = (int(v) for v in stats[index])
        if area >= _SHAPE_SHARE * mask.size:
            parts.append(numbered[top : top + height, left : left + width] == index)
    return parts


def _any_silhouette(shapes: Sequence[Person], person: Person, rng: np.random.Generator) -> Mask:
    return silhouette(shapes[int(rng.integers(len(shapes)))], person, rng)


def _within_limits(draw: Callable[[], Mask], person: Person, rng: np.random.Generator) -> Mask:
    """Draw until the area fits; a rectangle, which always does, stands in after too many failures."""
    for _ in range(_ATTEMPTS):
        mask = draw()
        share = np.count_nonzero(mask) / mask.size
        if SMALLEST_SHARE <= share <= LARGEST_SHARE and _covers(mask, person):
            return mask
    height, width = person.shape
    # Both edges from 20 to 50 % of the image's: 4 to 25 % of its area.
    box = max(1, round(width * rng.uniform(0.2, 0.5))), max(1, round(height * rng.uniform(0.2, 0.5)))
    return rectangle_around(_point_of(person, rng), box, (height, width), rng)


def _covers(mask: Mask, person: Person) -> bool:
    return bool((person & (mask > 0)).any()) or not person.any()


def _point_of(region: Person, rng: np.random.Generator) -> tuple[int, int]:
    """A random pixel (x, y) of the region, or of the whole array when the region is empty."""
    height, width = region.shape
    # A handful of throws nearly always hits and costs nothing next to listing all pixels of a large photo.
    for _ in range(16):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        if region[y, x]:
            return x, y
    candidates = np.flatnonzero(region)
    chosen = (
        int(candidates[rng.integers(candidates.size)]) if candidates.size else int(rng.integers(region.size))
    )
    return chosen % width, chosen // width


def _wander(
    start: tuple[int, int], length: float, thickness: int, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Corners of a path of about `length` pixels that now and then turns back, as a scribble does."""
    steps = int(rng.integers(4, 9))
    turns = rng.normal(0, 0.7, steps) + np.pi * (rng.random(steps) < 0.25)
    directions = rng.uniform(0, 2 * np.pi) + np.cumsum(turns)
    reach = np.maximum(thickness / 2, length / steps * rng.uniform(0.6, 1.4, steps))
    offsets = np.cumsum(np.stack([np.cos(directions), np.sin(directions)], axis=1) * reach[:, None], axis=0)
    points = np.concatenate([np.zeros((1, 2)), offsets]) + np.array(start)
    path: NDArray[np.int32] = np.rint(points).astype(np.int32).reshape(-1, 1, 2)
    return path
