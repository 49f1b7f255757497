"""Requests to the engine as jobs of its thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.request import Answer, Request
from portrait_studio.session.jobs import BackgroundJobs, JobKind, TaskThread


class EngineJobs(BackgroundJobs):
    """One request at a time; a new one cancels the one before."""

    def __init__(self, engine: Engine, thread: TaskThread, parent: QObject) -> None:
        """Wait for requests.

        Args:
            engine: answers.
            thread: where it does.
            parent: owns this.
        """
        super().__init__(thread, parent)
        self.engine = engine
        """For tasks that are more than a request; in its thread only"""

    def ask(
        self,
        kind: JobKind,
        request: Request[Answer],
        done: Callable[[Answer], None],
        stopped: Callable[[Exception | None], None] = lambda error: None,
    ) -> None:
        """Start a job that is one request; see `BackgroundJob`."""
        engine = self.engine
        self.start(kind, lambda progress: engine.run(request, progress), done, stopped)
