"""A field for a number in a window full of single-letter keys."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSpinBox, QWidget

_ENDING_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_FRAME_PX: Final = 26
"""Of the field, beside its text."""


class NumberField(QSpinBox):
    """A spin box in which Enter ends typing and does nothing else in the window."""

    ended = Signal()
    """By Enter or Escape; Tab goes on to the next control"""

    def __init__(self, parent: QWidget, name: str, tip: str, reach: tuple[int, int], widest: str) -> None:
        """Make it for pixels.

        Args:
            parent: owns it.
            name: for those who do not see it.
            tip: what it is for.
            reach: least and most.
            widest: number with the most letters.
        """
        super().__init__(parent, minimum=reach[0], maximum=reach[1], suffix=" px")
        self.setToolTip(tip)
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(f"{widest} px") + _FRAME_PX)

    def event(self, event: QEvent) -> bool:
        """Claim Enter before it becomes the window's shortcut."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() in _ENDING_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape hand the keyboard back to the photo."""
        super().keyPressEvent(event)
        if event.key() in _ENDING_KEYS:
            self.clearFocus()
            self.ended.emit()
