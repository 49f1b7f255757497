"""The pointer without a mouse: arrow keys move it, Space and Delete are its buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from portrait_studio.gui.canvas.tool_outlines import draw_cross
from portrait_studio.gui.canvas.viewport import Viewport

_STEPS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_BUTTONS: Final = {
    Qt.Key.Key_Space: Qt.MouseButton.LeftButton,
    Qt.Key.Key_Delete: Qt.MouseButton.RightButton,
    Qt.Key.Key_Backspace: Qt.MouseButton.RightButton,
}
_STEP_PX: Final = 8
_FINE_PX: Final = 1
"""With Shift."""
_FAR_PX: Final = 64
"""With Ctrl."""


class KeyPointer(QObject):
    """Does with keys whatever the mouse does over the photo: each tool, the divider, joints, edges."""

    changed = Signal()
    """It was switched on or off"""

    def __init__(
        self,
        viewport: Viewport,
        press: Callable[[QPointF, Qt.MouseButton, Qt.KeyboardModifier], None],
        move: Callable[[QPointF], None],
        release: Callable[[Qt.MouseButton], None],
        parent: QObject,
    ) -> None:
        """Begin switched off.

        Args:
            viewport: in which the pointer stays; what is larger moves instead at its edges.
            press: does what a press of a mouse button does at a widget position.
            move: does what the mouse does when it is moved there.
            release: does what letting a mouse button go does.
            parent: owns this.
        """
        super().__init__(parent)
        self._viewport = viewport
        self._press, self._move, self._release = press, move, release
        self._held: Qt.Key | None = None
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Whether keys move the pointer now."""
        return self._is_on

    def set_on(self, on: bool) -> None:
        """Let keys move the pointer, or what they move otherwise."""
        if on != self._is_on:
            self.let_go()
            self._is_on = on
            self.changed.emit()

    def press_key(self, event: QKeyEvent, spot: QPointF | None) -> bool:
        """Take a key.

        Args:
            event: the key.
            spot: where the pointer is. Returns whether it was one of the pointer's.
        """
        key = Qt.Key(event.key())
        if not self._is_on or not (key in _STEPS or key in _BUTTONS):
            return False
        at = self._viewport.middle if spot is None else spot
        if key in _STEPS:
            self._move(self._stepped(at, key, event.modifiers()))
        elif self._held is None and not event.isAutoRepeat():
            self._held = key
            self._press(at, _BUTTONS[key], event.modifiers())
        return True

    def release_key(self, event: QKeyEvent) -> bool:
        """The same for a key that is let go."""
        if not self._is_on or Qt.Key(event.key()) not in _BUTTONS:
            return False
        if not event.isAutoRepeat() and Qt.Key(event.key()) is self._held:
            self.let_go()
        return True

    def let_go(self) -> None:
        """Let the button go that is held."""
        held, self._held = self._held, None
        if held is not None:
            self._release(_BUTTONS[held])

    def draw(self, painter: QPainter, spot: QPointF) -> None:
        """Show where the pointer is, since the mouse's own is elsewhere."""
        if self._is_on:
            draw_cross(painter, spot)

    def _stepped(self, at: QPointF, key: Qt.Key, keys: Qt.KeyboardModifier) -> QPointF:
        shift, ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        step = _FINE_PX if keys & shift else _FAR_PX if keys & ctrl else _STEP_PX
        across, down = _STEPS[key]
        wanted = QPointF(at.x() + step * across, at.y() + step * down)
        kept = self._viewport.nearest(wanted)
        beyond = wanted - kept
        if not beyond.isNull() and not self._viewport.is_fitted:
            self._viewport.pan_by(-beyond.x(), -beyond.y())
        return kept
