"""Where the tasks of a command are done: in its own process, in others, or on a cluster."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.errors import DeviceError
from portrait_studio.number_option import whole_number
from portrait_studio.worker_pool.share_out import MOST_TRIES, GivenUp, Numbered, in_order, share_out

if TYPE_CHECKING:
    from portrait_studio.hardware import Hardware
    from portrait_studio.worker_pool.workers import Work

_MOST_JOBS: Final = 1000


@dataclass(frozen=True)
class Sharing:
    """How many workers there are, and where.

    Attributes:
        jobs: how many; None = one, or as many as a cluster has room for.
        cluster: address of a Ray cluster; None = this machine.
    """

    jobs: int | None = None
    cluster: str | None = None

    @property
    def is_alone(self) -> bool:
        """Whether the command's own process does everything."""
        return self.cluster is None and self.jobs in (None, 1)

    def hardware(self, asked: Hardware) -> Hardware:
        """What each worker computes on: where nobody said how many threads, its share of the processors."""
        if self.is_alone or asked.threads:
            return asked
        shares = 1 if self.cluster else max(1, (os.cpu_count() or 1) // (self.jobs or 1))
        return replace(asked, threads=shares)

    def as_done(
        self,
        work: Work,
        tasks: Iterable[Numbered],
        hardware: Hardware,
        label: Label,
        clear_up: Callable[[Any], None] = lambda task: None,
    ) -> Generator[tuple[int, Any], None, None]:
        """See `share_out`; with one progress bar on stderr where that is a terminal.

        Args:
            work: what is done to each task.
            tasks: numbered.
            hardware: what each worker computes on.
            label: of the bar.
            clear_up: called with each task whose worker was lost.
        """
        from tqdm import tqdm

        from portrait_studio.worker_pool.processes import ProcessPool
        from portrait_studio.worker_pool.ray_cluster import RayPool

        pool = ProcessPool(work, hardware) if self.cluster is None else RayPool(self.cluster, work, hardware)
        count = self.jobs or (max(1, pool.room) if isinstance(pool, RayPool) else 1)
        with pool, tqdm(total=label.total, unit=f" {label.unit}", disable=None, smoothing=0.02) as bar:
            for number, answer in share_out(pool, tasks, count, clear_up):
                bar.clear()
                yield number, answer
                bar.update()

    def in_turn(
        self, work: Work, tasks: Iterable[Any], hardware: Hardware, label: Label
    ) -> Iterator[tuple[Any, Any]]:
        """Each task with its answer, in the order of the tasks, wherever they are done.

        Args:
            work: what is done to each task.
            tasks: made one by one when somebody can begin with them.
            hardware: what each worker computes on.
            label: of the progress bar, which there is for several workers.

        Raises:
            PortraitStudioError: the work did, or a task lost all its workers.
        """
        if self.is_alone:
            yield from ((task, work(task)) for task in tasks)
            return
        begun: dict[int, Any] = {}

        def numbered() -> Iterator[Numbered]:
            for number, task in enumerate(tasks):
                begun[number] = task
                yield number, task

        with closing(self.as_done(work, numbered(), hardware, label)) as done:
            for number, answer in in_order(done):
                if isinstance(answer, GivenUp):
                    raise DeviceError(
                        f"One of the {label.unit} has lost its process {MOST_TRIES} times; perhaps there"
                        " is not enough memory: ask for fewer --jobs."
                    )
                yield begun.pop(number), answer


@dataclass(frozen=True)
class Label:
    """What a progress bar says.

    Attributes:
        unit: what is counted, in the plural.
        total: how many there are; None = nobody knows.
    """

    unit: str
    total: int | None = None


ALONE: Final = Sharing()
"""Everything in the command's own process."""


def add_sharing(parser: argparse.ArgumentParser | argparse._ArgumentGroup, unit: str, needed: str) -> None:
    """Add `--jobs` and `--cluster`; see `sharing_of`.

    Args:
        parser: of the command.
        unit: what is shared out, in the plural.
        needed: what the machines of a cluster must see under the same names.
    """
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=whole_number("--jobs", 1, _MOST_JOBS),
        help=f"so many {unit} at once, each in a process of its own with its share of the processors, or its"
        " graphics card (1; of a cluster all that it has room for)",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=f"on the machines of a Ray cluster that see {needed}: HOST:PORT, ray://HOST:PORT, auto, or"
        " local for one that is begun here and ends with the command",
    )


def sharing_of(options: argparse.Namespace) -> Sharing:
    """What these options ask for."""
    return Sharing(options.jobs, options.cluster)
