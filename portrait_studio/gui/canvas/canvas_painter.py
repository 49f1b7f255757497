"""Draws the canvas: the edited photo, the original, or both, and the pointer over them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter

from portrait_studio.gui.canvas.comparison import CompareMode, draw_divider, draw_name
from portrait_studio.gui.canvas.key_pointer import KeyPointer
from portrait_studio.gui.canvas.layer_stack import LayerStack
from portrait_studio.gui.canvas.person_dot_handles import PersonDotHandles
from portrait_studio.gui.canvas.pointer import Pointer
from portrait_studio.gui.canvas.tool_outlines import draw_ring
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.language.translation import tr
from portrait_studio.session.tools import Tools


class CanvasPainter:
    """Paints what its parts hold; changes none of them."""

    def __init__(
        self,
        layers: LayerStack,
        viewport: Viewport,
        dots: PersonDotHandles,
        pointer: Pointer,
        keys: KeyPointer,
        tools: Tools,
    ) -> None:
        """Paint nothing yet.

        Args:
            layers: what is shown.
            viewport: where it lies.
            dots: of the people.
            pointer: what the hand does.
            keys: the pointer that they move.
            tools: how large the brush is.
        """
        self._layers, self._viewport, self._tools = layers, viewport, tools
        self._dots, self._pointer, self._keys = dots, pointer, keys

    @property
    def divider_x(self) -> float:
        """Widget position of the divider."""
        extent = self._layers.extent
        return self._viewport.view.to_widget(self._layers.divider * (extent.width if extent else 0), 0).x()

    def paint(self, painter: QPainter, dirty: QRect, size: QSize, spot: QPointF | None, ratio: float) -> None:
        """Draw what the dirty rectangle shows.

        Args:
            painter: of the widget, whose ground is painted already.
            dirty: in widget pixels.
            size: of the widget.
            spot: where the pointer is, in the viewport.
            ratio: screen pixels per widget pixel.
        """
        comparison, zoom = self._layers.comparison, self._viewport.view.scale * ratio
        visible = self._visible_part(dirty)
        if comparison is CompareMode.SIDE_BY_SIDE:
            self._paint_halves(painter, size, spot, zoom)
        elif comparison is CompareMode.ORIGINAL:
            self._layers.draw_original(painter, self._viewport.view, visible, zoom)
            draw_name(painter, tr("Original"), QRectF(QPointF(0, 0), size))
        else:
            self._paint_edited(painter, visible, spot, zoom, QSizeF(size))
            if comparison is CompareMode.DIVIDER:
                self._paint_divided(painter, size, zoom)

    def _paint_edited(
        self, painter: QPainter, visible: Bounds, spot: QPointF | None, zoom: float, size: QSizeF
    ) -> None:
        if not visible.is_empty:
            self._layers.draw(painter, self._viewport.view, visible, zoom)
        self._dots.draw(painter)
        self._pointer.draw(painter, size)
        if spot is not None and self._pointer.shows_ring:
            draw_ring(painter, spot, self._tools.diameter_px * self._viewport.view.scale / 2)
        if spot is not None:
            self._keys.draw(painter, spot)

    def _paint_divided(self, painter: QPainter, size: QSize, zoom: float) -> None:
        left = QRect(0, 0, max(0, min(size.width(), math.ceil(self.divider_x))), size.height())
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.divider_x, size.height()))
        self._layers.draw_original(painter, self._viewport.view, self._visible_part(left), zoom)
        painter.restore()
        draw_divider(painter, self.divider_x, size.height())

    def _paint_halves(self, painter: QPainter, size: QSize, spot: QPointF | None, zoom: float) -> None:
        half = size.width() / 2
        area = QRectF(0, 0, half, size.height())
        visible = self._visible_part(area.toAlignedRect())
        for left, name in ((0.0, tr("Original")), (half, tr("Edited"))):
            painter.save()
            painter.translate(left, 0)
            painter.setClipRect(area)
            if left:
                self._paint_edited(painter, visible, spot, zoom, area.size())
            else:
                self._layers.draw_original(painter, self._viewport.view, visible, zoom)
            draw_name(painter, name, area)
            painter.restore()

    def _visible_part(self, dirty: QRect) -> Bounds:
        extent, view = self._layers.extent, self._viewport.view
        if extent is None or dirty.isEmpty():
            return Bounds(0, 0, 0, 0)
        first = view.to_photo(QPointF(dirty.topLeft()))
        last = view.to_photo(QPointF(dirty.bottomRight() + QPoint(1, 1)))
        around = Bounds(
            math.floor(first.x()) - 1,
            math.floor(first.y()) - 1,
            math.ceil(last.x()) + 1,
            math.ceil(last.y()) + 1,
        )
        return around.intersected(Bounds.of(extent))
