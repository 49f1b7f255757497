"""What a button held down over the photo does, one class for each kind."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from portrait_studio.editing.picked import PickMode
from portrait_studio.gui.canvas.tool_outlines import draw_area
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.painting import Painting
from portrait_studio.session.tools import MarkShape

_FEWEST_LASSO_POINTS: Final = 3
_CLICK_PX: Final = 12


@dataclass(frozen=True)
class Press:
    """A button pressed over the photo with a tool in hand, and what the gesture that begins there works on.

    Attributes:
        at: where, in widget pixels.
        subtracts: whether it takes away, instead of adding.
        shift: whether Shift is held.
        pressure: of a pen, in [0, 1]; 1 of a mouse.
        viewport: what is shown where.
        painting: what is painted on.
        picked: takes a click of the pick tool: x, y in photo pixels.
        box_picked: takes the rectangle, clipped to the photo, that the pick tool was dragged over.
        accent: tints what will be added.
        mark_shape: in which shape is marked what may be copied.
    """

    at: QPointF
    subtracts: bool
    shift: bool
    pressure: float
    viewport: Viewport
    painting: Painting
    picked: Callable[[float, float, PickMode], None]
    box_picked: Callable[[Bounds, PickMode], None]
    accent: QColor
    mark_shape: MarkShape = MarkShape.BRUSH

    @property
    def spot(self) -> QPointF:
        """The photo position."""
        return self.viewport.view.to_photo(self.at)

    @property
    def tint(self) -> QColor:
        """Of the outline that is dragged."""
        return QColor("#ffffff") if self.subtracts else self.accent


class Gesture(ABC):
    """From press to release; positions are widget pixels. What a kind of it does not say does nothing."""

    cursor: Qt.CursorShape | None = None
    """Shape of the pointer meanwhile; None: that of the tool."""
    is_edit = False
    """Whether it changes the document, and so is stopped by Escape and by a job."""
    marks = False
    """Whether it changes nothing but what the tool in hand paints on, which goes on while a fill runs."""
    has_outline = False
    """Whether it shows what would be done."""

    @abstractmethod
    def move(self, to: QPointF, pressure: float) -> None:
        """The pointer is elsewhere, or presses otherwise."""

    def finish(self) -> None:  # noqa: B027
        """The button was let go."""

    def abort(self) -> None:  # noqa: B027
        """Take back what was done so far."""

    def draw(self, painter: QPainter) -> None:  # noqa: B027
        """Show what would be done."""


class Pan(Gesture):
    """Moves the photo with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, viewport: Viewport, at: QPointF) -> None:
        """Make it.

        Args:
            viewport: what is moved.
            at: where the pointer is.
        """
        self._viewport, self._last = viewport, at

    def move(self, to: QPointF, pressure: float) -> None:
        """Move the photo as far as the pointer went."""
        moved, self._last = to - self._last, to
        self._viewport.pan_by(moved.x(), moved.y())


class SlideDivider(Gesture):
    """Moves the line between original and edited photo."""

    cursor = Qt.CursorShape.SplitHCursor

    def __init__(self, slide: Callable[[float], None]) -> None:
        """Make it.

        Args:
            slide: takes the widget position at which the divider shall stand.
        """
        self._slide = slide

    def move(self, to: QPointF, pressure: float) -> None:
        """The divider follows the pointer."""
        self._slide(to.x())


class Stroke(Gesture):
    """A line of the brush or the eraser; the mask shows it already."""

    is_edit = True
    marks = True

    def __init__(self, press: Press, *, erases: bool = False) -> None:
        """Begin to paint.

        Args:
            press: where; with Shift the stroke goes on straight from the end of the last one.
            erases: whether it takes away, whichever button is pressed.
        """
        self._painting, self._viewport, spot = press.painting, press.viewport, press.spot
        self._painting.begin_stroke(
            spot.x(), spot.y(), press.subtracts or erases, press.shift, press.pressure
        )

    def move(self, to: QPointF, pressure: float) -> None:
        """Draw on."""
        spot = self._viewport.view.to_photo(to)
        self._painting.extend_stroke(spot.x(), spot.y(), pressure)

    def finish(self) -> None:
        """The stroke is done."""
        self._painting.end_stroke()

    def abort(self) -> None:
        """The stroke never was."""
        self._painting.abort_stroke()


