"""Shares tasks out among workers; what a lost one had goes to another.

Each worker has one task at a time, so that nothing piles up in front of a slow one, and tasks are made no
sooner than somebody can begin with them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from portrait_studio.errors import DeviceError, PortraitStudioError
from portrait_studio.worker_pool.workers import Answered, Lost, WorkerPool

MOST_TRIES: Final = 3
"""How often a task is begun whose worker is lost, and how many are lost in a row before they are ready."""

Numbered = tuple[int, Any]
"""A task with its number."""


@dataclass(frozen=True)
class GivenUp:
    """Stands for the answer to a task that lost all its workers."""


class _Tasks:
    """Those that nobody has: put back ones first, then as they come."""

    def __init__(self, tasks: Iterable[Numbered], count: int) -> None:
        self._source = iter(tasks)
        self._waiting = deque(islice(self._source, count))
        self._is_over = len(self._waiting) < count
        self._tries: Counter[int] = Counter()
        self.at_once = len(self._waiting)

    def __bool__(self) -> bool:
        """Whether there may be some."""
        return bool(self._waiting) or not self._is_over

    def take(self) -> Numbered | None:
        if self._waiting:
            return self._waiting.popleft()
        task = None if self._is_over else next(self._source, None)
        self._is_over = task is None
        return task

    def put_back(self, task: Numbered) -> bool:
        """Whether it is worth another try."""
        self._tries[task[0]] += 1
        if self._tries[task[0]] == MOST_TRIES:
            return False
        self._waiting.appendleft(task)
        return True


def share_out(
    pool: WorkerPool,
    tasks: Iterable[Numbered],
    count: int,
    clear_up: Callable[[Any], None] = lambda task: None,
) -> Iterator[tuple[int, Any]]:
    """Have tasks done by as many workers as are wanted.

    Args:
        pool: where they are.
        tasks: numbered; made one by one when somebody can begin with them.
        count: of the workers, at least 1.
        clear_up: called with each task whose worker was lost, before it is begun anew.

    Yields:
        The answer to each task, once, by its number, in the order in which they are done; `GivenUp` where
        all workers were lost.

    Raises:
        PortraitStudioError: the next task would meet the same.
    """
    left = _Tasks(tasks, count)
    at_work: dict[Hashable, Numbered] = {}
    idle: list[Hashable] = []
    lost_in_a_row = 0
    for _ in range(left.at_once):
        pool.start_worker()
    while left or at_work:
        worker, reply = pool.receive()
        if isinstance(reply, PortraitStudioError):
            raise reply
        task = at_work.pop(worker, None)
        if isinstance(reply, Lost):
            lost_in_a_row = 0 if task else lost_in_a_row + 1
            if lost_in_a_row == MOST_TRIES:
                raise DeviceError("The processes that were to do the work end before they begin.")
            idle = [each for each in idle if each != worker]
            if task is not None:
                clear_up(task[1])
                if not left.put_back(task):
                    yield task[0], GivenUp()
            pool.start_worker()
        else:
            idle.append(worker)
            if isinstance(reply, Answered) and task is not None:
                yield task[0], reply.answer
        _give_out(pool, left, idle, at_work)


def _give_out(
    pool: WorkerPool, left: _Tasks, idle: list[Hashable], at_work: dict[Hashable, Numbered]
) -> None:
    while idle and (task := left.take()) is not None:
        worker = idle.pop()
        at_work[worker] = task
        pool.submit(worker, task[1])


def in_order(answers: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """Answers by the order of their numbers, 0, 1, 2 and so on, each as soon as all before it are there."""
    early: dict[int, Any] = {}
    due = 0
    for number, answer in answers:
        early[number] = answer
        while due in early:
            yield due, early.pop(due)
            due += 1
