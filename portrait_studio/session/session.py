"""Owns the open document, its undo stack, the tools and the jobs; the window shows it and commands it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionResult,
    Method,
    Readiness,
    WarmUpRequest,
)
from portrait_studio.errors import PortraitStudioError
from portrait_studio.messages import Message, joined
from portrait_studio.session.damage_finding import DamageFinding
from portrait_studio.session.detections import Detections
from portrait_studio.session.editing import Editing
from portrait_studio.session.engine_jobs import EngineJobs
from portrait_studio.session.extending import Extending
from portrait_studio.session.files import Files, Opened
from portrait_studio.session.fill_warnings import FillWarnings
from portrait_studio.session.filling import Filling
from portrait_studio.session.jobs import BackgroundJob, Failure, JobKind, TaskThread
from portrait_studio.session.joint_editing import JointEditing
from portrait_studio.session.other_people import OtherPeople
from portrait_studio.session.painting import Painting
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.people_protection import PeopleProtection
from portrait_studio.session.person_dots import PersonDots
from portrait_studio.session.picking import Picking
from portrait_studio.session.references import References
from portrait_studio.session.segmentation import SEGMENTATIONS, Segmentation
from portrait_studio.session.shadows import Shadows
from portrait_studio.session.tightening import Tightening
from portrait_studio.session.tools import Tool, Tools


class Session(QObject):
    """One open photo at most, with everything that is being done to it.

    Edits are refused while a fill, an export or an opening runs, so that no result can meet a document other
    than the one it was made for; only the mask may be marked while a fill runs, see `EditsDuringFill`. Any
    edit cancels the prediction of the map behind the hole.

    Attributes:
        editing: the open document; every change of it goes through there.
        history: the steps of the document.
        tools: the tool in hand, and its settings.
        painting: strokes, shapes and changes of the whole mask.
        files: what is read from and written to disk.
        parsing_maps: what is where in the photo.
        filling: fills and their candidates.
        joint_editing: joints that the user puts somewhere.
        segmentation: exact masks of things and people, as jobs.
        detections: people and things that have no label in the parsing map.
        tightening: shrinks what was marked loosely.
        damage: proposes a mask over what is damaged.
        shadows: takes the shadow of what is masked.
        other_people: marks everybody but the main person.
        person_dots: says of each person whether the mask takes them.
        protection: people whom the mask never reaches.
        picking: marks what is clicked.
        extending: margins that the canvas is about to have.
        fill_warnings: says before a fill what it is bound to do badly.
    """

    opened = Signal()
    """Another document is open."""
    job_started = Signal(object)
    """BackgroundJob"""
    job_progressed = Signal(object, float)
    """Stage, None in a job without any; share done in [0, 1]"""
    job_ended = Signal(object)
    """BackgroundJob: done, failed or cancelled"""
    failed = Signal(object)
    """Failure"""
    noticed = Signal(object)
    """A sentence for the user that needs no answer"""
    hinted = Signal(object)
    """A sentence about what was just done, which is soon forgotten"""
    device_named = Signal(str)
    """What fills run on"""
    state_changed = Signal()
    """Anything that decides what the user may do next"""

    def __init__(
        self,
        engine: Engine,
        engine_thread: TaskThread,
        file_thread: TaskThread,
        parent: QObject | None = None,
    ) -> None:
        """Begin without a photo.

        Args:
            engine: what works on photos.
            engine_thread: runs it.
            file_thread: reads and writes files.
            parent: owns this.
        """
        super().__init__(parent)
        self.tools = tools = Tools(self)
        self.editing = editing = Editing(lambda: self.can_edit, lambda: self.can_mark, self)
        self.history = editing.history
        self.painting = painting = Painting(editing, tools, self)
        self.files = Files(editing, painting, file_thread, self)
        self.references = References(editing, self.files.jobs, self)
        self._engine_jobs = jobs = EngineJobs(engine, engine_thread, self)
        self.parsing_maps = maps = ParsingMaps(editing, jobs, self)
        self.filling = Filling(editing, jobs, maps, painting, self)
        self.joint_editing = JointEditing(editing, self)
        self.segmentation = things = Segmentation(editing, jobs, self)
        self.detections = Detections(editing, jobs, maps, things, self)
        self.tightening = Tightening(editing, tools, painting, things, self)
        self.damage = DamageFinding(editing, tools, painting, things, self)
        self.shadows = Shadows(editing, painting, maps, self.detections, things, self)
        self.other_people = OtherPeople(editing, things, self)
        self.person_dots = PersonDots(editing, maps, self.detections, things, tools, self)
        self.protection = PeopleProtection(editing, maps, self)
        self.picking = Picking(editing, maps, tools, things, self.detections, self)
        self.extending = Extending(editing, tools, maps, self)
        self.fill_warnings = FillWarnings(editing, painting, maps, things, self.filling, self.extending, self)
        self._fill_next: CompletionOptions | None = None
        self._connect_parts()
        self._connect_jobs()

    def _connect_parts(self) -> None:
        self.history.changed.connect(self.state_changed)
        self.editing.canvas_changed.connect(self._on_canvas_changed)
        self.segmentation.changed.connect(self.state_changed)
        self.person_dots.changed.connect(self.state_changed)
        self.segmentation.ended.connect(self._on_segmentation_ended)
        for marking in (
            self.tightening,
            self.damage,
            self.shadows,
            self.picking,
            self.other_people,
            self.person_dots,
            self.fill_warnings,
        ):
            marking.hinted.connect(self.hinted)
        # With it in hand, each of them has a dot to keep them by.
        self.other_people.marked.connect(lambda: self.tools.choose(Tool.PICK))
        self.filling.filled.connect(self._on_filled)
        self.filling.refused.connect(self.failed)
        self.extending.refused.connect(self.failed)
        self.files.read.connect(self._take)

    def _connect_jobs(self) -> None:
        for jobs in (self._engine_jobs, self.files.jobs):
            jobs.started.connect(self._on_started)
            jobs.progressed.connect(self.job_progressed)
            jobs.ended.connect(self._on_ended)
            jobs.failed.connect(self._on_failed)
        self.files.jobs.ended.connect(self.parsing_maps.resume)

    # -- state ---------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        """The open document."""
        return self.editing.document

    @property
    def current_job(self) -> BackgroundJob | None:
        """The job that the user is waiting for."""
        jobs = (self.files.jobs.current, self._engine_jobs.current)
        return next((job for job in jobs if job is not None and not job.kind.is_quiet), None)

    @property
    def can_edit(self) -> bool:
        """Whether a photo is open and no job depends on it staying as it is."""
        filling = self._engine_jobs.current is not None and self._engine_jobs.current.kind is JobKind.FILL
        return self.document is not None and not filling and self.files.jobs.current is None

    @property
    def can_mark(self) -> bool:
        """Whether the mask may be painted on, which a fill that runs does not see any more."""
        return self.document is not None and self.files.jobs.current is None

    @property
    def has_mask(self) -> bool:
        """Whether anything is painted."""
        return self.document is not None and self.document.has_mask

    @property
    def can_fill(self) -> bool:
        """Whether there is something to fill, and nothing in the way."""
        is_new = self.document is not None and self.document.has_blank
        is_there = self.has_mask or is_new or self.segmentation.is_under_way
        return self.filling.can_fill_next or (self.can_edit and is_there)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.editing.may_undo and self.history.stack.canUndo()

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self.editing.may_redo and self.history.stack.canRedo()

    # -- history -------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step back."""
        self.painting.end_stroke()
        if self.can_undo:
            self.history.stack.undo()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.painting.end_stroke()
        if self.can_redo:
            self.history.stack.redo()

    # -- jobs ----------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load the engine in its thread, that the first fill starts at once and missing weights are known."""
        self._engine_jobs.ask(JobKind.PREPARE, WarmUpRequest(), self._on_prepared)

    def fill(self, options: CompletionOptions) -> None:
        """Start filling what is masked, as soon as the mask is what it is about to be."""
        self.painting.end_stroke()
        if self.segmentation.is_under_way:
            self._fill_next = options
        else:
            self.filling.fill(options)

    def fill_again(self, method: Method) -> None:
        """Make another candidate for the last fill; if that fails, it stays as it is."""
        self.painting.end_stroke()
        self.filling.try_again(method)

    def fill_anew(self, options: CompletionOptions) -> None:
        """Fill by the labels and joints that the user wants: the mask, or else the last hole once more."""
        self.painting.end_stroke()
        self.filling.fill_anew(options)

    def parse_hole(self) -> None:
        """Start predicting the parsing map of the photo, hole included."""
        self.painting.end_stroke()
        self.parsing_maps.parse_hole()

    def cancel(self) -> bool:
        """Stop what the user is waiting for, except writing a file; False when there is nothing.

        What waits for it begins, if it can without.
        """
        job = self._engine_jobs.current
        if job is not None and not job.kind.is_quiet:
            if self.segmentation.is_under_way:
                self.tightening.forget()
            self._engine_jobs.cancel()
            self.filling.go_on()
            return True
        return self.files.cancel_opening()

    def cancel_all(self) -> bool:
        """The same, and what waits does not begin."""
        self.filling.leave_all_out()
        return self.cancel()

    # -- answers of the jobs -------------------------------------------------------------------------------

    def _on_started(self, job: BackgroundJob) -> None:
        if not job.kind.is_quiet:
            self.job_started.emit(job)

    def _on_ended(self, job: BackgroundJob) -> None:
        if not job.kind.is_quiet:
            self.job_ended.emit(job)

    def _on_failed(self, failure: Failure) -> None:
        is_missing = failure.kind in SEGMENTATIONS and not self._can_still(failure.kind)
        if failure.kind is JobKind.OUTLINE and failure.is_repeated:
            return
        if (failure.kind.is_quiet or is_missing) and isinstance(failure.error, PortraitStudioError):
            self.noticed.emit(_what_is_missing(failure.kind, failure.error.message))
        else:
            self.failed.emit(failure)

    def _can_still(self, kind: JobKind) -> bool:
        """Whether the network is there that a kind of segmentation needs."""
        segmentation = self.segmentation
        return segmentation.finds_damage if kind is JobKind.DAMAGE else segmentation.is_available

    def _on_prepared(self, readiness: Readiness) -> None:
        """What the engine before could not do, this one may."""
        self.device_named.emit(readiness.device)
        self.segmentation.set_available(
            readiness.finds_things, readiness.finds_people, readiness.finds_damage
        )
        self.parsing_maps.retry()
        self.detections.retry()

    def _on_segmentation_ended(self, is_answered: bool) -> None:
        """A fill that waited begins, unless the user went on with something else."""
        options, self._fill_next = self._fill_next, None
        if options is not None and is_answered and self.can_fill:
            self.filling.fill(options)

    # -- pieces --------------------------------------------------------------------------------------------

    def _take(self, opened: Opened) -> None:
        job = self._engine_jobs.current
        if job is not None and job.kind is not JobKind.PREPARE:
            self._engine_jobs.cancel()
        self.filling.stop()
        project = opened.project
        document = project.document
        self.painting.forget()
        self.editing.take(document, project.steps, project.applied)
        if not opened.is_saved:
            self.history.mark_unsaved()
        self.tools.suit(document.extent)
        self.files.belong_to(opened)
        self.picking.forget()
        self.protection.forget()
        self.tightening.forget()
        self.damage.forget()
        self.fill_warnings.forget()
        self.parsing_maps.begin()
        self.detections.begin()
        self.opened.emit()
        self.state_changed.emit()

    def _on_canvas_changed(self) -> None:
        """Who stands where lies elsewhere now."""
        self.painting.forget()
        self.picking.forget()
        self.protection.forget()

    def _on_filled(self, result: CompletionResult) -> None:
        self.device_named.emit(result.device)
        if result.notices:
            self.noticed.emit(joined(result.notices))


def _what_is_missing(kind: JobKind, reason: Message) -> Message:
    """What the user has to do without, since a job has failed that the rest does not depend on."""
    if kind in SEGMENTATIONS:
        return reason
    if kind is JobKind.OUTLINE:
        return Message("The outline of the body could not be guessed. {reason}", reason=reason)
    if kind is JobKind.DETECT:
        return Message(
            "People and things could not be looked for, so that there are no dots. {reason}", reason=reason
        )
    if kind is JobKind.PARSE_PHOTO:
        return Message(
            "The photo could not be looked at, so that nothing can be picked in it. {reason}", reason=reason
        )
    return Message("{reason} Until then you can paint and export, but not fill.", reason=reason)