class Shape(Gesture):
    """What is dragged first and takes effect when it is let go."""

    is_edit = True
    marks = True
    has_outline = True

    def __init__(self, press: Press) -> None:
        """Begin at the position of a press."""
        self._press, self._viewport = press, press.viewport
        self._start, self._end = press.spot, press.at

    def move(self, to: QPointF, pressure: float) -> None:
        """The opposite corner follows the pointer."""
        self._end = to

    @abstractmethod
    def finish(self) -> None:
        """Take what it surrounds."""

    def draw(self, painter: QPainter) -> None:
        """The rectangle so far."""
        corner = self._viewport.view.to_widget(self._start.x(), self._start.y())
        draw_area(painter, QPolygonF(QRectF(corner, self._end).normalized()).toList(), self._press.tint)

    @property
    def _box(self) -> Bounds | None:
        """The photo pixels that the rectangle touches; None where it is hardly more than a click."""
        extent, corner = self._viewport.extent, self._viewport.view.to_photo(self._end)
        if extent is None:
            return None
        left, right = sorted((self._start.x(), corner.x()))
        top, bottom = sorted((self._start.y(), corner.y()))
        box = Bounds(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        box = box.intersected(Bounds.of(extent))
        return box if box.width > 1 and box.height > 1 else None


class Rectangle(Shape):
    """A rectangle between two corners."""

    def finish(self) -> None:
        """Take all pixels that the rectangle touches, if it is more than a click."""
        if (box := self._box) is not None:
            self._press.painting.mark_rectangle(box, self._press.subtracts)


class Lasso(Shape):
    """A closed outline by free hand."""

    def __init__(self, press: Press) -> None:
        """Begin at the position of a press."""
        super().__init__(press)
        self._points = [self._start]

    def move(self, to: QPointF, pressure: float) -> None:
        """Draw on."""
        self._points.append(self._viewport.view.to_photo(to))

    def finish(self) -> None:
        """Close the outline, if it is more than a click or a line."""
        if len(self._points) > _FEWEST_LASSO_POINTS:
            points = [(spot.x(), spot.y()) for spot in self._points]
            self._press.painting.mark_polygon(points, self._press.subtracts)

    def draw(self, painter: QPainter) -> None:
        """The outline so far, closed."""
        view = self._viewport.view
        draw_area(painter, [view.to_widget(spot.x(), spot.y()) for spot in self._points], self._press.tint)


def source_marks(press: Press) -> Gesture:
    """Begin to mark what may be copied, in the shape that is chosen."""
    shapes = {MarkShape.RECTANGLE: Rectangle, MarkShape.LASSO: Lasso}
    return shapes.get(press.mark_shape, Stroke)(press)


class Pick(Shape):
    """Takes what is under the pointer, or by a drag what fills a rectangle."""

    def __init__(self, press: Press) -> None:
        """Press at a position; Shift adds to the mask, which is replaced otherwise."""
        super().__init__(press)
        self._mode = (
            PickMode.SUBTRACT if press.subtracts else PickMode.ADD if press.shift else PickMode.REPLACE
        )
        self.has_outline = False

    def move(self, to: QPointF, pressure: float) -> None:
        """A drag is no click."""
        super().move(to, pressure)
        if (to - self._press.at).manhattanLength() > _CLICK_PX:
            self.has_outline = True

    def finish(self) -> None:
        """Take it."""
        if not self.has_outline:
            self._press.picked(self._start.x(), self._start.y(), self._mode)
        elif (box := self._box) is not None:
            self._press.box_picked(box, self._mode)

    def draw(self, painter: QPainter) -> None:
        """The rectangle so far; what is under the pointer is lit already."""
        if self.has_outline:
            super().draw(painter)
