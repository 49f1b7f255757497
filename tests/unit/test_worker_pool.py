"""Sharing photos out among workers that may be lost, with a pool that does as it is told."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable
from pathlib import Path

import pytest

from portrait_studio.cli.batch_plan import Item
from portrait_studio.cli.batch_report import BatchReport, Filled, Line, Outcome
from portrait_studio.cli.batch_workers import MOST_TRIES, Lost, Ready, Reply, fill_in_pool
from portrait_studio.errors import DeviceError, WeightsError


def items(count: int, folder: Path) -> list[tuple[int, Item]]:
    return [(n, Item(Path(f"{n}.png"), None, folder / f"{n}.png")) for n in range(1, count + 1)]


def done(item: Item) -> Filled:
    return Filled(Line(str(item.photo), str(item.output), Outcome.DONE.value))


class ScriptedPool:
    """Answers at once, the worker that was asked last first, unless `ends` says that it is lost."""

    def __init__(self, ends: Callable[[int, Item | None], bool] = lambda worker, item: False) -> None:
        self.ends = ends
        self.hired = 0
        self.given: list[tuple[int, Item]] = []
        self._pending: deque[tuple[int, Item | None]] = deque()

    def start_worker(self) -> Hashable:
        self.hired += 1
        self._pending.append((self.hired, None))
        return self.hired

    def submit(self, worker: Hashable, item: Item) -> None:
        assert isinstance(worker, int)
        assert worker not in [each for each, _ in self._pending], "one photo at a time"
        self.given.append((worker, item))
        self._pending.append((worker, item))

    def receive(self) -> tuple[Hashable, Reply]:
        worker, item = self._pending.pop()
        if self.ends(worker, item):
            return worker, Lost()
        return worker, Ready() if item is None else done(item)


def test_each_photo_is_filled_once(tmp_path: Path) -> None:
    pool = ScriptedPool()
    numbers = [number for number, _ in fill_in_pool(pool, items(7, tmp_path), 3)]
    assert sorted(numbers) == list(range(1, 8))
    assert pool.hired == 3
    assert len(pool.given) == 7


def test_no_more_workers_than_photos(tmp_path: Path) -> None:
    pool = ScriptedPool()
    assert len(list(fill_in_pool(pool, items(2, tmp_path), 10))) == 2
    assert pool.hired == 2


def test_what_a_lost_worker_had_goes_to_another(tmp_path: Path) -> None:
    pool = ScriptedPool(lambda worker, item: worker == 2 and item is not None)
    unlike = tmp_path / ".1.png.mine.part"
    unlike.touch()
    found = list(fill_in_pool(pool, items(5, tmp_path), 2))
    assert sorted(number for number, _ in found) == [1, 2, 3, 4, 5]
    assert all(filled.line.outcome == "done" for _, filled in found)
    twice = [name for name, count in Counter(item.photo.name for _, item in pool.given).items() if count > 1]
    assert len(twice) == 1
    assert pool.hired == 3
    assert unlike.exists()


def test_a_photo_that_ends_its_workers_fails_and_the_others_do_not(tmp_path: Path) -> None:
    pool = ScriptedPool(lambda _, item: item is not None and item.photo.stem == "2")
    left = tmp_path / ".2.png.0a1b2c3d.part"
    left.touch()
    found = dict(fill_in_pool(pool, items(3, tmp_path), 1))
    assert {number: filled.line.outcome for number, filled in found.items()} == {
        1: "done",
        2: "failed",
        3: "done",
    }
    assert f"lost {MOST_TRIES} times" in found[2].line.message
    assert sum(item.photo.stem == "2" for _, item in pool.given) == MOST_TRIES
    assert not left.exists(), "what a killed process left is cleared up"


def test_workers_that_never_begin_end_the_batch(tmp_path: Path) -> None:
    pool = ScriptedPool(lambda _, item: item is None)
    with pytest.raises(DeviceError, match="end before they begin"):
        list(fill_in_pool(pool, items(3, tmp_path), 2))
    assert pool.hired < 10


def test_an_error_that_all_would_meet_ends_the_batch(tmp_path: Path) -> None:
    class Weightless(ScriptedPool):
        def receive(self) -> tuple[Hashable, Reply]:
            worker, reply = super().receive()
            return worker, WeightsError("They are missing.") if isinstance(reply, Filled) else reply

    with pytest.raises(WeightsError, match="They are missing"):
        list(fill_in_pool(Weightless(), items(3, tmp_path), 2))


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
