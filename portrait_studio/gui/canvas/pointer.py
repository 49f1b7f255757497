"""Turns presses, moves and releases over the photo into gestures."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter

from portrait_studio.gui.canvas.canvas_frame import CanvasFrame
from portrait_studio.gui.canvas.gestures import Gesture, Pan, Press
from portrait_studio.gui.canvas.tools import TOOLS
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.session.painting import Painting
from portrait_studio.session.tools import Tool, Tools

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Pointer(QObject):
    """One gesture at a time; which one depends on button, keys and the tool in hand."""

    changed = Signal()
    """Another cursor, ring or outline is to be shown"""
    refused = Signal()
    """Someone tried to paint while editing is locked"""
    picked = Signal(float, float, object)
    """A click of the pick tool: x, y in photo pixels, PickMode"""
    box_picked = Signal(object, object)
    """A drag of the pick tool: Bounds, clipped to the photo, and PickMode"""

    def __init__(self, tools: Tools, painting: Painting, viewport: Viewport, parent: QObject) -> None:
        """Begin without a gesture.

        Args:
            tools: of which one is in hand.
            painting: what gestures paint on.
            viewport: what is moved and measured.
            parent: owns this.
        """
        super().__init__(parent)
        self.accent = QColor("#4f63e0")
        self.frame = CanvasFrame(viewport, self)
        self.frame.changed.connect(self.changed)
        self._tools, self._painting, self._viewport = tools, painting, viewport
        self._gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._tool = tools.tool
        self._is_locked, self._may_mark = False, False
        self._hand: Pan | None = None
        tools.changed.connect(self._on_tools_changed)

    @property
    def shows_ring(self) -> bool:
        """Whether the outline of the brush stands for the pointer."""
        idle = self._hand is None and (self._gesture is None or self._gesture.is_edit)
        return idle and not self._refuses and self._tools.has_brush

    @property
    def may_edit(self) -> bool:
        """Whether a press may begin an edit now: no job forbids it, and Space is not held."""
        return not self._is_locked and self._hand is None

    @property
    def may_mark(self) -> bool:
        """Whether a press may begin what the tool in hand does, and Space is not held."""
        return not self._refuses and self._hand is None

    @property
    def _refuses(self) -> bool:
        """Whether the tool in hand may not be used now."""
        tool = self._tools.tool
        marks = self._tools.label is None and tool is not Tool.EXTEND
        return self._is_locked and not (marks and self._may_mark)

    @property
    def cursor(self) -> Qt.CursorShape:
        """Shape of the pointer over a photo."""
        if self._gesture is not None and self._gesture.cursor is not None:
            return self._gesture.cursor
        if self._hand is not None:
            return Qt.CursorShape.OpenHandCursor
        if self._refuses:
            return Qt.CursorShape.BusyCursor
        if self._tools.tool.is_brush and not self._tools.has_brush:
            return Qt.CursorShape.CrossCursor
        cursor = TOOLS[self._tools.tool].cursor
        return self.frame.cursor if cursor is None else cursor

    def press(
        self, at: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier, pressure: float = 1.0
    ) -> None:
        """Begin a gesture."""
        if self._gesture is not None or self._viewport.extent is None:
            return
        if button == Qt.MouseButton.MiddleButton or (self._hand is not None and button == _LEFT):
            self._gesture = Pan(self._viewport, at)
        elif button in (_LEFT, _RIGHT):
            if self._refuses:
                self.refused.emit()
                return
            self._tool = self._tools.tool
            self._gesture = self._edit(at, button == _RIGHT, keys, pressure)
        self._button = button
        self.changed.emit()

    def hover(self, at: QPointF | None) -> None:
        """The pointer is there, pressed or not, or nowhere."""
        if self._tools.tool is Tool.EXTEND and self._gesture is None:
            self.frame.hover(at)

    def begin(self, gesture: Gesture, button: Qt.MouseButton) -> None:
        """Begin a gesture that is not the tool's."""
        if self._gesture is None:
            self._gesture, self._button = gesture, button
            self.changed.emit()

    def move(self, at: QPointF, pressure: float = 1.0) -> None:
        """Go on with the gesture; while Space is held the photo moves instead."""
        gesture = self._gesture
        if gesture is None:
            return
        if self._hand is not None and gesture.is_edit:
            self._hand.move(at, pressure)
        else:
            gesture.move(at, pressure)
            if gesture.has_outline:
                self.changed.emit()

    def release(self, button: Qt.MouseButton) -> None:
        """End the gesture that this button began."""
        gesture = self._gesture
        if gesture is not None and button == self._button:
            self._gesture = None
            gesture.finish()
            self.changed.emit()

    def abort(self) -> bool:
        """Take back an edit under way; False when there is none."""
        gesture = self._gesture
        if gesture is None or not gesture.is_edit:
            return False
        self._gesture = None
        gesture.abort()
        self.changed.emit()
        return True

    def set_locked(self, locked: bool, *, may_mark: bool = False) -> None:
        """Refuse edits (while a job needs the document as it is); zoom and pan go on.

        Args:
            locked: whether they are refused.
            may_mark: whether the mask may be painted on all the same.
        """
        if (locked, may_mark) != (self._is_locked, self._may_mark):
            self._is_locked, self._may_mark = locked, may_mark
            if locked and (self._refuses or self._gesture is None or not self._gesture.marks):
                self.abort()
            self.changed.emit()

    def hold_hand(self, at: QPointF | None) -> None:
        """Space is held while the pointer is there; None: it was let go."""
        self._hand = None if at is None else Pan(self._viewport, at)
        self.changed.emit()

    def draw(self, painter: QPainter, size: QSizeF) -> None:
        """Show what the gesture would do; `size` is that of the widget."""
        if self._tools.tool is Tool.EXTEND:
            self.frame.draw(painter, size, self.accent)
        if self._gesture is not None:
            self._gesture.draw(painter)

    def _edit(self, at: QPointF, is_right: bool, keys: Qt.KeyboardModifier, pressure: float) -> Gesture:
        begin = TOOLS[self._tool].gesture
        if begin is None:
            return self.frame.drag_at(at)
        return begin(
            Press(
                at,
                subtracts=is_right or bool(keys & Qt.KeyboardModifier.AltModifier),
                shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
                pressure=pressure,
                viewport=self._viewport,
                painting=self._painting,
                picked=self.picked.emit,
                box_picked=self.box_picked.emit,
                accent=self.accent,
                mark_shape=self._tools.mark_shape,
            )
        )

    def _on_tools_changed(self) -> None:
        if self._tools.tool is not self._tool:
            self._tool = self._tools.tool
            self.abort()
        self.changed.emit()
