"""The panel beside the photo: predicted parsing map on/off, opacity, and a legend of the 18 labels."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QEnterEvent, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.networks.conventions import LABEL_COLOURS, LABELS


class _LegendRow(QWidget):
    """A colour chip and a label's name; dim while the label does not occur."""

    entered = Signal(int)
    left = Signal()

    def __init__(self, label: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = label
        self._present = False
        self.setFixedHeight(22)
        self.setMinimumWidth(100)
        self.set_present(False)

    def set_present(self, present: bool) -> None:
        """Emphasise a label that occurs in the map."""
        self._present = present
        name = LABELS[self._label]
        self.setAccessibleName(f"{name}: {'present' if present else 'not present'}")
        self.setToolTip(name if present else f"{name} (not in this photo)")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chip and name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self._present else 0.4)
        painter.setPen(self.palette().mid().color())
        painter.setBrush(QColor(*LABEL_COLOURS[self._label]))
        painter.drawRoundedRect(2, 5, 12, 12, 3, 3)
        painter.setPen(self.palette().windowText().color())
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold if self._present else QFont.Weight.Normal)
        painter.setFont(font)
        painter.drawText(
            self.rect().adjusted(21, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, LABELS[self._label]
        )
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let the label stand out in the photo."""
        if self._present:
            self.entered.emit(self._label)

    def leaveEvent(self, event: QEvent) -> None:
        """All labels alike again."""
        self.left.emit()


class StructurePanel(QWidget):
    """Controls of the parsing map that lies over the photo."""

    opacity_changed = Signal(float)
    label_entered = Signal(int)
    label_left = Signal()

    def __init__(self, show: QAction, read: QAction, parent: QWidget | None = None) -> None:
        """Args: the switch that shows the map and the action that predicts it."""
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._show = show
        self._switch = QCheckBox("Show over the photo", self)
        self._switch.setToolTip(show.toolTip())
        self._switch.setAccessibleName("Show the structure over the photo")
        self._switch.toggled.connect(show.setChecked)
        show.toggled.connect(self._switch.setChecked)
        self._switch.setChecked(show.isChecked())
        self._read = QPushButton("Read structure", self)
        self._read.setToolTip(read.toolTip())
        self._read.setAccessibleName("Read the structure of the photo")
        self._read.clicked.connect(read.trigger)
        self._read_action = read
        read.changed.connect(self._on_read_changed)
        self.opacity_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity_slider.setRange(0, 100)
        self.opacity_slider.setValue(60)
        self.opacity_slider.setAccessibleName("Opacity of the structure")
        self.opacity_slider.setToolTip("Opacity of the structure")
        self.opacity_slider.valueChanged.connect(self._on_opacity)
        self._percent = QLabel("60 %", self)
        self._percent.setProperty("role", "hint")
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self._hint = QLabel(self)
        self._hint.setProperty("role", "hint")
        self._hint.setWordWrap(True)
        self._rows = [_LegendRow(label, self) for label in range(len(LABELS))]
        for row in self._rows:
            row.entered.connect(self.label_entered)
            row.left.connect(self.label_left)
        self._lay_out()
        self.show_present(None)

    @property
    def opacity(self) -> float:
        """Opacity of the map in [0, 1]."""
        return self.opacity_slider.value() / 100

    def show_present(self, labels: AbstractSet[int] | None) -> None:
        """Emphasise the labels that occur; None: there is no map yet."""
        for label, row in enumerate(self._rows):
            row.set_present(labels is not None and label in labels)
        if labels is None:
            self._hint.setText("What each part of the person is, behind the mask too.")
        else:
            self._hint.setText("Point at the photo or at a name to see which part is which.")

    def _lay_out(self) -> None:
        slider = QHBoxLayout()
        slider.setSpacing(8)
        slider.addWidget(self.opacity_slider, 1)
        slider.addWidget(self._percent)
        legend = QGridLayout()
        legend.setHorizontalSpacing(8)
        legend.setVerticalSpacing(1)
        half = (len(self._rows) + 1) // 2
        for number, row in enumerate(self._rows):
            legend.addWidget(row, number % half, number // half)
        heading = QLabel("Labels", self)
        heading.setProperty("role", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 12, 12)
        column.setSpacing(10)
        column.addWidget(self._switch)
        column.addLayout(slider)
        column.addWidget(self._hint)
        column.addWidget(self._read)
        column.addSpacing(4)
        column.addWidget(heading)
        column.addLayout(legend)
        column.addStretch(1)

    def _on_read_changed(self) -> None:
        self._read.setEnabled(self._read_action.isEnabled())

    def _on_opacity(self, percent: int) -> None:
        self._percent.setText(f"{percent} %")
        self.opacity_changed.emit(percent / 100)

    def sizeHint(self) -> QSize:
        """Wide enough for two columns of names."""
        return QSize(276, 480)
