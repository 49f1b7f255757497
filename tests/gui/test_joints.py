"""Joints of the skeleton are dragged and nudged, and the fill obeys them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from portrait_studio.document.edit_record import read_record
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.networks.conventions import KEYPOINTS
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import ANKLE, FakeEngine

SHIFT = Qt.KeyboardModifier.ShiftModifier
PREDICTED = (122.5, 287.5)


@pytest.fixture
def posed(qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand) -> Session:
    """The skeleton is shown over the photo; its ankle is low in the middle."""
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    opened.tools.set_diameter(20)
    hand.key(Qt.Key.Key_S, SHIFT)
    assert window.canvas.layers.overlay.joints == {ANKLE: PREDICTED}
    return opened


def joints(session: Session) -> dict[int, tuple[float, float]]:
    assert session.document is not None
    return session.document.joints


def near(place: tuple[float, float]) -> object:
    return pytest.approx(place, abs=2)


def test_a_dragged_joint_is_a_step_that_the_fill_and_the_map_obey(
    qtbot: QtBot, posed: Session, window: MainWindow, hand: Hand, engine: FakeEngine, tmp_path: Path
) -> None:
    hand.stroke((60, 200), (140, 200))
    with qtbot.waitSignal(posed.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert not window.actions_[Command.FILL_ANEW].isEnabled()
    hand.stroke(PREDICTED, (100, 250), (80, 210))
    assert not posed.has_mask
    assert joints(posed)[ANKLE] == near((80, 210))
    assert window.canvas.layers.overlay.joints[ANKLE] == near((80, 210))
    qtbot.waitUntil(lambda: len(engine.parsed_joints) == 1 and posed.current_job is None)
    assert engine.parsed_joints[0][ANKLE] == near((80, 210))
    with qtbot.waitSignal(posed.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL | SHIFT)
    assert engine.requests[-1].joints == joints(posed)
    assert engine.requests[-1].mask[200, 100]
    with qtbot.waitSignal(posed.files.recorded, timeout=5000):
        posed.files.export_record(tmp_path / "edit.json")
    (first, second) = read_record(tmp_path / "edit.json").fills
    assert first.how.joints == ()
    assert second.how.joints[0][0] == ANKLE
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert joints(posed) == {}
    assert window.canvas.layers.overlay.joints == {ANKLE: PREDICTED}
    hand.key(Qt.Key.Key_Y, CTRL)
    assert joints(posed)[ANKLE] == near((80, 210))


def test_arrow_keys_move_the_chosen_joint_and_escape_lets_it_go(
    qtbot: QtBot, posed: Session, window: MainWindow, hand: Hand
) -> None:
    box = window.panel.joint_box
    window.side_panel.bring_forward("Structure")
    box.setFocus()
    for _ in range(KEYPOINTS.index("left-ankle") + 1):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert window.canvas.joints.joint == ANKLE
    window.canvas.setFocus()
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Up, SHIFT)
    assert joints(posed)[ANKLE] == near((PREDICTED[0] + 1, PREDICTED[1] - 10))
    hand.key(Qt.Key.Key_Escape)
    assert box.currentData() is None
    left = window.canvas.view.to_widget(0, 0).x()
    hand.key(Qt.Key.Key_Left)
    assert window.canvas.view.to_widget(0, 0).x() != left
    window.actions_[Command.RESET_JOINTS].trigger()
    assert joints(posed) == {}


def test_a_drag_can_be_given_up_and_elsewhere_the_brush_paints(posed: Session, hand: Hand) -> None:
    hand.press(*PREDICTED)
    hand.move(60, 60)
    hand.key(Qt.Key.Key_Escape)
    hand.release(60, 60)
    assert joints(posed) == {}
    hand.stroke((60, 80), (140, 80))
    assert posed.has_mask


def test_joints_are_left_alone_while_the_skeleton_is_hidden(
    posed: Session, window: MainWindow, hand: Hand
) -> None:
    hand.key(Qt.Key.Key_S, SHIFT)
    hand.stroke(PREDICTED, (80, 210))
    assert joints(posed) == {}
    assert posed.has_mask
    assert window.canvas.joints.joint is None
