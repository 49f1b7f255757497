"""What the window says about the spot under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QToolTip

from portrait_studio.gui.canvas import Canvas
from portrait_studio.gui.readout import Readout
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS


class Hover(QObject):
    """Names position and label in the status bar, and the label beside the pointer too."""

    def __init__(self, canvas: Canvas, readout: Readout, parent: QObject) -> None:
        """Args: whose pointer it is; where it is told."""
        super().__init__(parent)
        self._canvas, self._readout = canvas, readout
        canvas.hovered.connect(self._on_hovered)
        canvas.left.connect(self._on_left)

    def _on_hovered(self, x: float, y: float) -> None:
        extent = self._canvas.scene.extent
        if extent is None or not (0 <= x < extent.width and 0 <= y < extent.height):
            self._on_left()
            return
        label = self._canvas.scene.shown_label_at(x, y)
        name = LABELS[label] if label is not None and label < LABEL_COUNT else ""
        self._readout.show_pointer(x, y, name)
        if name and label != 0:
            spot = self._canvas.view.to_widget(x, y).toPoint() + QPoint(14, 14)
            QToolTip.showText(self._canvas.mapToGlobal(spot), name, self._canvas)
        else:
            QToolTip.hideText()

    def _on_left(self) -> None:
        self._readout.forget_pointer()
        QToolTip.hideText()
