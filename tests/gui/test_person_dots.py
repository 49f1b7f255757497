"""One dot a person: who is taken, and who is kept."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.errors import WeightsError
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.person_dots import PersonDot
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, MAIN, RIGHT = Bounds(5, 60, 45, 200), Bounds(70, 40, 170, 320), Bounds(190, 80, 235, 220)


def seen(*people: Bounds) -> Detected:
    return Detected(tuple(Detection(box, "person", 0.9) for box in people))


def bodies(*people: Bounds) -> np.ndarray:
    mask = np.zeros((320, 240), np.uint8)
    for box in people:
        mask[box.slices] = 255
    return mask


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(detected=seen(MAIN, RIGHT, LEFT), things=bodies(LEFT, MAIN, RIGHT))


@pytest.fixture
def crowd(qtbot: QtBot, opened: Session, hand: Hand) -> Session:
    qtbot.waitUntil(lambda: len(dots(opened)) == 3 and all(dot.person.found for dot in dots(opened)))
    hand.key(Qt.Key.Key_W)
    return opened


def dots(session: Session) -> tuple[PersonDot, ...]:
    return session.person_dots.dots


def taken(session: Session) -> list[bool]:
    return [dot.is_taken for dot in dots(session)]


def mask_of(session: Session) -> np.ndarray:
    assert session.document is not None
    return session.document.mask


def test_everybody_has_a_dot_on_the_body_and_the_main_person_is_known(crowd: Session) -> None:
    boxes = (LEFT, MAIN, RIGHT)
    for dot, box in zip(dots(crowd), boxes, strict=True):
        x, y = dot.place
        assert abs(x - (box.left + box.right) / 2) <= 1
        assert box.top < y < box.top + box.height / 2
    assert [dot.person.is_main for dot in dots(crowd)] == [False, True, False]
    assert taken(crowd) == [False] * 3


def test_a_click_takes_a_person_as_one_step_and_another_keeps_them(crowd: Session, hand: Hand) -> None:
    hand.stroke(dots(crowd)[0].place)
    assert taken(crowd) == [True, False, False]
    mask = mask_of(crowd)
    assert mask[LEFT.slices].all()
    assert not mask[:, 60:].any()
    taken_once = mask.copy()
    hand.stroke(dots(crowd)[2].place)
    assert taken(crowd) == [True, False, True]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(mask_of(crowd), taken_once)
    assert taken(crowd) == [True, False, False]
    hand.stroke(dots(crowd)[0].place)
    assert not mask_of(crowd).any()
    assert taken(crowd) == [False] * 3


def test_whom_the_parsing_map_misses_is_picked_by_the_body(
    qtbot: QtBot, crowd: Session, window: MainWindow, hand: Hand
) -> None:
    leg = (LEFT.left + 10.0, LEFT.bottom - 10.0)
    assert crowd.parsing_maps.regions is not None
    assert crowd.parsing_maps.regions.thing_or_person_at(*leg) is None
    target = crowd.picking.target_at(*leg)
    assert isinstance(target, Detection)
    assert target.bounds == LEFT
    assert crowd.picking.target_at(LEFT.left + 10.0, LEFT.bottom + 30.0) is None
    hand.stroke(leg)
    qtbot.waitUntil(lambda: taken(crowd) == [True, False, False])
    hand.key(Qt.Key.Key_Z, CTRL)
    assert taken(crowd) == [False] * 3


def test_delete_the_right_button_and_alt_keep_a_person(crowd: Session, hand: Hand) -> None:
    place = dots(crowd)[0].place
    for keep in (
        lambda: hand.key(Qt.Key.Key_Delete),
        lambda: hand.stroke(place, button=Qt.MouseButton.RightButton),
        lambda: hand.stroke(place, keys=ALT),
    ):
        hand.stroke(place)
        assert taken(crowd)[0]
        keep()
        assert not taken(crowd)[0]
        steps = len(crowd.history.steps)
        keep()
        assert len(crowd.history.steps) == steps


def test_dots_follow_whatever_changes_the_mask(
    qtbot: QtBot, crowd: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = bodies(LEFT, RIGHT)
    hand.key(Qt.Key.Key_P, SHIFT)
    qtbot.waitUntil(lambda: taken(crowd) == [True, False, True])
    hand.key(Qt.Key.Key_D, CTRL)
    assert taken(crowd) == [False] * 3
    hand.key(Qt.Key.Key_A, CTRL)
    assert taken(crowd) == [True] * 3


def test_marking_other_people_takes_the_tool_in_hand_that_shows_dots(
    qtbot: QtBot, crowd: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    hand.key(Qt.Key.Key_B)
    assert not window.canvas.dots.shown
    engine.things = bodies(LEFT, RIGHT)
    hand.key(Qt.Key.Key_P, SHIFT)
    qtbot.waitUntil(lambda: len(window.canvas.dots.shown) == 3)
    hand.stroke(dots(crowd)[2].place)
    assert taken(crowd) == [True, False, False]


def test_the_main_person_alone_has_no_dot_and_is_not_segmented_unasked(
    qtbot: QtBot, opened: Session, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: len(dots(opened)) == 3 and all(dot.person.found for dot in dots(opened)))
    engine.detected, engine.boxes = seen(MAIN), []
    opened.detections.begin()
    qtbot.waitUntil(lambda: opened.detections.of_photo == engine.detected)
    qtbot.wait(50)
    assert not dots(opened)
    assert not engine.boxes


def test_each_state_of_the_photo_is_looked_at_once(
    qtbot: QtBot, crowd: Session, hand: Hand, engine: FakeEngine
) -> None:
    assert engine.detections == 1
    hand.stroke(dots(crowd)[0].place)
    engine.detected = seen(MAIN, RIGHT)
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: engine.detections == 2 and len(dots(crowd)) == 2)
    hand.key(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: taken(crowd) == [True, False, False])
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: len(dots(crowd)) == 2)
    assert engine.detections == 2


def test_looking_gives_way_to_a_fill_and_goes_on_after_it(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: len(dots(opened)) == 3)
    engine.detect_hold = threading.Event()
    opened.detections.begin()
    qtbot.waitUntil(lambda: engine.detections == 2)
    hand.stroke((100, 100), (120, 120))
    with qtbot.waitSignal(opened.filling.filled, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    engine.detect_hold.set()
    qtbot.waitUntil(lambda: engine.detections == 3 and len(dots(opened)) == 3)


def test_a_click_before_the_mask_is_known_finds_it_first(
    qtbot: QtBot, crowd: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.detect_hold = threading.Event()
    crowd.detections.begin()
    engine.detect_hold.set()
    qtbot.waitUntil(lambda: len(dots(crowd)) == 3)
    engine.detect_hold.clear()
    hand.stroke(dots(crowd)[0].place)
    engine.detect_hold.set()
    qtbot.waitUntil(lambda: taken(crowd) == [True, False, False])
    assert mask_of(crowd)[LEFT.slices].all()


def test_a_failure_is_said_once_and_takes_nothing_else_along(
    qtbot: QtBot, crowd: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.detect_error = WeightsError("The file is damaged.")
    with qtbot.waitSignal(crowd.noticed, timeout=5000):
        crowd.detections.begin()
    tried = engine.detections
    hand.stroke((100, 100), (120, 120))
    qtbot.wait(50)
    assert engine.detections == tried
    assert not dots(crowd)


def test_keys_go_from_dot_to_dot(crowd: Session, window: MainWindow, hand: Hand) -> None:
    hand.key(Qt.Key.Key_B)
    for expected in ([True, False, False], [True, True, False], [True, True, True], [False, True, True]):
        hand.key(Qt.Key.Key_N)
        hand.key(Qt.Key.Key_Space)
        assert taken(crowd) == expected
    hand.key(Qt.Key.Key_N)
    hand.key(Qt.Key.Key_Delete)
    assert taken(crowd) == [False, False, True]


def test_dots_keep_their_size_and_are_in_no_picture_that_leaves(
    crowd: Session, window: MainWindow, hand: Hand
) -> None:
    canvas = window.canvas
    dot = dots(crowd)[0]
    for zoom in (0.5, 2.0):
        canvas.zoom_to(zoom)
        middle = canvas.view.to_widget(*dot.place)
        assert canvas.dots.dot_at(middle) is dot
        middle.setX(middle.x() + 12)
        assert canvas.dots.dot_at(middle) is dot
        middle.setX(middle.x() + 4)
        assert canvas.dots.dot_at(middle) is not dot
    assert crowd.document is not None
    before = crowd.document.edited_photo.pixels.copy()
    hand.key(Qt.Key.Key_B)
    assert np.array_equal(crowd.document.edited_photo.pixels, before)


def test_a_dot_says_what_a_click_does(crowd: Session, window: MainWindow, hand: Hand) -> None:
    said = []
    for dot in dots(crowd):
        hand.move(*dot.place)
        said.append(window.status_bar.part)
    assert "Kept" in said[0]
    assert "main person" in said[1]
    hand.stroke(dots(crowd)[0].place)
    hand.move(*dots(crowd)[0].place)
    assert "Marked" in window.status_bar.part
