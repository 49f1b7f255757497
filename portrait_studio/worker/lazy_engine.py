"""The engine, made where it is first used: in the engine thread, since importing torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Answer, Request
from portrait_studio.hardware import ANY_HARDWARE, Hardware


class LazyEngine:
    """Holds the engine that `build` makes at the first request; see `engine.interface.Engine`."""

    def __init__(self, build: Callable[[], Engine]) -> None:
        """Make nothing yet.

        Args:
            build: makes the engine; called in the thread that asks first, and again if it failed.
        """
        self._build = build
        self._engine: Engine | None = None
        # Two numbers, since another thread may ask for another engine while this one is still being made.
        self._asked_for, self._made_for = 0, -1
        self.preferred = ANY_HARDWARE
        """What later requests run on where they leave it open."""
        self._told: Hardware | None = None

    def forget(self) -> None:
        """Make the engine anew at the next job, with the weights then in use; for any thread."""
        self._asked_for += 1

    def prefer(self, hardware: Hardware) -> None:
        """Run on this from the next job on; for any thread."""
        self.preferred = hardware

    def run(self, request: Request[Answer], progress: Progress | None = None) -> Answer:
        """Do what is asked."""
        if progress is not None:
            progress.check()
        return self._made().run(request, progress)

    def _made(self) -> Engine:
        asked_for = self._asked_for
        if self._engine is None or self._made_for != asked_for:
            # Let go of the one before first: both together may not fit.
            self._engine = None
            self._engine, self._told, self._made_for = self._build(), None, asked_for
        if self._told != self.preferred:
            self._told = self.preferred
            self._engine.prefer(self._told)
        return self._engine
