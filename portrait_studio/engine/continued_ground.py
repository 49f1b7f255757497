"""The ground beyond a photo, as it looks from afar: the colours beside the edge, carried on along its lines.

A completion network paints what is far from all that is known as a mean of what could be there, and patches
that follow it end kerbs and shadows where the photo ended. Lines that run into the edge say more: they go on,
and so do the colours between them (coherence transport, Bornemann and Maerz 2007, along straight lines).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.extension_plan import extension_of
from portrait_studio.engine.ground_lines import GroundLine, lines_into
from portrait_studio.engine.resample import Floats
from portrait_studio.networks.conventions import BACKGROUND

_LONG_PX: Final = 420
"""Long side at which lines are looked for and carried on."""
_BESIDE_PX: Final = 7
"""How far from people nothing is taken."""
_OUTLINE_PX: Final = 1.5
"""Standard deviation of the seam between ground and people."""
_TURNS: Final = {"bottom": 0, "left": 1, "top": 2, "right": 3}
"""How often a picture is turned by a right angle to have a side below."""
_EDGE_ROWS: Final = 8
"""So many rows beside the edge give the colours between lines."""
_NEAR_PX: Final = 20.0
"""Standard deviation along the edge of what gives the colour of a place."""
_WIDTHS: Final = 4
"""So many times it is taken, from surroundings twice as wide each time."""
_WIDENS: Final = 1.5
"""By how much these surroundings are wider for each row further down."""
_ALIKE: Final = 0.12
"""The same in colour, in RGB of [0, 1]: a mean of light and shade would be a colour that the photo lacks."""
_ROUNDS: Final = 3
_FROM_SIDES: Final = 10.0
"""Weight of the colours at the sides of a line, in pixels of the edge."""
_SHADE: Final = 0.1
"""How much darker a shadow is at least, in the mean of RGB."""
_OWN_PX: Final = 5
"""How far to both sides a line has colours of its own, so that narrow ones go on as well."""
_OWN_WAY_PX: Final = 40
"""Length of the line that they are a mean of."""
_LEAST_OWN_ROWS: Final = 6
_LEAST_KNOWN: Final = 0.4
"""Share of that which must be ground."""
_FAR_PX: Final = 1e4
"""Beyond all that is seen."""


def lay_ground(
    picture: Floats, hole: NDArray[np.bool_], labels: NDArray[np.uint8], excluded: NDArray[np.bool_]
) -> None:
    """Carry the ground on into the rows and columns at the sides that are wholly unknown, in place.

    Args:
        picture: (H, W, 3) RGB in [0, 1]; where people are it stays as it is.
        hole: (H, W) bool, what is not known.
        labels: (H, W) uint8 parsing map, hole included.
        excluded: (H, W) bool, known pixels that tell nothing.
    """
    margins = extension_of(hole.astype(np.uint8))
    ground = labels == BACKGROUND
    for side, turns in _TURNS.items():
        rows = getattr(margins, side)
        if rows:
            known = ground & ~hole & ~excluded
            _lay_below(np.rot90(picture, turns), np.rot90(known, turns), np.rot90(ground, turns), rows)


def _lay_below(picture: Floats, known: NDArray[np.bool_], ground: NDArray[np.bool_], rows: int) -> None:
    height = len(picture) - rows
    known = known[:height]
    if not known.any():
        return
    drawn = continued_ground(np.ascontiguousarray(picture[:height]), known, rows, ~ground[height:])
    share = cv2.GaussianBlur(ground[height:].astype(np.float32), (0, 0), _OUTLINE_PX)[..., None]
    picture[height:] += share * (drawn - picture[height:])


def continued_ground(
    picture: Floats, ground: NDArray[np.bool_], rows: int, people: NDArray[np.bool_] | None = None
) -> Floats:
    """Rows below a picture, as if nobody stood there; but who stands there casts the shadow that ends there.

    Args:
        picture: (H, W, 3) RGB in [0, 1].
        ground: (H, W) bool, what of it is no person; some is.
        rows: how many, at least 1.
        people: (rows, W) bool, where people are in them; None = nowhere.

    Returns:
        (rows, W, 3) float32 in [0, 1].
    """
    height, width = ground.shape
    scale = min(1.0, _LONG_PX / max(height + rows, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    apart = cv2.erode(ground.astype(np.uint8), np.ones((2 * _BESIDE_PX + 1,) * 2, np.uint8))
    sure = cv2.resize(apart, size, interpolation=cv2.INTER_NEAREST) > 0
    edge = _Edge(np.asarray(small, np.float32), sure, lines_into(small, sure))
    below = max(1, round(rows * scale))
    standing = np.zeros((below, size[0]), np.bool_)
    if people is not None:
        seen = cv2.resize(people.astype(np.uint8), (size[0], below), interpolation=cv2.INTER_NEAREST)
        standing = seen > 0
    drawn = _carried_on(edge, standing)
    return np.asarray(cv2.resize(drawn, (width, rows), interpolation=cv2.INTER_LINEAR), np.float32)


@dataclass(frozen=True, eq=False)
class _Edge:
    """What ends at the lowest edge of a picture.

    Attributes:
        picture: (H, W, 3) RGB in [0, 1].
        ground: (H, W) bool.
        lines: those that run into the edge.
    """

    picture: Floats
    ground: NDArray[np.bool_]
    lines: Sequence[GroundLine]

    def mean_above(self, columns: Floats, slopes: Floats, rows: int) -> tuple[Floats, Floats]:
        """Mean colours (N, 3) of the ground above places of the edge, and how much of it is ground, (N,).

        Args:
            columns: (N,) of the places.
            slopes: (N,) columns to the left for each row up.
            rows: how far up.
        """
        height = len(self.ground)
        up = np.arange(min(rows, height), dtype=np.float32)[:, None]
        across = (columns - slopes * (up + np.float32(0.5))).astype(np.float32)
        down = np.broadcast_to(height - 1 - up, across.shape).astype(np.float32)
        seen = cv2.remap(self.picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        is_ground = self.ground.astype(np.float32)
        known = cv2.remap(is_ground, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
        total = known.sum(0)
        means = (seen * known[..., None]).sum(0) / np.maximum(total, np.float32(1e-6))[:, None]
        return np.asarray(means, np.float32), np.asarray(total / len(up), np.float32)


@dataclass(frozen=True, eq=False)
class _Stretch:
    """What lies between two neighbouring lines.

    Attributes:
        first: column on the edge where it begins.
        last: where it ends.
        colours: (N, 3 W, 3) of the edge, as seen from this stretch, from a width before the picture to one
            after it; each time of a surrounding twice as wide.
    """

    first: float
    last: float
    colours: Floats


@dataclass(frozen=True, eq=False)
class _Strip:
    """The colours right beside a line.

    Attributes:
        line: which one.
        colours: (2 n + 1, 3) from n columns at its left to n at its right.
        share: (2 n + 1,) in [0, 1], how much they count.
    """

    line: GroundLine
    colours: Floats
    share: Floats

    def lay(self, row: Floats, down: float) -> None:
        """Lay it over (W, 3) colours of the row so far below the edge, in place."""
        own = np.arange(len(self.share))
        places = np.arange(len(row)) - self.line.column_at(down) + len(own) // 2
        inside = (places >= 0) & (places <= own[-1])
        share = np.interp(places[inside], own, self.share)[:, None]
        row[inside] += share * (_interpolated(places[inside], self.colours) - row[inside])


def _interpolated(places: NDArray[np.floating], colours: Floats) -> Floats:
    """(N, 3) of (W, 3) colours at (N,) places between them; the nearest beyond."""
    own = np.arange(len(colours))
    return np.stack([np.interp(places, own, channel) for channel in colours.T], 1).astype(np.float32)


def _carried_on(edge: _Edge, people: NDArray[np.bool_]) -> Floats:
    """(rows, W, 3) float32, behind (rows, W) bool people."""
    lines = sorted(edge.lines, key=lambda line: line.column)
    stretches = _stretches(edge, lines)
    seen = (line for line in lines if not line.is_hidden)
    strips = [_strip(edge, line) for line in sorted(seen, key=lambda line: line.strength)]
    result = np.empty((*people.shape, 3), np.float32)
    light, behind = _light_beside(edge, people, stretches), ~edge.ground[-1]
    for number, row in enumerate(result):
        lines, stretches = _still_apart(lines, stretches, number + 1.0)
        _draw(row, lines, stretches, number + 1.0)
        for strip in strips:
            if strip.line in lines:
                strip.lay(row, number + 1.0)
        behind = people[number] | _moved_on(behind, lines, number + 1.0)
        if light is not None:
            row[behind & (row.mean(1) < light.mean() - _SHADE / 2)] = light
    return result


def _light_beside(edge: _Edge, people: NDArray[np.bool_], stretches: Sequence[_Stretch]) -> Floats | None:
    """The lighter one of the colours (3,) at both sides of who stands on the edge, if most is as light.

    A shadow that is seen on one side only is theirs and ends at their feet; another one is seen on both.
    """
    taken = np.flatnonzero(~edge.ground[-1] & people[0])
    width = len(people[0])
    if not taken.size:
        return None
    sides = [int(taken[0]) - 1, int(taken[-1]) + 1]
    colours = [
        stretch.colours[0, width + side]
        for side in sides
        if 0 <= side < width
        for stretch in stretches
        if stretch.first <= side < stretch.last
    ]
    if not colours:
        return None
    light = np.asarray(max(colours, key=lambda colour: float(colour.mean())), np.float32)
    seen, known = edge.mean_above(np.arange(width, dtype=np.float32), np.zeros(width, np.float32), _EDGE_ROWS)
    # Paint is lighter than most of the ground, and what lies beside it is no shadow.
    usual = float(np.median(seen[known > _LEAST_KNOWN].mean(1))) if (known > _LEAST_KNOWN).any() else 0.0
    return light if usual > float(light.mean()) - _SHADE / 2 else None


def _moved_on(behind: NDArray[np.bool_], lines: Sequence[GroundLine], down: float) -> NDArray[np.bool_]:
    """Where what was marked (W,) in the row above is in the one so far below the edge."""
    places = [(line.column_at(down), line.slope) for line in lines] or [(0.0, 0.0)]
    columns = np.arange(len(behind))
    source = np.rint(columns - np.interp(columns, *np.array(places).T)).astype(int)
    inside = (source >= 0) & (source < len(behind))
    return np.asarray(inside & behind[np.clip(source, 0, len(behind) - 1)], np.bool_)


def _still_apart(
    lines: Sequence[GroundLine], stretches: Sequence[_Stretch], down: float
) -> tuple[list[GroundLine], list[_Stretch]]:
    """Lines that have not met so far below, and what lies between them: where two meet the weaker ends."""
    left, between = list(lines), list(stretches)
    number = 0
    while number < len(left) - 1:
        if left[number].column_at(down) < left[number + 1].column_at(down):
            number += 1
            continue
        weaker = number if left[number].strength < left[number + 1].strength else number + 1
        del left[weaker], between[number + 1]
        number = max(0, number - 1)
    return left, between


def _draw(row: Floats, lines: Sequence[GroundLine], stretches: Sequence[_Stretch], down: float) -> None:
    """Write the (W, 3) colours of the row so far below: each stretch as wide as its lines leave it."""
    places = [line.column_at(down) for line in lines]
    # What comes in from beyond the picture keeps the direction of the line beside it.
    begin = (lines[0].slope if lines else 0.0) * down - _FAR_PX
    end = (lines[-1].slope if lines else 0.0) * down + len(row) + _FAR_PX
    columns = np.arange(len(row))
    # What no line bounds goes on about as far as it is wide.
    widening = min(float(np.log2(1 + _WIDENS * down / _NEAR_PX)), _WIDTHS - 1 - 1e-6)
    level, share = int(widening), widening % 1
    for stretch, (first, last) in zip(stretches, pairwise([begin, *places, end]), strict=True):
        inside = columns[(columns >= first) & (columns < last)]
        source = np.interp(inside, [first, last], [stretch.first, stretch.last]) + len(row)
        nearer, wider = (_interpolated(source, stretch.colours[number]) for number in (level, level + 1))
        row[inside] = nearer + np.float32(share) * (wider - nearer)


def _stretches(edge: _Edge, lines: Sequence[GroundLine]) -> list[_Stretch]:
    """What lies between lines, from left to right: one more than there are lines."""
    width = edge.ground.shape[1]
    columns = np.arange(width, dtype=np.float32)
    # Without lines the ground is taken to go straight down.
    directions = [(line.column, line.slope) for line in lines] or [(0.0, 0.0)]
    slopes = np.interp(columns, *np.array(directions).T).astype(np.float32)
    colours, known = edge.mean_above(columns, slopes, _EDGE_ROWS)
    ends = [-_FAR_PX, *(line.column for line in lines), width + _FAR_PX]
    result = []
    for number, (first, last) in enumerate(pairwise(ends)):
        inside = (columns > first + 2) & (columns < last - 2)
        samples = [(columns[inside], colours[inside], known[inside])]
        for place, line in enumerate(lines[max(0, number - 1) : number + 1], start=max(0, number - 1)):
            side = line.before if place == number else line.after
            samples.append((np.array([line.column]), side[None], np.array([_FROM_SIDES])))
        at, seen, weight = (np.concatenate(parts).astype(np.float32) for parts in zip(*samples, strict=True))
        if not weight.any():
            at, seen, weight = columns, colours, known + np.float32(1e-6)
        levels = [
            _common_colours(width, at, seen, weight, _NEAR_PX * 2.0**number) for number in range(_WIDTHS)
        ]
        result.append(_Stretch(first, last, np.stack(levels)))
    return result


def _common_colours(width: int, at: Floats, seen: Floats, weight: Floats, near_px: float) -> Floats:
    """The colour that is common around each column, by mean shift from the mean there.

    What is narrow and no line leads on is not common; beyond the picture that is more.

    Args:
        width: of the picture, in columns.
        at: (N,) columns of the colours that were seen.
        seen: (N, 3) them.
        weight: (N,) how much they count; not all zero.
        near_px: standard deviation of what is around a column.

    Returns:
        (3 width, 3) from a width before the picture to one after it.
    """
    at, seen, weight = (values[weight > 0] for values in (at, seen, weight))
    columns = np.arange(-width, 2 * width, dtype=np.float32)
    apart = np.abs(columns[:, None] - at)
    beyond = np.maximum(-columns, columns - width + 1)[:, None]
    reach = np.maximum(np.maximum(apart.min(1, keepdims=True), beyond), near_px)
    near = weight * np.exp(-0.5 * (apart / reach) ** 2)
    colours = near @ seen / np.maximum(near.sum(1, keepdims=True), 1e-12)
    for _ in range(_ROUNDS):
        unlike = np.square(colours[:, None] - seen).sum(2)
        share = near * np.exp(-0.5 * unlike / _ALIKE**2)
        colours = (share @ seen) / np.maximum(share.sum(1, keepdims=True), 1e-12)
    return np.asarray(colours, np.float32)


def _strip(edge: _Edge, line: GroundLine) -> _Strip:
    reach = float(np.hypot(1.0, line.slope))
    half = round(_OWN_PX * reach)
    offsets = np.arange(-half, half + 1, dtype=np.float32)
    slopes = np.full(len(offsets), line.slope, np.float32)
    rows = max(_LEAST_OWN_ROWS, round(_OWN_WAY_PX / reach))
    colours, known = edge.mean_above(np.float32(line.column) + offsets, slopes, rows)
    share = np.clip(2 - 2 * np.abs(offsets) / half, 0, 1) * (known > _LEAST_KNOWN)
    return _Strip(line, colours, np.asarray(share, np.float32))
