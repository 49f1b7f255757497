"""Loose marks that shrink to the things in them, and things that are found by a click or a rectangle."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.engine.request import Structure
from portrait_studio.engine.things import tightened
from portrait_studio.errors import WeightsError
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.tool_options import TightnessSlider
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.mask_shapes import touched_places
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Target
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.gui.test_key_pointer import Keys
from tests.helpers.fake_engine import FakeEngine

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
UPPER, ARM, BAG = 4, 14, 16
RIM = 3
"""Of a photo of 240 x 320 pixels."""


def mask_of(session: Session) -> Mask:
    assert session.document is not None
    return session.document.mask


def thing(*boxes: tuple[int, int, int, int], probability: int = 255) -> Mask:
    """Where things are in a photo of 240 x 320 pixels: rectangles left, top, right, bottom."""
    things = np.zeros((320, 240), np.uint8)
    for left, top, right, bottom in boxes:
        things[top:bottom, left:right] = probability
    return things


def is_thing_with_rim(mask: Mask, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether that rectangle and its rim, with round corners, are masked, and nothing else."""
    inner = mask[top:bottom, left - RIM : right + RIM]
    around = mask.copy()
    around[top - RIM : bottom + RIM, left - RIM : right + RIM] = 0
    return bool(inner.all()) and not around.any()


def answered(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.segmentation.is_under_way)


@pytest.fixture
def loose(qtbot: QtBot, opened: Session, engine: FakeEngine) -> Session:
    """A bag at 80..120, 100..150, and a switch that tightens what is drawn."""
    engine.things = thing((80, 100, 120, 150))
    opened.tools.set_tightens(True)
    return opened


def test_a_rectangle_shrinks_to_the_thing_in_it_and_undo_brings_it_back(
    qtbot: QtBot, loose: Session, hand: Hand
) -> None:
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    painted = mask_of(loose).copy()
    answered(qtbot, loose)
    assert is_thing_with_rim(mask_of(loose), 80, 100, 120, 150)
    assert [step.title for step in loose.history.steps] == ["Rectangle", "Tighten mask"]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(mask_of(loose), painted)
    assert painted[85, 65]
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert is_thing_with_rim(mask_of(loose), 80, 100, 120, 150)


