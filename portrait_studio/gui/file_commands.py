"""Opening, pasting, dropping, exporting and leaving a photo, with the questions that belong to it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from portrait_studio.gui.clipboard import pixels_of, qimage_of
from portrait_studio.gui.dialogs import UnsavedAnswer, ask_overwrite, ask_unsaved
from portrait_studio.gui.export_dialog import ExportDialog
from portrait_studio.locations import resources_dir
from portrait_studio.session.session import Session

_PHOTO_FILTER = (
    "Photos (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.gif *.avif *.jp2 *.ppm *.tga);;All files (*)"
)


class FileCommands(QObject):
    """What the File menu does."""

    told = Signal(str)
    """A short sentence for the status bar"""

    def __init__(self, session: Session, window: QWidget) -> None:
        """Args: whose document it is; the parent of the dialogs."""
        super().__init__(window)
        self._session = session
        self._window = window

    def open_path(self, path: Path) -> None:
        """Open a photo, after asking about unsaved edits of the present one."""
        if self.may_leave():
            self._session.open(path)

    def ask_open(self) -> None:
        """Let the user choose a photo."""
        document = self._session.document
        source = document.photo.path if document is not None else None
        folder = str(source.parent) if source is not None else str(Path.home())
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open a photo", folder, _PHOTO_FILTER)
        if chosen:
            self.open_path(Path(chosen))

    def ask_export(self) -> None:
        """Let the user choose file and format, and write the result."""
        document = self._session.document
        if document is None:
            return
        dialog = ExportDialog(document.photo, self._window)
        while dialog.exec() == ExportDialog.DialogCode.Accepted:
            path = dialog.path
            source = document.photo.path
            is_source = source is not None and path.exists() and source.exists() and path.samefile(source)
            if not path.exists() or ask_overwrite(self._window, path, is_source=is_source):
                self._session.export(path, dialog.options)
                break
        dialog.deleteLater()

    def open_sample(self) -> None:
        """Open the photo that comes with the program."""
        self.open_path(sample_path())

    def paste(self) -> None:
        """Open what lies in the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> None:
        """Open what was dropped or lies in the clipboard."""
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if files:
            self.open_path(files[0])
        elif data.hasImage():
            pixels = pixels_of(data.imageData())
            if pixels is not None and self.may_leave():
                self._session.open_pixels(pixels)
        else:
            self.told.emit("There is no picture to open; copy one first.")

    def copy(self) -> None:
        """Put the result into the clipboard."""
        document = self._session.document
        if document is not None:
            QGuiApplication.clipboard().setImage(qimage_of(document.image))
            self.told.emit("The result is in the clipboard.")

    def may_leave(self) -> bool:
        """Whether the present document may be left; asks about unsaved edits."""
        if not self._session.has_unsaved_edits:
            return True
        answer = ask_unsaved(self._window, self._session.name)
        if answer is UnsavedAnswer.EXPORT:
            self.ask_export()
        return answer is UnsavedAnswer.DISCARD


def sample_path() -> Path:
    """The photo that comes with the program."""
    return resources_dir() / "demo" / "photo.png"
