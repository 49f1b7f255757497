"""Things that the parsing map has no label for: named and framed under the pointer, picked by a click."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Target
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
DOG, PHONE, BENCH = Bounds(5, 220, 45, 310), Bounds(80, 100, 100, 130), Bounds(5, 60, 235, 320)
THINGS = (
    Detection(DOG, "dog", 0.9),
    Detection(PHONE, "cell phone", 0.6),
    Detection(BENCH, "bench", 0.5),
    Detection(Bounds(200, 5, 235, 55), "stop sign", 0.5),
)


@pytest.fixture
def engine() -> FakeEngine:
    things = np.zeros((320, 240), np.uint8)
    things[225:305, 10:40] = 255
    things[102:128, 82:98] = 255
    return FakeEngine(detected=Detected(things=THINGS), things=things)


@pytest.fixture
def street(qtbot: QtBot, opened: Session, hand: Hand) -> Session:
    qtbot.waitUntil(lambda: bool(opened.detections.of_photo.things))
    hand.key(Qt.Key.Key_W)
    return opened


def said(window: MainWindow, hand: Hand, x: float, y: float) -> str:
    hand.move(x, y)
    return window.status_bar.part


def test_the_pointer_names_things_where_the_parsing_map_has_none(
    street: Session, window: MainWindow, hand: Hand
) -> None:
    assert said(window, hand, 25, 260) == "dog"
    assert said(window, hand, 217, 30) == "traffic sign"
    assert said(window, hand, 190, 310) == "bench"
    assert said(window, hand, 100, 10) == ""


def test_what_somebody_holds_comes_before_them_and_what_is_behind_does_not(
    street: Session, window: MainWindow, hand: Hand
) -> None:
    assert said(window, hand, 90, 115) == "phone"
    assert said(window, hand, 120, 150) == "person"


def test_a_click_takes_the_thing_at_its_own_edge_as_one_step(
    qtbot: QtBot, street: Session, hand: Hand, engine: FakeEngine
) -> None:
    document = street.document
    assert document is not None
    hand.stroke((25, 260))
    qtbot.waitUntil(lambda: document.has_mask)
    assert document.mask[225:305, 10:40].all()
    assert not document.mask[:200].any()
    assert not document.mask[:, 60:].any()
    assert engine.boxes[-1] == Bounds(0, 209, 50, 321)
    assert street.history.state is not None
    assert street.history.state.title == "Pick dog"
    hand.stroke((90, 115), keys=SHIFT)
    qtbot.waitUntil(lambda: document.mask[102:128, 82:98].all())
    assert document.mask[225:305, 10:40].all()
    hand.stroke((25, 260), keys=ALT)
    qtbot.waitUntil(lambda: not document.mask[225:305, 10:40].any())
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not document.has_mask


def test_a_box_in_which_nothing_stands_out_says_so(qtbot: QtBot, street: Session, hand: Hand) -> None:
    with qtbot.waitSignal(street.hinted, timeout=5000):
        hand.stroke((217, 30))
    assert street.history.state is None


def test_the_box_is_framed_while_the_pointer_is_in_it(
    street: Session, window: MainWindow, hand: Hand
) -> None:
    hand.move(100, 10)
    empty = window.canvas.grab().toImage()
    hand.move(25, 260)
    framed = window.canvas.grab().toImage()
    edge = window.canvas.view.to_widget(DOG.left, 260).toPoint()
    assert framed.pixelColor(edge) != empty.pixelColor(edge)
    hand.move(100, 10)
    assert window.canvas.grab().toImage().pixelColor(edge) == empty.pixelColor(edge)


def test_by_its_looks_nothing_is_named(street: Session, window: MainWindow, hand: Hand) -> None:
    street.tools.set_target(Target.LOOKS)
    assert said(window, hand, 25, 260) == ""
    street.tools.set_target(Target.PART)
    assert said(window, hand, 25, 260) == "dog"
