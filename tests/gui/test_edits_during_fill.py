"""The next stroke is painted while a fill runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.document.edit_record import record_edit
from portrait_studio.engine.progress import Stage
from portrait_studio.errors import DeviceError
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FILL_COLOUR, FakeEngine

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
FIRST, NEXT = (100, 80), (100, 250)
"""Spots in the hole that is being filled, and in what is marked meanwhile: x, y."""


def mask_of(session: Session) -> Mask:
    assert session.document is not None
    return session.document.mask


def is_filled(session: Session, spot: tuple[int, int], seed: int = 0) -> bool:
    assert session.document is not None
    red, green, blue = FILL_COLOUR
    return bool((session.document.image[spot[1], spot[0]] == (red + seed, green, blue)).all())


def is_masked(session: Session, spot: tuple[int, int]) -> bool:
    return bool(mask_of(session)[spot[1], spot[0]])


def names(session: Session) -> list[str]:
    return [step.title for step in session.history.steps]


def paint(hand: Hand, spot: tuple[int, int]) -> None:
    hand.stroke((spot[0] - 40, spot[1]), (spot[0] + 40, spot[1]))


def let_go(qtbot: QtBot, session: Session, engine: FakeEngine) -> None:
    assert engine.hold is not None
    engine.hold.set()
    qtbot.waitUntil(lambda: session.current_job is None and not session.filling.waiting)


@pytest.fixture
def filling(qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine) -> Iterator[Session]:
    """A fill that runs until the engine is let go."""
    opened.tools.set_diameter(20)
    paint(hand, FIRST)
    engine.hold = threading.Event()
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    yield opened
    engine.hold.set()


def test_what_is_painted_while_a_fill_runs_comes_after_it(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine
) -> None:
    paint(hand, NEXT)
    assert is_masked(filling, NEXT)
    let_go(qtbot, filling, engine)
    assert is_filled(filling, FIRST)
    assert not is_masked(filling, FIRST)
    assert is_masked(filling, NEXT)
    assert not is_filled(filling, NEXT)
    assert names(filling) == ["Stroke", "Fill", "Stroke"]
    assert not engine.requests[0].mask[NEXT[1], NEXT[0]]
    for _ in range(2):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert is_masked(filling, FIRST)
    assert not is_masked(filling, NEXT)
    for _ in range(2):
        hand.key(Qt.Key.Key_Y, CTRL)
    assert is_filled(filling, FIRST)
    assert is_masked(filling, NEXT)
    assert not filling.can_redo


def test_it_is_as_if_it_had_been_painted_after_the_fill(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke(FIRST, (FIRST[0], 200))
    hand.stroke((80, 150), (120, 150), button=Qt.MouseButton.RightButton)
    hand.key(Qt.Key.Key_L)
    hand.stroke((180, 40), (220, 40), (220, 90), (180, 90))
    hand.key(Qt.Key.Key_R)
    hand.stroke((120, 70), (160, 100))
    let_go(qtbot, filling, engine)
    meanwhile = mask_of(filling).copy()
    assert is_masked(filling, FIRST), "what lay over the hole, too"
    document = filling.document
    assert document is not None
    for _ in range(4):
        filling.undo()
    assert not document.has_mask
    hand.key(Qt.Key.Key_B)
    hand.stroke(FIRST, (FIRST[0], 200))
    hand.stroke((80, 150), (120, 150), button=Qt.MouseButton.RightButton)
    hand.key(Qt.Key.Key_L)
    hand.stroke((180, 40), (220, 40), (220, 90), (180, 90))
    hand.key(Qt.Key.Key_R)
    hand.stroke((120, 70), (160, 100))
    assert np.array_equal(document.mask, meanwhile)


def test_only_what_was_marked_meanwhile_is_undone_meanwhile(
    qtbot: QtBot, filling: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    undo, redo = window.actions_[Command.UNDO], window.actions_[Command.REDO]
    assert not undo.isEnabled()
    paint(hand, NEXT)
    assert undo.isEnabled()
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert not is_masked(filling, NEXT)
    assert is_masked(filling, FIRST)
    assert not undo.isEnabled()
    assert redo.isEnabled()
    hand.key(Qt.Key.Key_Y, CTRL)
    assert is_masked(filling, NEXT)
    hand.key(Qt.Key.Key_Z, CTRL)
    let_go(qtbot, filling, engine)
    assert names(filling) == ["Stroke", "Fill"]
    assert not filling.has_mask


def test_enter_lets_the_next_fill_wait(
    qtbot: QtBot, filling: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    assert not window.actions_[Command.FILL].isEnabled()
    paint(hand, NEXT)
    assert window.actions_[Command.FILL].isEnabled()
    hand.key(Qt.Key.Key_Return)
    assert window.job_bar.queue_button.text() == "1 waiting"
    let_go(qtbot, filling, engine)
    assert is_filled(filling, FIRST)
    assert is_filled(filling, NEXT)
    assert names(filling) == ["Stroke", "Fill", "Stroke", "Fill"]
    second = engine.requests[1]
    assert not second.mask[FIRST[1], FIRST[0]]
    assert (second.image[FIRST[1], FIRST[0]] == FILL_COLOUR).all()


def test_a_fill_that_waits_can_be_left_out(
    qtbot: QtBot, filling: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    paint(hand, NEXT)
    hand.key(Qt.Key.Key_Return)
    window.job_bar.queue_button.menu().actions()[0].trigger()
    assert not filling.filling.waiting
    let_go(qtbot, filling, engine)
    assert len(engine.requests) == 1
    assert is_masked(filling, NEXT)


def test_escape_stops_the_fill_and_keeps_what_was_marked(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine
) -> None:
    paint(hand, NEXT)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: filling.current_job is None)
    assert not filling.filling.waiting
    assert is_masked(filling, FIRST)
    assert is_masked(filling, NEXT)
    assert names(filling) == ["Stroke", "Stroke"]
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not filling.has_mask


def test_a_fill_that_fails_keeps_what_was_marked(
    qtbot: QtBot, filling: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    paint(hand, NEXT)
    hand.key(Qt.Key.Key_Return)
    engine.fail_at, engine.error = Stage.TEXTURE, DeviceError("The device is gone; choose the CPU.")
    let_go(qtbot, filling, engine)
    assert window.findChildren(ErrorDialog)
    assert is_masked(filling, FIRST)
    assert is_masked(filling, NEXT)
    assert len(engine.requests) == 1
    assert filling.can_edit


def test_a_stroke_under_way_is_not_torn_off_by_the_result(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.press(60, 250)
    hand.move(90, 250)
    let_go(qtbot, filling, engine)
    assert not is_filled(filling, FIRST)
    hand.move(140, 250)
    hand.release(140, 250)
    assert is_filled(filling, FIRST)
    assert mask_of(filling)[250, 60:140].all()
    assert names(filling) == ["Stroke", "Fill", "Stroke"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Z, Qt.Key.Key_D])
def test_keys_during_a_stroke_over_which_a_result_waits(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine, key: Qt.Key
) -> None:
    hand.press(60, 250)
    hand.move(140, 250)
    let_go(qtbot, filling, engine)
    hand.key(key, Qt.KeyboardModifier.NoModifier if key == Qt.Key.Key_Escape else CTRL)
    hand.release(140, 250)
    assert is_filled(filling, FIRST)
    assert not filling.has_mask


def test_another_photo_takes_the_place_of_a_result_that_waits(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.press(60, 250)
    hand.move(140, 250)
    let_go(qtbot, filling, engine)
    picture = np.zeros((300, 200, 3), np.uint8)
    filling.files.open_pixels(picture)
    hand.release(140, 250)
    document = filling.document
    assert document is not None
    assert not document.image.any()
    assert not filling.history.steps
    hand.stroke((60, 80), (140, 80))
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(filling) == ["Stroke", "Fill"])


def test_tries_that_wait_are_made_below_what_was_marked(
    qtbot: QtBot, filling: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    hand.key(Qt.Key.Key_Return, CTRL | ALT)
    paint(hand, NEXT)
    hand.key(Qt.Key.Key_Return)
    assert len(filling.filling.waiting) == 4
    let_go(qtbot, filling, engine)
    assert len(engine.requests) == 5
    assert all(not request.mask[NEXT[1], NEXT[0]] for request in engine.requests[:4])
    assert names(filling) == ["Stroke", "Fill", "Stroke", "Fill"]
    assert is_filled(filling, FIRST)
    assert is_filled(filling, NEXT)
    filling.undo()
    filling.undo()
    candidates = filling.filling.choice.candidates
    assert candidates is not None
    assert len(candidates.all) == 4
    assert len(window.strip.thumbs) == 4
    assert window.strip.isVisible()
    filling.filling.choice.choose(1)
    assert not is_filled(filling, FIRST)


def test_each_stroke_is_filled_one_after_the_other(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine
) -> None:
    filling.tools.set_fills_after_stroke(True)
    paint(hand, NEXT)
    qtbot.waitUntil(lambda: len(filling.filling.waiting) == 1)
    paint(hand, (100, 160))
    let_go(qtbot, filling, engine)
    assert all(is_filled(filling, spot) for spot in (FIRST, NEXT, (100, 160)))
    assert len(engine.requests) == 2


def test_things_are_picked_meanwhile(
    qtbot: QtBot, opened: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.regions is not None)
    hand.stroke((20, 20), (60, 20))
    engine.hold = threading.Event()
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    hand.key(Qt.Key.Key_W)
    hand.stroke((120, 130))
    assert is_masked(opened, (120, 130))
    opened.tools.set_reach(20)
    let_go(qtbot, opened, engine)
    assert names(opened) == ["Stroke", "Fill", "Pick person"]
    assert is_masked(opened, (120, 130))
    assert not is_masked(opened, (40, 20)), "a click without Shift takes the place of the mask"
    assert is_filled(opened, (40, 20))


def test_the_slider_of_a_pick_does_not_undo_what_is_being_filled(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.regions is not None)
    hand.key(Qt.Key.Key_W)
    hand.stroke((120, 130))
    engine.hold = threading.Event()
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    before = mask_of(opened).copy()
    opened.tools.set_reach(30)
    assert np.array_equal(mask_of(opened), before)
    let_go(qtbot, opened, engine)
    assert is_filled(opened, (120, 130))


def test_nothing_but_the_mask_is_changed_meanwhile(
    qtbot: QtBot, filling: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    filling.tools.set_label(4)
    paint(hand, NEXT)
    assert "Filling goes on" in window.statusBar().currentMessage()
    filling.tools.set_label(None)
    document = filling.document
    assert document is not None
    assert not document.has_wanted_labels
    filling.tools.choose(Tool.EXTEND)
    hand.stroke((120, 320), (120, 380))
    assert not filling.extending.is_pending
    filling.tools.choose(Tool.BRUSH)
    filling.joint_editing.move(3, 100, 100)
    filling.protection.protect({0})
    filling.painting.clear_wanted()
    assert not document.joints
    assert not document.protected.any()
    assert names(filling) == ["Stroke"]
    let_go(qtbot, filling, engine)


def test_the_record_and_the_project_say_what_each_fill_was_made_of(
    qtbot: QtBot, filling: Session, hand: Hand, engine: FakeEngine, tmp_path: Path
) -> None:
    first = mask_of(filling).copy()
    paint(hand, NEXT)
    hand.stroke(FIRST, (FIRST[0], 120))
    hand.key(Qt.Key.Key_Return)
    let_go(qtbot, filling, engine)
    document = filling.document
    assert document is not None
    record = record_edit(filling.history.snapshot(document))
    assert np.array_equal(record.fills[0].mask, first)
    assert np.array_equal(record.fills[1].mask, engine.requests[1].mask)
    shown = document.image.copy()
    with qtbot.waitSignal(filling.files.saved, timeout=5000):
        filling.files.save(tmp_path / "a.psproj")
    with qtbot.waitSignal(filling.opened, timeout=5000):
        filling.files.open(tmp_path / "a.psproj")
    again = filling.document
    assert again is not None
    assert np.array_equal(again.image, shown)
    while filling.can_undo:
        filling.undo()
    assert np.array_equal(again.image, again.photo.pixels)
    assert not again.has_mask
