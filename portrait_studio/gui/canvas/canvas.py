"""The widget that shows the photo and hears the mouse, the pen, the wheel, the trackpad and the keys."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPointingDevice,
    QRegion,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QWidget

from portrait_studio.gui.canvas.canvas_painter import CanvasPainter
from portrait_studio.gui.canvas.comparison import HANDLE_PX, CompareMode
from portrait_studio.gui.canvas.gestures import SlideDivider
from portrait_studio.gui.canvas.joint_handles import JointHandles
from portrait_studio.gui.canvas.key_pointer import KeyPointer
from portrait_studio.gui.canvas.layer_stack import LayerStack
from portrait_studio.gui.canvas.person_dot_handles import ClickDot, PersonDotHandles
from portrait_studio.gui.canvas.pointer import Pointer
from portrait_studio.gui.canvas.touch_gestures import obey_screen, obey_trackpad
from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session

_WHEEL_NOTCH: Final = 120
_ZOOM_PER_NOTCH: Final = 1.2
_ARROWS: Final = {
    Qt.Key.Key_Left: (64, 0),
    Qt.Key.Key_Right: (-64, 0),
    Qt.Key.Key_Up: (0, 64),
    Qt.Key.Key_Down: (0, -64),
}
_DELETES: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_SLIDES: Final = {Qt.Key.Key_Left: -0.02, Qt.Key.Key_Right: 0.02}


class Canvas(QWidget):
    """Shows the layers through the viewport and hands what the user does to the pointer."""

    hovered = Signal(float, float)
    """Photo position under the pointer."""
    left = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        """Show what is open.

        Args:
            session: whose document is shown and painted on.
            parent: the window.
        """
        super().__init__(parent)
        self._session, self._tools = session, session.tools
        self._shown: Bounds | None = None
        self.layers = LayerStack(session, self)
        self.viewport = Viewport(self)
        self.pointer = Pointer(session.tools, session.painting, self.viewport, self)
        self.joints = JointHandles(self.layers.overlay, self.viewport, self)
        self.dots = PersonDotHandles(session.person_dots, session.tools, self.viewport, self)
        self.keys = KeyPointer(
            self.viewport, self._press, lambda at: self._move(at, 1.0), self.pointer.release, self
        )
        self._painter = CanvasPainter(
            self.layers, self.viewport, self.dots, self.pointer, self.keys, session.tools
        )
        self._spot: QPointF | None = None
        self._pen_button = Qt.MouseButton.NoButton
        self._surround = QColor("#161617")
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 200)
        self.setAccessibleName(tr("Photo canvas"))
        self.setAccessibleDescription(tr("Paint over what shall be removed, then press Enter"))
        self.layers.replaced.connect(self._on_replaced)
        self.layers.changed.connect(self._on_scene_changed)
        self.layers.comparison_changed.connect(self._fit_viewport)
        self.viewport.changed.connect(self.update)
        self.pointer.changed.connect(self._on_pointer_changed)
        self.keys.changed.connect(self._on_keys_switched)
        self.dots.changed.connect(self.update)
        self.joints.moved.connect(session.joint_editing.move)
        session.opened.connect(self._show_document)
        session.editing.canvas_changed.connect(self._on_canvas_changed)

    @property
    def zoom(self) -> float:
        """Screen pixels per photo pixel; 1 = 100 %."""
        return self.view.scale * self.devicePixelRatioF()

    @property
    def view(self) -> ViewTransform:
        """Where the photo lies in the widget."""
        return self.viewport.view

    def zoom_to(self, zoom: float) -> None:
        """Screen pixels per photo pixel, around the middle of the widget."""
        self.viewport.zoom_to(zoom / self.devicePixelRatioF())

    def set_colours(self, surround: str, accent: str) -> None:
        """Colours around the photo and of what is being marked."""
        self._surround, self.pointer.accent = QColor(surround), QColor(accent)
        self.update()

    # -- the document --------------------------------------------------------------------------------------

    def _show_document(self) -> None:
        document = self._session.document
        self._shown = None if document is None else document.canvas
        self.layers.show_document()

    def _on_canvas_changed(self) -> None:
        """What the user looks at stays where it is in the window."""
        before, view, is_fitted = self._shown, self.view, self.viewport.is_fitted
        self._show_document()
        if before is not None and self._shown is not None:
            left, top = self._shown.left - before.left, self._shown.top - before.top
            self.viewport.go_back_to(view.panned(left * view.scale, top * view.scale), is_fitted=is_fitted)

    # -- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what the dirty rectangle shows."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._surround)
        if self.layers.extent is not None:
            self._painter.paint(painter, event.rect(), self.size(), self._spot, self.devicePixelRatioF())
        painter.end()

    def _slide_divider(self, x: float) -> None:
        extent = self.layers.extent
        if extent is not None:
            self.layers.move_divider(self.view.to_photo(QPointF(x, 0)).x() / extent.width)

    def _place(self, at: QPointF) -> QPointF:
        """Where an event is in the viewport; side by side both halves show the same part."""
        is_right = self.layers.comparison is CompareMode.SIDE_BY_SIDE and at.x() >= self._half()
        return QPointF(at.x() - self._half(), at.y()) if is_right else at

    def _half(self) -> float:
        return self.width() / 2

    def _update_ring(self) -> None:
        if self._spot is None:
            return
        if self.layers.comparison is CompareMode.SIDE_BY_SIDE:
            self.update()
            return
        around = self._spot
        reach = max(12.0, self._tools.diameter_px * self.view.scale / 2 + 4)
        box = QRectF(around.x() - reach, around.y() - reach, 2 * reach, 2 * reach).toAlignedRect()
        inner = int(reach * 0.7) - 6
        region = QRegion(box)
        if inner > 8:
            middle = around.toPoint()
            region -= QRegion(QRect(middle.x() - inner, middle.y() - inner, 2 * inner, 2 * inner))
        self.update(region)

    def _on_replaced(self) -> None:
        self.pointer.abort()
        self.viewport.show_extent(self.layers.extent)
        self._on_pointer_changed()

    def _on_scene_changed(self, bounds: Bounds | None) -> None:
        if bounds is None or self.layers.comparison is CompareMode.SIDE_BY_SIDE:
            self.update()
        else:
            margin = 2 + math.ceil(2 * self.view.scale)
            area = self.view.rect_of(bounds).toAlignedRect()
            self.update(area.adjusted(-margin, -margin, margin, margin))

    def _on_pointer_changed(self) -> None:
        has_photo = self.layers.extent is not None
        self.setCursor(QCursor(self.pointer.cursor if has_photo else Qt.CursorShape.ArrowCursor))
        self.update()

    # -- mouse, pen and fingers ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted photo fitted, and any other in sight."""
        self._fit_viewport()

    def _fit_viewport(self) -> None:
        width = self._half() if self.layers.comparison is CompareMode.SIDE_BY_SIDE else self.width()
        self.viewport.resize(QSizeF(width, self.height()))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the brush ring."""
        self._move_spot(self._place(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush ring, unless keys move it."""
        if not self.keys.is_on:
            self._move_spot(None)
            self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self._press(self._place(event.position()), event.button(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture."""
        self._move(self._place(event.position()), 1.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self.pointer.release(event.button())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen is a mouse that presses more or less; its other end erases."""
        place, pressure = self._place(event.position()), event.pressure()
        if event.type() == QEvent.Type.TabletPress:
            turned = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._pen_button = Qt.MouseButton.RightButton if turned else event.button()
            self._press(place, self._pen_button, event.modifiers(), pressure)
        elif event.type() == QEvent.Type.TabletMove:
            self._move(place, pressure)
        elif event.type() == QEvent.Type.TabletRelease:
            self.pointer.release(self._pen_button)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl: zoom at the pointer; Alt: brush size; otherwise pan (Shift: sideways)."""
        keys = event.modifiers()
        turned = event.angleDelta().y() or event.angleDelta().x()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.viewport.zoom_by(_ZOOM_PER_NOTCH ** (turned / _WHEEL_NOTCH), self._place(event.position()))
        elif keys & Qt.KeyboardModifier.AltModifier:
            self._tools.step_diameter(int(math.copysign(max(1, abs(turned) // _WHEEL_NOTCH), turned)))
            # The menu bar takes Alt alone for a wish to go to the menus unless another event comes between;
            # of those that count, the wheel is none and this one is harmless.
            QCoreApplication.sendEvent(self, QEvent(QEvent.Type.ActivationChange))
        else:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
            sideways = bool(keys & Qt.KeyboardModifier.ShiftModifier) and moved.x() == 0
            self.viewport.pan_by(*((moved.y(), 0) if sideways else (moved.x(), moved.y())))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Fingers; see `fingers`."""
        if isinstance(event, QGestureEvent):
            self.pointer.abort()
            return obey_screen(event, self.viewport, lambda at: self._place(self.mapFromGlobal(at)))
        if isinstance(event, QNativeGestureEvent) and obey_trackpad(
            event, self.viewport, self._place(event.position())
        ):
            return True
        return super().event(event)

    def _press(
        self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier, pressure: float = 1.0
    ) -> None:
        self._move_spot(place)
        is_divided = self.layers.comparison is CompareMode.DIVIDER
        is_free = button == Qt.MouseButton.LeftButton and self.pointer.may_edit
        if is_divided and abs(place.x() - self._painter.divider_x) <= HANDLE_PX:
            self.pointer.begin(SlideDivider(self._slide_divider), button)
        elif is_free and (grip := self.joints.grip_at(place)) is not None:
            self.pointer.begin(grip, button)
        elif (dot := self._dot_pressed(place, button, keys)) is not None:
            self.pointer.begin(dot, button)
        else:
            self.pointer.press(place, button, keys, pressure)

    def _dot_pressed(
        self, place: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier
    ) -> ClickDot | None:
        is_right = button == Qt.MouseButton.RightButton
        if not self.pointer.may_mark or not (is_right or button == Qt.MouseButton.LeftButton):
            return None
        return self.dots.press_at(place, keeps=is_right or bool(keys & Qt.KeyboardModifier.AltModifier))

    def point_at_next_dot(self) -> None:
        """Let the pointer be on the next person's dot, if there are any."""
        place = self.dots.after(self._spot)
        if place is not None:
            self._move(place, 1.0)

    def _move(self, place: QPointF, pressure: float) -> None:
        self._move_spot(place)
        self.pointer.move(place, pressure)
        if self.layers.extent is not None:
            spot = self.view.to_photo(place)
            self.hovered.emit(spot.x(), spot.y())

    def _move_spot(self, place: QPointF | None) -> None:
        self._update_ring()
        self._spot = place
        self.pointer.hover(place)
        self.dots.hover(place)
        self._update_ring()

    # -- keys ----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space held pans, even in the middle of a stroke, and arrows pan, unless they are the pointer's."""
        key = Qt.Key(event.key())
        if self.keys.press_key(event, self._spot):
            event.accept()
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.pointer.hold_hand(self._spot or QPointF(self.rect().center()))
        elif key in _DELETES and self.pointer.may_mark and self.dots.delete():
            event.accept()
        elif key in _SLIDES and self.layers.comparison is CompareMode.DIVIDER:
            self.layers.move_divider(self.layers.divider + _SLIDES[key])
        elif self.joints.nudge(key, event.modifiers()):
            event.accept()
        elif key in _ARROWS:
            self.viewport.pan_by(*_ARROWS[key])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let Space go."""
        if self.keys.release_key(event):
            event.accept()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.pointer.hold_hand(None)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A Space released elsewhere is released here too."""
        self.keys.let_go()
        self.pointer.hold_hand(None)

    def _on_keys_switched(self) -> None:
        if self.keys.is_on:
            self.pointer.hold_hand(None)
            self._move(self._spot or self.viewport.middle, 1.0)
        self.update()
