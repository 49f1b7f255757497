"""Sharing tasks out among workers that may be lost, with a pool that does as it is told."""

from __future__ import annotations

import pickle
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import pytest

from portrait_studio.cli.batch_plan import Item
from portrait_studio.cli.batch_report import BatchReport, Filled, Line, Outcome
from portrait_studio.errors import DeviceError, WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.worker_pool.share_out import MOST_TRIES, GivenUp, in_order, share_out
from portrait_studio.worker_pool.sharing import ALONE, Label, Sharing
from portrait_studio.worker_pool.workers import Answered, Lost, OpenedAnew, Ready, Reply, Worker

CPU = Hardware("cpu", threads=1)


def tasks(count: int) -> list[tuple[int, str]]:
    return [(number, f"task {number}") for number in range(count)]


class ScriptedPool:
    """Answers at once, the worker that was asked last first, unless `ends` says that it is lost."""

    def __init__(self, ends: Callable[[int, str | None], bool] = lambda worker, task: False) -> None:
        self.ends = ends
        self.hired = 0
        self.given: list[tuple[int, str]] = []
        self._pending: deque[tuple[int, str | None]] = deque()

    def start_worker(self) -> Hashable:
        self.hired += 1
        self._pending.append((self.hired, None))
        return self.hired

    def submit(self, worker: Hashable, task: str) -> None:
        assert isinstance(worker, int)
        assert worker not in [each for each, _ in self._pending], "one task at a time"
        self.given.append((worker, task))
        self._pending.append((worker, task))

    def receive(self) -> tuple[Hashable, Reply]:
        worker, task = self._pending.pop()
        if self.ends(worker, task):
            return worker, Lost()
        return worker, Ready() if task is None else Answered(f"{task}, done")


def test_each_task_is_done_once() -> None:
    pool = ScriptedPool()
    found = dict(share_out(pool, tasks(7), 3))
    assert found == {number: f"{task}, done" for number, task in tasks(7)}
    assert pool.hired == 3
    assert len(pool.given) == 7


@pytest.mark.parametrize(("count", "hired"), [(2, 2), (0, 0)])
def test_no_more_workers_than_tasks(count: int, hired: int) -> None:
    pool = ScriptedPool()
    assert len(list(share_out(pool, tasks(count), 10))) == count
    assert pool.hired == hired


def test_no_task_is_made_before_somebody_can_begin_with_it() -> None:
    made: list[int] = []

    def making() -> Iterator[tuple[int, str]]:
        for number, task in tasks(9):
            made.append(number)
            yield number, task

    for done, _ in enumerate(share_out(ScriptedPool(), making(), 2), 1):
        assert len(made) <= done + 2
    assert len(made) == 9


def test_what_a_lost_worker_had_goes_to_another() -> None:
    pool = ScriptedPool(lambda worker, task: worker == 2 and task is not None)
    cleared: list[str] = []
    found = list(share_out(pool, tasks(5), 2, cleared.append))
    assert sorted(found) == [(number, f"{task}, done") for number, task in tasks(5)]
    twice = [task for task, count in Counter(task for _, task in pool.given).items() if count > 1]
    assert twice == cleared
    assert len(twice) == 1
    assert pool.hired == 3


def test_a_worker_that_is_lost_while_it_has_nothing_to_do_gets_nothing_more() -> None:
    class Written(ScriptedPool):
        """Says what is written, whatever it is asked."""

        script = (
            *((1, Ready()), (2, Ready()), (1, Answered("first")), (1, Lost()), (2, Lost())),
            *((3, Ready()), (3, Answered("second"))),
        )

        def submit(self, worker: Hashable, task: str) -> None:
            assert isinstance(worker, int)
            self.given.append((worker, task))

        def receive(self) -> tuple[Hashable, Reply]:
            said, self.script = self.script[0], self.script[1:]
            return said

    pool = Written()
    assert dict(share_out(pool, tasks(2), 2)) == {0: "first", 1: "second"}
    assert pool.given == [(1, "task 0"), (2, "task 1"), (3, "task 1")]


def test_a_task_that_ends_its_workers_is_given_up_and_the_others_are_not() -> None:
    pool = ScriptedPool(lambda _, task: task == "task 1")
    found = dict(share_out(pool, iter(tasks(4)), 1))
    assert found == {0: "task 0, done", 1: GivenUp(), 2: "task 2, done", 3: "task 3, done"}
    assert sum(task == "task 1" for _, task in pool.given) == MOST_TRIES


