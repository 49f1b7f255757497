"""Which tool is in hand, how its brush is, and what it paints on."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.engine.things import USUAL_THRESHOLD
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.source_marks import FORBIDDEN, PREFERRED
from portrait_studio.messages import Message

SMALLEST_BRUSH_PX: Final = 1
LARGEST_BRUSH_PX: Final = 1000
LARGEST_REACH: Final = 50
"""Percent of the side of a square as large as the thing."""
USUAL_REACH: Final = 3
SMALLEST_THRESHOLD: Final = 0.1
LARGEST_THRESHOLD: Final = 0.9


class Tool(Enum):
    """What dragging over the photo does.

    Attributes:
        step_names: of a step that marks with it, and of one that takes away; none where it paints nothing.
    """

    PICK = "pick"
    BRUSH = "brush", Message("Stroke"), Message("Erase stroke")
    ERASER = "eraser", Message("Stroke"), Message("Erase stroke")
    RECTANGLE = "rectangle", Message("Rectangle"), Message("Erase rectangle")
    LASSO = "lasso", Message("Lasso"), Message("Erase lasso")
    FORBID = "forbid", Message("Not to be copied from"), Message("Erase marks")
    PREFER = "prefer", Message("To be copied from"), Message("Erase marks")
    EXTEND = "extend"

    def __init__(self, _name: str, *step_names: Message) -> None:
        self.step_names = step_names

    @property
    def is_brush(self) -> bool:
        """Whether it paints with the round brush."""
        return self in (Tool.BRUSH, Tool.ERASER, Tool.FORBID, Tool.PREFER)

    @property
    def source_mark(self) -> int | None:
        """What it marks the photo with, as `source_marks` says; None: it paints the mask or a label."""
        return {Tool.FORBID: FORBIDDEN, Tool.PREFER: PREFERRED}.get(self)

    @property
    def paints(self) -> bool:
        """Whether it paints the mask or a label itself."""
        return bool(self.step_names)


class MarkShape(Enum):
    """In which shape is marked what may be copied and what not; the value is what the user reads."""

    BRUSH = Message("Brush")
    RECTANGLE = Message("Rectangle")
    LASSO = Message("Lasso")


class Target(Enum):
    """What a click with the pick tool takes; the value is what the user reads."""

    THING = Message("Thing or person")
    PART = Message("Any part")
    LOOKS = Message("What looks alike")


class Tools(QObject):
    """The tool in hand, its brush in photo pixels, and the switches that belong to painting.

    All are for reading; `set_...` sets them and says so.

    Attributes:
        tool: the tool in hand.
        diameter_px: brush and eraser diameter in photo pixels.
        hardness: share of the brush's radius that covers fully, in [0, 1].
        label: label with which the tools paint the wanted structure; None: they paint the mask.
        reach_percent: how far beyond a picked thing and its rim the mask goes, in percent of the thing.
        target: what a click takes: a named thing or a whole person, a label, or whatever stands out there.
        mark_shape: in which shape the tools mark that say what may be copied.
        obeys_pressure: whether a pen that presses less paints thinner.
        takes_loops: whether a stroke takes what it goes around.
        fills_after_stroke: whether each stroke, rectangle, lasso or pick is filled at once.
        tightens: whether what is drawn by hand shrinks to the thing in it.
        threshold: probability from which on a pixel belongs to a thing that is found: how tight masks are.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with a hard brush of 40 pixels that paints the mask."""
        super().__init__(parent)
        self.tool = Tool.BRUSH
        self._before_eraser = Tool.BRUSH
        self.diameter_px = 40
        self.hardness = 1.0
        self.label: int | None = None
        self.reach_percent = USUAL_REACH
        self.target = Target.THING
        self.mark_shape = MarkShape.BRUSH
        self.obeys_pressure = True
        self.takes_loops = False
        self.fills_after_stroke = False
        self.tightens = False
        self.threshold = USUAL_THRESHOLD

    @property
    def has_brush(self) -> bool:
        """Whether the tool in hand paints with the round brush, as it is set."""
        marks = self.tool.source_mark is not None
        return self.tool.is_brush and not (marks and self.mark_shape is not MarkShape.BRUSH)

    def diameter_at(self, pressure: float) -> float:
        """Diameter in photo pixels under the pressure of a pen, in [0, 1]; a mouse presses fully."""
        share = pressure if self.obeys_pressure else 1.0
        return max(float(SMALLEST_BRUSH_PX), self.diameter_px * share)

    def choose(self, tool: Tool) -> None:
        """Take a tool in hand."""
        if tool is self.tool:
            return
        if self.tool is not Tool.ERASER:
            self._before_eraser = self.tool
        self.tool = tool
        if not tool.paints or tool.source_mark is not None:
            self.label = None
        self.changed.emit()

    def take(self, tool: Tool) -> None:
        """Take a tool in hand; one of those that say what may be copied then marks in its next shape."""
        if tool is self.tool and tool.source_mark is not None:
            shapes = list(MarkShape)
            self.set_mark_shape(shapes[(shapes.index(self.mark_shape) + 1) % len(shapes)])
        else:
            self.choose(tool)

    def set_mark_shape(self, shape: MarkShape) -> None:
        """In which shape is marked what may be copied."""
        if shape is not self.mark_shape:
            self.mark_shape = shape
            self.changed.emit()

    def swap_eraser(self) -> None:
        """Swap between the eraser and the tool that was in hand before it."""
        self.choose(self._before_eraser if self.tool is Tool.ERASER else Tool.ERASER)

    def set_diameter(self, diameter_px: int) -> None:
        """Resize the brush, within its limits."""
        diameter_px = min(LARGEST_BRUSH_PX, max(SMALLEST_BRUSH_PX, diameter_px))
        if diameter_px != self.diameter_px:
            self.diameter_px = diameter_px
            self.changed.emit()

    def set_hardness(self, hardness: float) -> None:
        """Make the brush harder or softer, within [0, 1]."""
        self.hardness = min(1.0, max(0.0, hardness))
        self.changed.emit()

    def set_label(self, label: int | None) -> None:
        """Paint the structure with a label, or the mask again; picking gives way to the brush."""
        self.label = label
        if label is not None and (not self.tool.paints or self.tool.source_mark is not None):
            self.tool = Tool.BRUSH
        self.changed.emit()

    def set_reach(self, percent: int) -> None:
        """How far beyond a picked thing the mask goes, within its limits."""
        self.reach_percent = min(LARGEST_REACH, max(0, percent))
        self.changed.emit()

    def set_target(self, target: Target) -> None:
        """What a click takes."""
        self.target = target
        self.changed.emit()

    def set_obeys_pressure(self, obeys: bool) -> None:
        """Whether a pen that presses less paints thinner."""
        self.obeys_pressure = obeys
        self.changed.emit()

    def set_takes_loops(self, takes: bool) -> None:
        """Whether a stroke takes what it goes around."""
        self.takes_loops = takes
        self.changed.emit()

    def set_fills_after_stroke(self, fills: bool) -> None:
        """Whether each stroke, rectangle, lasso or pick is filled at once."""
        self.fills_after_stroke = fills
        self.changed.emit()

    def set_tightens(self, tightens: bool) -> None:
        """Whether what is drawn by hand shrinks to the thing in it."""
        self.tightens = tightens
        self.changed.emit()

    def set_threshold(self, threshold: float) -> None:
        """How probable it must be that a pixel belongs to a thing, within its limits."""
        self.threshold = min(LARGEST_THRESHOLD, max(SMALLEST_THRESHOLD, threshold))
        self.changed.emit()

    def suit(self, extent: Extent) -> None:
        """Make the brush a twentieth of a photo's longer side, which suits things that people carry."""
        self.set_diameter(max(8, max(extent.width, extent.height) // 20))

    def step_diameter(self, steps: int) -> None:
        """Grow (positive) or shrink the brush in steps of about a tenth, at least one pixel each."""
        diameter = self.diameter_px
        for _ in range(abs(steps)):
            step = max(1, diameter // 8)
            diameter += step if steps > 0 else -step
        self.set_diameter(diameter)
