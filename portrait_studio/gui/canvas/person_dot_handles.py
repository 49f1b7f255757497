"""A dot on each person of the photo, of one size at every zoom: a click takes them or keeps them."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from portrait_studio.gui.canvas.gestures import Gesture
from portrait_studio.gui.canvas.layers import MASK_TINT
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.session.person_dots import PersonDot, PersonDots
from portrait_studio.session.tools import Tool, Tools

_RADIUS_PX: Final = 9.0
_LARGER_PX: Final = 2.0
"""How much larger the dot under the pointer is."""

_REACH_PX: Final = 13.0
"""Widget pixels from a dot's middle within which a press takes it."""

_TAKEN: Final = QColor(*MASK_TINT)
_KEPT: Final = QColor("#1f8f5f")
_RIM: Final = (QColor(0, 0, 0, 200), 5.0), (QColor("#ffffff"), 2.5)
_SIGNS: Final = {
    True: ((-3.2, -3.2), (3.2, 3.2), None, (-3.2, 3.2), (3.2, -3.2)),
    False: ((-4.0, 0.2), (-1.2, 3.0), (4.0, -3.0)),
}
"""A cross on who is taken and a tick on who is kept, for those to whom the colours look alike."""


class ClickDot(Gesture):
    """A press on a dot, which shows itself; it counts when it is let go there."""

    cursor = Qt.CursorShape.PointingHandCursor
    is_edit = True
    marks = True

    def __init__(self, dots: PersonDots, dot: PersonDot, at: QPointF, *, keeps: bool) -> None:
        """Begin.

        Args:
            dots: what is changed.
            dot: that was pressed.
            at: where, in widget pixels.
            keeps: whether the person is to be kept, instead of the reverse of what is.
        """
        self._dots, self._dot, self._keeps = dots, dot, keeps
        self._at, self._is_left = at, False

    def move(self, to: QPointF, pressure: float) -> None:
        """Whoever drags away has thought better of it."""
        self._is_left = math.hypot(*(to - self._at).toTuple()) > 2 * _REACH_PX

    def finish(self) -> None:
        """Take the person, or keep them."""
        if self._is_left:
            return
        if self._keeps:
            self._dots.keep(self._dot)
        else:
            self._dots.toggle(self._dot)


class PersonDotHandles(QObject):
    """The dots as they lie in the widget; they are there while the pick tool is in hand."""

    changed = Signal()
    """Other dots are to be drawn, or otherwise"""

    def __init__(self, dots: PersonDots, tools: Tools, viewport: Viewport, parent: QObject) -> None:
        """Show them.

        Args:
            dots: who has one.
            tools: of which one is in hand.
            viewport: what is measured.
            parent: owns this.
        """
        super().__init__(parent)
        self._dots, self._tools, self._viewport = dots, tools, viewport
        self._spot: QPointF | None = None
        dots.changed.connect(self.changed)
        tools.changed.connect(self.changed)

    @property
    def shown(self) -> tuple[PersonDot, ...]:
        """The dots that are there now."""
        return self._dots.dots if self._tools.tool is Tool.PICK else ()

    @property
    def hovered(self) -> PersonDot | None:
        """The dot under the pointer."""
        return None if self._spot is None else self.dot_at(self._spot)

    def dot_at(self, at: QPointF) -> PersonDot | None:
        """The dot at a widget position."""
        away = {dot: math.hypot(*(self._place(dot) - at).toTuple()) for dot in self.shown}
        nearest = min(away, key=lambda dot: away[dot], default=None)
        return nearest if nearest is not None and away[nearest] <= _REACH_PX else None

    def after(self, at: QPointF | None) -> QPointF | None:
        """Where the dot lies that follows the one at a widget position, or the first one, if there is any."""
        dots, pointed = self.shown, None if at is None else self.dot_at(at)
        if not dots:
            return None
        number = 0 if pointed is None else (dots.index(pointed) + 1) % len(dots)
        return self._place(dots[number])

    def hover(self, at: QPointF | None) -> None:
        """The pointer is there, or nowhere."""
        before, self._spot = self.hovered, at
        if self.hovered is not before:
            self.changed.emit()

    def press_at(self, at: QPointF, *, keeps: bool) -> ClickDot | None:
        """What a press at a widget position begins; see `ClickDot`."""
        dot = self.dot_at(at)
        return None if dot is None else ClickDot(self._dots, dot, at, keeps=keeps)

    def delete(self) -> bool:
        """Keep the person whose dot is under the pointer; False when there is none."""
        dot = self.hovered
        if dot is not None:
            self._dots.keep(dot)
        return dot is not None

    def draw(self, painter: QPainter) -> None:
        """Paint them; that under the pointer lies over the others."""
        hovered = self.hovered
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for dot in sorted(self.shown, key=lambda dot: dot is hovered):
            _draw_dot(painter, self._place(dot), dot.is_taken, is_larger=dot is hovered)
        painter.restore()

    def _place(self, dot: PersonDot) -> QPointF:
        return self._viewport.view.to_widget(*dot.place)


def _draw_dot(painter: QPainter, place: QPointF, is_taken: bool, *, is_larger: bool) -> None:
    radius = _RADIUS_PX + (_LARGER_PX if is_larger else 0)
    painter.setBrush(_TAKEN if is_taken else _KEPT)
    for colour, width in _RIM:
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(place, radius, radius)
    pen = QPen(QColor("#ffffff"), 2.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    line: list[QPointF] = []
    for corner in (*_SIGNS[is_taken], None):
        if corner is None:
            painter.drawPolyline(QPolygonF(line))
            line = []
        else:
            line.append(place + QPointF(*corner))
