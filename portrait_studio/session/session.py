"""Owns the open document, its undo stack, the tools and the jobs; the window shows it and commands it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document, ExportReport
from portrait_studio.document.edit_record import record_edit, write_record
from portrait_studio.document.history import Snapshot
from portrait_studio.document.project import SUFFIX, Project, read_project, write_project
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionResult,
    Method,
    Structure,
)
from portrait_studio.errors import PortraitStudioError
from portrait_studio.imaging.mask_file import read_mask, write_mask
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.language.saying import tr
from portrait_studio.messages import Message, joined
from portrait_studio.session.editing import Editing
from portrait_studio.session.extending import Extending, Sketcher
from portrait_studio.session.filling import Completer, Filling
from portrait_studio.session.history import State
from portrait_studio.session.jobs import Failure, Job, JobDesk, JobKind, Runner
from portrait_studio.session.painting import Painting
from portrait_studio.session.picking import Picking
from portrait_studio.session.posing import Posing
from portrait_studio.session.structure_reading import Reader, StructureReading
from portrait_studio.session.survey import Survey
from portrait_studio.session.tools import Tools


class Engine(Completer, Reader, Sketcher, Protocol):
    """What a session asks of the engine, always in the engine's thread."""

    def warm_up(self, progress: Progress) -> str:
        """Read what the first job will need, and name what it will run on."""


