"""How the frame of the canvas to be is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

_SQUARE_PX: Final = 9
_LIGHT: Final = QColor("#c9c9cc")
_DARK: Final = QColor("#a2a2a6")
_WHITE: Final = QColor("#ffffff")
_SHADOW: Final = QColor(0, 0, 0, 150)
_HANDLE_PX: Final = 11.0


def draw_new_area(painter: QPainter, photo: QRectF, canvas: QRectF) -> None:
    """A chequerboard where the canvas goes beyond the photo, and a shade over what it leaves out."""
    new, gone = QPainterPath(), QPainterPath()
    new.addRect(canvas)
    gone.addRect(photo)
    painter.setBrushOrigin(canvas.topLeft())
    painter.fillPath(new.subtracted(gone), QBrush(_chequerboard()))
    painter.fillPath(gone.subtracted(new), QColor(0, 0, 0, 150))


def _chequerboard() -> QPixmap:
    tile = QPixmap(2 * _SQUARE_PX, 2 * _SQUARE_PX)
    tile.fill(_LIGHT)
    painter = QPainter(tile)
    for x, y in ((0, 0), (_SQUARE_PX, _SQUARE_PX)):
        painter.fillRect(x, y, _SQUARE_PX, _SQUARE_PX, _DARK)
    painter.end()
    return tile


def draw_body(
    painter: QPainter, shapes: Sequence[Sequence[QPointF]], photo: QRectF, canvas: QRectF, accent: QColor
) -> None:
    """Outlines of bodies in the new area."""
    new, known, body = QPainterPath(), QPainterPath(), QPainterPath()
    new.addRect(canvas)
    known.addRect(photo)
    for shape in shapes:
        body.addPolygon(QPolygonF(list(shape)))
        body.closeSubpath()
    painter.save()
    painter.setClipPath(new.subtracted(known), Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tint = QColor(accent)
    tint.setAlpha(70)
    painter.fillPath(body, tint)
    for colour, width in ((_WHITE, 4.0), (accent, 2.0)):
        painter.strokePath(body, QPen(colour, width))
    painter.restore()


def draw_frame(painter: QPainter, canvas: QRectF, lit: AbstractSet[str], accent: QColor) -> None:
    """The edges, and a handle on each edge and corner; those of the sides `lit` stand out."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_SHADOW, 3.0), (_WHITE, 1.0)):
        painter.setPen(QPen(colour, width))
        painter.drawRect(canvas)
    columns = (("left", canvas.left()), ("", canvas.center().x()), ("right", canvas.right()))
    rows = (("top", canvas.top()), ("", canvas.center().y()), ("bottom", canvas.bottom()))
    for column, x in columns:
        for row, y in rows:
            sides = {side for side in (column, row) if side}
            if sides:
                _draw_handle(painter, QPointF(x, y), accent if sides == lit else _WHITE)


def _draw_handle(painter: QPainter, at: QPointF, colour: QColor) -> None:
    half = _HANDLE_PX / 2
    painter.setPen(QPen(QColor(0, 0, 0, 190), 1.0))
    painter.setBrush(colour)
    painter.drawRect(QRectF(at.x() - half, at.y() - half, _HANDLE_PX, _HANDLE_PX))


def draw_tag(painter: QPainter, text: str, canvas: QRectF, widget: QRectF) -> None:
    """A line of text below the canvas, above it or inside it, wherever there is room first."""
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 20.0, metrics.height() + 10.0
    inside = min(canvas.bottom(), widget.bottom()) - height - 14
    places = (canvas.bottom() + 14, canvas.top() - height - 14)
    top = next((y for y in places if 4 <= y <= widget.bottom() - height - 4), inside)
    left = min(max(canvas.center().x() - width / 2, 6.0), max(6.0, widget.right() - width - 6))
    box = QRectF(left, top, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 20, 22, 215))
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(_WHITE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
