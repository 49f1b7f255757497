"""Straight edges of the ground that run into the side at which a photo grows: kerbs, joints, shadows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats

_SCALES: Final = (1.0, 0.5, 0.3)
"""Sizes at which edges are looked for: rough ones, as of paint on asphalt, are straight only from afar."""
_LEAST_SIDE_PX: Final = 16
"""Of a picture in which edges are looked for."""
_LEAST_PX: Final = 14.0
_LEAST_AT_SCALE_PX: Final = 8.0
_LEAST_STEEPNESS: Final = 0.09
"""Rows that an edge falls per pixel of its length: flatter ones run along the side, not into it."""
_ON_GROUND: Final = 0.9
"""Share of an edge that lies on ground."""
_MOST_GAP: Final = 0.3
"""How far from the side an edge may end, in its lengths."""
_NEAR_PX: Final = 5.0
"""However short it is, so far, at the size at which it was found."""
_HIDDEN: Final = 0.6
"""Share of such a gap that is not ground, of an edge that goes on behind somebody: up to its own length."""
_HIDDEN_STRENGTH: Final = 0.3
"""How much of its strength is left then."""
_LAST_ROWS, _LAST_ROWS_AT_SCALE = 3, 2.0
"""So many rows must show that it reaches the side, in pixels and at the size at which it was found."""
_LEAST_LEFT: Final = 0.3
"""Share of its contrast that they show."""
_LEAST_CONTRAST: Final = 0.03
"""Difference of the colours at both sides, in RGB of [0, 1]."""
_MUCH_CONTRAST: Final = 0.3
_BESIDE_PX: Final = 1.5
"""How far from an edge its sides are seen, at the size at which it was found."""
_AWAY_PX: Final = 6.0
"""How far from it what lies there is seen: further than the width of a joint or of a painted line."""
_SAMPLES: Final = 24
_SAME_PX, _SAME_ANGLE = 2.5, 0.35
"""Edges nearer than that are one, or both sides of one line."""
_ALIKE_PX, _ALIKE_ANGLE = 6.0, 0.2
"""The same of edges that are dark at the same side."""
_STRIPE_PX, _STRIPE_ANGLE = 20.0, 0.12
"""The same of edges that are both sides of one stripe."""


@dataclass(frozen=True, eq=False)
class GroundLine:
    """An edge that leaves the photo below.

    Attributes:
        column: where it crosses the lowest edge of the photo, in pixels.
        slope: columns to the right for each row down.
        strength: its length times its contrast.
        before: (3,) colour of what lies at its left, in RGB of [0, 1].
        after: (3,) the same at its right.
        step: (3,) by how much the colour changes right at it, from left to right.
        is_hidden: whether somebody stands where it crosses that edge.
    """

    column: float
    slope: float
    strength: float
    before: Floats
    after: Floats
    step: Floats
    is_hidden: bool = False

    def column_at(self, down: float) -> float:
        """Where it is so many rows below the edge."""
        return self.column + self.slope * down


@dataclass(frozen=True, eq=False)
class _Segment:
    """What the detector found, from its upper end (x, y) to its lower one."""

    start: tuple[float, float]
    end: tuple[float, float]
    scale: float

    @property
    def length(self) -> float:
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    @property
    def drop(self) -> float:
        return self.end[1] - self.start[1]

    @property
    def slope(self) -> float:
        return (self.end[0] - self.start[0]) / self.drop


def lines_into(picture: Floats, ground: NDArray[np.bool_]) -> list[GroundLine]:
    """Straight edges that would go on below.

    Args:
        picture: (H, W, 3) RGB in [0, 1].
        ground: (H, W) bool, what is no person.

    Returns:
        The strongest first.
    """
    found = [
        line for segment in _segments(picture) if (line := _line_of(segment, picture, ground)) is not None
    ]
    kept: list[GroundLine] = []
    for line in sorted(found, key=lambda one: -one.strength):
        if not any(_are_one(line, other) for other in kept):
            kept.append(line)
    return [_beside_its_other_side(line, kept) for line in kept]


def _beside_its_other_side(line: GroundLine, lines: Sequence[GroundLine]) -> GroundLine:
    """The same with the mean direction of both sides of a stripe, if it is one of them."""
    others = [other for other in lines if _are_one_stripe(line, other)]
    if not others:
        return line
    other = min(others, key=lambda one: abs(one.column - line.column))
    whole = line.strength + other.strength
    return replace(line, slope=(line.strength * line.slope + other.strength * other.slope) / whole)


def _are_one_stripe(line: GroundLine, other: GroundLine) -> bool:
    across, turned = _apart(line, other)
    return float(line.step @ other.step) < 0 and across < _STRIPE_PX and turned < _STRIPE_ANGLE


def _apart(line: GroundLine, other: GroundLine) -> tuple[float, float]:
    """Distance across, in pixels, and angle between two lines where they leave the photo."""
    across = abs(line.column - other.column) / float(np.hypot(1.0, line.slope))
    return across, abs(float(np.arctan(line.slope) - np.arctan(other.slope)))


def _segments(picture: Floats) -> Iterator[_Segment]:
    """LSD (Grompone von Gioi et al. 2010) on lightness and two opponent colours, at several sizes."""
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_ADV)
    for scale in _SCALES:
        if min(picture.shape[:2]) * scale < _LEAST_SIDE_PX:
            return
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        calm = cv2.medianBlur(np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8), 3).astype(np.float32)
        red, green, blue = calm[..., 0], calm[..., 1], calm[..., 2]
        planes = ((red + green + blue) / 3, 128 + 0.35 * (red + green - 2 * blue), 128 + red - green)
        for plane in planes:
            found = detector.detect(np.clip(plane, 0, 255).astype(np.uint8))[0]
            ends = np.zeros((0, 4)) if found is None else found.reshape(-1, 4)
            for x, y, u, v in ((ends + 0.5) / scale - 0.5).tolist():
                first, last = sorted(((x, y), (u, v)), key=lambda end: end[1])
                yield _Segment(first, last, scale)


def _line_of(segment: _Segment, picture: Floats, ground: NDArray[np.bool_]) -> GroundLine | None:
    height, width = ground.shape
    length = segment.length
    if length < max(_LEAST_PX, _LEAST_AT_SCALE_PX / segment.scale):
        return None
    if segment.drop < _LEAST_STEEPNESS * length:
        return None
    slope, missing = segment.slope, height - 0.5 - segment.end[1]
    crossing = segment.end[0] + slope * missing
    if not 0 <= crossing <= width - 1:
        return None
    if _share_on(ground, segment.start, segment.end) < _ON_GROUND:
        return None
    gap = float(np.hypot(missing, slope * missing))
    beside = _sides(segment, picture, _BESIDE_PX / segment.scale)
    contrast = float(np.linalg.norm(beside[1] - beside[0]))
    if contrast < _LEAST_CONTRAST:
        return None
    strength = length * min(contrast, _MUCH_CONTRAST)
    before, after = _sides(segment, picture, _AWAY_PX)
    line = GroundLine(crossing, slope, strength, before, after, beside[1] - beside[0])
    if 1.0 - _share_on(ground, segment.end, (crossing, height - 0.5)) >= _HIDDEN:
        return replace(line, strength=_HIDDEN_STRENGTH * strength, is_hidden=True) if gap <= length else None
    is_near = gap <= max(_NEAR_PX / segment.scale, _MOST_GAP * length)
    return line if is_near and _reaches_edge(line, picture, segment.scale) else None


def _reaches_edge(line: GroundLine, picture: Floats, scale: float) -> bool:
    """Whether the last rows show a line as well: straps and stones end just before the photo does."""
    height = len(picture)
    up = np.arange(max(_LAST_ROWS, round(_LAST_ROWS_AT_SCALE / scale)), dtype=np.float32) + np.float32(0.5)
    down = (height - np.float32(0.5) - up)[None]
    for factor in (1.0, 2.0):
        # Shadows bend a little, and joints are narrow. Sideways, since there is nothing to see below.
        beside = factor * _BESIDE_PX / scale * float(np.hypot(1.0, line.slope))
        before, after = (
            cv2.remap(
                picture,
                (line.column - line.slope * up + sign * beside).astype(np.float32)[None],
                down,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )[0].mean(0)
            for sign in (-1, 1)
        )
        if float((after - before) @ line.step) >= _LEAST_LEFT * float(line.step @ line.step):
            return True
    return False


def _share_on(ground: NDArray[np.bool_], start: tuple[float, float], end: tuple[float, float]) -> float:
    """Share of a way that lies on ground."""
    ways = np.linspace(start, end, _SAMPLES)
    columns, rows = np.rint(ways).astype(int).T
    inside = np.clip(rows, 0, ground.shape[0] - 1), np.clip(columns, 0, ground.shape[1] - 1)
    return float(ground[inside].mean())


def _sides(segment: _Segment, picture: Floats, away_px: float) -> tuple[Floats, Floats]:
    """Mean colours (3,) so far away from an edge, at its left and at its right."""
    across = np.array([segment.drop, segment.start[0] - segment.end[0]]) / segment.length
    ways = np.linspace(segment.start, segment.end, _SAMPLES)
    means = []
    for sign in (-1, 1):
        places = (ways + sign * away_px * across).astype(np.float32)
        seen = cv2.remap(
            picture, places[None, :, 0], places[None, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        means.append(np.asarray(seen[0].mean(0), np.float32))
    return means[0], means[1]


def _are_one(line: GroundLine, other: GroundLine) -> bool:
    across, turned = _apart(line, other)
    if across < _SAME_PX and turned < _SAME_ANGLE:
        return True
    return float(line.step @ other.step) > 0 and across < _ALIKE_PX and turned < _ALIKE_ANGLE
