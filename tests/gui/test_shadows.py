"""Taking the shadow of what is marked."""

from __future__ import annotations

import threading

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.errors import WeightsError
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.banner import Banner
from portrait_studio.gui.panels.mask_panel import MaskPanel
from portrait_studio.gui.widgets.buttons import ActionButton
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine


def cast() -> np.ndarray:
    mask = np.zeros((320, 240), np.uint8)
    mask[190:230, 120:200] = 255
    return mask


def ended(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.segmentation.is_under_way)


def test_the_shadow_joins_the_mask_as_one_step(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    document = opened.document
    assert document is not None
    hand.stroke((150, 180), (170, 180))
    painted = document.mask.copy()
    engine.shadow = cast()
    hand.key(Qt.Key.Key_U)
    ended(qtbot, opened)
    assert np.array_equal(document.mask, np.maximum(painted, cast()))
    assert [step.title for step in opened.history.steps][1:] == ["Take its shadow too"]
    assert np.array_equal(engine.shadow_requests[0].thing, painted)
    assert not engine.requests
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.mask, painted)


def test_what_is_known_of_the_photo_is_not_asked_again(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: opened.detections.of_photo_if_known is not None)
    hand.stroke((150, 180), (170, 180))
    hand.key(Qt.Key.Key_U)
    ended(qtbot, opened)
    assert engine.shadow_requests[0].seen is opened.parsing_maps.of_photo
    assert engine.shadow_requests[0].detected is engine.detected


def test_no_shadow_is_said_and_changes_nothing(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    hand.stroke((150, 180), (170, 180))
    state = opened.history.state
    hand.key(Qt.Key.Key_U)
    ended(qtbot, opened)
    banner = window.findChild(Banner)
    assert banner is not None
    qtbot.waitUntil(banner.isVisible)
    assert opened.history.state is state


def test_an_answer_that_comes_after_another_stroke_is_dropped(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    document = opened.document
    assert document is not None
    hand.stroke((150, 180), (170, 180))
    engine.shadow, engine.seek_hold = cast(), threading.Event()
    hand.key(Qt.Key.Key_U)
    qtbot.waitUntil(lambda: len(engine.shadow_requests) == 1)
    hand.stroke((30, 30), (60, 30))
    painted = document.mask.copy()
    engine.seek_hold.set()
    ended(qtbot, opened)
    assert np.array_equal(document.mask, painted)


def test_enter_waits_for_the_shadow_and_fills_it(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((150, 180), (170, 180))
    engine.shadow, engine.seek_hold = cast(), threading.Event()
    hand.key(Qt.Key.Key_U)
    qtbot.waitUntil(lambda: len(engine.shadow_requests) == 1)
    hand.key(Qt.Key.Key_Return)
    engine.seek_hold.set()
    qtbot.waitUntil(lambda: bool(engine.requests))
    assert (engine.requests[0].mask[cast() != 0] != 0).all()


def test_the_command_needs_a_mask_but_no_network_for_things(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    action = window.actions_[Command.SHADOW]
    assert not action.isEnabled()
    hand.stroke((150, 180), (170, 180))
    opened.segmentation.set_available(False)
    assert action.isEnabled()
    panel = window.findChild(MaskPanel)
    assert panel is not None
    buttons = [button for button in panel.findChildren(ActionButton) if button.text() == action.text()]
    engine.shadow, engine.seek_error = cast(), WeightsError("There is none.")
    buttons[0].click()
    ended(qtbot, opened)
    assert opened.document is not None
    assert (opened.document.mask[cast() != 0] != 0).all()