class Session(QObject):
    """One open photo at most, with everything that is being done to it.

    Edits are refused while a fill, an export or an opening runs, so that no result can meet a document other
    than the one it was made for; any edit cancels a reading of the structure.
    """

    opened = Signal()
    """Another document is open."""
    structure_changed = Signal()
    job_started = Signal(object)
    """Job"""
    job_progressed = Signal(object, float)
    """Stage, share done in [0, 1]"""
    job_ended = Signal(object)
    """Job: done, failed or cancelled"""
    failed = Signal(object)
    """Failure"""
    noticed = Signal(object)
    """A sentence for the user that needs no answer"""
    exported = Signal(object)
    """ExportReport"""
    saved = Signal(object)
    """Path of the project file"""
    mask_exported = Signal(object)
    """Path of the file"""
    recorded = Signal(object)
    """Path of the edit record"""
    device_named = Signal(str)
    """What fills run on"""
    state_changed = Signal()
    """Anything that decides what the user may do next"""

    def __init__(
        self, engine: Engine, engine_runner: Runner, file_runner: Runner, parent: QObject | None = None
    ) -> None:
        """Args: the engine; the threads that run it and that read and write files."""
        super().__init__(parent)
        self.tools = Tools(self)
        self._engine = engine
        self.editing = Editing(lambda: self.can_edit, self)
        self.history = self.editing.history
        self.painting = Painting(self.editing, self.tools, self)
        self._name = ""
        self._project_path: Path | None = None
        self._written_state: State = None
        self._engine_desk = JobDesk(engine_runner, self)
        self.survey = Survey(self.editing, self._engine_desk, engine, self)
        self.filling = Filling(self.editing, self._engine_desk, engine, self.survey, self)
        self.reading = StructureReading(self.editing, self._engine_desk, engine, self)
        self.posing = Posing(self.editing, self)
        self.picking = Picking(self.editing, self.survey, self.tools, self)
        self.extending = Extending(self.editing, self.tools, self._engine_desk, engine, self)
        self._file_desk = JobDesk(file_runner, self)
        self.history.changed.connect(self._on_state)
        self.editing.canvas_changed.connect(self._on_canvas_changed)
        self.survey.changed.connect(self.structure_changed)
        self.reading.changed.connect(self.structure_changed)
        self.filling.filled.connect(self._on_filled)
        self.filling.refused.connect(self.failed)
        self.extending.refused.connect(self.failed)
        for desk in (self._engine_desk, self._file_desk):
            desk.started.connect(self._on_started)
            desk.progressed.connect(self.job_progressed)
            desk.ended.connect(self._on_ended)
            desk.succeeded.connect(self._on_succeeded)
            desk.failed.connect(self._on_failed)
            desk.cancelled.connect(self._on_cancelled)

    # -- state ---------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        """The open document."""
        return self.editing.document

    @property
    def name(self) -> str:
        """What the user calls the open photo."""
        return self._name

    @property
    def project_path(self) -> Path | None:
        """The project file that the document was opened from or saved to."""
        return self._project_path

    @property
    def structure(self) -> Structure | None:
        """The latest predicted parsing map of the open photo, or what it shows as it looks now."""
        return self.reading.structure or self.survey.structure

    @property
    def current_job(self) -> Job | None:
        """The job that the user is waiting for."""
        jobs = (self._file_desk.current, self._engine_desk.current)
        return next((job for job in jobs if job is not None and not job.kind.is_quiet), None)

    @property
    def can_edit(self) -> bool:
        """Whether a photo is open and no job depends on it staying as it is."""
        filling = self._engine_desk.current is not None and self._engine_desk.current.kind is JobKind.FILL
        return self.document is not None and not filling and self._file_desk.current is None

    @property
    def has_mask(self) -> bool:
        """Whether anything is painted."""
        return self.document is not None and self.document.has_mask

    @property
    def has_wanted_structure(self) -> bool:
        """Whether any label is painted."""
        return self.document is not None and self.document.has_wanted_structure

    @property
    def can_fill(self) -> bool:
        """Whether there is something to fill, and nothing in the way."""
        is_new = self.document is not None and self.document.has_blank
        return self.can_edit and (self.has_mask or is_new)

    @property
    def can_fill_again(self) -> bool:
        """Whether the last step was a fill that may be tried again."""
        return self.filling.can_try_again

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.can_edit and self.history.stack.canUndo()

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self.can_edit and self.history.stack.canRedo()

    @property
    def has_unsaved_edits(self) -> bool:
        """Whether the document differs from what was opened, last saved or last exported."""
        return self.document is not None and not self.history.is_saved

    @property
    def has_fill(self) -> bool:
        """Whether something is filled."""
        return any(step.fill is not None for step in self.history.steps[: self.history.stack.index()])

    @property
    def is_writing(self) -> bool:
        """Whether a file is being written that the user has asked for."""
        job = self._file_desk.current
        return job is not None and job.kind in (JobKind.SAVE, JobKind.EXPORT, JobKind.RECORD)

    # -- files ---------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load the engine in its thread, that the first fill starts at once and missing weights are known."""
        self._engine_desk.start(JobKind.PREPARE, self._engine.warm_up)

    def open(self, path: Path) -> None:
        """Open a photo or a project; the present document stays if that fails."""
        self.painting.end_stroke()

        def task(progress: Progress) -> _Opened:
            if path.suffix.lower() == SUFFIX:
                return _Opened(read_project(path, progress.check), path)
            photo = read_photo(path)
            progress.check()
            return _Opened(Project(Document(photo)))

        self._file_desk.start(JobKind.OPEN, task)

    def open_recovered(self, path: Path) -> None:
        """Open autosaved work as what it was: unsaved edits of a photo or of another project."""
        self.painting.end_stroke()

        def task(progress: Progress) -> _Opened:
            project = read_project(path, progress.check)
            own = None if project.origin is None else project.origin.project
            return _Opened(project, own, is_saved=False)

        self._file_desk.start(JobKind.OPEN, task)

    def open_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Open a picture that has no file. Args: (H, W, 3) RGB uint8; taken over."""
        pixels.setflags(write=False)
        self._take(_Opened(Project(Document(Photo(pixels)))))

    def save(self, path: Path) -> None:
        """Write the project to a file, replacing what is there."""
        self.painting.end_stroke()
        snapshot = self.snapshot()
        if snapshot is not None and self.can_edit:
            self._written_state = self.history.state

            def task(progress: Progress) -> Path:
                write_project(snapshot, path, progress.check)
                return path

            self._file_desk.start(JobKind.SAVE, task)

    def export_record(self, path: Path) -> None:
        """Write how to repeat the edit to a file, replacing what is there."""
        self.painting.end_stroke()
        snapshot = self.snapshot()
        if snapshot is not None and self.can_edit:

            def task(progress: Progress) -> Path:
                write_record(record_edit(snapshot), path)
                return path

            self._file_desk.start(JobKind.RECORD, task)

    def snapshot(self) -> Snapshot | None:
        """Document and history at this moment; None while a stroke is under way or nothing is open."""
        document = self.document
        if document is None or self.painting.is_under_way:
            return None
        return self.history.snapshot(document)

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write the result to a file, replacing what is there."""
        self.painting.end_stroke()
        document = self.document
        if document is not None and self.can_edit:
            self._written_state = self.history.state
            self._file_desk.start(JobKind.EXPORT, lambda progress: document.export(path, options))

    def import_mask(self, path: Path) -> None:
        """Take the mask from a file, as one step."""
        self.painting.end_stroke()
        document = self.document
        if document is not None and self.can_edit:
            extent = document.extent
            self._file_desk.start(JobKind.READ_MASK, lambda progress: read_mask(path, extent, soft=True))

    def export_mask(self, path: Path) -> None:
        """Write the mask to a PNG file, replacing what is there."""
        self.painting.end_stroke()
        if self.document is not None:
            self._export_plane(self.document.mask, path)

    def export_invented(self, path: Path) -> None:
        """Write the map of the pixels that fills made up to a PNG file, white where they did."""
        if self.document is not None:
            self._export_plane(self.document.filled, path)

    def _export_plane(self, plane: Mask, path: Path) -> None:
        if self.can_edit:
            mask = plane.copy()

            def task(progress: Progress) -> Path:
                write_mask(mask, path)
                return path

            self._file_desk.start(JobKind.WRITE_MASK, task)

    # -- history -------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step back."""
        self.painting.end_stroke()
        if self.can_undo:
            self.reading.cancel()
            self.history.stack.undo()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.painting.end_stroke()
        if self.can_redo:
            self.reading.cancel()
            self.history.stack.redo()

    # -- jobs ----------------------------------------------------------------------------------------------

    def fill(self, options: CompletionOptions) -> None:
        """Start filling what is masked."""
        self.painting.end_stroke()
        self.filling.fill(options)

    def fill_again(self, method: Method) -> None:
        """Make another candidate for the last fill; if that fails, it stays as it is."""
        self.painting.end_stroke()
        self.filling.try_again(method)

    def fill_anew(self, options: CompletionOptions) -> None:
        """Fill by the labels and joints that the user wants: the mask, or else the last hole once more."""
        self.painting.end_stroke()
        self.filling.fill_anew(options)

    def read_structure(self) -> None:
        """Start predicting the parsing map of the photo, hole included."""
        self.painting.end_stroke()
        self.reading.read()

    def cancel(self) -> bool:
        """Stop what the user is waiting for, except writing a file; False when there is nothing.

        What waits for it begins, if it can without.
        """
        job = self._engine_desk.current
        if job is not None and not job.kind.is_quiet:
            self._engine_desk.cancel()
            self.filling.go_on()
            return True
        opening = self._file_desk.current
        return opening is not None and opening.kind is JobKind.OPEN and self._file_desk.cancel()

    def cancel_all(self) -> bool:
        """The same, and what waits does not begin."""
        self.filling.leave_all_out()
        return self.cancel()

    # -- answers of the jobs -------------------------------------------------------------------------------

    def _on_started(self, job: Job) -> None:
        if not job.kind.is_quiet:
            self.job_started.emit(job)

    def _on_ended(self, job: Job) -> None:
        if not job.kind.is_quiet:
            self.job_ended.emit(job)

    def _on_succeeded(self, job: Job, result: object) -> None:
        answers: dict[JobKind, Callable[[Any], None]] = {
            JobKind.PREPARE: self.device_named.emit,
            JobKind.OPEN: self._take,
            JobKind.EXPORT: self._on_exported,
            JobKind.SAVE: self._on_saved,
            JobKind.RECORD: self.recorded.emit,
            JobKind.FILL: self.filling.take,
            JobKind.PARSE: self.reading.take,
            JobKind.READ_MASK: partial(self.painting.replace_mask, Message("Import mask")),
            JobKind.WRITE_MASK: self.mask_exported.emit,
            JobKind.SURVEY: self.survey.take,
            JobKind.SKETCH: self.extending.take,
        }
        answers[job.kind](result)
        self.survey.go_on()

    def _on_exported(self, report: ExportReport) -> None:
        self.history.mark_saved(self._written_state)
        self.exported.emit(report)

    def _on_saved(self, path: Path) -> None:
        self._project_path, self._name = path, path.name
        self.history.mark_saved(self._written_state)
        self.saved.emit(path)

    def _on_failed(self, failure: Failure) -> None:
        if failure.kind is JobKind.FILL:
            self.filling.stop()
        if failure.kind is JobKind.SURVEY:
            self.survey.give_up()
        if failure.kind is JobKind.SKETCH:
            self.extending.give_up()
        if failure.kind.is_quiet and isinstance(failure.error, PortraitStudioError):
            self.noticed.emit(
                Message(
                    "{reason} Until then you can paint and export, but not fill.",
                    reason=failure.error.message,
                )
            )
        else:
            self.failed.emit(failure)
        self.survey.go_on()

    def _on_cancelled(self, job: Job) -> None:
        if job.kind is JobKind.FILL:
            self.filling.end()
        self.survey.go_on()

    def _on_state(self) -> None:
        self.state_changed.emit()

    # -- pieces --------------------------------------------------------------------------------------------

    def _take(self, opened: _Opened) -> None:
        job = self._engine_desk.current
        if job is not None and job.kind is not JobKind.PREPARE:
            self._engine_desk.cancel()
        self.filling.stop()
        project = opened.project
        document = project.document
        self.painting.forget()
        self.editing.take(document, project.steps, project.applied)
        if not opened.is_saved:
            self.history.mark_unsaved()
        self.reading.forget()
        self._project_path = opened.path
        self.tools.suit(document.extent)
        named = opened.path or document.photo.path
        self._name = named.name if named is not None else tr("Pasted picture")
        self.picking.forget()
        self.survey.begin()
        self.opened.emit()
        self.state_changed.emit()

    def _on_canvas_changed(self) -> None:
        """What was read of the structure, and who stands where, lies elsewhere now."""
        self.painting.forget()
        self.picking.forget()
        self.reading.forget()
        self.structure_changed.emit()

    def _on_filled(self, result: CompletionResult) -> None:
        self.reading.forget()
        self.device_named.emit(result.device)
        if result.notices:
            self.noticed.emit(joined(result.notices))


@dataclass(frozen=True, eq=False)
class _Opened:
    """What was opened, the user's project file that it is of, and whether it is as in that file."""

    project: Project
    path: Path | None = None
    is_saved: bool = True
