"""Turns presses, moves and releases over the photo into gestures."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter

from portrait_studio.editing.picked import PickMode
from portrait_studio.gui.canvas.canvas_frame import CanvasFrame, DragEdges
from portrait_studio.gui.canvas.gestures import Gesture, Lasso, Marking, Pan, Pick, Rectangle, Stroke
from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.session.tools import Tool, Tools

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Pointer(QObject):
    """One gesture at a time; which one depends on button, keys and the tool in hand."""

    changed = Signal()
    """Another cursor, ring or outline is to be shown"""
    refused = Signal()
    """Someone tried to paint while editing is locked"""

    def __init__(self, tools: Tools, viewport: Viewport, parent: QObject) -> None:
        """Args: the tools; what is moved and measured."""
        super().__init__(parent)
        self.marking = Marking(self)
        self.accent = QColor("#4f63e0")
        self.frame = CanvasFrame(viewport, self)
        self.frame.changed.connect(self.changed)
        self._tools, self._viewport = tools, viewport
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
        return idle and not self._refuses and self._tools.tool.is_brush

    @property
    def may_edit(self) -> bool:
        """Whether a press may begin an edit now: no job forbids it, and Space is not held."""
        return not self._is_locked and self._hand is None

    @property
    def _refuses(self) -> bool:
        """Whether the tool in hand may not be used now."""
        marks = self._tools.label is None and self._tools.tool is not Tool.EXTEND
        return self._is_locked and not (marks and self._may_mark)

    @property
    def cursor(self) -> Qt.CursorShape:
        """Shape of the pointer over a photo."""
        shapes = Qt.CursorShape
        if self._gesture is not None and self._gesture.cursor is not None:
            return self._gesture.cursor
        if self._hand is not None:
            return shapes.OpenHandCursor
        if self._refuses:
            return shapes.BusyCursor
        if self._tools.tool is Tool.PICK:
            return shapes.PointingHandCursor
        if self._tools.tool is Tool.EXTEND:
            return self.frame.cursor
        return shapes.BlankCursor if self._tools.tool.is_brush else shapes.CrossCursor

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
        subtracts = is_right or bool(keys & Qt.KeyboardModifier.AltModifier)
        shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if self._tool is Tool.EXTEND:
            sides = self.frame.sides_at(at)
            return DragEdges(self.frame, self._viewport, at, sides) if sides else Pan(self._viewport, at)
        if self._tool is Tool.RECTANGLE:
            return Rectangle(self.marking, self._viewport, at, subtracts=subtracts, accent=self.accent)
        if self._tool is Tool.LASSO:
            return Lasso(self.marking, self._viewport, at, subtracts=subtracts, accent=self.accent)
        if self._tool is Tool.PICK:
            mode = PickMode.SUBTRACT if subtracts else PickMode.ADD if shift else PickMode.REPLACE
            return Pick(self.marking, self._viewport, at, mode, self.accent)
        erases = subtracts or self._tool is Tool.ERASER
        return Stroke(self.marking, self._viewport, at, erases=erases, straight=shift, pressure=pressure)

    def _on_tools_changed(self) -> None:
        if self._tools.tool is not self._tool:
            self._tool = self._tools.tool
            self.abort()
        self.changed.emit()
