"""The engine, built where it is first used: in the engine thread, since importing torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import CompletionRequest, CompletionResult, Pixels, Structure

_TASKS: Final = ("parsing", "completion", "face")


class EngineLike(Protocol):
    """What the window asks of an engine."""

    def warm_up(self, progress: Progress) -> None:
        """Read what the first job will need; raises `WeightsError` when it is missing or damaged."""

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill the holes of a photo."""

    def parse(self, image: Pixels, mask: NDArray[np.uint8], device: str, progress: Progress) -> Structure:
        """Predict the parsing map of a photo."""


class LazyEngine:
    """An engine that is made by `build` at the first request."""

    def __init__(self, build: Callable[[], EngineLike]) -> None:
        """Args: makes the engine; called in the thread that asks first, and again if it failed."""
        self._build = build
        self._engine: EngineLike | None = None

    def warm_up(self, progress: Progress) -> None:
        """Make the engine ahead of the first job; see the engine."""
        progress.check()
        self._made().warm_up(progress)

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill the holes of a photo; see the engine."""
        return self._made().complete(request, progress)

    def parse(self, image: Pixels, mask: NDArray[np.uint8], device: str, progress: Progress) -> Structure:
        """Predict the parsing map of a photo; see the engine."""
        return self._made().parse(image, mask, device, progress)

    def _made(self) -> EngineLike:
        if self._engine is None:
            self._engine = self._build()
        return self._engine


class ReleasedEngine:
    """The real engine over a folder of released weights; making one imports torch."""

    def __init__(self, models: Path) -> None:
        """Args: the models folder; nothing is read yet."""
        from portrait_studio.engine.network_store import ReleasedNetworks
        from portrait_studio.engine.pipeline import Engine

        self._networks = ReleasedNetworks(models)
        self._engine = Engine(self._networks)

    def warm_up(self, progress: Progress) -> None:
        """Read and verify all released networks.

        Raises:
            WeightsError: one is missing or damaged.
            Cancelled: another job wants the thread.
        """
        for task in _TASKS:
            progress.check()
            self._networks.load(task)

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill the holes of a photo; see `Engine.complete`."""
        return self._engine.complete(request, progress)

    def parse(self, image: Pixels, mask: NDArray[np.uint8], device: str, progress: Progress) -> Structure:
        """Predict the parsing map of a photo; see `Engine.parse`."""
        return self._engine.parse(image, mask, device, progress)
