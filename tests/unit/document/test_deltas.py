import gc
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from portrait_studio.document.delta_store import DeltaStore
from portrait_studio.document.deltas import Delta, Piece, PlaneName, TileRecorder
from portrait_studio.imaging.geometry import Bounds


class OneMask:
    """A document with nothing but a mask."""

    def __init__(self, mask: NDArray[np.uint8]) -> None:
        self.mask = mask

    def region(self, name: PlaneName, bounds: Bounds) -> NDArray[np.uint8]:
        assert name is PlaneName.MASK
        return self.mask[bounds.slices]

    def show(self, canvas: Bounds) -> None:
        raise AssertionError("no step changes the canvas")


def _store_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget_bytes: int) -> DeltaStore:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return DeltaStore(budget_bytes)


boxes = st.builds(
    lambda left, top, width, height: Bounds(left, top, min(300, left + width), min(200, top + height)),
    st.integers(0, 299),
    st.integers(0, 199),
    st.integers(1, 150),
    st.integers(1, 150),
)


@settings(max_examples=40)
@given(
    edits=st.lists(st.tuples(boxes, st.integers(0, 255)), max_size=8), budget=st.sampled_from([0, 1 << 20])
)
def test_undoing_all_and_redoing_all_is_the_identity(edits: list[tuple[Bounds, int]], budget: int) -> None:
    document = OneMask(np.zeros((200, 300), np.uint8))
    store = DeltaStore(budget)
    states, deltas = [document.mask.copy()], []
    for bounds, value in edits:
        recorder = TileRecorder(PlaneName.MASK, document.mask)
        recorder.touch(bounds)
        document.mask[bounds.slices] = value
        if (delta := recorder.finish(store)) is not None:
            deltas.append(delta)
            states.append(document.mask.copy())
    for _ in range(2):
        for delta, state in zip(reversed(deltas), reversed(states[:-1]), strict=True):
            delta.undo(document)
            assert np.array_equal(document.mask, state)
        for delta, state in zip(deltas, states[1:], strict=True):
            delta.redo(document)
            assert np.array_equal(document.mask, state)
    store.close()


def test_only_touched_tiles_are_kept_and_only_if_they_changed() -> None:
    mask = np.zeros((300, 400), np.uint8)
    recorder = TileRecorder(PlaneName.MASK, mask)
    recorder.touch(Bounds(100, 100, 140, 110))
    mask[105, 130] = 255
    assert list(recorder.before) == [Bounds(128, 0, 256, 128)]
    recorder.touch(Bounds(100, 100, 140, 110))
    store = DeltaStore(1 << 20)
    delta = recorder.finish(store)
    assert delta is not None
    assert store.bytes_in_memory == 128 * 128
    assert delta.bounds == Bounds(128, 0, 256, 128)
    assert PlaneName.IMAGE not in delta.planes


def test_nothing_changed_is_no_step() -> None:
    recorder = TileRecorder(PlaneName.MASK, np.zeros((10, 10), np.uint8))
    recorder.touch(Bounds(-5, -5, 50, 50))
    recorder.touch(Bounds(20, 20, 30, 30))
    assert recorder.finish(DeltaStore(1 << 20)) is None


def test_undo_and_redo_twice_do_nothing_more() -> None:
    document = OneMask(np.zeros((4, 4), np.uint8))
    before = document.mask.copy()
    document.mask[...] = 9
    delta = Delta([(Piece(PlaneName.MASK, Bounds(0, 0, 4, 4)), before)], DeltaStore(1 << 20))
    delta.redo(document)
    assert (document.mask == 9).all()
    delta.undo(document)
    delta.undo(document)
    assert (document.mask == 0).all()


def _filled(number: int, store: DeltaStore) -> Delta:
    return Delta([(Piece(PlaneName.MASK, Bounds(0, 0, 10, 10)), np.full((10, 10), number, np.uint8))], store)


def test_the_oldest_bytes_go_to_disk_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _store_with(tmp_path, monkeypatch, 250)
    deltas = [_filled(number, store) for number in range(5)]
    assert store.bytes_in_memory == 200
    assert len(list(tmp_path.glob("*/*.bin"))) == 3
    document = OneMask(np.full((10, 10), 77, np.uint8))
    deltas[0].undo(document)
    assert (document.mask == 0).all()
    deltas[0].redo(document)
    assert (document.mask == 77).all()
    assert store.bytes_in_memory <= 250
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_dropped_steps_free_memory_and_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _store_with(tmp_path, monkeypatch, 150)
    deltas = [_filled(number, store) for number in range(3)]
    assert len(list(tmp_path.glob("*/*.bin"))) == 2
    deltas.clear()
    gc.collect()
    assert store.bytes_in_memory == 0
    assert list(tmp_path.glob("*/*.bin")) == []
    store.close()


def test_a_full_disk_keeps_the_steps_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _store_with(tmp_path / "missing", monkeypatch, 0)
    delta = _filled(5, store)
    assert store.bytes_in_memory == 100
    document = OneMask(np.zeros((10, 10), np.uint8))
    delta.undo(document)
    assert (document.mask == 5).all()


def test_many_steps_cost_as_much_as_few_each() -> None:
    def seconds(count: int) -> float:
        store = DeltaStore(1 << 30)
        began = time.process_time()
        deltas = [Delta([], store) for _ in range(count)]
        assert len(deltas) == count
        return time.process_time() - began

    seconds(100)
    # Once each step looked at all others: ten times as many took a hundred times as long.
    assert seconds(20_000) < 40 * seconds(2_000)
