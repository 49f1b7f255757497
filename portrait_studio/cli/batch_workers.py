"""Shares the photos of a batch out among workers with an engine each; what a lost one had goes to another.

Each worker has one photo at a time, so that nothing piles up in front of a slow one, and results come in the
order in which they are done.
"""

from __future__ import annotations

import signal
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from portrait_studio.cli.batch_plan import Item
from portrait_studio.cli.batch_report import Filled
from portrait_studio.cli.batch_work import BatchSettings, failed, fill_photo
from portrait_studio.cli.stopping import stopping_cleanly
from portrait_studio.errors import DeviceError, PortraitStudioError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.atomic import remove_leavings

if TYPE_CHECKING:
    from portrait_studio.engine.interface import Engine

MOST_TRIES: Final = 3
"""How often a photo is begun whose worker is lost, and how many are lost in a row before they are ready."""
_SECONDS_TO_END: Final = 10.0


@dataclass(frozen=True)
class Work:
    """What every worker does to its photos.

    Attributes:
        settings: what is done to each.
        hardware: what its engine runs on.
    """

    settings: BatchSettings
    hardware: Hardware


@dataclass(frozen=True)
class Ready:
    """A worker says that it can begin."""


@dataclass(frozen=True)
class Lost:
    """A worker has ended without being asked to."""


Reply = Ready | Lost | Filled | PortraitStudioError
"""What comes from a worker; an error is one that the next photo would meet, too."""


class WorkerPool(Protocol):
    """Workers somewhere."""

    def start_worker(self) -> Hashable:
        """Begin another worker, which says when it is ready."""

    def submit(self, worker: Hashable, item: Item) -> None:
        """Let a worker that is ready fill a photo."""

    def receive(self) -> tuple[Hashable, Reply]:
        """Wait for any worker."""


def fill_in_pool(
    pool: WorkerPool, items: Iterable[tuple[int, Item]], count: int
) -> Iterator[tuple[int, Filled]]:
    """Fill photos by as many workers as are wanted.

    Args:
        pool: where they are.
        items: the photos, numbered.
        count: of the workers.

    Yields:
        What became of each photo, once, by its number, in the order in which they are done.

    Raises:
        PortraitStudioError: the next photo would meet the same.
    """
    waiting = deque(items)
    tries: Counter[int] = Counter()
    at_work: dict[Hashable, tuple[int, Item]] = {}
    idle: list[Hashable] = []
    lost_in_a_row = 0
    for _ in range(min(count, len(waiting))):
        pool.start_worker()
    while waiting or at_work:
        worker, reply = pool.receive()
        if isinstance(reply, PortraitStudioError):
            raise reply
        task = at_work.pop(worker, None)
        if isinstance(reply, Lost):
            lost_in_a_row = 0 if task else lost_in_a_row + 1
            if lost_in_a_row == MOST_TRIES:
                raise DeviceError("The processes that were to fill photos end before they begin.")
            if task is not None:
                number, item = task
                remove_leavings(item.output)
                tries[number] += 1
                if tries[number] == MOST_TRIES:
                    yield number, Filled(failed(item, _gave_up()))
                else:
                    waiting.appendleft(task)
            pool.start_worker()
        else:
            idle.append(worker)
            if isinstance(reply, Filled) and task is not None:
                yield task[0], reply
        while waiting and idle:
            worker, task = idle.pop(), waiting.popleft()
            at_work[worker] = task
            pool.submit(worker, task[1])


def _gave_up() -> str:
    return (
        f"The process that filled this photo was lost {MOST_TRIES} times; perhaps there is not enough memory"
        " for it: scale it down, or ask for fewer --jobs."
    )


class Filler:
    """A worker: fills one photo after the other with an engine that keeps its networks."""

    def __init__(self, work: Work, number: int = 0) -> None:
        """Make the engine, which loads its networks at the first photo.

        Args:
            work: what to do.
            number: of this worker on this machine, which decides on the GPU where there are several.
        """
        from portrait_studio.cli.options import lazy_engine

        self._settings = work.settings
        self._engine: Engine = lazy_engine(work.hardware)
        if work.hardware.device in ("auto", "cuda"):
            _take_gpu(number)

    def ready(self) -> Reply:
        """Say that it can begin."""
        return Ready()

    def fill(self, item: Item) -> Reply:
        """Fill a photo."""
        from portrait_studio.engine.progress import Progress

        try:
            return fill_photo(self._engine, item, self._settings, Progress())
        except PortraitStudioError as error:
            return error


def _take_gpu(number: int) -> None:
    import torch

    count = torch.cuda.device_count()
    if count > 1:
        torch.cuda.set_device(number % count)


class ProcessPool:
    """Workers that are processes of this machine; they end with the block."""

    def __init__(self, work: Work) -> None:
        """Begin without any.

        Args:
            work: what they do.
        """
        self._work = work
        # A forked process would share what libraries hold.
        self._context = get_context("spawn")
        self._workers: dict[Connection, tuple[int, BaseProcess]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        processes = [process for _, process in self._workers.values()]
        for connection in self._workers:
            connection.close()
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(_SECONDS_TO_END)
            process.kill()
        self._workers.clear()

    @property
    def processes(self) -> list[BaseProcess]:
        """Those that run."""
        return [process for _, process in self._workers.values()]

    def start_worker(self) -> Hashable:
        """Begin another process."""
        taken = {number for number, _ in self._workers.values()}
        number = next(n for n in range(len(taken) + 1) if n not in taken)
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work, number), daemon=True)
        process.start()
        # Then the end of the process is the end of the stream.
        theirs.close()
        self._workers[ours] = number, process
        return ours

    def submit(self, worker: Hashable, item: Item) -> None:
        """Let a process that is ready fill a photo."""
        assert isinstance(worker, Connection)
        # One that is lost by now is heard of next.
        with suppress(OSError):
            worker.send(item)

    def receive(self) -> tuple[Hashable, Reply]:
        """Wait for any process."""
        connection = wait(list(self._workers))[0]
        assert isinstance(connection, Connection)
        try:
            return connection, connection.recv()
        except (EOFError, OSError):
            _, process = self._workers.pop(connection)
            connection.close()
            process.join(_SECONDS_TO_END)
            return connection, Lost()


def _serve(connection: Connection, work: Work, number: int) -> None:
    """What each process does until nobody asks for more."""
    # Ctrl+C reaches all processes of the terminal; the command then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stopping_cleanly(), suppress(EOFError, OSError, KeyboardInterrupt):
        filler = Filler(work, number)
        connection.send(filler.ready())
        while True:
            connection.send(filler.fill(connection.recv()))
