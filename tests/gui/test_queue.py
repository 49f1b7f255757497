"""Tries that wait for the fill under way: each can be cancelled, and none lands where it does not belong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from portrait_studio.engine.fill_variants import CandidateKind
from portrait_studio.engine.request import Method
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.helpers.fake_engine import FakeEngine

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
RETURN = Qt.Key.Key_Return


@pytest.fixture
def filling(qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine) -> Iterator[Session]:
    """A first fill that does not end before it may."""
    engine.hold = threading.Event()
    hand.stroke((60, 60), (140, 60))
    hand.key(RETURN)
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    yield opened
    engine.hold.set()


def go_on(engine: FakeEngine) -> None:
    assert engine.hold is not None
    engine.hold.set()


def end_first(qtbot: QtBot, session: Session, engine: FakeEngine) -> None:
    """Let the first fill end, and hold the next one."""
    go_on(engine)
    qtbot.waitUntil(lambda: session.history.last_fill is not None)
    engine.hold = threading.Event()


def seeds(engine: FakeEngine) -> list[int]:
    return [request.options.seed for request in engine.requests]


def test_another_try_waits_for_the_fill_under_way_and_is_made_after_it(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    hand.key(RETURN, CTRL)
    hand.key(RETURN, CTRL)
    assert window.job_bar.queue_button.isVisible()
    assert window.job_bar.queue_button.text() == "2 waiting"
    assert len(engine.requests) == 1
    go_on(engine)
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 3)
    assert seeds(engine) == [0, 1, 2]
    assert not window.job_bar.queue_button.isVisible()
    filling.undo()
    assert filling.history.last_fill is None


def test_one_that_waits_is_cancelled_with_the_mouse(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    hand.key(RETURN, CTRL | ALT)
    menu = window.job_bar.queue_button.menu()
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[:3] == [
        "Cancel 1: patches from the right",
        "Cancel 2: patches only",
        "Cancel 3: patches from the left",
    ]
    menu.popup(window.mapToGlobal(window.rect().center()))
    qtbot.waitExposed(menu)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[1]).center())
    assert [asked.variant.kind for asked in filling.filling.waiting] == [
        CandidateKind.RIGHT,
        CandidateKind.LEFT,
    ]
    go_on(engine)
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 3)
    assert [r.options.method for r in engine.requests] == [Method.DEFAULT] * 3


def test_one_that_waits_is_cancelled_with_keys(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand
) -> None:
    hand.key(RETURN, CTRL)
    hand.key(RETURN, CTRL)
    menu = window.job_bar.queue_button.menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    qtbot.waitExposed(menu)
    for key in (Qt.Key.Key_Down, RETURN):
        QTest.keyClick(menu, key)
    assert [asked.variant.options.seed for asked in filling.filling.waiting] == [2]


def test_escape_cancels_the_try_under_way_and_the_next_begins(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    end_first(qtbot, filling, engine)
    hand.key(RETURN, CTRL)
    hand.key(RETURN, CTRL)
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    hand.key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(engine.requests) == 3)
    go_on(engine)
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 2)
    candidates = filling.filling.choice.candidates
    assert candidates is not None
    assert [candidate.options.seed for candidate in candidates.all] == [0, 2]


def test_without_a_first_fill_there_is_nothing_to_try_again(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    hand.key(RETURN, CTRL)
    hand.key(Qt.Key.Key_Escape)
    assert filling.current_job is None
    assert not filling.filling.waiting
    assert filling.has_mask
    assert not window.actions_[Command.AGAIN].isEnabled()
    go_on(engine)
    qtbot.wait(50)
    assert len(engine.requests) == 1
    assert filling.history.last_fill is None


def test_all_are_cancelled_at_once(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    end_first(qtbot, filling, engine)
    hand.key(RETURN, CTRL | ALT)
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    hand.key(Qt.Key.Key_Escape, SHIFT)
    assert filling.current_job is None
    assert not filling.filling.waiting
    assert filling.history.last_fill is not None
    assert window.actions_[Command.AGAIN].isEnabled()


def test_what_waits_never_lands_in_another_photo(
    qtbot: QtBot, filling: Session, window: MainWindow, hand: Hand, engine: FakeEngine, tmp_path: Path
) -> None:
    hand.key(RETURN, CTRL)
    filling.files.open(write_photo(tmp_path / "other.png", 100, 90))
    qtbot.waitUntil(lambda: filling.files.name == "other.png")
    assert not filling.filling.waiting
    go_on(engine)
    qtbot.waitUntil(lambda: filling.parsing_maps.of_photo is not None)
    assert filling.document is not None
    assert filling.history.last_fill is None
    assert (filling.document.image == filling.document.photo.pixels).all()
    assert not window.actions_[Command.AGAIN].isEnabled()
