"""What the tools and the Mask menu do to the mask, or with a label in hand to the wanted structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.label_plane import label_of_value, value_of_label
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.editing.brush_stroke import BrushStroke, Point
from portrait_studio.imaging import mask_shapes, masks
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask
from portrait_studio.imaging.source_marks import FORBIDDEN, PREFERRED
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.step_names import painted_label
from portrait_studio.session.tools import Tool, Tools

_TOOL_OF: Final = {
    (PlaneName.SOURCES, KNOWN): Tool.FORBID,
    (PlaneName.SOURCES, FORBIDDEN): Tool.FORBID,
    (PlaneName.SOURCES, PREFERRED): Tool.PREFER,
}
"""Which tool has made a stroke; all others are of the brush."""


class Painting(QObject):
    """One stroke at a time, and changes of the whole mask; each is one step to undo."""

    marked = Signal()
    """By hand: something was added to the mask"""
    ended = Signal()
    """The stroke under way is no more: it became a step, or was taken back"""

    def __init__(self, editing: Editing, tools: Tools, parent: QObject) -> None:
        """Paint nothing yet.

        Args:
            editing: the open document.
            tools: the brush, and what it paints on.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._tools = editing, tools
        self._stroke: BrushStroke | None = None
        self._last_point: Point | None = None

    # -- strokes -------------------------------------------------------------------------------------------

    def begin_stroke(self, x: float, y: float, erase: bool, straight: bool, pressure: float = 1.0) -> None:
        """Start a stroke at a photo position; `straight` joins it to the end of the last one.

        `pressure`, in [0, 1], is that of a pen.
        """
        self.end_stroke()
        plane, value = self._target(erase)
        edit = self._editing.begin(plane)
        if edit is None:
            return
        start = self._last_point if straight and self._last_point is not None else (x, y)
        radius = self._tools.diameter_at(pressure) / 2
        hardness = self._tools.hardness if plane is PlaneName.MASK else 1.0
        self._stroke = BrushStroke(edit, plane, value, hardness, [start], radius)
        self.extend_stroke(x, y, pressure)

    def extend_stroke(self, x: float, y: float, pressure: float = 1.0) -> None:
        """Draw on to a photo position; see `begin_stroke`."""
        stroke = self._stroke
        if stroke is None:
            return
        self._last_point = (x, y)
        changed = stroke.draw_to((x, y), self._tools.diameter_at(pressure) / 2)
        self._editing.tell_plane(stroke.plane, changed)

    def end_stroke(self) -> None:
        """Make the stroke under way one step; what it went around belongs to it."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        takes_loops = self._tools.takes_loops and stroke.value != KNOWN
        if takes_loops:
            self._editing.tell_plane(stroke.plane, stroke.surround(stroke.edit))
        name = self._named(stroke.plane, stroke.value, _TOOL_OF.get((stroke.plane, stroke.value), Tool.BRUSH))
        again = partial(stroke.draw_again, takes_loops=takes_loops)
        self._editing.finish(name, stroke.edit, again, stroke.plane)
        self.ended.emit()
        self._tell_marked(stroke.plane, stroke.value)

    def abort_stroke(self) -> None:
        """Take the stroke under way back, as if it had never begun."""
        stroke, self._stroke = self._stroke, None
        if stroke is not None:
            self._editing.tell_plane(stroke.plane, stroke.edit.abort())
            self.ended.emit()

    @property
    def is_under_way(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self._stroke is not None

    def forget(self) -> None:
        """Another document is open: no stroke leads there from this one."""
        self._stroke = self._last_point = None

    # -- shapes --------------------------------------------------------------------------------------------

    def mark_rectangle(self, bounds: Bounds, erase: bool) -> None:
        """Paint a rectangle, or take it away."""
        plane, value = self._target(erase)
        name = self._named(plane, value, _TOOL_OF.get((plane, value), Tool.RECTANGLE))
        self._change(name, lambda edit: edit.rectangle(bounds, value), plane)
        self._tell_marked(plane, value)

    def mark_polygon(self, points: Sequence[Point], erase: bool, tool: Tool = Tool.LASSO) -> None:
        """Paint the inside of a closed outline, or take it away.

        Args:
            points: its corners, as photo positions.
            erase: whether it is taken away.
            tool: that drew it, of which the step has its name.
        """
        plane, value = self._target(erase)
        name = self._named(plane, value, _TOOL_OF.get((plane, value), tool))
        self._change(name, lambda edit: edit.polygon(points, value), plane)
        self._tell_marked(plane, value)

    # -- the whole mask ------------------------------------------------------------------------------------

    def mask_everything(self) -> None:
        """Mask the whole photo."""
        document = self._editing.document
        if document is not None:
            everything = Bounds.of(document.extent)
            self._change(Message("Mark everything"), lambda edit: edit.rectangle(everything))

    def clear_mask(self) -> None:
        """Remove the whole mask."""
        self._change(Message("Clear mask"), MaskEdit.clear)

    def invert_mask(self) -> None:
        """Mask what is not masked, and the reverse."""
        self._change(Message("Invert mask"), MaskEdit.invert)

    def grow_mask(self, radius_px: int) -> None:
        """Move the edge of the mask outwards, or inwards when negative."""
        self._replace(
            Message("Grow mask") if radius_px > 0 else Message("Shrink mask"),
            lambda mask: masks.grow(mask, radius_px),
        )

    def feather_mask(self, radius_px: int) -> None:
        """Make the edge of the mask soft."""
        self._replace(Message("Feather mask"), lambda mask: mask_shapes.feather(mask, radius_px))

    def fill_mask_holes(self) -> None:
        """Mask what the mask surrounds."""
        self._replace(Message("Fill holes of the mask"), mask_shapes.fill_holes)

    def replace_mask(self, text: str, mask: Mask) -> None:
        """Take another mask, (H, W) uint8 of the photo's size.

        Raises:
            MaskError: it has another size.
        """
        self._change(text, lambda edit: edit.replace(mask))

    def clear_sources(self) -> None:
        """Forget all marks of what may be copied."""
        self._change(Message("Clear marks of what may be copied"), MaskEdit.clear, PlaneName.SOURCES)

    def clear_wanted(self) -> None:
        """Forget all labels that the user painted."""
        self._change(Message("Clear painted labels"), MaskEdit.clear, PlaneName.LABELS)

    # -- pieces --------------------------------------------------------------------------------------------

    def _target(self, erase: bool) -> tuple[PlaneName, int]:
        """What is painted on, and with which value."""
        label, mark = self._tools.label, self._tools.tool.source_mark
        if mark is not None:
            return PlaneName.SOURCES, KNOWN if erase else mark
        if label is None:
            return PlaneName.MASK, KNOWN if erase else HOLE
        return PlaneName.LABELS, KNOWN if erase else value_of_label(label)

    def _tell_marked(self, plane: PlaneName, value: int) -> None:
        if plane is PlaneName.MASK and value != KNOWN:
            self.marked.emit()

    @staticmethod
    def _named(plane: PlaneName, value: int, tool: Tool) -> Message:
        """What the step is called in the history."""
        if plane is PlaneName.LABELS:
            return Message("Erase label") if value == KNOWN else painted_label(label_of_value(value))
        return tool.step_names[value == KNOWN]

    def _replace(self, text: str, made: Callable[[Mask], Mask]) -> None:
        document = self._editing.document
        if document is not None:
            self._change(text, lambda edit: edit.replace(made(document.mask)))

    def _change(
        self, text: str, change: Callable[[MaskEdit], Bounds], plane: PlaneName = PlaneName.MASK
    ) -> None:
        self.end_stroke()
        self._editing.change(text, change, plane)
