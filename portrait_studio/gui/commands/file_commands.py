"""Opening, pasting, dropping, saving, exporting and leaving a photo, with the questions that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from portrait_studio.document.project import SUFFIX
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.commands.recent_menu import RecentMenu
from portrait_studio.gui.commands.save_back import SaveBack
from portrait_studio.gui.dialogs.export_dialog import ExportDialog, folder_for
from portrait_studio.gui.dialogs.message_boxes import UnsavedAnswer, ask_overwrite, ask_unsaved
from portrait_studio.gui.dialogs.open_dialog import ask_files
from portrait_studio.gui.dialogs.page_dialog import ask_page
from portrait_studio.gui.dialogs.save_dialog import write_beside
from portrait_studio.gui.qimage_conversion import picture_of, pixels_of
from portrait_studio.imaging.open_raster import SUFFIX as LAYERS_SUFFIX
from portrait_studio.imaging.reading import SUFFIXES_READ
from portrait_studio.language.translation import tr
from portrait_studio.locations import data_dir, resources_dir
from portrait_studio.messages import Message
from portrait_studio.session.files import SeveralPages
from portrait_studio.session.recent import RecentFiles, neighbour
from portrait_studio.session.session import Session

_PHOTOS = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES_READ))

SAMPLE_HINT: Final = Message(
    "Something to try: paint over the patch on the suit, or drag a rectangle around the space shuttle with"
    " Pick things (W). Then press Enter."
)
"""What can be taken away in the sample photo."""


class FileCommands(QObject):
    """What the File menu does."""

    told = Signal(str)
    """A short sentence for the status bar"""

    def __init__(self, session: Session, actions: Actions, window: QWidget) -> None:
        """Connect.

        Args:
            session: whose document it is.
            actions: what is triggered.
            window: the parent of the dialogs.
        """
        super().__init__(window)
        self._session = session
        self._window = window
        self._after_saving: Callable[[], None] | None = None
        self.back = SaveBack(session, actions, self)
        self.recent = RecentFiles(data_dir() / "recent.json")
        session.opened.connect(self._remember)
        session.files.page_wanted.connect(self._ask_page)
        session.files.saved.connect(self._on_saved)
        session.files.recorded.connect(self._on_recorded)
        session.files.layers_exported.connect(self._on_layers_exported)
        session.failed.connect(self._forget_plan)
        actions[Command.RECENT].setMenu(RecentMenu(self.recent, self.open_path, window))
        actions.on_triggered(
            {
                Command.OPEN: self._ask_open,
                Command.NEXT_PHOTO: partial(
                    self._open_neighbour, 1, Message("This is the last photo of the folder.")
                ),
                Command.PREVIOUS_PHOTO: partial(
                    self._open_neighbour, -1, Message("This is the first photo of the folder.")
                ),
                Command.SAMPLE: lambda: self.open_path(sample_path()),
                Command.PASTE: lambda: self.take(QGuiApplication.clipboard().mimeData()),
                Command.SAVE: self._save,
                Command.SAVE_AS: self._save_as,
                Command.EXPORT: self.ask_export,
                Command.EXPORT_LAYERS: self._export_layers,
                Command.EXPORT_RECORD: self._export_record,
                Command.COPY: self._copy,
            }
        )

    def open_path(self, path: Path) -> None:
        """Open a photo or a project, after asking about unsaved edits of the present one."""
        self.leave(lambda: self._session.files.open(path))

    def _ask_open(self) -> None:
        """Let the user choose a photo or a project."""
        document = self._session.document
        source = document.photo.path if document is not None else None
        folder = str(source.parent) if source is not None else str(Path.home())
        for path in ask_files(self._window, tr("Open a photo or a project"), folder, _open_filter()):
            self.open_path(path)

    def _ask_page(self, several: SeveralPages) -> None:
        """Let the user choose which picture of a file is opened."""
        page = ask_page(self._window, several.path, several.count)
        if page is not None:
            self._session.files.open(several.path, page)

    def _open_neighbour(self, step: int, none: Message) -> None:
        """Open the photo before this one in its folder (-1) or after it (1), or say that there is none."""
        document = self._session.document
        if document is None or document.photo.path is None:
            return
        path = neighbour(document.photo.path, step)
        if path is None:
            self.told.emit(tr(none))
        else:
            self.open_path(path)

    def _save(self) -> bool:
        """Save the project where it lies, or where the user says; False when the user thinks better of it."""
        if self.back.is_meant:
            self.back.save()
            return True
        path = self._session.files.project_path
        if path is None:
            return self._save_as()
        self._session.files.save(path)
        return True

    def _save_as(self) -> bool:
        """Let the user choose a file for the project; False when the user thinks better of it."""
        document = self._session.document
        if document is None:
            return False
        photo = document.photo
        stem = photo.path.stem if photo.path is not None else "photo"
        present = self._session.files.project_path or folder_for(photo) / f"{stem}{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Save the project as"),
            str(present),
            tr("Portrait Studio projects") + f" (*{SUFFIX})",
        )
        if not chosen:
            return False
        path = Path(chosen)
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
            if path.exists() and not ask_overwrite(self._window, path, is_source=False):
                return False
        self._session.files.save(path)
        return True

    def _export_record(self) -> None:
        kinds, write = tr("Edit records") + " (*.json)", self._session.files.export_record
        title = tr("Export the edit record")
        write_beside(self._window, self._session, "-edit.json", title, kinds, write)

    def _export_layers(self) -> None:
        kinds, ending = f"OpenRaster (*{LAYERS_SUFFIX})", f"-layers{LAYERS_SUFFIX}"
        write = self._session.files.export_layers
        write_beside(self._window, self._session, ending, tr("Export layers"), kinds, write)

    def ask_export(self) -> None:
        """Let the user choose file and format, and write the result."""
        document = self._session.document
        if document is None:
            return
        dialog = ExportDialog(document.edited_photo, self._window)
        while dialog.exec() == ExportDialog.DialogCode.Accepted:
            path = dialog.path
            source = document.photo.path
            is_source = source is not None and path.exists() and source.exists() and path.samefile(source)
            if not path.exists() or ask_overwrite(self._window, path, is_source=is_source):
                self._session.files.export(path, dialog.options)
                break
        dialog.deleteLater()

    def take(self, data: QMimeData | None) -> None:
        """Open what was dropped or lies in the clipboard; None = nothing lies there."""
        urls = [] if data is None else data.urls()
        files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if files:
            self.open_path(files[0])
        elif data is not None and data.hasImage():
            pixels = pixels_of(data.imageData())
            if pixels is not None:
                self.leave(lambda: self._session.files.open_pixels(pixels))
        else:
            self.told.emit(tr("There is no picture to open; copy one first."))

    def _copy(self) -> None:
        """Put the result into the clipboard."""
        document = self._session.document
        if document is not None:
            QGuiApplication.clipboard().setImage(picture_of(document.edited_photo))
            self.told.emit(tr("The result is in the clipboard."))

    def leave(self, then: Callable[[], None]) -> None:
        """Do something that gives up the present document, after asking about unsaved edits."""
        if self._session.files.is_writing:
            self.told.emit(tr("The photo is still being written; try again in a moment."))
            return
        if not self._session.files.has_unsaved_edits:
            then()
            return
        is_back = self.back.is_meant
        answer = ask_unsaved(self._window, self._session.files.name, goes_back=is_back)
        if answer is UnsavedAnswer.DISCARD:
            then()
        elif answer is UnsavedAnswer.SAVE and is_back:
            self.back.save(then)
        elif answer is UnsavedAnswer.SAVE and self._save():
            self._after_saving = then

    def _remember(self) -> None:
        document = self._session.document
        path = self._session.files.project_path or (document.photo.path if document is not None else None)
        if path is not None and path == sample_path():
            # What the banner said of the photo before is taken away first.
            QTimer.singleShot(0, self, lambda: self._session.hinted.emit(SAMPLE_HINT))
        elif path is not None and path.is_file():
            self.recent.add(path)

    def _on_saved(self, path: Path) -> None:
        self.recent.add(path)
        self.told.emit(tr("Saved {name}.", name=path.name))
        then, self._after_saving = self._after_saving, None
        if then is not None:
            then()

    def _on_layers_exported(self, path: Path) -> None:
        self.told.emit(tr("Wrote {name}.", name=path.name))

    def _on_recorded(self, path: Path) -> None:
        self.told.emit(tr("Wrote {name}; portrait-studio replay repeats the edit from it.", name=path.name))

    def _forget_plan(self) -> None:
        self._after_saving = None


def _open_filter() -> str:
    kinds = (
        (tr("Photos and projects"), f"{_PHOTOS} *{SUFFIX}"),
        (tr("Projects"), f"*{SUFFIX}"),
        (tr("All files"), "*"),
    )
    return ";;".join(f"{name} ({patterns})" for name, patterns in kinds)


def sample_path() -> Path:
    """The photo that comes with the program."""
    return resources_dir() / "demo" / "photo.png"
