"""Damage that is found and proposed as a mask."""

from __future__ import annotations

import threading

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.engine.damage import DamageFound
from portrait_studio.errors import WeightsError
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.job_bar import JobBar
from portrait_studio.gui.panels.tool_options import TightnessSlider
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine


def scratches() -> Mask:
    """A sure scratch and a doubtful one, in a photo of 240 x 320 pixels."""
    levels = np.zeros((320, 240), np.uint8)
    levels[40:280, 60:62] = 250
    levels[40:280, 180:182] = 70
    return levels


def mask_of(session: Session) -> Mask:
    assert session.document is not None
    return session.document.mask


def ended(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.segmentation.is_under_way)


def slider_of(window: MainWindow) -> TightnessSlider:
    slider = window.findChild(TightnessSlider)
    assert slider is not None
    return slider


def test_damage_joins_the_mask_as_one_step_and_is_not_filled(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    opened.tools.set_fills_after_stroke(True)
    opened.tools.set_fills_after_stroke(False)
    hand.stroke((100, 200), (120, 200))
    painted = mask_of(opened).copy()
    opened.tools.set_fills_after_stroke(True)
    engine.things = scratches()
    hand.key(Qt.Key.Key_D)
    ended(qtbot, opened)
    found = DamageFound(scratches()).mask(opened.tools.threshold)
    assert np.array_equal(mask_of(opened), np.maximum(painted, found))
    assert [step.title for step in opened.history.steps] == ["Stroke", "Find damage"]
    assert not engine.requests, "nothing is filled unasked"
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(mask_of(opened), painted)


def test_the_slider_marks_more_or_less_of_it_as_long_as_nothing_came_after_it(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = scratches()
    hand.key(Qt.Key.Key_D)
    ended(qtbot, opened)
    assert mask_of(opened)[100, 60]
    assert not mask_of(opened)[100, 180]
    slider = slider_of(window)
    slider.setValue(20)
    assert mask_of(opened)[100, 180]
    assert [step.title for step in opened.history.steps] == ["Find damage"]
    slider.setValue(60)
    assert not mask_of(opened)[100, 180]
    hand.stroke((100, 200), (120, 200))
    slider.setValue(20)
    assert not mask_of(opened)[100, 180], "a stroke came after it"


def test_a_sound_photo_is_said_to_be_one_and_has_no_step(qtbot: QtBot, opened: Session, hand: Hand) -> None:
    said: list[str] = []
    opened.hinted.connect(lambda message: said.append(str(message)))
    hand.key(Qt.Key.Key_D)
    ended(qtbot, opened)
    assert not mask_of(opened).any()
    assert opened.history.state is None
    assert "No damage was found" in said[0]


def test_progress_is_shown_and_cancel_leaves_the_mask(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    engine.things, engine.seek_hold = scratches(), threading.Event()
    hand.key(Qt.Key.Key_D)
    bar = window.findChild(JobBar)
    assert bar is not None
    qtbot.waitUntil(lambda: bar.text == "Looking for damage…")
    qtbot.waitUntil(bar.isVisible)
    hand.key(Qt.Key.Key_Escape)
    engine.seek_hold.set()
    ended(qtbot, opened)
    assert not mask_of(opened).any()


def test_damage_that_was_found_in_another_photo_is_forgotten(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = scratches()
    hand.key(Qt.Key.Key_D)
    ended(qtbot, opened)
    opened.damage.forget()
    before = mask_of(opened).copy()
    slider_of(window).setValue(20)
    assert np.array_equal(mask_of(opened), before)


def test_without_the_network_only_this_command_is_grey(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    assert window.actions_[Command.FIND_DAMAGE].isEnabled()
    engine.seek_error = WeightsError("The damage network is missing. Reinstall the program.")
    hand.key(Qt.Key.Key_D)
    ended(qtbot, opened)
    qtbot.waitUntil(lambda: not window.actions_[Command.FIND_DAMAGE].isEnabled())
    assert window.actions_[Command.TIGHTEN_STROKES].isEnabled()
    assert window.actions_[Command.MARK_OTHERS].isEnabled()
