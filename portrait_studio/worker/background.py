"""A thread with one worker object that does tasks in order."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.progress import CancelToken, Progress, Stage
from portrait_studio.errors import Cancelled

_REPORT_INTERVAL_S = 1 / 30


class _Worker(QObject):
    """Lives in the thread; everything it says goes out by signal."""

    progressed = Signal(int, object, float)
    succeeded = Signal(int, object)
    failed = Signal(int, object, str)
    cancelled = Signal(int)

    @Slot(int, object, object)
    def work(self, number: int, token: CancelToken, task: Callable[[Progress], Any]) -> None:
        """Do one task and say how it ended."""
        if token.is_cancelled:
            self.cancelled.emit(number)
            return
        try:
            result = task(Progress(token, _Listener(self, number)))
        except Cancelled:
            self.cancelled.emit(number)
        except Exception as error:
            self.failed.emit(number, error, traceback.format_exc())
        else:
            self.succeeded.emit(number, result)
        give_back_memory()


class _Listener:
    """Hands reports on, but not more often than a screen can show them."""

    def __init__(self, worker: _Worker, number: int) -> None:
        self._worker = worker
        self._number = number
        self._stage: Stage | None = None
        self._said_at = 0.0

    def __call__(self, stage: Stage | None, share: float) -> None:
        now = time.monotonic()
        if stage is not self._stage or now - self._said_at >= _REPORT_INTERVAL_S:
            self._stage, self._said_at = stage, now
            self._worker.progressed.emit(self._number, stage, share)


class Background(QObject):
    """Runs tasks in one thread of its own; `close` before the application ends.

    The signals arrive in the thread that made this object, since the worker's are queued to it.
    """

    progressed = Signal(int, object, float)
    succeeded = Signal(int, object)
    failed = Signal(int, object, str)
    cancelled = Signal(int)
    _submitted = Signal(int, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """Start the thread.

        Args:
            name: of the thread, for debuggers.
            parent: owns this.
        """
        super().__init__(parent)
        self._tokens: deque[CancelToken] = deque()
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _Worker()
        self._worker.moveToThread(self._thread)
        self._submitted.connect(self._worker.work)
        for ended in (self._worker.succeeded, self._worker.failed, self._worker.cancelled):
            ended.connect(self._on_ended)
        self._worker.progressed.connect(self.progressed)
        self._worker.succeeded.connect(self.succeeded)
        self._worker.failed.connect(self.failed)
        self._worker.cancelled.connect(self.cancelled)
        self._thread.start()

    def submit(self, job_id: int, token: CancelToken, task: Callable[[Progress], Any]) -> None:
        """Do the task after those submitted before it."""
        self._tokens.append(token)
        self._submitted.emit(job_id, token, task)

    def close(self) -> None:
        """Cancel what runs and what waits, and wait until the thread has ended."""
        for token in self._tokens:
            token.cancel()
        self._tokens.clear()
        self._thread.quit()
        self._thread.wait()

    @property
    def is_running(self) -> bool:
        """Whether the thread is there."""
        return self._thread.isRunning()

    @Slot()
    def _on_ended(self) -> None:
        # Tasks end in the order in which they were submitted, those that were cancelled too.
        if self._tokens:
            self._tokens.popleft()