def test_workers_that_never_begin_end_everything() -> None:
    pool = ScriptedPool(lambda _, task: task is None)
    with pytest.raises(DeviceError, match="end before they begin"):
        list(share_out(pool, tasks(3), 2))
    assert pool.hired < 10


def test_an_error_that_all_would_meet_ends_everything() -> None:
    class Weightless(ScriptedPool):
        def receive(self) -> tuple[Hashable, Reply]:
            worker, reply = super().receive()
            return worker, WeightsError("They are missing.") if isinstance(reply, Answered) else reply

    with pytest.raises(WeightsError, match="They are missing"):
        list(share_out(Weightless(), tasks(3), 2))


def test_answers_wait_for_those_before_them() -> None:
    found = in_order(iter([(2, "c"), (0, "a"), (1, "b"), (3, "d")]))
    assert list(found) == [(0, "a"), (1, "b"), (2, "c"), (3, "d")]


class Squares(OpenedAnew):
    """Squares numbers; to be made of positive ones only."""

    def __init__(self, least: int) -> None:
        if least < 0:
            raise WeightsError("There are no weights below {least}.", least=0)
        self.unpicklable = lambda number: number * number

    def __call__(self, number: int) -> int:
        if number == 13:
            raise DeviceError("{number} is too much.", number=number)
        square: int = self.unpicklable(number)
        return square


def test_what_a_worker_cannot_open_it_says_in_a_sentence() -> None:
    good, bad = Squares(0), Squares(0)
    bad._made_of = (-1,)
    worker = Worker(pickle.dumps(good), CPU)
    assert isinstance(worker.ready(), Ready)
    reply = worker.answer(3)
    assert isinstance(reply, Answered)
    assert reply.answer == 9
    for failed, sentence in (
        (Worker(pickle.dumps(bad), CPU).ready(), "no weights below 0"),
        (worker.answer(13), "13 is too much"),
    ):
        back = pickle.loads(pickle.dumps(failed))
        assert type(back) is type(failed)
        assert sentence in str(back)


def test_processes_answer_in_turn() -> None:
    sharing = Sharing(jobs=2)
    expected = [(number, number**2) for number in range(12)]
    label = Label("numbers")
    assert list(sharing.in_turn(Squares(0), range(12), CPU, label)) == expected
    assert list(ALONE.in_turn(Squares(0), range(12), CPU, label)) == expected
    with pytest.raises(DeviceError, match="13 is too much"):
        list(sharing.in_turn(Squares(0), range(99), CPU, label))


def test_each_worker_has_its_share_of_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 12)
    asked = Hardware("cpu")
    assert ALONE.hardware(asked) == asked
    assert Sharing(jobs=4).hardware(asked).threads == 3
    assert Sharing(jobs=40).hardware(asked).threads == 1
    assert Sharing(cluster="local").hardware(asked).threads == 1
    assert Sharing(jobs=4).hardware(Hardware("cpu", threads=7)).threads == 7


def items(count: int, folder: Path) -> list[tuple[int, Item]]:
    return [(n, Item(Path(f"{n}.png"), None, folder / f"{n}.png")) for n in range(1, count + 1)]


def done(item: Item) -> Filled:
    return Filled(Line(str(item.photo), str(item.output), Outcome.DONE.value))


def test_the_report_is_in_the_order_of_the_photos_and_is_not_written_ever_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = BatchReport._write

    def counted(report: BatchReport) -> None:
        written.append(len(report.lines))
        write(report)

    monkeypatch.setattr(BatchReport, "_write", counted)
    report = BatchReport(tmp_path / "report.json")
    with report:
        for number, item in reversed(items(500, tmp_path)):
            report.add(number, done(item))
    assert [line.photo for line in report.lines] == [f"{n}.png" for n in range(1, 501)]
    assert written[0] == 1
    assert written[-1] == 500
    assert len(written) < 250


def test_machines_with_different_weights_are_refused(tmp_path: Path) -> None:
    report = BatchReport(tmp_path / "report.json")
    _, item = items(1, tmp_path)[0]
    report.add(1, Filled(done(item).line, {"parsing": "a"}))
    report.add(2, Filled(done(item).line, {"parsing": "a"}))
    with pytest.raises(WeightsError, match="different weights for parsing"):
        report.add(3, Filled(done(item).line, {"parsing": "b"}))
