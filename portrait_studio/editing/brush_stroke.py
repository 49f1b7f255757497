"""A stroke of the brush under way: the pieces that were drawn so far, each with its own width."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.imaging.geometry import Bounds

Point = tuple[float, float]

_TAPER_PX: Final = 1.0
"""Steps in which the width of a stroke follows the pressure of a pen."""


@dataclass
class BrushStroke:
    """A stroke that can be drawn again into another edit.

    Attributes:
        edit: what it has done so far.
        plane: what it changes.
        value: what it paints.
        hardness: of the brush, in [0, 1].
        points: the way so far, photo pixels.
        radius_px: half its present width.
        widest_px: half its greatest width.
        drawn: the pieces of it that were drawn, each with half its width.
    """

    edit: MaskEdit
    plane: PlaneName
    value: int
    hardness: float
    points: list[Point]
    radius_px: float
    widest_px: float = 0.0
    drawn: list[tuple[list[Point], float]] = field(default_factory=list)

    def draw_to(self, end: Point, radius_px: float) -> Bounds:
        """Draw on to a place, where it is so wide; returns what changed."""
        changed = Bounds(0, 0, 0, 0)
        for first, last, width in _tapered(self.points[-1], end, self.radius_px, radius_px):
            points = [first] if first == last else [first, last]
            self.drawn.append((points, width))
            changed = changed.united(self._draw(self.edit, points, width))
        self.points.append(end)
        self.radius_px, self.widest_px = radius_px, max(radius_px, self.widest_px)
        return changed

    def surround(self, edit: MaskEdit) -> Bounds:
        """Paint what it goes around, too; returns what changed."""
        return edit.surround(self.points, self.widest_px, self.value)

    def draw_again(self, edit: MaskEdit, *, takes_loops: bool) -> Bounds:
        """Draw all of it into another edit; returns what changed."""
        changed = Bounds(0, 0, 0, 0)
        for points, radius_px in self.drawn:
            changed = changed.united(self._draw(edit, points, radius_px))
        return changed.united(self.surround(edit)) if takes_loops else changed

    def _draw(self, edit: MaskEdit, points: list[Point], radius_px: float) -> Bounds:
        return edit.stroke(points, radius_px, self.value, self.hardness)


def _tapered(start: Point, end: Point, radius_px: float, to_px: float) -> list[tuple[Point, Point, float]]:
    """Pieces of a stroke whose width changes, each with its own radius."""
    count = max(1, math.ceil(abs(to_px - radius_px) / _TAPER_PX))
    places = [
        (start[0] + (end[0] - start[0]) * step / count, start[1] + (end[1] - start[1]) * step / count)
        for step in range(count)
    ]
    places.append(end)
    return [
        (places[step], places[step + 1], radius_px + (to_px - radius_px) * (step + 1) / count)
        for step in range(count)
    ]
