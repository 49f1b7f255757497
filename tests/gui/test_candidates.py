"""Several fills of the same holes: the strip, its keys, and the stages of the one that is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import FACES_FOUND, Method
from portrait_studio.errors import DeviceError
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FILL_COLOUR, FakeEngine

ALT = Qt.KeyboardModifier.AltModifier
RED = FILL_COLOUR[0]


def red(session: Session, x: int, y: int) -> int:
    assert session.document is not None
    return int(session.document.image[y, x, 0])


@pytest.fixture
def filled(qtbot: QtBot, opened: Session, hand: Hand) -> Session:
    """Two holes, filled once; the fake's red tells the seed."""
    hand.stroke((60, 60), (140, 60))
    hand.stroke((60, 250), (140, 250))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    return opened


def another(qtbot: QtBot, session: Session, window: MainWindow) -> None:
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        window.actions_[Command.AGAIN].trigger()


def press(window: MainWindow, name: str) -> None:
    for button in window.strip.findChildren(QToolButton):
        if button.accessibleName().startswith(name):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    raise AssertionError(name)


def test_one_fill_is_no_choice(filled: Session, window: MainWindow) -> None:
    assert not window.strip.isVisible()
    assert window.actions_[Command.OTHER_WAYS].isEnabled()


def test_arrows_go_through_the_candidates_and_enter_keeps_one(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    another(qtbot, filled, window)
    another(qtbot, filled, window)
    qtbot.waitUntil(window.strip.hasFocus)
    assert len(window.strip.thumbs) == 3
    assert red(filled, 100, 60) == RED + 2
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    assert red(filled, 100, 60) == red(filled, 100, 250) == RED + 1
    assert window.strip.thumbs[1].isChecked()
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    assert red(filled, 100, 60) == RED + 2
    QTest.mouseClick(window.strip.thumbs[0], Qt.MouseButton.LeftButton)
    assert red(filled, 100, 60) == RED
    QTest.keyClick(window.strip, Qt.Key.Key_Return)
    assert not window.strip.isVisible()
    qtbot.waitUntil(window.canvas.hasFocus)
    assert filled.current_job is None
    assert len(engine.requests) == 3


def test_the_strip_never_lies_over_the_photo_that_is_chosen_for(
    qtbot: QtBot, filled: Session, window: MainWindow
) -> None:
    document = filled.document
    assert document is not None
    window.resize(window.width(), 640)
    qtbot.waitUntil(lambda: window.height() == 640)
    whole = Bounds(0, 0, document.image.shape[1], document.image.shape[0])
    before = window.canvas.view
    another(qtbot, filled, window)
    qtbot.waitUntil(window.strip.isVisible)
    assert window.canvas.view.rect_of(whole).bottom() < window.strip.y()
    QTest.keyClick(window.strip, Qt.Key.Key_Return)
    assert window.canvas.view == before


def test_another_try_is_made_from_the_strip_too(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand
) -> None:
    another(qtbot, filled, window)
    qtbot.waitUntil(window.strip.hasFocus)
    with qtbot.waitSignal(filled.job_ended, timeout=5000):
        QTest.keyClick(window.strip, Qt.Key.Key_Return, CTRL)
    assert window.strip.isVisible()
    assert len(window.strip.thumbs) == 3


def test_choosing_is_part_of_the_fill_in_the_history(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand
) -> None:
    document = filled.document
    assert document is not None
    another(qtbot, filled, window)
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    filled.undo()
    assert document.has_mask
    assert np.array_equal(document.image, document.photo.pixels)
    assert not window.strip.isVisible()
    filled.redo()
    assert red(filled, 100, 60) == RED
    assert not document.has_mask
    assert document.changed_outside() == 0
    assert filled.filling.choice.candidates is not None
    assert len(filled.filling.choice.candidates.all) == 2


def test_each_hole_can_have_its_own(qtbot: QtBot, filled: Session, window: MainWindow) -> None:
    another(qtbot, filled, window)
    press(window, "Choose for hole 2")
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    assert red(filled, 100, 60) == RED + 1
    assert red(filled, 100, 250) == RED
    press(window, "Choose for all")
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    assert red(filled, 100, 60) == red(filled, 100, 250) == RED


def test_up_and_down_choose_the_hole_whose_candidates_left_and_right_go_through(
    qtbot: QtBot, filled: Session, window: MainWindow
) -> None:
    another(qtbot, filled, window)
    QTest.keyClick(window.strip, Qt.Key.Key_Up)
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    assert (red(filled, 100, 60), red(filled, 100, 250)) == (RED + 1, RED)
    QTest.keyClick(window.strip, Qt.Key.Key_Down)
    QTest.keyClick(window.strip, Qt.Key.Key_Down)
    QTest.keyClick(window.strip, Qt.Key.Key_Right)
    assert (red(filled, 100, 60), red(filled, 100, 250)) == (RED, RED)


def test_more_ways_differ_in_kind_and_what_is_shown_stays(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    shown = red(filled, 100, 60), filled.history.state
    hand.key(Qt.Key.Key_Return, CTRL | ALT)
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 4)
    asked = [request.options for request in engine.requests[1:]]
    assert len({(each.method, each.patches_from, each.seed) for each in asked}) == 3
    assert all(each.seed == 0 for each in asked)
    assert all(np.array_equal(r.image, engine.requests[0].image) for r in engine.requests[1:])
    assert all(np.array_equal(r.mask, engine.requests[0].mask) for r in engine.requests[1:])
    assert (red(filled, 100, 60), filled.history.state) == shown
    assert window.strip.thumbs[0].isChecked()
    captions = [thumb.text() for thumb in window.strip.thumbs]
    assert len(set(captions)) == 4
    assert captions[0] == "★ network and patches"
    assert all(
        caption in thumb.toolTip() for caption, thumb in zip(captions, window.strip.thumbs, strict=True)
    )


def test_structures_are_drawn_when_all_kinds_are_there(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    for count in (4, 7, 10):
        hand.key(Qt.Key.Key_Return, CTRL | ALT)
        qtbot.waitUntil(lambda count=count: len(engine.requests) == count and filled.current_job is None)
    seeds = [request.options.seed for request in engine.requests]
    drawn = [seed for seed in seeds if seed]
    assert drawn == list(range(1, 1 + len(drawn)))
    assert seeds[-len(drawn) :] == drawn
    assert window.strip.thumbs[0].isChecked()
    texts = [thumb.text() for thumb in window.strip.thumbs]
    assert texts[-len(drawn) :] == [f"another structure {seed}" for seed in drawn]


def test_a_way_that_shows_nothing_else_does_not_come_twice(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    engine.is_stubborn = True
    hand.key(Qt.Key.Key_Return, CTRL | ALT)
    qtbot.waitUntil(lambda: len(engine.requests) == 4 and filled.current_job is None)
    assert not window.strip.isVisible()
    candidates = filled.filling.choice.candidates
    assert candidates is not None
    assert len(candidates.all) == 1


def test_more_ways_of_a_saved_fill_leave_it_shown(
    qtbot: QtBot, filled: Session, window: MainWindow, tmp_path: Path
) -> None:
    another(qtbot, filled, window)
    with qtbot.waitSignal(filled.files.saved, timeout=5000):
        filled.files.save(tmp_path / "a.psproj")
    with qtbot.waitSignal(filled.opened, timeout=5000):
        filled.files.open(tmp_path / "a.psproj")
    document = filled.document
    assert document is not None
    before = document.image.copy()
    window.actions_[Command.OTHER_WAYS].trigger()
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 4)
    assert np.array_equal(document.image, before)
    QTest.keyClick(window.strip, Qt.Key.Key_Right)
    assert not np.array_equal(document.image, before)
    QTest.keyClick(window.strip, Qt.Key.Key_Left)
    assert np.array_equal(document.image, before)
    state = filled.history.state
    assert state is not None
    assert state.fill is not None
    assert state.fill.seed == 1


def test_more_ways_end_with_a_failure(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    kept = red(filled, 100, 60)
    engine.fail_at, engine.error = Stage.TEXTURE, DeviceError("The device is gone; choose the CPU.")
    with qtbot.waitSignal(filled.failed, timeout=5000):
        window.actions_[Command.OTHER_WAYS].trigger()
    assert filled.current_job is None
    assert len(engine.requests) == 2
    assert red(filled, 100, 60) == kept
    assert window.findChildren(ErrorDialog)


def test_faces_by_search_join_the_strip_best_first_and_are_not_shown_unasked(
    qtbot: QtBot, filled: Session, window: MainWindow, engine: FakeEngine
) -> None:
    kept = red(filled, 100, 60)
    window.actions_[Command.FOUND_FACES].trigger()
    count = 1 + FACES_FOUND
    qtbot.waitUntil(lambda: len(engine.requests) == count and filled.current_job is None, timeout=20_000)
    asked = [(request.options.method, request.options.seed) for request in engine.requests[1:]]
    assert asked == [(Method.SEARCH, number) for number in range(FACES_FOUND)]
    assert red(filled, 100, 60) == kept
    names = [thumb.accessibleName() for thumb in window.strip.thumbs]
    assert any("face by search 1" in name for name in names)


def test_an_edit_takes_the_choice_away_and_undoing_it_brings_it_back(
    qtbot: QtBot, filled: Session, window: MainWindow, hand: Hand
) -> None:
    another(qtbot, filled, window)
    hand.stroke((180, 150), (200, 150))
    assert not window.strip.isVisible()
    filled.undo()
    assert window.strip.isVisible()


def test_stages_are_shown_with_their_times_and_enlarged(
    qtbot: QtBot, filled: Session, window: MainWindow
) -> None:
    texts = [button.text() for button in window.stages.stages]
    assert texts[0] == "Parsing map, 0.25 s"
    assert [text.split(",")[0] for text in texts[2:]] == ["Completion", "Texture", "Composite", "Blended"]
    window.side_panel.bring_forward("Stages")
    window.stages.stages[2].setFocus()
    QTest.keyClick(window.stages.stages[2], Qt.Key.Key_Space)
    dialog = next(d for d in window.findChildren(QDialog) if d.windowTitle() == "Completion")
    picture = dialog.findChild(QLabel)
    assert picture is not None
    assert picture.pixmap().width() > 300
    dialog.close()
    filled.undo()
    assert not window.stages.stages


def test_the_stages_of_each_hole_can_be_seen(qtbot: QtBot, filled: Session, window: MainWindow) -> None:
    window.side_panel.bring_forward("Stages")
    box = window.stages.hole_box
    assert box.isVisible()
    box.setFocus()
    shown = [button.icon().cacheKey() for button in window.stages.stages]
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Hole 2"
    again = [button.icon().cacheKey() for button in window.stages.stages]
    assert len(again) == len(shown)
    assert not set(again) & set(shown)
    filled.undo()
    assert not box.isVisible()


def test_many_candidates_in_a_narrow_window_scroll_and_keep_their_size(
    qtbot: QtBot, filled: Session, window: MainWindow
) -> None:
    window.resize(1024, 640)
    for _ in range(7):
        another(qtbot, filled, window)
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 8)
    assert window.width() == 1024

    def shown(place: int) -> bool:
        thumb = window.strip.thumbs[place]
        return thumb.visibleRegion().boundingRect() == thumb.rect()

    qtbot.waitUntil(lambda: shown(7))
    assert all(min(thumb.width(), thumb.height()) >= 132 for thumb in window.strip.thumbs)
    assert not shown(0)
    for _ in range(7):
        QTest.keyClick(window.strip, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: shown(0))
    for button in window.strip.findChildren(QPushButton) + window.strip.findChildren(QToolButton):
        if not button.accessibleName().startswith("Candidate"):
            assert button.visibleRegion().boundingRect() == button.rect()
