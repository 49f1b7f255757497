"""Marking everybody but the main person."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.banner import Banner
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.helpers.fake_engine import FakeEngine

SHIFT = Qt.KeyboardModifier.ShiftModifier


def others() -> np.ndarray:
    mask = np.zeros((320, 240), np.uint8)
    mask[50:120, 10:40] = 255
    return mask


def ended(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.segmentation.is_under_way)


def test_others_join_the_mask_as_one_step(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    document = opened.document
    assert document is not None
    hand.stroke((150, 200), (170, 200))
    painted = document.mask.copy()
    engine.things = others()
    hand.key(Qt.Key.Key_P, SHIFT)
    ended(qtbot, opened)
    assert (document.mask[50:120, 10:40] == 255).all()
    assert (document.mask >= painted).all()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.mask, painted)


def test_nobody_else_is_said_and_changes_nothing(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    document = opened.document
    assert document is not None
    hand.key(Qt.Key.Key_P, SHIFT)
    ended(qtbot, opened)
    assert not document.has_mask
    banner = window.findChild(Banner)
    assert banner is not None
    qtbot.waitUntil(banner.isVisible)
    assert opened.history.state is None


def test_a_late_answer_does_not_reach_another_photo(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.things, engine.seek_hold = others(), threading.Event()
    hand.key(Qt.Key.Key_P, SHIFT)
    qtbot.waitUntil(lambda: opened.segmentation.is_under_way)
    first = opened.document
    opened.files.open(write_photo(tmp_path / "second.png", 240, 320))
    qtbot.waitUntil(lambda: opened.document is not None and opened.document is not first)
    engine.seek_hold.set()
    ended(qtbot, opened)
    assert opened.document is not None
    assert not opened.document.has_mask


def test_without_the_network_the_command_is_grey(qtbot: QtBot, opened: Session, window: MainWindow) -> None:
    assert window.actions_[Command.MARK_OTHERS].isEnabled()
    opened.segmentation.set_available(True, False)
    assert not window.actions_[Command.MARK_OTHERS].isEnabled()
    assert window.actions_[Command.TIGHTEN_STROKES].isEnabled()
