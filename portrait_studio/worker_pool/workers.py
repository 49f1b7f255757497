"""Workers somewhere: what they are told, and what comes back."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Protocol, Self

from portrait_studio.errors import PortraitStudioError
from portrait_studio.hardware import Hardware

Work = Callable[[Any], Any]
"""What is done to a task; it is pickled once for each worker, so it is a function or an `OpenedAnew`."""


class OpenedAnew:
    """Goes to another process as what it was made of, and is made there once more.

    For what holds networks or engines, which every process opens for itself. To be made of positional
    arguments that can be pickled.
    """

    _made_of: tuple[Any, ...]

    def __new__(cls, *arguments: Any) -> Self:
        """Remember the arguments."""
        made = super().__new__(cls)
        made._made_of = arguments
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), self._made_of


@dataclass(frozen=True)
class Ready:
    """A worker says that it can begin."""


@dataclass(frozen=True)
class Lost:
    """A worker has ended without being asked to."""


@dataclass(frozen=True, eq=False)
class Answered:
    """A worker has done its task.

    Attributes:
        answer: what its work returned.
    """

    answer: Any


Reply = Ready | Lost | Answered | PortraitStudioError
"""What comes from a worker; an error is one that the next task would meet, too."""


class WorkerPool(Protocol):
    """Workers somewhere."""

    def start_worker(self) -> Hashable:
        """Begin another worker, which says when it is ready."""

    def submit(self, worker: Hashable, task: Any) -> None:
        """Give a task to a worker that is ready."""

    def receive(self) -> tuple[Hashable, Reply]:
        """Wait for any worker."""


class Worker:
    """Does one task after the other with what it opened at the beginning."""

    def __init__(self, work: bytes, hardware: Hardware, number: int = 0) -> None:
        """Open nothing yet.

        Args:
            work: a pickled `Work`.
            hardware: what the work computes on.
            number: of this worker on this machine, which decides on the GPU where there are several.
        """
        self._pickled, self._number = work, number
        self._takes_gpu = hardware.device in ("auto", "cuda")
        self._work: Work | None = None

    def ready(self) -> Reply:
        """Open what the work needs, and say that it can begin."""
        if self._takes_gpu:
            _take_gpu(self._number)
        try:
            self._work = pickle.loads(self._pickled)
        except PortraitStudioError as error:
            return error
        return Ready()

    def answer(self, task: Any) -> Reply:
        """Do a task."""
        assert self._work is not None
        try:
            return Answered(self._work(task))
        except PortraitStudioError as error:
            return error


def _take_gpu(number: int) -> None:
    import torch

    count = torch.cuda.device_count()
    if count > 1:
        torch.cuda.set_device(number % count)
