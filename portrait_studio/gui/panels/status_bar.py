"""What the status bar says about the job, the photo, the pointer, the zoom and the device."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.panels.job_bar import JobBar
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session

_TOLD_MS: Final = 5000


class StatusBar(QStatusBar):
    """A sentence on the left; on the right the job under way, and labels."""

    def __init__(self, session: Session, canvas: Canvas, job_bar: JobBar, parent: QWidget) -> None:
        """Fill the bar.

        Args:
            session: what is shown.
            canvas: how large it is shown.
            job_bar: the widget of the job.
            parent: the window.
        """
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self.setSizeGripEnabled(False)
        self.addPermanentWidget(job_bar)
        self._part = _label(tr("Label under the pointer"), self)
        self._place = _label(tr("Position of the pointer"), self)
        self._size = _label(tr("Size of the photo"), self)
        self._zoom = _label(tr("Zoom"), self)
        self._device = _label(tr("Device"), self)
        for label in (self._part, self._place, self._size, self._zoom, self._device):
            self.addPermanentWidget(label)
        session.opened.connect(self._show_size)
        session.editing.canvas_changed.connect(self._show_size)
        session.job_started.connect(self.clearMessage)
        session.files.mask_exported.connect(lambda path: self.tell(tr("Saved {name}.", name=path.name)))
        session.device_named.connect(self._device.setText)
        canvas.viewport.changed.connect(self._show_zoom)

    @property
    def part(self) -> str:
        """What the part under the pointer is called."""
        return self._part.text()

    def tell(self, sentence: str) -> None:
        """Show a sentence for a while."""
        self.showMessage(sentence, _TOLD_MS)

    def show_pointer(self, x: float, y: float, part: str) -> None:
        """Show a photo position and what is there."""
        self._place.setText(f"{int(x)}, {int(y)}")
        self._part.setText(part)

    def forget_pointer(self) -> None:
        """The pointer is not over the photo."""
        self._place.clear()
        self._part.clear()

    def _show_size(self) -> None:
        document = self._session.document
        if document is not None:
            self._size.setText(f"{document.extent.width} x {document.extent.height}")

    def _show_zoom(self) -> None:
        percent = self._canvas.zoom * 100
        exact = tr("{percent:.1f} %", percent=percent)
        self._zoom.setText(tr("{percent:.0f} %", percent=percent) if percent >= 10 else exact)


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setAccessibleName(name)
    return label
