"""Asks which picture of a file is meant that holds several."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.gui.dialogs.message_boxes import fit
from portrait_studio.gui.widgets.layouts import filled, hint_label, role_label, spaced
from portrait_studio.gui.widgets.thumbnails import Thumbnails, page_picture
from portrait_studio.language.translation import tr

_THUMB_PX: Final = 150
_ROOM_PX: Final = 28
"""For the name below a picture."""
_APART_PX: Final = 5
_WIDTH_PX, _HEIGHT_PX = 590, 500


class PageDialog(QDialog):
    """Small pictures of the pages, from left to right and down; accepted with one of them chosen."""

    def __init__(self, path: Path, count: int, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            path: the file.
            count: of its pages.
            parent: above which window.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Choose a page"))
        self._thumbnails = Thumbnails(
            _THUMB_PX, self, lambda page, side_px: page_picture(path, page, side_px)
        )
        self._thumbnails.made.connect(self._on_made)
        title = role_label(tr("{name} holds {count} pictures", name=path.name, count=count), "title", self)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        text = hint_label(tr("One of them is edited and saved; the file keeps all of them."), self)
        self.list = self._list(count)
        buttons = QDialogButtonBox(self)
        self.open_button = QPushButton(tr("Open"), self, default=True)
        self.open_button.setProperty("prominent", True)
        cancel = QPushButton(tr("Cancel"), self, autoDefault=False)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self._thumbnails.stop)
        filled(spaced(QVBoxLayout(self), 12, (18, 18, 18, 14)), title, text, self.list, buttons)
        fit(self, _WIDTH_PX, _HEIGHT_PX)
        self.list.setFocus()
        self._thumbnails.make(range(1, count + 1))

    @property
    def page(self) -> int:
        """Number of the chosen one, from 1."""
        return self.list.currentRow() + 1

    def _list(self, count: int) -> QListWidget:
        shown = QListWidget(self)
        shown.setObjectName("pages")
        shown.setAccessibleName(tr("Pages"))
        shown.setViewMode(QListWidget.ViewMode.IconMode)
        shown.setMovement(QListWidget.Movement.Static)
        shown.setResizeMode(QListWidget.ResizeMode.Adjust)
        shown.setUniformItemSizes(True)
        shown.setIconSize(QSize(_THUMB_PX, _THUMB_PX))
        shown.setSpacing(_APART_PX)
        blank = QPixmap(_THUMB_PX, _THUMB_PX)
        blank.fill(Qt.GlobalColor.transparent)
        for page in range(1, count + 1):
            item = QListWidgetItem(QIcon(blank), tr("Page {page}", page=page), shown)
            item.setSizeHint(QSize(_THUMB_PX + 12, _THUMB_PX + _ROOM_PX))
        shown.setCurrentRow(0)
        shown.itemDoubleClicked.connect(self.accept)
        return shown

    def _on_made(self, page: int, picture: QImage) -> None:
        icon, pixmap = QIcon(), QPixmap.fromImage(picture)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            # Not tinted where it is selected: the colours are what it is looked at for.
            icon.addPixmap(pixmap, mode)
        self.list.item(page - 1).setIcon(icon)


def ask_page(parent: QWidget, path: Path, count: int) -> int | None:
    """Let the user choose a page of a file.

    Args:
        parent: window that asks.
        path: the file.
        count: of its pages.

    Returns:
        Its number, from 1; None when the user thinks better of it.
    """
    dialog = PageDialog(path, count, parent)
    is_accepted = dialog.exec() == QDialog.DialogCode.Accepted
    page = dialog.page
    dialog.deleteLater()
    return page if is_accepted else None
