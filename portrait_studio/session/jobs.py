"""One job at a time: who may still report, and what becomes of late answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from portrait_studio.engine.progress import CancelToken, Progress, Stage
from portrait_studio.messages import Message

Task = Callable[[Progress], Any]
"""Work for another thread; it reports to the progress that it gets."""


class TaskThread(Protocol):
    """A thread that does tasks one after the other and answers by signals."""

    @property
    def progressed(self) -> SignalInstance:
        """Job number, Stage or None, share in [0, 1]."""

    @property
    def succeeded(self) -> SignalInstance:
        """Job number, what the task returned."""

    @property
    def failed(self) -> SignalInstance:
        """Job number, the exception, its traceback as text."""

    @property
    def cancelled(self) -> SignalInstance:
        """Job number."""

    def submit(self, job_id: int, token: CancelToken, task: Task) -> None:
        """Do the task after those submitted before it."""


class JobKind(Enum):
    """What a job does, as the user reads it while it runs."""

    PREPARE = Message("Loading the engine")
    OPEN = Message("Opening")
    SAVE = Message("Saving")
    AUTOSAVE = Message("Autosaving")
    RECORD = Message("Writing the edit record")
    EXPORT = Message("Exporting")
    READ_MASK = Message("Reading the mask")
    READ_REFERENCES = Message("Reading other photos")
    WRITE_MASK = Message("Writing the mask")
    FILL = Message("Filling")
    PARSE_HOLE = Message("Reading the structure")
    PARSE_PHOTO = Message("Looking at the photo")
    DETECT = Message("Looking for people and things")
    OUTLINE = Message("Guessing the outline")
    TIGHTEN = Message("Tightening the mask")
    PEOPLE = Message("Looking for people")
    FIND = Message("Finding the thing")
    DAMAGE = Message("Looking for damage")
    SHADOW = Message("Looking for the shadow")

    @property
    def is_quiet(self) -> bool:
        """Whether nobody waits for it."""
        return self.gives_way or self in (JobKind.PREPARE, JobKind.OUTLINE)

    @property
    def gives_way(self) -> bool:
        """Whether it begins by itself, and again after any other."""
        return self in (JobKind.PARSE_PHOTO, JobKind.DETECT)


@dataclass(frozen=True, eq=False)
class BackgroundJob:
    """A job that was started.

    Attributes:
        number: unique within its thread.
        kind: what it does.
        done: takes what its task returned.
        stopped: hears that it failed, and why, or with None that it was cancelled.
        token: cancels it.
    """

    number: int
    kind: JobKind
    done: Callable[[Any], None]
    stopped: Callable[[Exception | None], None]
    token: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True)
class Failure:
    """Why a job failed.

    Attributes:
        kind: what was being done.
        error: the exception.
        log: its traceback.
        is_repeated: whether the job of this kind that ended before failed, too.
    """

    kind: JobKind
    error: Exception
    log: str
    is_repeated: bool = False


class BackgroundJobs(QObject):
    """Gives tasks to a thread, one at a time, and hands on only what the current job reports.

    A cancelled job is no longer current from that moment on: whatever its thread still says is dropped.
    """

    started = Signal(object)
    """BackgroundJob"""
    progressed = Signal(object, float)
    """Stage, None in a job without any; share in [0, 1]"""
    ended = Signal(object)
    """BackgroundJob: sent before anybody hears how."""
    failed = Signal(object)
    """Failure: sent when its owner has heard of it"""

    def __init__(self, thread: TaskThread, parent: QObject | None = None) -> None:
        """Wait for tasks.

        Args:
            thread: does them.
            parent: owns this.
        """
        super().__init__(parent)
        self._thread = thread
        self._current: BackgroundJob | None = None
        self._count = 0
        self._failing: set[JobKind] = set()
        thread.progressed.connect(self._on_progressed)
        thread.succeeded.connect(self._on_succeeded)
        thread.failed.connect(self._on_failed)
        thread.cancelled.connect(self._on_cancelled)

    @property
    def current(self) -> BackgroundJob | None:
        """The job under way."""
        return self._current

    def start(
        self,
        kind: JobKind,
        task: Task,
        done: Callable[[Any], None],
        stopped: Callable[[Exception | None], None] = lambda error: None,
    ) -> None:
        """Cancel the current job, if any, and start another; see `BackgroundJob`."""
        self.cancel()
        self._count += 1
        job = BackgroundJob(self._count, kind, done, stopped)
        self._current = job
        self.started.emit(job)
        self._thread.submit(job.number, job.token, task)

    def cancel(self, *kinds: JobKind) -> bool:
        """Stop the current job and forget it at once; False when there is none, or none of these kinds."""
        job = self._current
        if job is None or (kinds and job.kind not in kinds):
            return False
        job.token.cancel()
        self._end(job)
        job.stopped(None)
        return True

    def _end(self, job: BackgroundJob) -> None:
        self._current = None
        self.ended.emit(job)

    def _is_current(self, number: int) -> BackgroundJob | None:
        return self._current if self._current is not None and self._current.number == number else None

    @Slot(int, object, float)
    def _on_progressed(self, number: int, stage: Stage | None, share: float) -> None:
        if self._is_current(number):
            self.progressed.emit(stage, share)

    @Slot(int, object)
    def _on_succeeded(self, number: int, result: object) -> None:
        job = self._is_current(number)
        if job is not None:
            self._failing.discard(job.kind)
            self._end(job)
            job.done(result)

    @Slot(int, object, str)
    def _on_failed(self, number: int, error: Exception, log: str) -> None:
        job = self._is_current(number)
        if job is not None:
            failure = Failure(job.kind, error, log, job.kind in self._failing)
            self._failing.add(job.kind)
            self._end(job)
            job.stopped(error)
            self.failed.emit(failure)

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        job = self._is_current(number)
        if job is not None:
            self._end(job)
            job.stopped(None)
