"""The photo, its mask and its parsing map, and the gestures over them; painting changes no state."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from portrait_studio.engine.request import Structure
from portrait_studio.gui.layers import StructureLayer, mask_colours
from portrait_studio.gui.pyramid import Pyramid
from portrait_studio.gui.view import View
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.session.tools import Tool, Tools

_WHEEL_NOTCH = 120
_ZOOM_PER_NOTCH = 1.2


@dataclass
class _Drag:
    """A mouse button held down over the canvas.

    Attributes:
        button: which one ends the drag.
        last: widget position of the previous event.
        start: photo position where a rectangle began.
        tool: what is being painted with; None moves the photo.
        subtract: whether the rectangle takes away.
    """

    button: Qt.MouseButton
    last: QPointF
    start: QPointF
    tool: Tool | None = None
    subtract: bool = False


class Canvas(QWidget):
    """Shows one photo and turns mouse, wheel, touch and keys into strokes, rectangles, zoom and pan."""

    stroke_started = Signal(float, float, bool, bool)
    """Photo x, y, whether it subtracts, whether it continues straight from the end of the last stroke."""
    stroke_moved = Signal(float, float)
    stroke_finished = Signal()
    stroke_aborted = Signal()
    rectangle_drawn = Signal(object, bool)
    """Bounds in photo pixels (clipped), whether it subtracts."""
    hovered = Signal(float, float)
    """Photo position under the pointer."""
    left = Signal()
    view_changed = Signal()
    refused = Signal()
    """Someone tried to paint while editing is locked."""

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        """Args: the tools whose cursor is shown."""
        super().__init__(parent)
        self._tools = tools
        self._view = View()
        self._fitted = True
        self._photo: Pyramid | None = None
        self._original: Pyramid | None = None
        self._mask: Pyramid | None = None
        self._structure: StructureLayer | None = None
        self._structure_opacity = 0.6
        self._structure_shown = False
        self._comparing = False
        self._locked = False
        self._space_held = False
        self._drag: _Drag | None = None
        self._pointer: QPointF | None = None
        self._surround = QColor("#161617")
        self._accent = QColor("#4f63e0")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 200)
        self.setAccessibleName("Photo canvas")
        self.setAccessibleDescription("Paint over what shall be removed, then press Enter")
        tools.changed.connect(self._on_tools_changed)

    # -- contents ------------------------------------------------------------------------------------------

    def show_photo(
        self, image: NDArray[np.uint8] | NDArray[np.uint16], mask: NDArray[np.uint8], *, fit: bool = True
    ) -> None:
        """Show another photo.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16; viewed, not copied.
            mask: (H, W) uint8, 0 or 255; viewed, not copied.
            fit: whether to show all of it; otherwise zoom and position stay.
        """
        self._abort_drag()
        self._photo = Pyramid(image)
        self._mask = Pyramid(mask, mask_colours())
        self._original = None
        self._structure = None
        self._comparing = False
        if fit:
            self.fit()
        self._update_cursor()
        self.update()

    def show_original(self, original: NDArray[np.uint8] | NDArray[np.uint16] | None) -> None:
        """Show the photo as it was opened instead (None: the edited one again)."""
        if original is not None and self._original is None:
            self._original = Pyramid(original)
        self._comparing = original is not None
        self.update()

    def clear(self) -> None:
        """Show no photo."""
        self._abort_drag()
        self._photo = self._mask = self._original = None
        self._structure = None
        self.update()

    def refresh_image(self, image: NDArray[np.uint8] | NDArray[np.uint16], bounds: Bounds) -> None:
        """Read changed photo pixels again, possibly from another array."""
        if self._photo is not None:
            self._photo.refresh(image, bounds)
            self._update_photo_area(bounds)

    def refresh_mask(self, mask: NDArray[np.uint8], bounds: Bounds) -> None:
        """Read changed mask pixels again."""
        if self._mask is not None:
            self._mask.refresh(mask, bounds)
            self._update_photo_area(bounds)

    def show_structure(self, structure: Structure | None) -> None:
        """Lay a parsing map over the photo, or take it away."""
        self._structure = None if structure is None else StructureLayer(structure)
        self.update()

    def set_structure_shown(self, shown: bool) -> None:
        """Show or hide the parsing map."""
        self._structure_shown = shown
        self.update()

    def set_structure_opacity(self, opacity: float) -> None:
        """Opacity of the parsing map in [0, 1]."""
        self._structure_opacity = opacity
        self.update()

    def highlight_label(self, label: int | None) -> None:
        """Let one label of the parsing map stand out."""
        if self._structure is not None:
            self._structure.highlight(label)
            self.update()

    @property
    def structure(self) -> StructureLayer | None:
        """The parsing map that lies over the photo, shown or not."""
        return self._structure

    def set_locked(self, locked: bool) -> None:
        """Refuse strokes (while a fill runs); zoom and pan go on."""
        if locked == self._locked:
            return
        self._locked = locked
        if locked:
            self._abort_drag()
        self._update_cursor()
        self.update()

    def set_colours(self, surround: str, accent: str) -> None:
        """Colours around the photo and of the rectangle being drawn."""
        self._surround, self._accent = QColor(surround), QColor(accent)
        self.update()

    # -- zoom and pan --------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Screen pixels per photo pixel; 1 = 100 %."""
        return self._view.scale * self.devicePixelRatioF()

    @property
    def view(self) -> View:
        """Where the photo lies in the widget."""
        return self._view

    def fit(self) -> None:
        """Show the whole photo."""
        extent = self._extent()
        if extent is not None:
            self._fitted = True
            self._set_view(View.fitting(extent, self._size()))

    def zoom_to(self, zoom: float) -> None:
        """Screen pixels per photo pixel, around the middle of the widget."""
        self.zoom_by(zoom / self.zoom, QPointF(self.rect().center()))
        self._set_view(self._view.snapped())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge, keeping the photo pixel at a widget position (default: the middle) where it is."""
        extent = self._extent()
        if extent is None:
            return
        self._fitted = False
        least = min(1.0, View.fitting(extent, self._size()).scale) / 4
        anchor = QPointF(self.rect().center()) if at is None else at
        view = self._view.zoomed(anchor, factor, least)
        self._set_view(view.kept_in_sight(extent, self._size()))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the photo by widget pixels."""
        extent = self._extent()
        if extent is not None:
            self._fitted = False
            self._set_view(self._view.panned(dx, dy).kept_in_sight(extent, self._size()))

    def _set_view(self, view: View) -> None:
        self._view = view
        self.view_changed.emit()
        self.update()

    def _extent(self) -> Extent | None:
        return None if self._photo is None else self._photo.extent

    def _size(self) -> QSizeF:
        return QSizeF(self.size())

    # -- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the layers inside the dirty rectangle."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._surround)
        if self._photo is None or self._mask is None:
            painter.end()
            return
        comparing = self._comparing and self._original is not None
        base = self._original if comparing and self._original is not None else self._photo
        visible = self._visible_part(event.rect())
        if not visible.is_empty:
            target = self._view.rect_of(visible)
            source = QRectF(visible.left, visible.top, visible.width, visible.height)
            base.draw(painter, target, source, self.zoom)
            if not comparing:
                self._draw_structure(painter)
                self._mask.draw(painter, target, source, self.zoom)
        if comparing:
            self._draw_badge(painter, "Original")
        else:
            self._draw_rubber_band(painter)
            self._draw_ring(painter)
        painter.end()

    def _visible_part(self, dirty: QRect) -> Bounds:
        extent = self._extent()
        if extent is None:
            return Bounds(0, 0, 0, 0)
        first = self._view.to_photo(QPointF(dirty.topLeft()))
        last = self._view.to_photo(QPointF(dirty.bottomRight() + QPoint(1, 1)))
        around = Bounds(
            math.floor(first.x()) - 1,
            math.floor(first.y()) - 1,
            math.ceil(last.x()) + 1,
            math.ceil(last.y()) + 1,
        )
        return around.intersected(Bounds.of(extent))

    def _draw_structure(self, painter: QPainter) -> None:
        if self._photo is not None and self._structure is not None and self._structure_shown:
            painter.save()
            painter.setClipRect(self._view.rect_of(Bounds.of(self._photo.extent)))
            self._structure.draw(painter, self._view.rect_of(self._structure.bounds), self._structure_opacity)
            painter.restore()

    def _draw_badge(self, painter: QPainter, text: str) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(text)
        box = QRectF(14, 14, width + 24, painter.fontMetrics().height() + 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 180))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_rubber_band(self, painter: QPainter) -> None:
        band = self._rubber_band()
        if band is None or self._drag is None:
            return
        colour = QColor("#ffffff") if self._drag.subtract else self._accent
        tint = QColor(colour)
        tint.setAlpha(50)
        painter.setPen(QPen(QColor("#ffffff"), 1))
        painter.setBrush(tint)
        painter.drawRect(band)
        painter.setPen(QPen(QColor("#000000"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(band)

    def _draw_ring(self, painter: QPainter) -> None:
        centre = self._ring_centre()
        if centre is None:
            return
        radius = self._tools.diameter_px * self._view.scale / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, extra in ((QColor(0, 0, 0, 190), 1.0), (QColor("#ffffff"), 0.0)):
            painter.setPen(QPen(colour, 1.2))
            painter.drawEllipse(centre, radius + extra, radius + extra)
        if radius < 4:
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                outer = QPointF(centre.x() + dx * 10, centre.y() + dy * 10)
                painter.drawLine(QPointF(centre.x() + dx * 5, centre.y() + dy * 5), outer)

    def _ring_centre(self) -> QPointF | None:
        panning = self._space_held or (self._drag is not None and self._drag.tool is None)
        rectangle = self._tools.tool is Tool.RECTANGLE
        return None if panning or rectangle or self._locked or self._photo is None else self._pointer

    def _rubber_band(self) -> QRectF | None:
        drag = self._drag
        if drag is None or drag.tool is not Tool.RECTANGLE:
            return None
        start = self._view.to_widget(drag.start.x(), drag.start.y())
        return QRectF(start, drag.last).normalized()

    def _update_photo_area(self, bounds: Bounds) -> None:
        margin = 2 + math.ceil(2 * self._view.scale)
        self.update(self._view.rect_of(bounds).toAlignedRect().adjusted(-margin, -margin, margin, margin))

    def _update_ring(self, around: QPointF | None) -> None:
        if around is not None:
            reach = max(12.0, self._tools.diameter_px * self._view.scale / 2 + 4)
            box = QRectF(around.x() - reach, around.y() - reach, 2 * reach, 2 * reach).toAlignedRect()
            inner = int(reach * 0.7) - 6
            region = QRegion(box)
            if inner > 8:
                middle = around.toPoint()
                region -= QRegion(QRect(middle.x() - inner, middle.y() - inner, 2 * inner, 2 * inner))
            self.update(region)

    # -- events --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted photo fitted, and any other in sight."""
        extent = self._extent()
        if extent is None:
            return
        if self._fitted:
            self.fit()
        else:
            self._set_view(self._view.kept_in_sight(extent, self._size()))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the brush ring."""
        self._move_pointer(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush ring."""
        self._update_ring(self._pointer)
        self._pointer = None
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, a rectangle or a pan."""
        if self._photo is None or self._drag is not None:
            return
        self._move_pointer(event.position())
        button = event.button()
        place = self._view.to_photo(event.position())
        if button == Qt.MouseButton.MiddleButton or (
            self._space_held and button == Qt.MouseButton.LeftButton
        ):
            self._drag = _Drag(button, event.position(), place)
        elif button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            if self._locked:
                self.refused.emit()
                return
            keys = event.modifiers()
            subtract = button == Qt.MouseButton.RightButton or bool(keys & Qt.KeyboardModifier.AltModifier)
            self._drag = _Drag(button, event.position(), place, self._tools.tool, subtract)
            if self._tools.tool is not Tool.RECTANGLE:
                straight = bool(keys & Qt.KeyboardModifier.ShiftModifier)
                erase = subtract or self._tools.tool is Tool.ERASER
                self.stroke_started.emit(place.x(), place.y(), erase, straight)
        self._update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke, the rectangle or the pan."""
        place = event.position()
        self._move_pointer(place)
        drag = self._drag
        if drag is not None:
            if drag.tool is None or self._space_held:
                self._pan_drag(drag, place)
            elif drag.tool is Tool.RECTANGLE:
                drag.last = place
                self.update()
            else:
                drag.last = place
                spot = self._view.to_photo(place)
                self.stroke_moved.emit(spot.x(), spot.y())
        if self._photo is not None:
            spot = self._view.to_photo(place)
            self.hovered.emit(spot.x(), spot.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke, the rectangle or the pan."""
        drag = self._drag
        if drag is None or event.button() != drag.button:
            return
        self._drag = None
        if drag.tool is Tool.RECTANGLE:
            self._finish_rectangle(drag)
        elif drag.tool is not None:
            self.stroke_finished.emit()
        self._update_cursor()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl: zoom at the pointer; Alt: brush size; otherwise pan (Shift: sideways)."""
        keys = event.modifiers()
        turned = event.angleDelta().y() or event.angleDelta().x()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_ZOOM_PER_NOTCH ** (turned / _WHEEL_NOTCH), event.position())
        elif keys & Qt.KeyboardModifier.AltModifier:
            self._tools.step_diameter(int(math.copysign(max(1, abs(turned) // _WHEEL_NOTCH), turned)))
            # The menu bar takes Alt alone for a wish to go to the menus unless another event comes between;
            # of those that count, the wheel is none and this one is harmless.
            QCoreApplication.sendEvent(self, QEvent(QEvent.Type.ActivationChange))
        else:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
            sideways = bool(keys & Qt.KeyboardModifier.ShiftModifier) and moved.x() == 0
            self.pan_by(moved.y(), 0) if sideways else self.pan_by(moved.x(), moved.y())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinch to zoom."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
                self.fit()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hold Space to pan, even in the middle of a stroke; arrows pan."""
        steps = {
            Qt.Key.Key_Left: (64, 0),
            Qt.Key.Key_Right: (-64, 0),
            Qt.Key.Key_Up: (0, 64),
            Qt.Key.Key_Down: (0, -64),
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._set_space_held(True)
        elif key in steps:
            self.pan_by(*steps[key])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let Space go."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._set_space_held(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A Space released elsewhere is released here too."""
        self._set_space_held(False)

    def abort_stroke(self) -> bool:
        """Take back the stroke or rectangle under way; False when there is none."""
        if self._drag is None or self._drag.tool is None:
            return False
        self._abort_drag()
        return True

    # -- pieces --------------------------------------------------------------------------------------------

    def _abort_drag(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.tool in (Tool.BRUSH, Tool.ERASER):
            self.stroke_aborted.emit()
        self.update()

    def _pan_drag(self, drag: _Drag, place: QPointF) -> None:
        moved = place - drag.last
        drag.last = place
        self.pan_by(moved.x(), moved.y())

    def _finish_rectangle(self, drag: _Drag) -> None:
        extent = self._extent()
        end = self._view.to_photo(drag.last)
        left, right = sorted((drag.start.x(), end.x()))
        top, bottom = sorted((drag.start.y(), end.y()))
        box = Bounds(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        if extent is not None:
            box = box.intersected(Bounds.of(extent))
            if box.width > 1 and box.height > 1:
                self.rectangle_drawn.emit(box, drag.subtract)

    def _move_pointer(self, place: QPointF) -> None:
        self._update_ring(self._pointer)
        self._pointer = place
        self._update_ring(place)

    def _set_space_held(self, held: bool) -> None:
        self._space_held = held
        self._update_cursor()
        self.update()

    def _on_tools_changed(self) -> None:
        if self._drag is not None and self._drag.tool not in (None, self._tools.tool):
            self._abort_drag()
        self._update_cursor()
        self.update()

    def _update_cursor(self) -> None:
        shapes = Qt.CursorShape
        panning = self._drag is not None and self._drag.tool is None
        if self._photo is None:
            shape = shapes.ArrowCursor
        elif panning:
            shape = shapes.ClosedHandCursor
        elif self._space_held:
            shape = shapes.OpenHandCursor
        elif self._locked:
            shape = shapes.BusyCursor
        elif self._tools.tool is Tool.RECTANGLE:
            shape = shapes.CrossCursor
        else:
            shape = shapes.BlankCursor
        self.setCursor(QCursor(shape))
