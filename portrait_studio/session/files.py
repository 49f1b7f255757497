"""The files of the open document: what it is read from and written to, and what it is called by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document
from portrait_studio.document.edit_record import record_edit, write_record
from portrait_studio.document.export_report import ExportReport
from portrait_studio.document.history import Snapshot
from portrait_studio.document.layered_file import export_layers
from portrait_studio.document.project import SUFFIX, Project, write_project
from portrait_studio.document.project_reading import read_project
from portrait_studio.editing.references import ingredients_of
from portrait_studio.engine.progress import Progress
from portrait_studio.imaging.mask_file import read_mask, write_mask
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import count_pictures, read_photo
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.history import State
from portrait_studio.session.jobs import BackgroundJobs, JobKind, TaskThread
from portrait_studio.session.painting import Painting


@dataclass(frozen=True)
class SeveralPages:
    """A file of which one picture is to be chosen before it is opened.

    Attributes:
        path: the file.
        count: how many there are to choose from.
    """

    path: Path
    count: int


@dataclass(frozen=True, eq=False)
class Opened:
    """What was opened.

    Attributes:
        project: the document and its steps.
        path: the user's project file that it is of; None where it is of none.
        is_saved: whether it is as in the file that the user knows.
    """

    project: Project
    path: Path | None = None
    is_saved: bool = True


class Files(QObject):
    """Reads and writes photos, projects and masks, one at a time, in the thread for files."""

    read = Signal(object)
    """Opened: the document to go on with"""
    page_wanted = Signal(object)
    """SeveralPages: to be opened again, with the page that is meant"""
    exported = Signal(object)
    """ExportReport"""
    saved = Signal(object)
    """Path of the project file"""
    mask_exported = Signal(object)
    """Path of the file"""
    layers_exported = Signal(object)
    """Path of the file of layers"""
    recorded = Signal(object)
    """Path of the edit record"""

    def __init__(self, editing: Editing, painting: Painting, thread: TaskThread, parent: QObject) -> None:
        """Read and write nothing yet.

        Args:
            editing: the open document.
            painting: whose stroke ends before anything is written.
            thread: for files.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._painting = editing, painting
        self.jobs = BackgroundJobs(thread, self)
        self._name = ""
        self._project_path: Path | None = None
        self._written_state: State = None

    # -- state ---------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What the user calls the open photo."""
        return self._name

    @property
    def project_path(self) -> Path | None:
        """The project file that the document was opened from or saved to."""
        return self._project_path

    @property
    def has_unsaved_edits(self) -> bool:
        """Whether the document differs from what was opened, last saved or last exported."""
        return self._editing.document is not None and not self._editing.history.is_saved

    @property
    def is_writing(self) -> bool:
        """Whether a file is being written that the user has asked for."""
        job = self.jobs.current
        return job is not None and job.kind in (JobKind.SAVE, JobKind.EXPORT, JobKind.RECORD)

    def snapshot(self) -> Snapshot | None:
        """Document and history at this moment; None while a stroke is under way or nothing is open."""
        document = self._editing.document
        if document is None or self._painting.is_under_way:
            return None
        return self._editing.history.snapshot(document)

    # -- opening -------------------------------------------------------------------------------------------

    def open(self, path: Path, page: int | None = None) -> None:
        """Open a photo or a project; the present document stays if that fails.

        Args:
            path: the file.
            page: number of the picture; None = `page_wanted` is sent where there are several to choose from.
        """
        self._painting.end_stroke()

        def task(progress: Progress) -> Opened | SeveralPages:
            if path.suffix.lower() == SUFFIX:
                return Opened(read_project(path, progress.check), path)
            count = count_pictures(path) if page is None else 1
            if count > 1:
                return SeveralPages(path, count)
            photo = read_photo(path, page=page)
            progress.check()
            return Opened(Project(Document(photo)))

        self.jobs.start(JobKind.OPEN, task, self._on_read)

    def _on_read(self, answer: Opened | SeveralPages) -> None:
        (self.page_wanted if isinstance(answer, SeveralPages) else self.read).emit(answer)

    def open_recovered(self, path: Path) -> None:
        """Open autosaved work as what it was: unsaved edits of a photo or of another project."""
        self._painting.end_stroke()

        def task(progress: Progress) -> Opened:
            project = read_project(path, progress.check)
            own = None if project.origin is None else project.origin.project
            return Opened(project, own, is_saved=False)

        self.jobs.start(JobKind.OPEN, task, self.read.emit)

    def open_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Open a picture that has no file, (H, W, 3) RGB uint8, which is taken over."""
        pixels.setflags(write=False)
        self.read.emit(Opened(Project(Document(Photo(pixels)))))

    def cancel_opening(self) -> bool:
        """Open nothing after all; False when nothing is being opened."""
        return self.jobs.cancel(JobKind.OPEN)

    def belong_to(self, opened: Opened) -> None:
        """The document is another one now."""
        self._project_path = opened.path
        photo = opened.project.document.photo
        named = opened.path or photo.path
        self._name = named.name if named is not None else tr("Pasted picture")
        if opened.path is None and photo.page is not None:
            self._name = tr("{name}, page {page}", name=self._name, page=photo.page)

    # -- writing -------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write the project to a file, replacing what is there."""
        self._painting.end_stroke()
        snapshot = self.snapshot()
        if snapshot is not None and self._editing.may_edit:
            self._written_state = self._editing.history.state
            write = partial(write_project, snapshot, path)
            self._write(JobKind.SAVE, path, lambda progress: write(progress.check), self._on_saved)

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write the result to a file, replacing what is there."""
        self._painting.end_stroke()
        document = self._editing.document
        if document is not None and self._editing.may_edit:
            self._written_state = self._editing.history.state
            ingredients = ingredients_of(self._editing.history.applied_backwards())
            self.jobs.start(
                JobKind.EXPORT,
                lambda progress: document.export(path, options, ingredients=ingredients),
                self._on_exported,
            )

    def export_layers(self, path: Path) -> None:
        """Write original and fill as layers to an OpenRaster file, replacing what is there."""
        self._painting.end_stroke()
        document = self._editing.document
        if document is not None and self._editing.may_edit:
            done = self.layers_exported.emit
            self._write(JobKind.EXPORT, path, lambda progress: export_layers(document, path), done)

    def export_record(self, path: Path) -> None:
        """Write how to repeat the edit to a file, replacing what is there."""
        self._painting.end_stroke()
        snapshot = self.snapshot()
        if snapshot is not None and self._editing.may_edit:
            done = self.recorded.emit
            self._write(
                JobKind.RECORD, path, lambda progress: write_record(record_edit(snapshot), path), done
            )

    def _write(
        self, kind: JobKind, path: Path, write: Callable[[Progress], None], done: Callable[[Path], None]
    ) -> None:
        def task(progress: Progress) -> Path:
            write(progress)
            return path

        self.jobs.start(kind, task, done)

    # -- masks ---------------------------------------------------------------------------------------------

    def import_mask(self, path: Path) -> None:
        """Take the mask from a file, as one step."""
        self._painting.end_stroke()
        document = self._editing.document
        if document is not None and self._editing.may_edit:
            extent = document.extent
            self.jobs.start(
                JobKind.READ_MASK,
                lambda progress: read_mask(path, extent, soft=True),
                partial(self._painting.replace_mask, Message("Import mask")),
            )

    def export_mask(self, path: Path) -> None:
        """Write the mask to a PNG file, replacing what is there."""
        self._painting.end_stroke()
        if self._editing.document is not None:
            self._export_plane(self._editing.document.mask, path)

    def export_invented(self, path: Path) -> None:
        """Write the map of the pixels that fills made up to a PNG file, white where they did."""
        if self._editing.document is not None:
            self._export_plane(self._editing.document.filled, path)

    def _export_plane(self, plane: Mask, path: Path) -> None:
        if self._editing.may_edit:
            mask, done = plane.copy(), self.mask_exported.emit
            self._write(JobKind.WRITE_MASK, path, lambda progress: write_mask(mask, path), done)

    # -- answers -------------------------------------------------------------------------------------------

    def _on_exported(self, report: ExportReport) -> None:
        self._editing.history.mark_saved(self._written_state)
        self.exported.emit(report)

    def _on_saved(self, path: Path) -> None:
        self._project_path, self._name = path, path.name
        self._editing.history.mark_saved(self._written_state)
        self.saved.emit(path)
