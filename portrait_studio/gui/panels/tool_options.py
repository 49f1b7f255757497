"""What can be set for single tools: size and hardness of the brush; what picking takes, and how far."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLayout, QSlider, QVBoxLayout, QWidget

from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.widgets.buttons import ActionSwitch
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.gui.widgets.layouts import filled, role_label, spaced
from portrait_studio.gui.widgets.number_field import NumberField
from portrait_studio.language.translation import tr
from portrait_studio.session.tools import (
    LARGEST_BRUSH_PX,
    LARGEST_REACH,
    LARGEST_THRESHOLD,
    SMALLEST_BRUSH_PX,
    SMALLEST_THRESHOLD,
    MarkShape,
    Target,
    Tool,
    Tools,
)

_SLIDER_STEPS: Final = 200
_CAPTION_SIZE: Final = 0.85
"""Of letters above a control, in sizes of those in it."""


def _position_of(value: int, least: int, most: int) -> int:
    """Slider position of a number of pixels; the square root spreads small ones."""
    return round(_SLIDER_STEPS * math.sqrt((value - least) / (most - least)))


def _value_at(position: int, least: int, most: int) -> int:
    return round(least + (position / _SLIDER_STEPS) ** 2 * (most - least))


def _chosen(slider: QSlider, present: int, least: int, most: int) -> int:
    """Number of pixels that a slider was moved to.

    Small numbers lie some positions apart: a key, which moves by one, goes on to the next number.
    """
    value, usual = _value_at(slider.value(), least, most), _position_of(present, least, most)
    if value != present or slider.value() == usual or slider.isSliderDown():
        return value
    return present + (1 if slider.value() > usual else -1)


def _show(slider: QSlider, position: int) -> None:
    """Put the handle where a number is, which is rarely exactly there: the number stays what it is.

    While the hand holds the handle, that is where it is.
    """
    if not slider.isSliderDown():
        with QSignalBlocker(slider):
            slider.setValue(position)


def _slider(name: str, tip: str, steps: int, parent: QWidget) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal, parent)
    slider.setRange(0, steps)
    slider.setMinimumWidth(48)
    slider.setMaximumWidth(180)
    slider.setAccessibleName(name)
    slider.setToolTip(tip)
    return slider


def _row(parent: QWidget) -> QHBoxLayout:
    return spaced(QHBoxLayout(parent), 8, (0, 0, 0, 0))


def captioned(caption: str, control: QWidget | QLayout, parent: QWidget) -> QVBoxLayout:
    """A control below a word that says what it is for, which takes no room beside it."""
    label = role_label(caption, "hint", parent)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * _CAPTION_SIZE)
    label.setFont(font)
    return filled(spaced(QVBoxLayout(), 1, (0, 0, 0, 0)), label, control)


def _diameter_field(tip: str, parent: QWidget) -> NumberField:
    name, tip = tr("Brush diameter in photo pixels"), tr("Diameter in photo pixels. {tip}", tip=tip)
    return NumberField(parent, name, tip, (SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX), "1000")


def _shape_list(parent: QWidget) -> QComboBox:
    tip = tr("By brush, rectangle or lasso; the tool's key goes from one to the next")
    choices = ((tr(shape.value), shape) for shape in MarkShape)
    shapes = choice_box(parent, tr("Shape of marks"), choices, tip)
    shapes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    # With a large font its own measure is a pixel short of the longest text.
    shapes.setMinimumContentsLength(1 + max(len(tr(shape.value)) for shape in MarkShape))
    return shapes


class BrushOptions(QWidget):
    """Size and hardness of brush and eraser."""

    typing_ended = Signal()

    def __init__(self, tools: Tools, tighten: QAction, parent: QWidget) -> None:
        """Make it.

        Args:
            tools: the tools that are set here.
            tighten: the action that lets strokes be tightened.
            parent: owns it.
        """
        super().__init__(parent)
        self._tools = tools
        tip = tr("Brush size ([ and ], Alt+wheel)")
        self._size = _slider(tr("Brush size"), tip, _SLIDER_STEPS, self)
        self.number = _diameter_field(tip, self)
        self._hardness = _slider(
            tr("Hardness"), tr("Hardness: how sharp the edge of the brush is"), 100, self
        )
        # Beside a field the slider is in the middle of its height.
        self._hardness.setMinimumHeight(self.number.sizeHint().height())
        size = filled(spaced(QHBoxLayout(), 8), (self._size, 1), self.number)
        self._shape = _shape_list(self)
        # One widget, so that caption and list are shown and hidden together.
        self._shapes = QWidget(self)
        self._shapes.setLayout(captioned(tr("Mark by"), self._shape, self._shapes))
        row = filled(_row(self), self._shapes, (captioned(tr("Brush size"), size, self), 2), 4)
        filled(row, (captioned(tr("Hardness"), self._hardness, self), 1))
        self.tighten = ActionSwitch(tighten, self, tr("Tighten"))
        filled(row, self.tighten, None)
        self._size.valueChanged.connect(self._on_size)
        self._hardness.valueChanged.connect(self._on_hardness)
        self._shape.currentIndexChanged.connect(self._on_shape)
        self.number.valueChanged.connect(tools.set_diameter)
        self.number.ended.connect(self.typing_ended)
        tools.changed.connect(self._on_tools)
        self._on_tools()

    def keep_state(self, state: PersistentState) -> None:
        """Keep hardness and shape between starts; the size suits the photo."""
        state.keep_number("hardness", self._hardness)
        state.keep_choice("mark-shape", self._shape)

    def _on_shape(self) -> None:
        self._tools.set_mark_shape(self._shape.currentData())

    def _on_size(self) -> None:
        present = self._tools.diameter_px
        self._tools.set_diameter(_chosen(self._size, present, SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX))

    def _on_hardness(self, percent: int) -> None:
        if percent != round(self._tools.hardness * 100):
            self._tools.set_hardness(percent / 100)

    def _on_tools(self) -> None:
        _show(self._size, _position_of(self._tools.diameter_px, SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX))
        _show(self._hardness, round(self._tools.hardness * 100))
        marks = self._tools.tool.source_mark is not None
        self._hardness.setEnabled(self._tools.label is None and not marks)
        self._shapes.setVisible(marks)
        self._shape.setCurrentIndex(list(MarkShape).index(self._tools.mark_shape))
        for control in (self._size, self.number):
            control.setEnabled(self._tools.has_brush)
        self.tighten.setVisible(self._tools.tool is Tool.BRUSH and self._tools.label is None)
        self.number.setValue(self._tools.diameter_px)


class PickOptions(QWidget):
    """What a click takes, and how far beyond its outline."""

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        """Make it.

        Args:
            tools: the tools that are set here.
            parent: owns it.
        """
        super().__init__(parent)
        self._tools = tools
        tip = tr("What a click takes; Shift adds to the mask, Alt takes away from it")
        choices = ((tr(target.value), target) for target in Target)
        self._what = choice_box(self, tr("What a click takes"), choices, tip)
        tip = tr("How far beyond the thing the mask goes, in percent of the thing; never into skin")
        self._reach = _slider(tr("Reach"), tip, LARGEST_REACH, self)
        self._number = role_label("", "hint", self)
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("50 %") + 4)
        self._reach.setMinimumHeight(self._what.sizeHint().height())
        reach = filled(spaced(QHBoxLayout(), 8), (self._reach, 1), self._number)
        what = captioned(tr("A click takes"), self._what, self)
        filled(_row(self), what, 4, (captioned(tr("Reach"), reach, self), 2), None)
        self._what.currentIndexChanged.connect(self._on_what)
        self._reach.valueChanged.connect(tools.set_reach)
        tools.changed.connect(self._on_tools)
        self._on_tools()

    def keep_state(self, state: PersistentState) -> None:
        """Keep what a click takes between starts, and how far it reaches."""
        state.keep_choice("pick", self._what)
        state.keep_number("reach", self._reach)

    def _on_what(self) -> None:
        self._tools.set_target(self._what.currentData())

    def _on_tools(self) -> None:
        self._what.setCurrentIndex(list(Target).index(self._tools.target))
        _show(self._reach, self._tools.reach_percent)
        self._number.setText(tr("{percent:.0f} %", percent=self._tools.reach_percent))


class TightnessSlider(QSlider):
    """How probable it must be that a pixel belongs to a thing: to the right masks are tighter."""

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        """Make it.

        Args:
            tools: the tools that are set here.
            parent: owns it.
        """
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._tools = tools
        self.setRange(round(100 * SMALLEST_THRESHOLD), round(100 * LARGEST_THRESHOLD))
        self.setPageStep(10)
        self.setMinimumWidth(48)
        self.setMaximumWidth(180)
        self.setAccessibleName(tr("How tight"))
        self.setToolTip(
            tr("How tight the last tightening, pick or damage lies: to the left it takes doubtful parts, too")
        )
        self.valueChanged.connect(lambda percent: tools.set_threshold(percent / 100))
        tools.changed.connect(self._on_tools)
        self._on_tools()

    def keep_state(self, state: PersistentState) -> None:
        """Keep it between starts; whichever slider was moved last counts."""
        state.keep_number("tightness", self)

    def _on_tools(self) -> None:
        _show(self, round(100 * self._tools.threshold))


class ShapeOptions(QWidget):
    """What can be set for rectangle and lasso."""

    def __init__(self, tighten: QAction, parent: QWidget) -> None:
        """Make it.

        Args:
            tighten: the action that lets marks be tightened.
            parent: owns it.
        """
        super().__init__(parent)
        hint = role_label(tr("Drag around what shall go"), "hint", self)
        self.tighten = ActionSwitch(tighten, self, tr("Tighten"))
        filled(_row(self), hint, self.tighten, None)
