"""The photos of the open one's folder in a strip below it: a click opens one, dragging takes its file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QHideEvent, QIcon, QImage, QKeyEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QDockWidget, QListWidget, QListWidgetItem, QWidget

from portrait_studio.gui.widgets.thumbnails import Thumbnails
from portrait_studio.language.translation import tr
from portrait_studio.session.recent import photos_beside
from portrait_studio.session.session import Session

_THUMB_PX: Final = 84
_ROOM_PX: Final = 34
"""For the name below a picture."""
_BAR_PX: Final = 14
_CHOOSING: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_PATH: Final = Qt.ItemDataRole.UserRole


class FolderList(QListWidget):
    """Small pictures with their names, from left to right."""

    def __init__(self, parent: QWidget) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setObjectName("folder")
        self.setAccessibleName(tr("Photos of this folder"))
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setFlow(QListWidget.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListWidget.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(_THUMB_PX, _THUMB_PX))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setDragDropMode(QListWidget.DragDropMode.DragOnly)
        self.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    def event(self, event: QEvent) -> bool:
        """Keys that choose are no shortcuts here: Enter would fill."""
        is_asked = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and event.key() in _CHOOSING:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose, as a click does."""
        if event.key() in _CHOOSING and self.currentIndex().isValid():
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mimeData(self, items: list[QListWidgetItem]) -> QMimeData:  # type: ignore[override]
        """The files of what is dragged, for file managers and other programs."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(item.data(_PATH))) for item in items])
        return data


class FolderStrip(QDockWidget):
    """Reads the folder when it is shown or another photo is opened; hidden at first."""

    chosen = Signal(object)
    """Path of a photo to open"""

    def __init__(self, session: Session, parent: QWidget) -> None:
        """Make it.

        Args:
            session: whose photo's folder is shown.
            parent: the window.
        """
        super().__init__(tr("Folder"), parent)
        self.setObjectName("folder-dock")
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setTitleBarWidget(QWidget(self))
        self._session = session
        self._thumbnails = Thumbnails(_THUMB_PX, self)
        self._thumbnails.made.connect(self._on_made)
        self.list = FolderList(self)
        self.list.setGridSize(QSize(_THUMB_PX + 16, _THUMB_PX + _ROOM_PX - 8))
        self.list.setFixedHeight(_THUMB_PX + _ROOM_PX + _BAR_PX)
        self.list.clicked.connect(self._on_clicked)
        self.setWidget(self.list)
        self._items: dict[Path, QListWidgetItem] = {}
        session.opened.connect(self._show_folder)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the folder."""
        super().showEvent(event)
        self._show_folder()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for small pictures any more."""
        super().hideEvent(event)
        self._thumbnails.stop()

    def _show_folder(self) -> None:
        if not self.isVisible():
            return
        document = self._session.document
        source = None if document is None else document.photo.path
        paths = [] if source is None else photos_beside(source)
        if list(self._items) != paths:
            self._fill(paths, source)
        if source in self._items:
            item = self._items[source]
            self.list.setCurrentItem(item)
            self.list.scrollToItem(item)

    def _fill(self, paths: list[Path], source: Path | None) -> None:
        self.list.clear()
        self._items = {}
        blank = QPixmap(_THUMB_PX, _THUMB_PX)
        blank.fill(Qt.GlobalColor.transparent)
        for path in paths:
            item = QListWidgetItem(QIcon(blank), path.name, self.list)
            item.setData(_PATH, str(path))
            item.setToolTip(path.name)
            self._items[path] = item
        place = paths.index(source) if source in paths else 0
        nearest = sorted(range(len(paths)), key=lambda number: abs(number - place))
        self._thumbnails.make(paths[number] for number in nearest)

    def _on_made(self, path: Path, picture: QImage) -> None:
        if path in self._items:
            icon, pixmap = QIcon(), QPixmap.fromImage(picture)
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                # Not tinted where it is selected: the colours are what it is looked at for.
                icon.addPixmap(pixmap, mode)
            self._items[path].setIcon(icon)

    def _on_clicked(self, index: QModelIndex) -> None:
        path, document = Path(str(index.data(_PATH))), self._session.document
        source = None if document is None else document.photo.path
        if path != source:
            if source in self._items:
                # Until the other one is open; the user may think better of leaving this one.
                self.list.setCurrentItem(self._items[source])
            self.chosen.emit(path)
