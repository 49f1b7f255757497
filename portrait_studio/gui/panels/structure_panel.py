"""The panel of the predicted structure: how it is shown, and how it is changed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.panels.legend import Legend
from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.theme import Theme
from portrait_studio.gui.widgets.buttons import ActionButton, ActionSwitch
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.gui.widgets.layouts import filled, hint_label, role_label, spaced
from portrait_studio.language.label_names import joint_name, label_name
from portrait_studio.language.translation import tr
from portrait_studio.networks.conventions import KEYPOINTS
from portrait_studio.session.tools import Tools

_FIRST_OPACITY_PERCENT: Final = 60


class StructurePanel(QWidget):
    """Parsing map and skeleton over the photo; labels to paint into it; the fill that follows them."""

    joint_chosen = Signal(object)
    """Number of the joint that the arrow keys shall move; None: none"""

    def __init__(self, canvas: Canvas, tools: Tools, actions: Actions, theme: Theme, parent: QWidget) -> None:
        """Show how things are.

        Args:
            canvas: where the structure is shown.
            tools: of which the label is shown that they paint.
            actions: the window's.
            theme: of the icons.
            parent: the window.
        """
        super().__init__(parent)
        self._tools, self._overlay = tools, canvas.layers.overlay
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.opacity_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity_slider.setRange(0, 100)
        self.opacity_slider.setValue(_FIRST_OPACITY_PERCENT)
        self.opacity_slider.setAccessibleName(tr("Opacity of the structure"))
        self.opacity_slider.setToolTip(tr("Opacity of the structure"))
        self.opacity_slider.valueChanged.connect(self._on_opacity)
        self._percent = role_label(_percent(_FIRST_OPACITY_PERCENT), "hint", self)
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance(_percent(100)) + 4)
        self._hint = hint_label("", self)
        moved = ((tr("Move {about}", about=joint_name(joint)), joint) for joint in range(len(KEYPOINTS)))
        tip = tr("Drag a joint over the photo, or choose it here and use the arrow keys")
        joints = ((tr("Move no joint"), None), *moved)
        self.joint_box = choice_box(self, tr("Joint that the arrow keys move"), joints, tip)
        self.joint_box.activated.connect(self._on_joint)
        self.legend = Legend(theme, self)
        self._lay_out(actions)
        self._show_present()
        self._overlay.structure_changed.connect(self._show_present)
        self.legend.label_entered.connect(self._overlay.highlight_label)
        self.legend.label_left.connect(lambda: self._overlay.highlight_label(None))
        self.legend.hidden_changed.connect(self._overlay.hide_labels)
        canvas.joints.chosen.connect(self._show_joint)
        tools.changed.connect(self._show_brush)

    def keep_state(self, state: PersistentState) -> None:
        """Keep how the structure is shown between starts."""
        state.keep_number("opacity", self.opacity_slider)
        self.legend.keep_state(state)

    def _show_present(self) -> None:
        """Emphasise the labels that occur."""
        structure = self._overlay.structure
        self.legend.show_present(frozenset() if structure is None else structure.present())
        self._show_hint()

    def _show_brush(self) -> None:
        self.legend.show_brush(self._tools.label)
        self._show_hint()

    def _show_hint(self) -> None:
        if self._tools.label is not None:
            name = label_name(self._tools.label)
            self._hint.setText(
                tr("The tools paint {label} now. Press {label} again, or Esc, to paint the mask.", label=name)
            )
        elif self._overlay.structure is not None:
            self._hint.setText(tr("Press a name and paint: the next fill obeys you."))
        else:
            self._hint.setText(tr("What each part of the person is, behind the mask too."))

    def _lay_out(self, actions: Actions) -> None:
        slider = filled(spaced(QHBoxLayout(), 8), (self.opacity_slider, 1), self._percent)
        filled(
            spaced(QVBoxLayout(self), 8, (14, 12, 12, 12)),
            ActionSwitch(actions[Command.STRUCTURE], self),
            ActionSwitch(actions[Command.SKELETON], self),
            slider,
            self.joint_box,
            ActionButton(actions[Command.RESET_JOINTS], self),
            ActionButton(actions[Command.READ_STRUCTURE], self),
            2,
            role_label(tr("Labels"), "heading", self),
            self._hint,
            self.legend,
            ActionButton(actions[Command.FILL_ANEW], self),
            ActionButton(actions[Command.CLEAR_LABELS], self),
            None,
        )

    def _show_joint(self, joint: int | None) -> None:
        self.joint_box.setCurrentIndex(self.joint_box.findData(joint))

    def _on_joint(self) -> None:
        self.joint_chosen.emit(self.joint_box.currentData())

    def _on_opacity(self, percent: int) -> None:
        self._percent.setText(_percent(percent))
        self._overlay.set_opacity(percent / 100)


def _percent(share: int) -> str:
    return tr("{percent:.0f} %", percent=share)
