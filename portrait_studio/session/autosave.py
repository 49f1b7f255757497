"""Keeps unsaved work in a file of the user's data folder, so that a crash costs a minute at most."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from portrait_studio.document.project import write_project
from portrait_studio.document.project_index import Origin
from portrait_studio.engine.progress import Progress
from portrait_studio.errors import Cancelled, PortraitStudioError
from portrait_studio.messages import Message
from portrait_studio.session.history import State
from portrait_studio.session.jobs import BackgroundJobs, Failure, JobKind, TaskThread
from portrait_studio.session.recovery import AutosaveFile, FoundAutosaves, Recoverable, find_autosaves
from portrait_studio.session.session import Session

DEFAULT_INTERVAL_S: Final = 60.0


class Autosave(QObject):
    """Writes the open project every minute and when the window loses the focus, if it has unsaved edits.

    The file goes as soon as the work is saved, exported or given up by the user; it stays after a crash.
    """

    failed = Signal(object)
    """Message, a sentence, once, until writing succeeds again"""
    recovery_failed = Signal()
    """What was to be recovered cannot be opened; something else may"""

    def __init__(
        self, session: Session, thread: TaskThread, folder: Path, interval_s: float = DEFAULT_INTERVAL_S
    ) -> None:
        """Begin to watch a session.

        Args:
            session: whose document is kept.
            thread: of its own.
            folder: where the files lie.
            interval_s: seconds between two of them; 0 = none.
        """
        super().__init__(session)
        self._session = session
        self._folder = folder
        self._file = AutosaveFile.new(folder)
        self._adopted: Recoverable | None = None
        self._failed: set[Path] = set()
        self._has_file = False
        self._kept: State = None
        self._is_due = False
        self._has_complained = False
        self._jobs = BackgroundJobs(thread, self)
        self._jobs.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.keep)
        self.set_interval(interval_s)
        session.opened.connect(self._on_opened)
        session.failed.connect(self._on_open_failed)
        session.history.changed.connect(self._on_history)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application_state)

    def set_interval(self, seconds: float) -> None:
        """Write every so many seconds; 0 switches it off."""
        self._timer.stop()
        if seconds > 0:
            self._timer.start(round(seconds * 1000))

    @property
    def interval_s(self) -> float:
        """Seconds between two autosaves; 0 = none."""
        return self._timer.interval() / 1000 if self._timer.isActive() else 0.0

    def find(self) -> FoundAutosaves:
        """What crashes left behind; what can be recovered is owned by this process from now on.

        What could not be opened since the start counts as unreadable.
        """
        found = find_autosaves(self._folder)
        failed = [one for one in found.recoverable if one.file.path in self._failed]
        for one in failed:
            one.file.release()
        recoverable = tuple(one for one in found.recoverable if one not in failed)
        return FoundAutosaves(recoverable, (*found.unreadable, *(one.file.path for one in failed)))

    def recover(self, found: Recoverable) -> None:
        """Open unsaved work; its file is kept and used on."""
        self._adopted = found
        self._session.files.open_recovered(found.file.path)

    def keep(self) -> None:
        """Write the project now if it has edits that are in no file; during a stroke, right after it."""
        session, state = self._session, self._session.history.state
        if not session.files.has_unsaved_edits or (self._has_file and state is self._kept):
            return
        snapshot = session.files.snapshot()
        self._is_due = snapshot is None
        if snapshot is None or self._jobs.current is not None or not self._can_write():
            return
        origin = Origin(session.files.name, snapshot.photo.path, session.files.project_path)
        path = self._file.path

        def task(progress: Progress) -> State:
            write_project(snapshot, path, progress.check, origin)
            try:
                progress.check()
            except Cancelled:
                # Nobody waits for this file any more, and the next start must not find it.
                path.unlink(missing_ok=True)
                raise
            return state

        self._jobs.start(JobKind.AUTOSAVE, task, self._on_written)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being written."""
        return self._jobs.current is None

    def close(self) -> None:
        """The user is done: whatever is not saved was given up."""
        self._timer.stop()
        self._forget()

    def _can_write(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._complain(
                Message(
                    "The folder {folder} cannot be made ({reason}).",
                    folder=self._folder,
                    reason=error.strerror,
                )
            )
            return False
        return self._file.take()

    def _forget(self) -> None:
        self._jobs.cancel()
        self._is_due = self._has_file = False
        self._kept = None
        self._file.clear()
        self._file = AutosaveFile.new(self._folder)

    def _on_written(self, state: State) -> None:
        self._has_file, self._kept, self._has_complained = True, state, False
        if not self._session.files.has_unsaved_edits:
            self._forget()

    def _on_failed(self, failure: Failure) -> None:
        # A document that was closed meanwhile takes its undo data with it; there is nothing to keep then.
        if self._session.files.has_unsaved_edits:
            error = failure.error
            unknown = Message("It could not be written ({reason}).", reason=str(error))
            self._complain(error.message if isinstance(error, PortraitStudioError) else unknown)

    def _complain(self, sentence: Message) -> None:
        if not self._has_complained:
            self._has_complained = True
            self.failed.emit(
                Message("Your work is not autosaved; save it yourself. {reason}", reason=sentence)
            )

    def _on_opened(self) -> None:
        self._forget()
        if self._adopted is not None:
            self._file, self._adopted = self._adopted.file, None
            self._has_file, self._kept = True, self._session.history.state

    def _on_open_failed(self) -> None:
        found, self._adopted = self._adopted, None
        if found is not None:
            found.file.release()
            self._failed.add(found.file.path)
            self.recovery_failed.emit()

    def _on_history(self) -> None:
        if self._has_file and not self._session.files.has_unsaved_edits:
            self._forget()
        elif self._is_due:
            self.keep()

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive and self._timer.isActive():
            self.keep()
