"""The bar above the photo: brush size, method, fill."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSlider, QSpinBox, QWidget

from portrait_studio.engine.request import Method
from portrait_studio.session.tools import LARGEST_BRUSH_PX, SMALLEST_BRUSH_PX, Tool, Tools

_METHODS: Final = (
    (Method.DEFAULT, "Best", "The network says what belongs there, the photo's own patches say how it looks"),
    (Method.NETWORK, "Network only", "Softer; useful where the photo shows nothing similar"),
    (Method.PATCHES, "Patches only", "Only copies from the photo, guided by its structure"),
)
_SLIDER_STEPS: Final = 200
_ENDING_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


def _position_of(diameter_px: int) -> int:
    """Slider position of a diameter; the square root spreads small sizes."""
    share = (diameter_px - SMALLEST_BRUSH_PX) / (LARGEST_BRUSH_PX - SMALLEST_BRUSH_PX)
    return round(_SLIDER_STEPS * math.sqrt(share))


def _diameter_at(position: int) -> int:
    share = (position / _SLIDER_STEPS) ** 2
    return round(SMALLEST_BRUSH_PX + share * (LARGEST_BRUSH_PX - SMALLEST_BRUSH_PX))


class _NumberField(QSpinBox):
    """A spin box in which Enter ends typing and does nothing else in the window."""

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


class ActionButton(QPushButton):
    """A push button that stands for an action: its text, icon, tip and state."""

    def __init__(self, action: QAction, parent: QWidget | None = None, *, prominent: bool = False) -> None:
        """Args: the action; prominent: filled with the accent colour."""
        super().__init__(parent)
        self._action = action
        self._is_prominent = prominent
        self.setProperty("prominent", prominent)
        self.setIconSize(QSize(18, 18))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.text())
        # On the accent colour an icon needs the colour that it has when it is switched on.
        state = QIcon.State.On if self._is_prominent else QIcon.State.Off
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
            off = QIcon.State.Off if mode is QIcon.Mode.Disabled else state
            icon.addPixmap(self._action.icon().pixmap(self.iconSize(), mode, off), mode)
        self.setIcon(icon)
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())
        self.setEnabled(self._action.isEnabled())


class OptionsBar(QWidget):
    """Brush size and fill method, with the button that starts the fill."""

    typing_ended = Signal()
    """A number was typed; the keyboard belongs to the photo again."""

    def __init__(self, tools: Tools, fill: QAction, again: QAction, parent: QWidget | None = None) -> None:
        """Args: the tools that are set here; the actions on the buttons."""
        super().__init__(parent)
        self._tools = tools
        self._label = QLabel("Brush", self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, _SLIDER_STEPS)
        self._slider.setMinimumWidth(70)
        self._slider.setMaximumWidth(180)
        self._slider.setAccessibleName("Brush size")
        self._slider.setToolTip("Brush size ([ and ], Alt+wheel)")
        self._number = _NumberField(self)
        self._number.setRange(SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX)
        self._number.setSuffix(" px")
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.setAccessibleName("Brush diameter in photo pixels")
        self._number.setToolTip("Brush diameter in photo pixels ([ and ], Alt+wheel)")
        self._number.setFixedWidth(self._number.fontMetrics().horizontalAdvance("1000 px") + 26)
        self._method = QComboBox(self)
        self._method.setAccessibleName("Method")
        self._method.setToolTip("How the hole is filled")
        for method, name, tip in _METHODS:
            self._method.addItem(name, method)
            self._method.setItemData(self._method.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.fill_button = ActionButton(fill, self, prominent=True)
        self.again_button = ActionButton(again, self)
        self._lay_out()
        self._slider.valueChanged.connect(self._on_slider)
        self._number.valueChanged.connect(tools.set_diameter)
        self._number.editingFinished.connect(self.typing_ended)
        tools.changed.connect(self._on_tools)
        self._on_tools()

    @property
    def method(self) -> Method:
        """The chosen method."""
        return Method(self._method.currentData())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self._slider, 1)
        row.addWidget(self._number)
        row.addStretch(1)
        row.addWidget(QLabel("Method", self))
        row.addWidget(self._method)
        row.addWidget(self.again_button)
        row.addWidget(self.fill_button)

    def _on_slider(self, position: int) -> None:
        if position != _position_of(self._tools.diameter_px):
            self._tools.set_diameter(_diameter_at(position))

    def _on_tools(self) -> None:
        sized = self._tools.tool is not Tool.RECTANGLE
        for widget in (self._label, self._slider, self._number):
            widget.setEnabled(sized)
        self._label.setText("Eraser" if self._tools.tool is Tool.ERASER else "Brush")
        self._slider.setValue(_position_of(self._tools.diameter_px))
        self._number.setValue(self._tools.diameter_px)
