"""What a button held down over the photo does, one class for each kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPolygonF

from portrait_studio.editing.picked import PickMode
from portrait_studio.gui.canvas.tool_outlines import draw_area
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.imaging.geometry import Bounds

_FEWEST_LASSO_POINTS: Final = 3
_CLICK_PX: Final = 12


class Marking(QObject):
    """What gestures tell the session, in photo pixels."""

    stroke_started = Signal(float, float, bool, bool, float)
    """x, y, whether it subtracts, whether it continues straight from the last stroke, pressure in [0, 1]"""
    stroke_moved = Signal(float, float, float)
    """x, y, pressure in [0, 1]"""
    stroke_finished = Signal()
    stroke_aborted = Signal()
    rectangle_drawn = Signal(object, bool)
    """Bounds (clipped), whether it subtracts"""
    lasso_drawn = Signal(object, bool)
    """List of (x, y), whether it subtracts"""
    picked = Signal(float, float, object)
    """x, y, PickMode"""
    box_picked = Signal(object, object)
    """Bounds (clipped), PickMode"""


class Gesture(Protocol):
    """From press to release; positions are widget pixels."""

    cursor: Qt.CursorShape | None
    """Shape of the pointer meanwhile; None: that of the tool."""
    is_edit: bool
    """Whether it changes the document, and so is stopped by Escape and by a job."""
    marks: bool
    """Whether it changes nothing but what the tool in hand paints on, which goes on while a fill runs."""
    has_outline: bool
    """Whether it shows what would be done."""

    def move(self, to: QPointF, pressure: float) -> None:
        """The pointer is elsewhere, or presses otherwise."""

    def finish(self) -> None:
        """The button was let go."""

    def abort(self) -> None:
        """Take back what was done so far."""

    def draw(self, painter: QPainter) -> None:
        """Show what would be done."""


class Pan:
    """Moves the photo with the pointer."""

    cursor: Qt.CursorShape | None = Qt.CursorShape.ClosedHandCursor
    is_edit = False
    marks = False
    has_outline = False

    def __init__(self, viewport: Viewport, at: QPointF) -> None:
        """Args: what is moved; where the pointer is."""
        self._viewport, self._last = viewport, at

    def move(self, to: QPointF, pressure: float) -> None:
        """Move the photo as far as the pointer went."""
        moved, self._last = to - self._last, to
        self._viewport.pan_by(moved.x(), moved.y())

    def finish(self) -> None:
        """The photo stays where it is."""

    def abort(self) -> None:
        """The photo stays where it is."""

    def draw(self, painter: QPainter) -> None:
        """Nothing to show."""


class SlideDivider:
    """Moves the line between original and edited photo."""

    cursor: Qt.CursorShape | None = Qt.CursorShape.SplitHCursor
    is_edit = False
    marks = False
    has_outline = False

    def __init__(self, slide: Callable[[float], None]) -> None:
        """Args: takes the widget position at which the divider shall stand."""
        self._slide = slide

    def move(self, to: QPointF, pressure: float) -> None:
        """The divider follows the pointer."""
        self._slide(to.x())

    def finish(self) -> None:
        """The divider stays where it is."""

    def abort(self) -> None:
        """The divider stays where it is."""

    def draw(self, painter: QPainter) -> None:
        """The divider shows itself."""


class Stroke:
    """A line of the brush or the eraser."""

    cursor: Qt.CursorShape | None = None
    is_edit = True
    marks = True
    has_outline = False

    def __init__(
        self,
        marking: Marking,
        viewport: Viewport,
        at: QPointF,
        *,
        erases: bool,
        straight: bool,
        pressure: float,
    ) -> None:
        """Begin at a widget position."""
        self._marking, self._viewport = marking, viewport
        spot = viewport.view.to_photo(at)
        marking.stroke_started.emit(spot.x(), spot.y(), erases, straight, pressure)

    def move(self, to: QPointF, pressure: float) -> None:
        """Draw on."""
        spot = self._viewport.view.to_photo(to)
        self._marking.stroke_moved.emit(spot.x(), spot.y(), pressure)

    def finish(self) -> None:
        """The stroke is done."""
        self._marking.stroke_finished.emit()

    def abort(self) -> None:
        """The stroke never was."""
        self._marking.stroke_aborted.emit()

    def draw(self, painter: QPainter) -> None:
        """The mask shows it already."""


class Rectangle:
    """A rectangle between two corners."""

    cursor: Qt.CursorShape | None = None
    is_edit = True
    marks = True
    has_outline = True

    def __init__(
        self, marking: Marking, viewport: Viewport, at: QPointF, *, subtracts: bool, accent: QColor
    ) -> None:
        """Begin at a widget position; the accent tints what will be added."""
        self._marking, self._viewport = marking, viewport
        self._subtracts, self._colour = subtracts, QColor("#ffffff") if subtracts else accent
        self._start = viewport.view.to_photo(at)
        self._end = at

    def move(self, to: QPointF, pressure: float) -> None:
        """The opposite corner follows the pointer."""
        self._end = to

    def finish(self) -> None:
        """Take all pixels that the rectangle touches, if it is more than a click."""
        box = _box_between(self._viewport, self._start, self._end)
        if box is not None:
            self._marking.rectangle_drawn.emit(box, self._subtracts)

    def abort(self) -> None:
        """Nothing was done yet."""

    def draw(self, painter: QPainter) -> None:
        """The rectangle so far."""
        _draw_box(painter, self._viewport, self._start, self._end, self._colour)


class Lasso:
    """A closed outline by free hand."""

    cursor: Qt.CursorShape | None = None
    is_edit = True
    marks = True
    has_outline = True

    def __init__(
        self, marking: Marking, viewport: Viewport, at: QPointF, *, subtracts: bool, accent: QColor
    ) -> None:
        """Begin at a widget position; the accent tints what will be added."""
        self._marking, self._viewport = marking, viewport
        self._subtracts, self._colour = subtracts, QColor("#ffffff") if subtracts else accent
        self._points = [viewport.view.to_photo(at)]

    def move(self, to: QPointF, pressure: float) -> None:
        """Draw on."""
        self._points.append(self._viewport.view.to_photo(to))

    def finish(self) -> None:
        """Close the outline, if it is more than a click or a line."""
        if len(self._points) > _FEWEST_LASSO_POINTS:
            points = [(spot.x(), spot.y()) for spot in self._points]
            self._marking.lasso_drawn.emit(points, self._subtracts)

    def abort(self) -> None:
        """Nothing was done yet."""

    def draw(self, painter: QPainter) -> None:
        """The outline so far, closed."""
        view = self._viewport.view
        draw_area(painter, [view.to_widget(spot.x(), spot.y()) for spot in self._points], self._colour)


class Pick:
    """Takes what is under the pointer, or by a drag what fills a rectangle."""

    cursor: Qt.CursorShape | None = None
    is_edit = True
    marks = True

    def __init__(
        self, marking: Marking, viewport: Viewport, at: QPointF, mode: PickMode, accent: QColor
    ) -> None:
        """Press at a widget position; the accent tints what will be looked for."""
        self._marking, self._viewport, self._at, self._mode = marking, viewport, at, mode
        self._colour = QColor("#ffffff") if mode is PickMode.SUBTRACT else accent
        self._start, self._end = viewport.view.to_photo(at), at
        self.has_outline = False

    def move(self, to: QPointF, pressure: float) -> None:
        """A drag is no click; the opposite corner follows the pointer."""
        self._end = to
        if (to - self._at).manhattanLength() > _CLICK_PX:
            self.has_outline = True

    def finish(self) -> None:
        """Take it."""
        if not self.has_outline:
            self._marking.picked.emit(self._start.x(), self._start.y(), self._mode)
            return
        box = _box_between(self._viewport, self._start, self._end)
        if box is not None:
            self._marking.box_picked.emit(box, self._mode)

    def abort(self) -> None:
        """Nothing was done yet."""

    def draw(self, painter: QPainter) -> None:
        """The rectangle so far; what is under the pointer is lit already."""
        if self.has_outline:
            _draw_box(painter, self._viewport, self._start, self._end, self._colour)


def _box_between(viewport: Viewport, start: QPointF, end: QPointF) -> Bounds | None:
    """The photo pixels that a rectangle touches; None where it is hardly more than a click.

    Args:
        viewport: what is shown where.
        start: a corner, as a photo position.
        end: the opposite one, in widget pixels.
    """
    extent = viewport.extent
    corner = viewport.view.to_photo(end)
    left, right = sorted((start.x(), corner.x()))
    top, bottom = sorted((start.y(), corner.y()))
    box = Bounds(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    if extent is None:
        return None
    box = box.intersected(Bounds.of(extent))
    return box if box.width > 1 and box.height > 1 else None


def _draw_box(painter: QPainter, viewport: Viewport, start: QPointF, end: QPointF, colour: QColor) -> None:
    """The same rectangle, while it is dragged."""
    corner = viewport.view.to_widget(start.x(), start.y())
    draw_area(painter, QPolygonF(QRectF(corner, end).normalized()).toList(), colour)
