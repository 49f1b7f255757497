"""The panel of the predicted structure: how it is shown, and how it is changed."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from portrait_studio.gui.actions import Actions, Command
from portrait_studio.gui.panels.legend import Legend
from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.theme import Theme
from portrait_studio.gui.widgets.buttons import ActionButton, ActionSwitch
from portrait_studio.language.label_names import joint_name, label_name
from portrait_studio.language.translation import tr
from portrait_studio.networks.conventions import KEYPOINTS

_FIRST_OPACITY_PERCENT: Final = 60


class StructurePanel(QWidget):
    """Parsing map and skeleton over the photo; labels to paint into it; the fill that follows them."""

    opacity_changed = Signal(float)
    joint_chosen = Signal(object)
    """Number of the joint that the arrow keys shall move; None: none"""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        """Args: the window's actions; the theme of the icons."""
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.opacity_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity_slider.setRange(0, 100)
        self.opacity_slider.setValue(_FIRST_OPACITY_PERCENT)
        self.opacity_slider.setAccessibleName(tr("Opacity of the structure"))
        self.opacity_slider.setToolTip(tr("Opacity of the structure"))
        self.opacity_slider.valueChanged.connect(self._on_opacity)
        self._percent = QLabel(_percent(_FIRST_OPACITY_PERCENT), self)
        self._percent.setProperty("role", "hint")
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance(_percent(100)) + 4)
        self._hint = QLabel(self)
        self._hint.setProperty("role", "hint")
        self._hint.setWordWrap(True)
        self.joint_box = QComboBox(self)
        self.joint_box.addItem(tr("Move no joint"), None)
        for joint in range(len(KEYPOINTS)):
            self.joint_box.addItem(tr("Move {about}", about=joint_name(joint)), joint)
        self.joint_box.setAccessibleName(tr("Joint that the arrow keys move"))
        self.joint_box.setToolTip(tr("Drag a joint over the photo, or choose it here and use the arrow keys"))
        self.joint_box.activated.connect(self._on_joint)
        self.legend = Legend(theme, self)
        self._has_map = False
        self._brush: int | None = None
        self._lay_out(actions)
        self.show_present(None)

    def keep_state(self, state: PersistentState) -> None:
        """Keep how the structure is shown between starts."""
        state.keep_number("opacity", self.opacity_slider)
        self.legend.keep_state(state)

    def show_present(self, labels: AbstractSet[int] | None) -> None:
        """Emphasise the labels that occur; None: there is no map yet."""
        self._has_map = labels is not None
        self.legend.show_present(labels or frozenset())
        self._show_hint()

    def show_brush(self, label: int | None) -> None:
        """Show which label the tools paint; None: they paint the mask."""
        self._brush = label
        self.legend.show_brush(label)
        self._show_hint()

    def _show_hint(self) -> None:
        if self._brush is not None:
            name = label_name(self._brush)
            self._hint.setText(
                tr("The tools paint {label} now. Press {label} again, or Esc, to paint the mask.", label=name)
            )
        elif self._has_map:
            self._hint.setText(tr("Press a name and paint: the next fill obeys you."))
        else:
            self._hint.setText(tr("What each part of the person is, behind the mask too."))

    def _lay_out(self, actions: Actions) -> None:
        slider = QHBoxLayout()
        slider.setSpacing(8)
        slider.addWidget(self.opacity_slider, 1)
        slider.addWidget(self._percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(ActionSwitch(actions[Command.STRUCTURE], self))
        column.addWidget(ActionSwitch(actions[Command.SKELETON], self))
        column.addLayout(slider)
        column.addWidget(self.joint_box)
        column.addWidget(ActionButton(actions[Command.RESET_JOINTS], self))
        column.addWidget(ActionButton(actions[Command.READ_STRUCTURE], self))
        column.addSpacing(2)
        heading = QLabel(tr("Labels"), self)
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        column.addWidget(self._hint)
        column.addWidget(self.legend)
        column.addWidget(ActionButton(actions[Command.FILL_ANEW], self))
        column.addWidget(ActionButton(actions[Command.CLEAR_LABELS], self))
        column.addStretch(1)

    def show_joint(self, joint: int | None) -> None:
        """Show which joint the arrow keys move."""
        self.joint_box.setCurrentIndex(self.joint_box.findData(joint))

    def _on_joint(self) -> None:
        self.joint_chosen.emit(self.joint_box.currentData())

    def _on_opacity(self, percent: int) -> None:
        self._percent.setText(_percent(percent))
        self.opacity_changed.emit(percent / 100)


def _percent(share: int) -> str:
    return tr("{percent:.0f} %", percent=share)
