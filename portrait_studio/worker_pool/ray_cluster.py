"""Workers on a cluster, as actors of Ray (Moritz et al. 2018)."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

from portrait_studio.errors import DeviceError, OptionError
from portrait_studio.hardware import Hardware
from portrait_studio.locations import MODELS_VARIABLE
from portrait_studio.worker_pool.workers import Lost, Reply, Work, Worker

LOCAL: Final = "local"
"""The address of a cluster that is begun on this machine and ends with the command."""


class ClusterWorker(Worker):
    """A worker whose tasks and answers are pickled: what Ray hands out itself can only be read."""

    def do(self, task: bytes) -> bytes:
        """Answer a pickled task by a pickled reply."""
        return pickle.dumps(self.answer(pickle.loads(task)))


class RayPool:
    """Workers that are actors on a cluster; they end with the block.

    All machines have the program, and see the files that a task or the work names under the same names.
    """

    def __init__(self, address: str, work: Work, hardware: Hardware) -> None:
        """Join the cluster.

        Args:
            address: HOST:PORT, ray://HOST:PORT, "auto", or "local".
            work: what the actors do.
            hardware: what each of them computes on; it takes as many processors as that has threads, and a
                GPU where the cluster has some.

        Raises:
            OptionError: Ray is not installed.
            DeviceError: there is no cluster.
        """
        self._ray = _ray()
        try:
            with _own_answer_to_sigterm():
                self._ray.init(
                    address=address,
                    include_dashboard=False if address == LOCAL else None,
                    log_to_driver=False,
                    logging_level="ERROR",
                    runtime_env={"env_vars": _variables()},
                )
        except (OSError, ValueError, RuntimeError) as error:
            raise DeviceError(
                f"There is no cluster at {address} ({_first_line(error)}); begin one with ray."
            ) from error
        self._work, self._hardware = pickle.dumps(work), hardware
        found = self._ray.cluster_resources()
        self._threads = hardware.threads or 1
        self._has_gpus = hardware.device in ("auto", "cuda") and found.get("GPU", 0) >= 1
        needed = {"num_cpus": self._threads, "num_gpus": int(self._has_gpus)}
        # What a lost actor had is given out anew by whoever shares the tasks out, and counted there.
        self._kind = self._ray.remote(max_restarts=0, max_task_retries=0, **needed)(ClusterWorker)
        self._actors: dict[str, Any] = {}
        self._answers: dict[Any, str] = {}
        self.room = int(found["GPU"]) if self._has_gpus else int(found.get("CPU", 1)) // self._threads
        """How many actors the cluster has room for"""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for actor in self._actors.values():
            self._ray.kill(actor)
        self._ray.shutdown()

    def start_worker(self) -> Hashable:
        """Begin another actor where the cluster has room."""
        actor = self._kind.remote(self._work, self._hardware)
        name: str = actor._actor_id.hex()
        self._actors[name] = actor
        self._answers[actor.ready.remote()] = name
        return name

    def submit(self, worker: Hashable, task: Any) -> None:
        """Give a task to an actor that is ready."""
        assert isinstance(worker, str)
        self._answers[self._actors[worker].do.remote(pickle.dumps(task))] = worker

    def receive(self) -> tuple[Hashable, Reply]:
        """Wait for any actor."""
        (answer,), _ = self._ray.wait(list(self._answers), num_returns=1)
        name = self._answers.pop(answer)
        try:
            reply: Reply | bytes = self._ray.get(answer)
        except self._ray.exceptions.RayTaskError as error:
            return name, DeviceError(
                f"A machine of the cluster cannot run the program ({_first_line(error)})."
            )
        except self._ray.exceptions.RayError:
            del self._actors[name]
            return name, Lost()
        return name, pickle.loads(reply) if isinstance(reply, bytes) else reply


def _ray() -> Any:
    try:
        import ray
    except ImportError:
        raise OptionError(
            "--cluster needs Ray, which is not installed: pip install 'portrait-studio[cluster]'."
        ) from None
    return ray


@contextmanager
def _own_answer_to_sigterm() -> Iterator[None]:
    """Ray puts an answer of its own in the place of the command's, which prints a trace and aborts."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _variables() -> dict[str, str]:
    """What the program is told by the environment, for all machines."""
    return {name: os.environ[name] for name in (MODELS_VARIABLE,) if name in os.environ}


def _first_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