def test_lasso_and_brush_are_tightened_only_where_they_mark(
    qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = thing((80, 100, 120, 150), (20, 200, 50, 230))
    loose.tools.set_tightens(False)
    hand.key(Qt.Key.Key_R)
    hand.stroke((10, 190), (60, 240))
    loose.tools.set_tightens(True)
    hand.key(Qt.Key.Key_L)
    hand.stroke((60, 80), (140, 80), (140, 170), (60, 170))
    answered(qtbot, loose)
    mask = mask_of(loose)
    assert mask[105, 85]
    assert not mask[85, 65]
    assert mask[195, 15], "what was marked before is not touched"
    hand.key(Qt.Key.Key_B)
    loose.tools.set_diameter(30)
    hand.stroke((100, 60), (100, 130), keys=ALT)
    answered(qtbot, loose)
    assert not mask[105, 100], "what is taken away is not looked for"


def test_a_stroke_that_cancels_the_search_for_the_last_one_is_tightened_with_it(
    qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = thing((80, 100, 120, 150), (180, 220, 200, 250))
    engine.seek_hold = threading.Event()
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    qtbot.waitUntil(lambda: len(engine.loose) == 1)
    hand.stroke((160, 200), (220, 270))
    engine.seek_hold.set()
    answered(qtbot, loose)
    mask = mask_of(loose)
    assert not mask[85, 65]
    assert not mask[205, 165]
    assert mask[105, 85]
    assert mask[225, 185]
    assert len(engine.loose) == 2


def test_what_is_answered_late_is_dropped(
    qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.seek_hold = threading.Event()
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    painted = mask_of(loose).copy()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not loose.segmentation.is_under_way
    engine.seek_hold.set()
    QTest.qWait(50)
    assert not mask_of(loose).any()
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    QTest.qWait(50)
    assert np.array_equal(mask_of(loose), painted)


def test_escape_leaves_what_was_painted(qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine) -> None:
    engine.seek_hold = threading.Event()
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    assert loose.current_job is not None
    hand.key(Qt.Key.Key_Escape)
    assert loose.current_job is None
    engine.seek_hold.set()
    hand.stroke((160, 200), (220, 270))
    answered(qtbot, loose)
    assert mask_of(loose)[85, 65], "it was left as it is, and is not looked at with the next one"


def test_the_next_document_hears_nothing_of_the_last_one(
    qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine, tmp_path: Path, window: MainWindow
) -> None:
    engine.seek_hold = threading.Event()
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    loose.history.mark_saved(loose.history.state)
    with qtbot.waitSignal(loose.opened, timeout=5000):
        window.open_path(write_photo(tmp_path / "other.png", 240, 320))
    engine.seek_hold.set()
    QTest.qWait(50)
    assert not mask_of(loose).any()
    hand.stroke((60, 80), (140, 170))
    answered(qtbot, loose)
    assert is_thing_with_rim(mask_of(loose), 80, 100, 120, 150)
    loose.tools.set_threshold(0.6)
    assert len(loose.history.steps) == 2


def test_the_slider_changes_the_last_tightening_as_long_as_nothing_came_after_it(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.things = thing((80, 100, 120, 150), probability=180)
    engine.things[110:140, 90:110] = 255
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    answered(qtbot, loose)
    slider = window.mask_panel.findChildren(TightnessSlider)[0]
    assert slider.isVisible()
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert loose.tools.threshold == pytest.approx(0.9)
    assert is_thing_with_rim(mask_of(loose), 90, 110, 110, 140)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert is_thing_with_rim(mask_of(loose), 80, 100, 120, 150)
    assert len(loose.history.steps) == 2
    hand.key(Qt.Key.Key_Z, CTRL)
    painted = mask_of(loose).copy()
    loose.tools.set_threshold(0.5)
    assert np.array_equal(mask_of(loose), painted), "it was undone, so it is not the last step"


def test_a_threshold_at_which_nothing_is_left_keeps_what_was_painted(
    qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = thing((80, 100, 120, 150), probability=180)
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    answered(qtbot, loose)
    loose.tools.set_threshold(0.9)
    assert mask_of(loose)[85, 65]
    loose.tools.set_threshold(0.4)
    assert is_thing_with_rim(mask_of(loose), 80, 100, 120, 150)


def test_a_doubtful_place_stays_as_it_was_painted_soft_edges_included(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.things = thing((80, 100, 120, 150), probability=140)
    loose.tools.set_hardness(0.3)
    loose.tools.set_diameter(60)
    hand.stroke((90, 120), (110, 130))
    painted = mask_of(loose).copy()
    assert 0 < painted[painted > 0].min() < 255
    with qtbot.waitSignal(loose.hinted, timeout=5000):
        pass
    assert np.array_equal(mask_of(loose), painted)
    assert "stays as you painted it" in window.banner.text
    assert window.banner.isVisible()
    assert len(loose.history.steps) == 1


def test_the_whole_mask_is_tightened_on_request(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.things = thing((80, 100, 120, 150), (20, 200, 50, 230))
    loose.tools.set_tightens(False)
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    hand.stroke((10, 190), (60, 240))
    hand.stroke((180, 20), (220, 60))
    hand.key(Qt.Key.Key_T)
    answered(qtbot, loose)
    mask = mask_of(loose)
    assert mask[105, 85]
    assert mask[205, 25]
    assert not mask[85, 65]
    assert not mask[195, 15]
    assert mask[25, 185], "nothing stands out there"
    assert "Where nothing stands out" in window.banner.text


def test_a_stroke_that_would_add_nothing_to_a_thing_stays(
    qtbot: QtBot, loose: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    answered(qtbot, loose)
    hand.key(Qt.Key.Key_B)
    loose.tools.set_diameter(10)
    hand.stroke((100, 150), (100, 200))
    answered(qtbot, loose)
    mask = mask_of(loose)
    assert mask[190, 100], "a strap that the network does not see can be added by hand"
    assert mask[105, 85]


def test_protected_people_are_spared(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    protected = thing((100, 90, 130, 160))
    assert loose.document is not None
    loose.document.protect(protected)
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    answered(qtbot, loose)
    mask = mask_of(loose)
    assert mask[110, 85:100].all()
    assert not mask[protected != 0].any()


def test_a_fill_waits_until_the_mask_is_tight(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.seek_hold = threading.Event()
    window.actions_[Command.FILL_AT_ONCE].trigger()
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    QTest.qWait(50)
    assert not engine.requests
    engine.seek_hold.set()
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    qtbot.waitUntil(lambda: loose.current_job is None)
    assert is_thing_with_rim(engine.requests[0].mask, 80, 100, 120, 150)
    window.actions_[Command.FILL_AT_ONCE].trigger()
    engine.seek_hold = threading.Event()
    hand.stroke((60, 80), (140, 170))
    hand.key(Qt.Key.Key_Return)
    QTest.qWait(50)
    assert len(engine.requests) == 1
    engine.seek_hold.set()
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    qtbot.waitUntil(lambda: loose.current_job is None)
    assert is_thing_with_rim(engine.requests[1].mask, 80, 100, 120, 150)


def test_without_the_network_everything_is_as_before(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.finds_things = False
    with qtbot.waitSignal(loose.device_named, timeout=5000):
        loose.prepare()
    assert not window.options.brush.tighten.isEnabled()
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 80), (140, 170))
    assert not loose.segmentation.is_under_way
    assert mask_of(loose)[85, 65]
    assert not window.actions_[Command.TIGHTEN].isEnabled()
    hand.key(Qt.Key.Key_W)
    hand.stroke((60, 80), (140, 170))
    assert "missing" in window.statusBar().currentMessage()
    engine.finds_things = True
    with qtbot.waitSignal(loose.device_named, timeout=5000):
        loose.prepare()
    assert window.actions_[Command.TIGHTEN].isEnabled()


def test_weights_that_prove_to_be_damaged_are_told_once(
    qtbot: QtBot, loose: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.seek_error = WeightsError("The weights are damaged. Reinstall the program.")
    hand.key(Qt.Key.Key_R)
    with qtbot.waitSignal(loose.noticed, timeout=5000):
        hand.stroke((60, 80), (140, 170))
    assert window.banner.text == "The weights are damaged. Reinstall the program."
    hand.stroke((10, 190), (60, 240))
    assert len(engine.loose) == 1
    assert QApplication.activeModalWidget() is None


def test_how_marks_are_made_is_remembered(
    qapp: QApplication, qtbot: QtBot, engine: FakeEngine, data_folder: Path
) -> None:
    first = Program(qapp, lambda: engine)
    assert first.session.tools.threshold == pytest.approx(0.4)
    first.window.actions_[Command.TIGHTEN_STROKES].trigger()
    is_on = first.session.tools.tightens
    first.window.mask_panel.findChildren(TightnessSlider)[0].setValue(70)
    first.window.options.pick.findChildren(QSlider)[0].setValue(12)
    first.close()
    second = Program(qapp, lambda: engine)
    assert second.session.tools.tightens is is_on
    assert second.window.actions_[Command.TIGHTEN_STROKES].isChecked() is is_on
    assert second.session.tools.threshold == pytest.approx(0.7)
    assert second.session.tools.reach_percent == 12
    second.close()


def test_all_switches_show_the_same(loose: Session, window: MainWindow, hand: Hand) -> None:
    switches = [window.options.brush.tighten, window.options.shape.tighten]
    assert all(switch.isChecked() for switch in switches)
    assert switches[0].isVisible()
    hand.key(Qt.Key.Key_R)
    assert switches[1].isVisible()
    QTest.mouseClick(switches[1], Qt.MouseButton.LeftButton, pos=QPoint(8, switches[1].height() // 2))
    assert not any(switch.isChecked() for switch in switches)
    assert not loose.tools.tightens
    hand.key(Qt.Key.Key_T, SHIFT)
    assert loose.tools.tightens
    assert all(switch.isChecked() for switch in switches)
    hand.key(Qt.Key.Key_E)
    assert not switches[0].isVisible()


# -- picking -----------------------------------------------------------------------------------------------


def somebody() -> Structure:
    """A body with an arm and a bag over 240 x 320 pixels at half that size."""
    labels = np.zeros((160, 120), np.uint8)
    labels[30:150, 20:60] = UPPER
    labels[60:120, 50:60] = ARM
    labels[90:120, 35:50] = BAG
    return Structure(Bounds(0, 0, 240, 320), labels, np.zeros((16, 40, 30), np.float16))


@pytest.fixture
def seen(qtbot: QtBot, opened: Session, hand: Hand) -> Session:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    opened.parsing_maps.learn(somebody())
    opened.tools.set_reach(0)
    hand.key(Qt.Key.Key_W)
    return opened


def test_a_click_finds_what_has_no_name(qtbot: QtBot, seen: Session, hand: Hand, engine: FakeEngine) -> None:
    seen.tools.set_target(Target.LOOKS)
    engine.things = thing((160, 200, 200, 240))
    hand.stroke((180, 220))
    answered(qtbot, seen)
    assert is_thing_with_rim(mask_of(seen), 160, 200, 200, 240)
    assert [step.title for step in seen.history.steps] == ["Pick thing"]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask_of(seen).any()


def test_clicks_add_up_until_something_else_is_done(
    qtbot: QtBot, seen: Session, hand: Hand, engine: FakeEngine
) -> None:
    seen.tools.set_target(Target.LOOKS)
    engine.things = thing((160, 200, 200, 240), (202, 200, 210, 240), (160, 242, 200, 250))
    hand.stroke((180, 220))
    answered(qtbot, seen)
    mask = mask_of(seen)
    assert not mask[220, 208]
    hand.stroke((206, 220), keys=SHIFT)
    answered(qtbot, seen)
    assert mask[220, 208]
    assert mask[220, 180]
    hand.stroke((180, 246), keys=ALT)
    answered(qtbot, seen)
    assert [len(clicks.inside) for clicks in engine.clicks] == [1, 2, 2]
    assert [len(clicks.outside) for clicks in engine.clicks] == [0, 0, 1]
    assert len(seen.history.steps) == 1, "clicks that correct a pick do not add steps"
    hand.key(Qt.Key.Key_R)
    hand.stroke((10, 10), (20, 20))
    hand.key(Qt.Key.Key_W)
    hand.stroke((206, 220), keys=SHIFT)
    answered(qtbot, seen)
    assert len(engine.clicks[-1].inside) == 1


def test_a_click_far_away_adds_another_thing(
    qtbot: QtBot, seen: Session, hand: Hand, engine: FakeEngine
) -> None:
    seen.tools.set_target(Target.LOOKS)
    engine.things = thing((160, 200, 200, 240), (190, 20, 220, 50))
    hand.stroke((180, 220))
    answered(qtbot, seen)
    hand.stroke((200, 30), keys=SHIFT)
    answered(qtbot, seen)
    mask = mask_of(seen)
    assert mask[220, 180]
    assert mask[30, 200]
    assert len(seen.history.steps) == 2


def test_a_correction_that_finds_nothing_leaves_the_pick_as_it_is(
    qtbot: QtBot, seen: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    seen.tools.set_target(Target.LOOKS)
    engine.things = thing((160, 200, 200, 240))
    hand.stroke((180, 220))
    answered(qtbot, seen)
    hand.stroke((170, 210), keys=ALT)
    answered(qtbot, seen)
    assert "Nothing stands out there" in window.banner.text
    assert is_thing_with_rim(mask_of(seen), 160, 200, 200, 240)


def test_a_rectangle_of_the_pick_tool_finds_the_thing_that_fills_it(
    qtbot: QtBot, seen: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = thing((160, 200, 200, 240))
    hand.stroke((150, 190), (210, 250))
    answered(qtbot, seen)
    assert is_thing_with_rim(mask_of(seen), 160, 200, 200, 240)
    assert engine.loose[-1][195, 155]
    hand.stroke((150, 190), (210, 250), keys=ALT)
    answered(qtbot, seen)
    assert not mask_of(seen).any()


def test_a_named_thing_is_taken_at_its_own_edge(
    qtbot: QtBot, seen: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = thing((72, 184, 98, 238))
    engine.seek_hold = threading.Event()
    hand.stroke((80, 200))
    mask = mask_of(seen)
    assert mask[200, 80], "at once as the map has it"
    assert mask[181, 71]
    engine.seek_hold.set()
    answered(qtbot, seen)
    assert is_thing_with_rim(mask, 72, 184, 98, 238)
    assert [step.title for step in seen.history.steps] == ["Pick bag"]
    engine.things = thing((72, 184, 75, 190))
    hand.stroke((80, 200))
    answered(qtbot, seen)
    assert mask[230, 90], "something else was found, so it stays as the map has it"


def test_reach_is_of_the_thing_and_never_goes_into_skin(
    qtbot: QtBot, seen: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.things = thing((70, 180, 96, 240))
    hand.stroke((80, 200))
    answered(qtbot, seen)
    mask = mask_of(seen)
    assert not mask[200, 60]
    seen.tools.set_reach(25)
    assert mask[200, 60]
    assert not mask[200, 102:].any(), "the arm beside it"
    assert not mask[200, 40]
    assert len(seen.history.steps) == 1


def test_what_belongs_to_a_protected_person_says_so(
    qtbot: QtBot, seen: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    seen.tools.set_target(Target.LOOKS)
    engine.things = thing((160, 200, 200, 240))
    assert seen.document is not None
    seen.document.protect(thing((150, 190, 210, 250)))
    hand.stroke((180, 220))
    answered(qtbot, seen)
    assert not mask_of(seen).any()
    assert "protected person" in window.banner.text


def test_the_rectangle_is_drawn_with_keys(
    qtbot: QtBot, seen: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.things = thing((160, 200, 200, 240))
    keys = Keys(window)
    hand.key(Qt.Key.Key_P)
    keys.stroke((150, 190), (210, 250))
    answered(qtbot, seen)
    assert is_thing_with_rim(mask_of(seen), 160, 200, 200, 240)
    keys.stroke((150, 190), (210, 250), key=Qt.Key.Key_Delete)
    answered(qtbot, seen)
    assert not mask_of(seen).any()


# -- masks -------------------------------------------------------------------------------------------------


def test_what_was_marked_before_never_shrinks() -> None:
    kept = np.zeros((40, 60), np.uint8)
    kept[5:10, 5:10] = 90
    painted = kept.copy()
    painted[8:30, 8:50] = 255
    engine = FakeEngine(things=np.zeros((40, 60), np.uint8))
    assert engine.things is not None
    engine.things[15:25, 20:40] = 255
    loose = touched_places(painted, painted > kept)
    found = engine.found_in(loose)
    tight, doubtful = tightened(painted, kept, loose, found, 0.4)
    assert doubtful == 0
    assert (tight[5:8, 5:8] == 90).all()
    assert (tight[15:25, 20:40] == 255).all()
    assert not tight[28, 45]
