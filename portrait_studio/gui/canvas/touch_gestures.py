"""Fingers on a trackpad or on the screen: pinch to zoom, swipe to move, tap with two to fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture

from portrait_studio.gui.canvas.viewport import Viewport


def obey_trackpad(event: QNativeGestureEvent, viewport: Viewport, at: QPointF) -> bool:
    """Do what a gesture on a trackpad says.

    Args:
        event: it.
        viewport: what it moves.
        at: where the pointer is in that.
    """
    kinds = Qt.NativeGestureType
    if event.gestureType() == kinds.ZoomNativeGesture:
        viewport.zoom_by(1 + event.value(), at)
    elif event.gestureType() == kinds.PanNativeGesture:
        viewport.pan_by(event.delta().x(), event.delta().y())
    elif event.gestureType() == kinds.SmartZoomNativeGesture:
        viewport.fit()
    else:
        return False
    return True


def obey_screen(event: QGestureEvent, viewport: Viewport, place: Callable[[QPointF], QPointF]) -> bool:
    """Do what two fingers on the screen say.

    Args:
        event: it.
        viewport: what it moves.
        place: where in that a screen position is.
    """
    pinch = event.gesture(Qt.GestureType.PinchGesture)
    if not isinstance(pinch, QPinchGesture):
        return False
    moved = pinch.centerPoint() - pinch.lastCenterPoint()
    if pinch.state() != Qt.GestureState.GestureStarted:
        viewport.pan_by(moved.x(), moved.y())
    viewport.zoom_by(pinch.scaleFactor(), place(pinch.centerPoint()))
    event.accept(pinch)
    return True
