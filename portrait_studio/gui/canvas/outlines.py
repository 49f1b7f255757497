"""Lines around areas of the photo, seen on every ground: around what a click takes, and around the mask."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask

_FINER: Final = 3
"""How much larger a map is made before its outline is read, so that it is no staircase."""
_LINE: Final = ((QColor(0, 0, 0, 200), 4.0), (QColor("#ffffff"), 1.6))
_CORNER: Final = Qt.PenJoinStyle.MiterJoin
_EDGE_PX: Final = 2


class OutlineLayer:
    """A dark line with a light one in it around a part of a map."""

    def __init__(self, bounds: Bounds, inside: NDArray[np.bool_]) -> None:
        """Make it.

        Args:
            bounds: the part of the photo that the map describes.
            inside: (h, w) bool, what is surrounded.
        """
        large = cv2.resize(inside.astype(np.uint8) * 255, None, fx=_FINER, fy=_FINER)
        smooth = cv2.GaussianBlur(large, (0, 0), _FINER / 2) > 127
        contours, _ = cv2.findContours(smooth.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        across, down = bounds.width / large.shape[1], bounds.height / large.shape[0]
        self._path = QPainterPath()
        for contour in contours:
            spots = (contour[:, 0, :] + 0.5) * (across, down) + (bounds.left, bounds.top)
            self._path.addPolygon(QPolygonF([QPointF(x, y) for x, y in spots.tolist()]))
            self._path.closeSubpath()

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Paint it over the photo."""
        origin = view.to_widget(0, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(QTransform(view.scale, 0, 0, view.scale, origin.x(), origin.y()), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in _LINE:
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(self._path)
        painter.restore()


def draw_box(painter: QPainter, box: QRectF) -> None:
    """Paint the same line around a rectangle of the widget."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in _LINE:
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, _CORNER))
        painter.drawRect(box)
    painter.restore()


def draw_edge(painter: QPainter, target: QRectF, mask: Mask, tint: tuple[int, int, int]) -> None:
    """Paint the edge of a mask in its colour, with a dark line around it; the ground inside stays as it is.

    Args:
        painter: of the widget.
        target: where the mask lies in the widget.
        mask: (h, w) uint8, not zero where it is masked.
        tint: RGB.
    """
    ratio = painter.device().devicePixelRatio()
    size = (max(1, round(target.width() * ratio)), max(1, round(target.height() * ratio)))
    shrinks = size[0] < mask.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST_EXACT
    inside = (cv2.resize(np.ascontiguousarray(mask), size, interpolation=way) > 0).astype(np.uint8)
    square = np.ones((3, 3), np.uint8)
    edge = inside - cv2.erode(inside, square, iterations=_EDGE_PX)
    around = cv2.dilate(inside, square) - inside
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    picture[edge != 0] = (*tint, 255)
    picture[around != 0] = (0, 0, 0, 200)
    image = QImage(picture.data, size[0], size[1], 4 * size[0], QImage.Format.Format_RGBA8888)
    painter.drawImage(target, image)
