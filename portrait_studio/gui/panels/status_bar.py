"""What the status bar says about the photo, the pointer, the zoom and the device."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from portrait_studio.gui.panels.job_bar import JobBar
from portrait_studio.imaging.geometry import Extent
from portrait_studio.language.translation import tr


class StatusBar(QObject):
    """Labels at the right end of the status bar, behind the job under way."""

    def __init__(self, bar: QStatusBar, job_bar: JobBar) -> None:
        """Args: the bar that is filled; the widget of the job."""
        super().__init__(bar)
        bar.setSizeGripEnabled(False)
        bar.addPermanentWidget(job_bar)
        self._part = _label(tr("Label under the pointer"), bar)
        self._place = _label(tr("Position of the pointer"), bar)
        self._size = _label(tr("Size of the photo"), bar)
        self._zoom = _label(tr("Zoom"), bar)
        self._device = _label(tr("Device"), bar)
        for label in (self._part, self._place, self._size, self._zoom, self._device):
            bar.addPermanentWidget(label)

    @property
    def part(self) -> str:
        """What the part under the pointer is called."""
        return self._part.text()

    def show_pointer(self, x: float, y: float, part: str) -> None:
        """Show a photo position and what is there."""
        self._place.setText(f"{int(x)}, {int(y)}")
        self._part.setText(part)

    def forget_pointer(self) -> None:
        """The pointer is not over the photo."""
        self._place.clear()
        self._part.clear()

    def show_size(self, extent: Extent) -> None:
        """Show the size of the photo."""
        self._size.setText(f"{extent.width} x {extent.height}")

    def show_zoom(self, zoom: float) -> None:
        """Show screen pixels per photo pixel."""
        percent = zoom * 100
        exact = tr("{percent:.1f} %", percent=percent)
        self._zoom.setText(tr("{percent:.0f} %", percent=percent) if percent >= 10 else exact)

    def show_device(self, device: str) -> None:
        """Show what fills run on."""
        self._device.setText(device)


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setAccessibleName(name)
    return label
