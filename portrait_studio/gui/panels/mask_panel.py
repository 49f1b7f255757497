"""The panel for the mask as a whole: its edge, its file, how painting behaves, and who is protected."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.panels.tool_options import TightnessSlider, captioned
from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.widgets.buttons import ActionButton, ActionSwitch
from portrait_studio.gui.widgets.layouts import filled, hint_label, role_label, spaced, taken_out
from portrait_studio.gui.widgets.number_field import NumberField
from portrait_studio.language.translation import tr
from portrait_studio.session.tools import Tools

_LARGEST_STEP_PX: Final = 500

_BUTTONS: Final = (
    (Command.GROW, Command.SHRINK),
    (Command.FEATHER, Command.FILL_HOLES),
    (Command.IMPORT_MASK, Command.EXPORT_MASK),
)
_SWITCHES: Final = (Command.TIGHTEN_STROKES, Command.LOOPS, Command.FILL_AT_ONCE, Command.PRESSURE)


class MaskPanel(QWidget):
    """Grow, shrink, feather and fill by a number of pixels; switches; people."""

    protection_chosen = Signal(object)
    """Set of the places of protected people"""
    typing_ended = Signal()

    def __init__(self, actions: Actions, tools: Tools, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            actions: the window's actions.
            tools: the tools that are set here.
            parent: owns it.
        """
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name = tr("How far the edge moves, in photo pixels")
        tip = tr("How far Grow and Shrink move the edge, and how soft Feather makes it")
        self._step = NumberField(self, name, tip, (1, _LARGEST_STEP_PX), "500")
        self._step.setValue(4)
        self._step.ended.connect(self.typing_ended)
        self._people = spaced(QVBoxLayout(), 6)
        self._boxes: list[QCheckBox] = []
        self._hint = hint_label("", self)
        self._lay_out(actions, tools)
        self.show_people((), frozenset(), is_known=False)

    @property
    def step_px(self) -> int:
        """How far the edge moves."""
        return self._step.value()

    def keep_state(self, state: PersistentState) -> None:
        """Keep how far the edge moves between starts, and how tight masks are."""
        state.keep_number("edge", self._step)
        self._tightness.keep_state(state)

    def show_people(
        self, people: Sequence[MapRegion], protected: AbstractSet[int], *, is_known: bool
    ) -> None:
        """List the people in the photo, and whether they are known yet."""
        names = [tr("Protect {person}", person=person.name) for person in people]
        if names != [box.text() for box in self._boxes]:
            self._list(names)
        for place, box in enumerate(self._boxes):
            with QSignalBlocker(box):
                box.setChecked(place in protected)
        if people:
            self._hint.setText(tr("Numbered from left to right. The mask never reaches protected people."))
        else:
            self._hint.setText(
                tr("No person was found.") if is_known else tr("People are listed here once found.")
            )

    def _list(self, names: Sequence[str]) -> None:
        taken_out(self._boxes)
        self._boxes = [QCheckBox(name, self) for name in names]
        for box in self._boxes:
            box.setAccessibleName(box.text())
            box.setToolTip(tr("The mask never reaches a protected person"))
            box.toggled.connect(self._on_box)
            self._people.addWidget(box)

    def _on_box(self) -> None:
        chosen = frozenset(place for place, box in enumerate(self._boxes) if box.isChecked())
        self.protection_chosen.emit(chosen)

    def _lay_out(self, actions: Actions, tools: Tools) -> None:
        amount = filled(QHBoxLayout(), QLabel(tr("Edge by"), self), self._step, None)
        grid = self._button_grid(actions)
        tight = filled(QHBoxLayout(), (ActionButton(actions[Command.TIGHTEN], self), 1))
        # Made here, since Tab goes through widgets in the order in which they were made.
        self._tightness = TightnessSlider(tools, self)
        filled(
            spaced(QVBoxLayout(self), 10, (14, 12, 12, 12)),
            amount,
            grid,
            filled(tight, (captioned(tr("How tight"), self._tightness, self), 1)),
            ActionButton(actions[Command.SHADOW], self),
            ActionButton(actions[Command.FIND_DAMAGE], self),
            4,
            role_label(tr("Painting"), "heading", self),
            *(ActionSwitch(actions[command], self) for command in _SWITCHES),
            4,
            role_label(tr("People"), "heading", self),
            ActionButton(actions[Command.MARK_OTHERS], self),
            self._hint,
            self._people,
            None,
        )

    def _button_grid(self, actions: Actions) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        for row, pair in enumerate(_BUTTONS):
            for place, command in enumerate(pair):
                grid.addWidget(ActionButton(actions[command], self), row, place)
        return grid
