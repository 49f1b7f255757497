"""Asks which files to open, and shows what is in the one that the list stands on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from portrait_studio.gui.widgets.layouts import filled
from portrait_studio.gui.widgets.thumbnails import Thumbnails
from portrait_studio.imaging.reading import SUFFIXES_READ

_PICTURE_PX: Final = 240
_WIDTH_PX, _HEIGHT_PX = 980, 540
_SYSTEM_SHOWS: Final = ("win32", "darwin")
"""Where the system's own dialogs have pictures, and know the places that the user is used to."""


class OpenDialog(QFileDialog):
    """Qt's dialog with a picture beside the list, of every format that the program reads."""

    def __init__(self, parent: QWidget | None, title: str, folder: str, kinds: str) -> None:
        """Make it.

        Args:
            parent: window that asks.
            title: of the dialog.
            folder: that it begins in.
            kinds: of files, as Qt filters them.
        """
        super().__init__(parent, title, folder, kinds)
        self.setOption(QFileDialog.Option.DontUseNativeDialog)
        self.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._looked_at: Path | None = None
        ratio = self.devicePixelRatioF()
        self._thumbnails = Thumbnails(round(_PICTURE_PX * ratio), self)
        self._thumbnails.made.connect(self._on_made)
        centre, plain = Qt.AlignmentFlag.AlignHCenter, Qt.TextFormat.PlainText
        self.picture = QLabel(self, alignment=centre | Qt.AlignmentFlag.AlignBottom)
        self.picture.setFixedSize(_PICTURE_PX, _PICTURE_PX)
        self.caption = QLabel(self, alignment=centre, textFormat=plain, wordWrap=True)
        self.caption.setFixedWidth(_PICTURE_PX)
        self.caption.setProperty("role", "hint")
        self._lay_out()
        self.currentChanged.connect(self._look)
        self.directoryEntered.connect(self._look)
        self.finished.connect(self._thumbnails.stop)
        self.resize(_WIDTH_PX, _HEIGHT_PX)

    def _lay_out(self) -> None:
        beside = filled(QVBoxLayout(), self.picture, self.caption, None)
        layout = self.layout()
        # Qt documents no place for it; its dialog has been a grid since Qt 4.
        if isinstance(layout, QGridLayout):
            layout.addLayout(beside, 1, layout.columnCount())
            layout.setColumnMinimumWidth(layout.columnCount() - 1, _PICTURE_PX)

    def _look(self, name: str) -> None:
        """Show what is in a file."""
        path = Path(name)
        self.picture.clear()
        self.caption.clear()
        self._thumbnails.stop()
        self._looked_at = path if path.is_file() else None
        if self._looked_at is None:
            return
        name = self.caption.fontMetrics().elidedText(path.name, Qt.TextElideMode.ElideMiddle, _PICTURE_PX)
        self.caption.setText(f"{name}\n{QLocale().formattedDataSize(path.stat().st_size)}")
        if path.suffix.lower() in SUFFIXES_READ:
            self._thumbnails.make([path])

    def _on_made(self, path: Path, picture: QImage) -> None:
        if path == self._looked_at:
            shown = QPixmap.fromImage(picture)
            shown.setDevicePixelRatio(self.devicePixelRatioF())
            self.picture.setPixmap(shown)


def ask_files(parent: QWidget, title: str, folder: str, kinds: str, *, several: bool = False) -> list[Path]:
    """Let the user choose files to open.

    Args:
        parent: window that asks.
        title: of the dialog.
        folder: that it begins in.
        kinds: of files, as Qt filters them.
        several: whether more than one may be chosen.

    Returns:
        The files; none when the user thinks better of it.
    """
    if sys.platform in _SYSTEM_SHOWS:
        if several:
            return [Path(name) for name in QFileDialog.getOpenFileNames(parent, title, folder, kinds)[0]]
        name, _ = QFileDialog.getOpenFileName(parent, title, folder, kinds)
        return [Path(name)] if name else []
    dialog = OpenDialog(parent, title, folder, kinds)
    if several:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    is_accepted = dialog.exec() == QDialog.DialogCode.Accepted
    chosen = [Path(name) for name in dialog.selectedFiles()] if is_accepted else []
    dialog.deleteLater()
    return chosen
