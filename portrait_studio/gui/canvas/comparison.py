"""Ways of seeing the original beside the edited photo."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

HANDLE_PX: Final = 8
"""How near to the divider a press counts as one on it."""


class CompareMode(Enum):
    """How the original is shown."""

    NONE = auto()
    ORIGINAL = auto()
    DIVIDER = auto()
    SIDE_BY_SIDE = auto()


def draw_divider(painter: QPainter, x: float, height: float) -> None:
    """A line from top to bottom with a handle in its middle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (QPen(QColor(0, 0, 0, 150), 4), QPen(QColor("#ffffff"), 2)):
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    middle = QPointF(x, height / 2)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
    painter.setBrush(QColor("#ffffff"))
    painter.drawEllipse(middle, 13, 13)
    painter.setPen(QPen(QColor("#333333"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for side in (-1, 1):
        tip = QPointF(middle.x() + side * 8, middle.y())
        for turn in (-1, 1):
            painter.drawLine(tip, QPointF(middle.x() + side * 4, middle.y() + turn * 4))


def draw_name(painter: QPainter, text: str, area: QRectF) -> None:
    """A word in the upper left corner of an area."""
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    size = metrics.horizontalAdvance(text) + 24
    box = QRectF(area.left() + 14, area.top() + 14, size, metrics.height() + 12)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 180))
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
