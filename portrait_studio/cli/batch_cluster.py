"""The workers of a batch on a cluster, as actors of Ray (Moritz et al. 2018)."""

from __future__ import annotations

import os
from collections.abc import Hashable
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self

from portrait_studio.cli.batch_plan import Item
from portrait_studio.cli.batch_report import Filled
from portrait_studio.cli.batch_workers import Filler, Lost, Reply, Work
from portrait_studio.errors import DeviceError, OptionError
from portrait_studio.locations import MODELS_VARIABLE

LOCAL: Final = "local"
"""The address of a cluster that is begun on this machine and ends with the batch."""


class RayPool:
    """Workers that are actors on a cluster; they end with the block.

    All machines have the program, and see the folders of photos, masks and results under the same names.
    """

    def __init__(self, address: str, work: Work) -> None:
        """Join the cluster.

        Args:
            address: HOST:PORT, ray://HOST:PORT, "auto", or "local".
            work: what the actors do; each takes as many processors as its engine has threads, and a GPU where
                the cluster has some.

        Raises:
            OptionError: Ray is not installed.
            DeviceError: there is no cluster.
        """
        self._ray = _ray()
        try:
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
        self._work = work
        found = self._ray.cluster_resources()
        self._threads = work.hardware.threads or 1
        self._has_gpus = work.hardware.device in ("auto", "cuda") and found.get("GPU", 0) >= 1
        needed = {"num_cpus": self._threads, "num_gpus": int(self._has_gpus)}
        # What a lost actor had is given out anew by whoever shares the photos out, and counted there.
        self._kind = self._ray.remote(max_restarts=0, max_task_retries=0, **needed)(Filler)
        self._actors: dict[str, Any] = {}
        self._answers: dict[Any, str] = {}
        self._items: dict[str, Item] = {}
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
        actor = self._kind.remote(self._work)
        name: str = actor._actor_id.hex()
        self._actors[name] = actor
        self._answers[actor.ready.remote()] = name
        return name

    def submit(self, worker: Hashable, item: Item) -> None:
        """Let an actor that is ready fill a photo."""
        assert isinstance(worker, str)
        self._items[worker] = item
        self._answers[self._actors[worker].fill.remote(_absolute(item))] = worker

    def receive(self) -> tuple[Hashable, Reply]:
        """Wait for any actor."""
        (answer,), _ = self._ray.wait(list(self._answers), num_returns=1)
        name = self._answers.pop(answer)
        try:
            reply: Reply = self._ray.get(answer)
        except self._ray.exceptions.RayTaskError as error:
            return name, DeviceError(
                f"A machine of the cluster cannot run the program ({_first_line(error)})."
            )
        except self._ray.exceptions.RayError:
            del self._actors[name]
            return name, Lost()
        return name, _as_named(reply, self._items[name]) if isinstance(reply, Filled) else reply


def _absolute(item: Item) -> Item:
    """A photo as other machines know it, whose processes run in other folders."""
    paths = {name: getattr(item, name) for name in ("photo", "mask", "output", "no_copy", "copy_from")}
    return replace(item, **{name: path.absolute() for name, path in paths.items() if path is not None})


def _as_named(filled: Filled, item: Item) -> Filled:
    """What became of a photo, in the names that the user gave."""
    mask = str(item.mask or "") if filled.line.mask else ""
    line = replace(filled.line, photo=str(item.photo), output=str(item.output), mask=mask)
    return replace(filled, line=line)


def _ray() -> Any:
    try:
        import ray
    except ImportError:
        raise OptionError(
            "--cluster needs Ray, which is not installed: pip install 'portrait-studio[cluster]'."
        ) from None
    return ray


def _variables() -> dict[str, str]:
    """What the program is told by the environment, for all machines."""
    return {name: os.environ[name] for name in (MODELS_VARIABLE,) if name in os.environ}


def _first_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
