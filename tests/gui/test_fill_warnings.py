"""What is bound to look wrong is said before the fill, once, where one looks."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.editing.hole_warnings import FACE_COVERED, NO_HEAD
from portrait_studio.engine.intent import Intent
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.banner import Banner
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine

FACE = Bounds(85, 38, 155, 82)
"""What the fake's map shows as a face in a photo of 240 x 320, and a little more."""


def banner_of(window: MainWindow) -> Banner:
    banner = window.findChild(Banner)
    assert banner is not None
    return banner


def rested(qtbot: QtBot, session: Session) -> None:
    """The mask has been looked at."""
    qtbot.waitUntil(lambda: session.parsing_maps.of_photo is not None)
    qtbot.waitUntil(lambda: not session.fill_warnings.is_about_to_look)


def test_a_covered_face_is_said_once_and_before_the_fill(
    qtbot: QtBot, opened: Session, window: MainWindow, engine: FakeEngine, hand: Hand
) -> None:
    said: list[str] = []
    opened.hinted.connect(said.append)
    opened.painting.mark_rectangle(FACE, False)
    rested(qtbot, opened)
    assert said == [FACE_COVERED]
    assert banner_of(window).text == FACE_COVERED
    assert not engine.requests
    hand.stroke((10, 300), (30, 300))
    rested(qtbot, opened)
    assert len(said) == 1


def test_it_is_said_again_of_another_mask(qtbot: QtBot, opened: Session, hand: Hand) -> None:
    said: list[str] = []
    opened.hinted.connect(said.append)
    for _ in range(2):
        opened.painting.mark_rectangle(FACE, False)
        rested(qtbot, opened)
        hand.key(Qt.Key.Key_D, CTRL)
        rested(qtbot, opened)
    assert said == [FACE_COVERED] * 2


def test_nothing_is_said_of_other_masks_nor_of_what_is_meant(
    qtbot: QtBot, opened: Session, hand: Hand
) -> None:
    said: list[str] = []
    opened.hinted.connect(said.append)
    hand.stroke((150, 180), (170, 180))
    rested(qtbot, opened)
    opened.filling.set_intent(Intent.SURFACE)
    opened.painting.mark_rectangle(FACE, False)
    rested(qtbot, opened)
    assert said == []


def test_no_map_is_waited_for(qtbot: QtBot, opened: Session, engine: FakeEngine) -> None:
    parses, said = engine.photo_parses, list[str]()
    opened.hinted.connect(said.append)
    opened.painting.mark_rectangle(FACE, False)
    rested(qtbot, opened)
    assert engine.photo_parses == max(parses, 1)


def test_a_search_that_may_shrink_the_mask_comes_first(
    qtbot: QtBot, opened: Session, engine: FakeEngine
) -> None:
    said: list[str] = []
    opened.hinted.connect(said.append)
    rested(qtbot, opened)
    opened.tools.set_tightens(True)
    engine.seek_hold = threading.Event()
    opened.painting.mark_rectangle(FACE, False)
    qtbot.waitUntil(lambda: opened.segmentation.is_under_way)
    rested(qtbot, opened)
    assert said == []
    engine.seek_hold.set()
    qtbot.waitUntil(lambda: not opened.segmentation.is_under_way)
    rested(qtbot, opened)
    assert FACE_COVERED in said


def test_a_head_that_is_cut_off_is_said_while_the_edge_is_dragged(
    qtbot: QtBot, opened: Session, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested(qtbot, opened)
    seen = opened.parsing_maps.of_photo
    assert seen is not None
    labels = seen.labels.copy()
    labels[:200], labels[:2, 50:56] = 4, 11
    headless = replace(seen, labels=labels)
    monkeypatch.setattr(type(opened.parsing_maps), "of_photo", property(lambda _: headless))
    said: list[str] = []
    opened.hinted.connect(said.append)
    opened.extending.set_margins(Margins(0, 30, 0, 0))
    rested(qtbot, opened)
    opened.extending.set_margins(Margins(0, 40, 0, 0))
    rested(qtbot, opened)
    assert said == [NO_HEAD]
    assert not engine.requests
