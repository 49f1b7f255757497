"""The 18 labels: which occur, which are shown, and which one the tools paint."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.theme import Theme
from portrait_studio.gui.widgets.layouts import filled, spaced
from portrait_studio.language.label_names import label_name
from portrait_studio.language.translation import tr
from portrait_studio.networks.conventions import LABEL_COLOURS, LABEL_COUNT, LABELS

_CHIP_PX: Final = 14


def _chip(label: int) -> QIcon:
    picture = QPixmap(_CHIP_PX, _CHIP_PX)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(128, 128, 128, 160))
    painter.setBrush(QColor(*LABEL_COLOURS[label]))
    painter.drawRoundedRect(1, 1, _CHIP_PX - 2, _CHIP_PX - 2, 3, 3)
    painter.end()
    return QIcon(picture)


class _Row(QWidget):
    """One label: press the name to paint with it, the eye to hide it."""

    entered = Signal(int)
    left = Signal()

    def __init__(self, label: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._label, self._theme = label, theme
        self.name = QToolButton(self)
        self.name.setObjectName("label")
        self.name.setIcon(_chip(label))
        self.name.setIconSize(QSize(_CHIP_PX, _CHIP_PX))
        self.name.setText(tr(label_name(label)))
        self.name.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.name.setCheckable(True)
        self.name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.name.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.eye = QToolButton(self)
        self.eye.setObjectName("eye")
        self.eye.setIconSize(QSize(_CHIP_PX, _CHIP_PX))
        self.eye.setCheckable(True)
        self.eye.setChecked(True)
        self.eye.setAccessibleName(tr("Show {label}", label=label_name(label)))
        self.eye.setToolTip(tr("Show or hide {label}", label=label_name(label)))
        self.eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        filled(spaced(QHBoxLayout(self), 0, (0, 0, 0, 0)), (self.name, 1), self.eye)
        self.eye.toggled.connect(self.colour_icon)
        self.colour_icon()
        self.set_present(False)

    def colour_icon(self) -> None:
        """Show an open or a closed eye in the theme's colour."""
        self.eye.setIcon(self._theme.quiet_icon("ph.eye" if self.eye.isChecked() else "ph.eye-slash"))

    def set_present(self, present: bool) -> None:
        """Emphasise a label that occurs in the map."""
        font = self.name.font()
        font.setWeight(QFont.Weight.DemiBold if present else QFont.Weight.Normal)
        self.name.setFont(font)
        self.name.setProperty("absent", not present)
        self.name.style().unpolish(self.name)
        self.name.style().polish(self.name)
        label = label_name(self._label)
        self.name.setAccessibleName(
            tr("Paint {label}, present", label=label)
            if present
            else tr("Paint {label}, not present", label=label)
        )
        self.name.setToolTip(tr("Paint {label} into the structure with the tools", label=label))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let the label stand out in the photo."""
        self.entered.emit(self._label)

    def leaveEvent(self, event: QEvent) -> None:
        """All labels alike again."""
        self.left.emit()


class Legend(QWidget):
    """All labels in two columns."""

    label_entered = Signal(int)
    label_left = Signal()
    hidden_changed = Signal(object)
    """Set of the labels that are hidden"""
    brush_chosen = Signal(object)
    """Label to paint with; None: the mask again"""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Make it.

        Args:
            theme: the theme of its icons.
            parent: owns it.
        """
        super().__init__(parent)
        self._rows = [_Row(label, theme, self) for label in range(LABEL_COUNT)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        half = (LABEL_COUNT + 1) // 2
        for number, row in enumerate(self._rows):
            grid.addWidget(row, number % half, number // half)
            row.entered.connect(self.label_entered)
            row.left.connect(self.label_left)
            row.eye.toggled.connect(self._on_eye)
            row.name.clicked.connect(self._on_name)
        theme.changed.connect(self._on_theme)

    def keep_state(self, state: PersistentState) -> None:
        """Keep which labels are shown between starts."""
        for label, row in zip(LABELS, self._rows, strict=True):
            state.keep_switch(f"show-{label}", row.eye)

    def show_present(self, labels: AbstractSet[int]) -> None:
        """Emphasise the labels that occur."""
        for label, row in enumerate(self._rows):
            row.set_present(label in labels)

    def show_brush(self, label: int | None) -> None:
        """Show which label the tools paint."""
        for number, row in enumerate(self._rows):
            row.name.setChecked(number == label)

    def _on_eye(self) -> None:
        hidden = frozenset(label for label, row in enumerate(self._rows) if not row.eye.isChecked())
        self.hidden_changed.emit(hidden)

    def _on_name(self) -> None:
        pressed = next(label for label, row in enumerate(self._rows) if row.name is self.sender())
        self.brush_chosen.emit(pressed if self._rows[pressed].name.isChecked() else None)

    def _on_theme(self) -> None:
        for row in self._rows:
            row.colour_icon()
