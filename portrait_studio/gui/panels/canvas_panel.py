"""The panel for the canvas: how far each side is extended, in numbers, and ways to get there at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.widgets.buttons import ActionButton
from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced
from portrait_studio.gui.widgets.number_field import NumberField
from portrait_studio.imaging.canvas_extension import RATIOS, percent_of, ratio_text
from portrait_studio.imaging.geometry import Extent, Margins
from portrait_studio.language.label_names import SIDES
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

_MOST_PX: Final = 50_000
_SIDES: Final = {
    "left": Message("Left"),
    "top": Message("Top"),
    "right": Message("Right"),
    "bottom": Message("Bottom"),
}
"""What the field of each side is called."""


class RatioButton(QPushButton):
    """Extends to a ratio of width to height that is chosen from a menu."""

    chosen = Signal(object)
    """Fraction; None: the photo's own"""

    def __init__(self, parent: QWidget) -> None:
        """Make the menu."""
        super().__init__(tr("To ratio…"), parent)
        self.setAccessibleName(tr("Extend to a ratio of width to height"))
        self.setToolTip(tr("Extend until the canvas has this ratio of width to height"))
        menu = QMenu(self)
        menu.addAction(tr("Original")).triggered.connect(lambda _=False: self.chosen.emit(None))
        for ratio in RATIOS:
            action = menu.addAction(ratio_text(ratio))
            action.triggered.connect(lambda _=False, wanted=ratio: self.chosen.emit(wanted))
        self.setMenu(menu)


class CanvasPanel(QWidget):
    """Numbers for the four sides, buttons, and the size that comes out."""

    margins_chosen = Signal(object)
    """Margins"""
    ratio_chosen = Signal(object)
    """Fraction; None: the photo's own"""
    typing_ended = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            actions: the window's actions.
            parent: owns it.
        """
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._extent: Extent | None = None
        self.fields = {side: self._field(side) for side in _SIDES}
        self._percent = {side: QLabel(self) for side in _SIDES}
        self._size = QLabel(self)
        self._size.setAccessibleName(tr("Size of the new canvas"))
        self.ratio = RatioButton(self)
        self.ratio.chosen.connect(self.ratio_chosen)
        hint = hint_label(
            tr("Drag an edge or a corner outwards, or type how far. Enter fills what is new, Esc leaves."),
            self,
        )
        self._lay_out(actions, hint)
        # Numbers and ratios may be given when the buttons beside them may.
        extending = actions[Command.RECOVER_FEET]
        extending.enabledChanged.connect(self._allow)
        self._allow(extending.isEnabled())

    def _allow(self, editable: bool) -> None:
        for widget in (*self.fields.values(), self.ratio):
            widget.setEnabled(editable)

    def show_margins(self, extent: Extent | None, margins: Margins) -> None:
        """Show how far a canvas of that size is extended."""
        self._extent = extent
        for side, field in self.fields.items():
            pixels = getattr(margins, side)
            with QSignalBlocker(field):
                field.setValue(pixels)
            whole = 0 if extent is None else extent.width if side in ("left", "right") else extent.height
            self._percent[side].setText(_percent(pixels, whole))
        if extent is None:
            self._size.clear()
            return
        width, height = (
            extent.width + margins.left + margins.right,
            extent.height + margins.top + margins.bottom,
        )
        self._size.setText(
            f"{width} \N{MULTIPLICATION SIGN} {height} px, {_nearest(Fraction(width, height))}"
        )

    def _field(self, side: str) -> NumberField:
        name = tr("How far the canvas is extended at the {side}, in pixels", side=SIDES[side])
        tip = tr("Pixels added at the {side}; below 0 it is cropped", side=SIDES[side])
        field = NumberField(self, name, tip, (-_MOST_PX, _MOST_PX), "-50000")
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setKeyboardTracking(False)
        field.valueChanged.connect(self._on_field)
        field.ended.connect(self.typing_ended)
        return field

    def _on_field(self) -> None:
        self.margins_chosen.emit(Margins(*(self.fields[side].value() for side in _SIDES)))

    def _lay_out(self, actions: Actions, hint: QLabel) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        for row, side in enumerate(("top", "bottom", "left", "right")):
            name = QLabel(tr(_SIDES[side]), self)
            name.setBuddy(self.fields[side])
            grid.addWidget(name, row, 0)
            grid.addWidget(self.fields[side], row, 1)
            self._percent[side].setProperty("role", "hint")
            grid.addWidget(self._percent[side], row, 2)
        grid.setColumnStretch(2, 1)
        recover = (actions[command] for command in (Command.RECOVER_FEET, Command.RECOVER_FOREHEAD))
        buttons = (ActionButton(action, self) for action in recover)
        column = spaced(QVBoxLayout(self), 10, (14, 12, 12, 12))
        filled(column, hint, grid, self._size, 4, *buttons, self.ratio, None)


def _percent(pixels: int, whole: int) -> str:
    return tr("{percent:.0f} %", percent=percent_of(pixels, whole)) if whole else ""


def _nearest(ratio: Fraction) -> str:
    """The ratio as the user knows it, or as a number."""
    known = next((each for each in RATIOS if abs(each / ratio - 1) < Fraction(1, 200)), None)
    return ratio_text(known) if known is not None else f"{float(ratio):.2f}:1"
