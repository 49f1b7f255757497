"""The frame of the canvas to be: edges and corners to drag, the new area as a chequerboard, its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter

from portrait_studio.editing.body_outline import BodyOutline
from portrait_studio.gui.canvas.canvas_frame_painting import draw_body, draw_frame, draw_new_area, draw_tag
from portrait_studio.gui.canvas.gestures import Gesture, Pan
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.imaging.canvas_extension import canvas_of, percent_of, ratio_text, snapped
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.language.label_names import SIDES
from portrait_studio.language.translation import tr

_REACH_PX: Final = 12.0
_SNAP_PX: Final = 7.0
_ROOM_SHARE: Final = 0.36
"""Of the longer side: room to drag an edge as far as the networks recover well at once."""
_SIDES: Final = ("left", "top", "right", "bottom")
_CURSORS: Final = {
    frozenset(("left", "top")): Qt.CursorShape.SizeFDiagCursor,
    frozenset(("right", "bottom")): Qt.CursorShape.SizeFDiagCursor,
    frozenset(("right", "top")): Qt.CursorShape.SizeBDiagCursor,
    frozenset(("left", "bottom")): Qt.CursorShape.SizeBDiagCursor,
    frozenset(("left",)): Qt.CursorShape.SizeHorCursor,
    frozenset(("right",)): Qt.CursorShape.SizeHorCursor,
    frozenset(("top",)): Qt.CursorShape.SizeVerCursor,
    frozenset(("bottom",)): Qt.CursorShape.SizeVerCursor,
}


class CanvasFrame(QObject):
    """Shows margins and says where they were dragged."""

    changed = Signal()
    """Something else is to be drawn"""
    dragged = Signal(object)
    """Margins"""
    released = Signal()
    """A drag ended"""

    def __init__(self, viewport: Viewport, parent: QObject) -> None:
        """Make it.

        Args:
            viewport: what is measured.
            parent: owns it.
        """
        super().__init__(parent)
        self._viewport = viewport
        self._margins = Margins()
        self._outline: BodyOutline | None = None
        self._ratio: Fraction | None = None
        self._hovered: tuple[str, ...] = ()
        self.is_dragged = False

    @property
    def margins(self) -> Margins:
        """How far the canvas will reach."""
        return self._margins

    @property
    def canvas(self) -> Bounds | None:
        """The canvas to be, in pixels of the present one."""
        extent = self._viewport.extent
        return None if extent is None else canvas_of(extent, self._margins)

    @property
    def room(self) -> Bounds | None:
        """What should be in sight: the canvas and something around it to drag to."""
        canvas = self.canvas
        return None if canvas is None else canvas.grown(round(max(canvas.width, canvas.height) * _ROOM_SHARE))

    @property
    def cursor(self) -> Qt.CursorShape:
        """Shape of the pointer."""
        return _CURSORS.get(frozenset(self._hovered), Qt.CursorShape.OpenHandCursor)

    def show(self, margins: Margins, outline: BodyOutline | None) -> None:
        """Show other margins, or another guess at the body."""
        if margins != self._margins and not self.is_dragged:
            self._ratio = None
        self._margins, self._outline = margins, outline
        self.changed.emit()

    def hover(self, at: QPointF | None) -> None:
        """The pointer is there, or nowhere."""
        sides = () if at is None else self.sides_at(at)
        if sides != self._hovered:
            self._hovered = sides
            self.changed.emit()

    def sides_at(self, at: QPointF) -> tuple[str, ...]:
        """The edges, one or the two of a corner, that a widget position is at."""
        canvas = self.canvas
        if canvas is None:
            return ()
        box = self._viewport.view.rect_of(canvas)
        away = {
            "left": abs(at.x() - box.left()),
            "top": abs(at.y() - box.top()),
            "right": abs(at.x() - box.right()),
            "bottom": abs(at.y() - box.bottom()),
        }
        if not box.adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX).contains(at):
            return ()
        return tuple(side for side in _SIDES if away[side] <= _REACH_PX)

    def drag_at(self, at: QPointF) -> Gesture:
        """What a press at a widget position begins: it moves edges, or the photo."""
        sides = self.sides_at(at)
        return DragEdges(self, self._viewport, at, sides) if sides else Pan(self._viewport, at)

    def drag(self, start: Margins, sides: Sequence[str], moved: QPointF) -> None:
        """Sides were dragged from where they were at the start by photo pixels."""
        extent = self._viewport.extent
        if extent is None:
            return
        changes = {"left": -moved.x(), "top": -moved.y(), "right": moved.x(), "bottom": moved.y()}
        wanted = replace(start, **{side: round(getattr(start, side) + changes[side]) for side in sides})
        margins, self._ratio = snapped(extent, wanted, sides, _SNAP_PX / self._viewport.view.scale)
        self.dragged.emit(margins)

    def draw(self, painter: QPainter, size: QSizeF, accent: QColor) -> None:
        """Draw over the photo; `size` is that of the widget."""
        extent, canvas = self._viewport.extent, self.canvas
        if extent is None or canvas is None:
            return
        view = self._viewport.view
        photo, box = view.rect_of(Bounds.of(extent)), view.rect_of(canvas)
        painter.save()
        draw_new_area(painter, photo, box)
        if self._outline is not None:
            shapes = [[view.to_widget(*point) for point in shape] for shape in self._outline.polygons]
            draw_body(painter, shapes, photo, box, accent)
        draw_frame(painter, box, frozenset(self._hovered), accent)
        draw_tag(painter, self.text, box, QRectF(QPointF(0, 0), size))
        painter.restore()

    @property
    def text(self) -> str:
        """Size of the canvas and how far it reaches, for the user to read."""
        extent, canvas = self._viewport.extent, self.canvas
        if extent is None or canvas is None:
            return ""
        parts = [f"{canvas.width} \N{MULTIPLICATION SIGN} {canvas.height} px"]
        for side in _SIDES:
            pixels = getattr(self._margins, side)
            if pixels:
                whole = extent.width if side in ("left", "right") else extent.height
                parts.append(
                    tr(
                        "{side} {pixels:+} px ({percent:+.0f} %)",
                        side=SIDES[side],
                        pixels=pixels,
                        percent=percent_of(pixels, whole),
                    )
                )
        if self._ratio is not None:
            is_own = self._ratio == Fraction(extent.width, extent.height)
            parts.append(tr("original ratio") if is_own else ratio_text(self._ratio))
        return "  \N{MIDDLE DOT}  ".join(parts)


class DragEdges(Gesture):
    """Moves edges of the frame, which shows itself, with the pointer."""

    is_edit = True
    has_outline = True

    def __init__(self, frame: CanvasFrame, viewport: Viewport, at: QPointF, sides: Sequence[str]) -> None:
        """Begin at a widget position."""
        self._frame, self._viewport, self._sides = frame, viewport, sides
        self._start, self._margins = viewport.view.to_photo(at), frame.margins
        self.cursor = frame.cursor
        frame.is_dragged = True

    def move(self, to: QPointF, pressure: float) -> None:
        """The edges follow the pointer."""
        moved = self._viewport.view.to_photo(to) - self._start
        self._frame.drag(self._margins, self._sides, moved)

    def finish(self) -> None:
        """The edges stay where they are."""
        self._frame.is_dragged = False
        self._frame.released.emit()

    def abort(self) -> None:
        """The edges go back."""
        self._frame.is_dragged = False
        self._frame.dragged.emit(self._margins)
        self._frame.released.emit()
