"""Small marks that the canvas draws over the photo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

_WHITE = QColor("#ffffff")
_BLACK = QColor("#000000")


def draw_area(painter: QPainter, outline: Sequence[QPointF], colour: QColor) -> None:
    """A closed outline that is being dragged, seen on every ground, tinted inside."""
    tint = QColor(colour)
    tint.setAlpha(50)
    shape = QPolygonF(list(outline))
    painter.setPen(QPen(_WHITE, 1))
    painter.setBrush(tint)
    painter.drawPolygon(shape)
    painter.setPen(QPen(_BLACK, 1, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(shape)


def draw_ring(painter: QPainter, centre: QPointF, radius: float) -> None:
    """Outline of a round brush, with a cross of lines around it when it is too small to be seen."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, extra in ((QColor(0, 0, 0, 190), 1.0), (_WHITE, 0.0)):
        painter.setPen(QPen(colour, 1.2))
        painter.drawEllipse(centre, radius + extra, radius + extra)
    if radius < 4:
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            outer = QPointF(centre.x() + dx * 10, centre.y() + dy * 10)
            painter.drawLine(QPointF(centre.x() + dx * 5, centre.y() + dy * 5), outer)


def draw_cross(painter: QPainter, centre: QPointF) -> None:
    """A pointer that keys move: lines around a spot that stays free, seen on every ground."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (QPen(QColor(0, 0, 0, 190), 4), QPen(_WHITE, 2)):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(centre + QPointF(dx * 5, dy * 5), centre + QPointF(dx * 14, dy * 14))
