"""Parsing maps in the session: of the photo, behind its hole, and outlines while a canvas is dragged."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.engine.request import CompletionOptions, Readiness
from portrait_studio.errors import DeviceError, WeightsError
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine


def extend(session: Session, margins: Margins) -> None:
    session.tools.choose(Tool.EXTEND)
    session.extending.set_margins(margins)
    assert session.extending.apply()


def fill(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.filling.filled, timeout=5000):
        session.fill(CompletionOptions())


def test_each_state_of_the_photo_keeps_its_map(opened: Session, qtbot: QtBot, engine: FakeEngine) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    before = opened.parsing_maps.of_photo
    opened.painting.mark_rectangle(Bounds(60, 80, 100, 120), erase=False)
    assert opened.parsing_maps.of_photo is before
    fill(qtbot, opened)
    after = opened.parsing_maps.of_photo
    assert after is not before
    assert opened.parsing_maps.before_last_fill is before
    opened.undo()
    assert opened.parsing_maps.of_photo is before
    opened.redo()
    assert opened.parsing_maps.of_photo is after
    assert engine.photo_parses == 1


def test_parsing_the_photo_gives_way_to_a_fill_and_goes_on_after_it(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    engine.photo_parse_hold = threading.Event()
    opened.parsing_maps.begin()
    qtbot.waitUntil(lambda: engine.photo_parses == 2)
    assert opened.can_edit
    assert opened.current_job is None
    hand.stroke((60, 80), (140, 80))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert opened.parsing_maps.of_photo is not None
    hand.key(Qt.Key.Key_Z, CTRL)
    assert opened.parsing_maps.of_photo is None
    qtbot.waitUntil(lambda: engine.photo_parses == 3)
    engine.photo_parse_hold.set()
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)


def test_a_photo_that_could_not_be_parsed_is_parsed_again_by_another_engine(
    session: Session, qtbot: QtBot, engine: FakeEngine, window: MainWindow
) -> None:
    engine.photo_parse_error = WeightsError("The weights file is damaged.")
    with qtbot.waitSignal(session.noticed, timeout=5000):
        session.files.open_pixels(np.full((60, 80, 3), 90, np.uint8))
    assert window.banner.text == (
        "The photo could not be looked at, so that nothing can be picked in it. The weights file is damaged."
    )
    engine.photo_parse_error = None
    session.prepare()
    qtbot.waitUntil(lambda: session.parsing_maps.of_photo is not None)
    engine.photo_parse_error = WeightsError("The weights file is damaged.")
    with qtbot.waitSignal(session.noticed, timeout=5000):
        session.files.open_pixels(np.full((60, 90, 3), 90, np.uint8))
    engine.photo_parse_error = None
    session.painting.mark_rectangle(Bounds(10, 10, 30, 30), erase=False)
    fill(qtbot, session)
    session.undo()
    qtbot.waitUntil(lambda: session.parsing_maps.of_photo is not None)


def test_maps_and_people_are_those_of_the_new_canvas(opened: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    opened.protection.protect({0})
    extend(opened, Margins(top=40, left=20))
    assert opened.protection.people == ()
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    structure = opened.parsing_maps.of_photo
    assert structure is not None
    assert structure.bounds == Bounds(0, 0, 260, 360)
    document = opened.document
    assert document is not None
    assert document.protected.any()
    opened.undo()
    assert opened.parsing_maps.of_photo is not None
    assert opened.parsing_maps.of_photo.bounds == Bounds(0, 0, 240, 320)
    assert opened.protection.protected == {0}


def test_an_edit_cancels_the_map_behind_the_hole(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 200), (140, 200))
    hand.key(Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: bool(engine.stages))
    hand.stroke((60, 80), (140, 120))
    engine.hold.set()
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    assert opened.parsing_maps.shown is opened.parsing_maps.of_photo
    assert opened.has_mask


def test_outlines_are_of_the_latest_margins(opened: Session, qtbot: QtBot, engine: FakeEngine) -> None:
    qtbot.waitUntil(lambda: engine.photo_parses > 0 and opened.parsing_maps.of_photo is not None)
    engine.sketch_hold = threading.Event()
    opened.tools.choose(Tool.EXTEND)
    for bottom in range(10, 101, 10):
        opened.extending.set_margins(Margins(bottom=bottom))
    qtbot.waitUntil(lambda: len(engine.sketches) == 1)
    engine.sketch_hold.set()
    qtbot.waitUntil(lambda: len(engine.sketches) == 2)
    qtbot.waitUntil(lambda: opened.parsing_maps.outline is not None)
    qtbot.waitUntil(lambda: opened.parsing_maps.outline.margins == Margins(bottom=100))
    outline = opened.parsing_maps.outline
    assert outline is not None
    points = [point for shape in outline.polygons for point in shape]
    assert max(y for _, y in points) == pytest.approx(420, abs=3)
    assert min(x for x, _ in points) == pytest.approx(60, abs=4)
    opened.extending.forget()
    assert opened.parsing_maps.outline is None


def test_a_failed_outline_is_told_once_and_the_next_ones_are_predicted(
    opened: Session, qtbot: QtBot, engine: FakeEngine, window: MainWindow
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    told: list[str] = []
    opened.noticed.connect(told.append)
    opened.failed.connect(told.append)
    engine.sketch_error = DeviceError("The device ran out of memory; choose the CPU.")
    opened.tools.choose(Tool.EXTEND)
    for count, bottom in ((1, 20), (2, 30)):
        opened.extending.set_margins(Margins(bottom=bottom))
        qtbot.waitUntil(lambda count=count: len(engine.sketches) == count)
        qtbot.waitUntil(lambda: opened._engine_jobs.current is None)
    sentence = "The outline of the body could not be guessed. The device ran out of memory; choose the CPU."
    assert told == [sentence]
    assert window.banner.text == sentence
    engine.sketch_error = None
    opened.extending.set_margins(Margins(bottom=40))
    qtbot.waitUntil(lambda: opened.parsing_maps.outline is not None)
    engine.sketch_error = ZeroDivisionError("somewhere deep")
    for count, bottom in ((4, 50), (5, 60)):
        opened.extending.set_margins(Margins(bottom=bottom))
        qtbot.waitUntil(lambda count=count: len(engine.sketches) == count)
        qtbot.waitUntil(lambda: opened._engine_jobs.current is None)
    assert len(told) == 2
    opened.extending.forget()
    engine.sketch_error = None
    opened.extending.set_margins(Margins(bottom=60))
    qtbot.waitUntil(lambda: opened.parsing_maps.outline is not None)


def test_an_outline_waits_for_the_engine_to_be_ready(
    opened: Session, qtbot: QtBot, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    ready = threading.Event()
    monkeypatch.setattr(engine, "warm_up", lambda request, progress: ready.wait(5) and Readiness("Fake"))
    opened.prepare()
    opened.tools.choose(Tool.EXTEND)
    opened.extending.set_margins(Margins(bottom=40))
    ready.set()
    qtbot.waitUntil(lambda: opened.parsing_maps.outline is not None)


def test_an_outline_gives_way_to_the_fill(opened: Session, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.sketch_hold = threading.Event()
    extend(opened, Margins(bottom=50))
    fill(qtbot, opened)
    assert opened.document is not None
    assert opened.document.blank is None
