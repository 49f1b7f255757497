"""Workers that are processes of this machine."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Hashable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Final, Self

from portrait_studio.hardware import Hardware
from portrait_studio.stopping import stopping_cleanly
from portrait_studio.worker_pool.workers import Lost, Reply, Work, Worker

_SECONDS_TO_END: Final = 10.0


class ProcessPool:
    """Workers that are processes of this machine; they end with the block."""

    def __init__(self, work: Work, hardware: Hardware) -> None:
        """Begin without any.

        Args:
            work: what they do.
            hardware: what each of them computes on.
        """
        self._work, self._hardware = pickle.dumps(work), hardware
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
        worker = Worker(self._work, self._hardware, number)
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, worker), daemon=True)
        process.start()
        # Then the end of the process is the end of the stream.
        theirs.close()
        self._workers[ours] = number, process
        return ours

    def submit(self, worker: Hashable, task: Any) -> None:
        """Give a task to a process that is ready."""
        assert isinstance(worker, Connection)
        # One that is lost by now is heard of next.
        with suppress(OSError):
            worker.send(task)

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


def _serve(connection: Connection, worker: Worker) -> None:
    """What each process does until nobody asks for more."""
    # Ctrl+C reaches all processes of the terminal; the command then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError, KeyboardInterrupt), stopping_cleanly():
        connection.send(worker.ready())
        while True:
            connection.send(worker.answer(connection.recv()))
