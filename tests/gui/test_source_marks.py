"""Marks of what may be copied: painted, undone, shown, saved, asked for, recorded."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from portrait_studio.document.packed_plane import unpack_plane
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.source_marks import FORBIDDEN, PREFERRED
from portrait_studio.session.session import Session
from portrait_studio.session.tools import MarkShape, Tool
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.helpers.fake_engine import FakeEngine

SHIFT = Qt.KeyboardModifier.ShiftModifier


def marks_of(session: Session) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    assert session.document is not None
    return session.document.source_plane


def colour_at(window: MainWindow, hand: Hand, x: float, y: float) -> QColor:
    spot = hand.at(x, y)
    return window.canvas.grab().toImage().pixelColor(spot)


def test_strokes_mark_what_may_be_copied_and_what_not_and_the_mask_stays(
    opened: Session, hand: Hand, window: MainWindow
) -> None:
    opened.tools.set_diameter(24)
    before = [colour_at(window, hand, x, y) for x, y in ((80, 60), (80, 160))]
    hand.key(Qt.Key.Key_Y)
    assert opened.tools.tool is Tool.FORBID
    hand.stroke((60, 60), (100, 60))
    hand.key(Qt.Key.Key_Y, SHIFT)
    assert opened.tools.tool is Tool.PREFER
    hand.stroke((60, 160), (100, 160))
    hand.stroke((220, 300))
    marks = marks_of(opened)
    assert marks[60, 80] == FORBIDDEN
    assert marks[160, 80] == PREFERRED
    assert opened.document is not None
    assert not opened.document.mask.any()
    assert [step.title for step in opened.history.steps][:2] == ["Not to be copied from", "To be copied from"]
    after = [colour_at(window, hand, x, y) for x, y in ((80, 60), (80, 160))]
    assert before[0] != after[0] != after[1] != before[1]
    assert after[0].red() > before[0].red(), "amber"
    hand.stroke((60, 160), (100, 160), button=Qt.MouseButton.RightButton)
    assert not marks_of(opened)[160, 80]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert marks_of(opened)[160, 80] == PREFERRED
    window.actions_[Command.CLEAR_SOURCES].trigger()
    assert not marks_of(opened).any()
    assert not window.actions_[Command.CLEAR_SOURCES].isEnabled()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert marks_of(opened)[60, 80] == FORBIDDEN


def test_a_fill_is_asked_with_the_marks_and_its_record_holds_them(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.key(Qt.Key.Key_Y)
    hand.stroke((30, 30), (60, 30))
    hand.key(Qt.Key.Key_B)
    hand.stroke((120, 150), (160, 150))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    asked = [each for each in engine.requests if isinstance(each, CompletionRequest)][-1]
    assert asked.sources is not None
    assert asked.sources[30, 45] == FORBIDDEN
    step = opened.history.last_fill
    assert step is not None
    assert step.fill is not None
    assert opened.document is not None
    assert np.array_equal(unpack_plane(step.fill.sources, opened.document.extent), marks_of(opened))


def test_other_marks_fill_the_last_hole_anew(qtbot: QtBot, opened: Session, hand: Hand) -> None:
    hand.stroke((120, 150), (160, 150))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert not opened.filling.can_fill_anew
    hand.key(Qt.Key.Key_Y, SHIFT)
    hand.stroke((30, 30), (60, 30))
    assert opened.filling.can_fill_anew


def test_marks_are_saved_with_the_project(
    qtbot: QtBot,
    opened: Session,
    hand: Hand,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    hand.key(Qt.Key.Key_Y)
    hand.stroke((60, 60), (100, 60))
    saved = marks_of(opened).copy()
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(write_photo(tmp_path / "other.png", 100, 90))
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(path.with_suffix(".psproj"))
    assert np.array_equal(marks_of(opened), saved)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not marks_of(opened).any()


def test_a_label_in_hand_gives_way_to_a_mark_and_the_reverse(opened: Session, hand: Hand) -> None:
    opened.tools.set_label(4)
    hand.key(Qt.Key.Key_Y)
    assert opened.tools.label is None
    opened.tools.set_label(4)
    assert opened.tools.tool is Tool.BRUSH


def test_rectangle_and_lasso_mark_too_and_the_key_goes_from_one_to_the_next(
    opened: Session, hand: Hand, window: MainWindow
) -> None:
    tools = opened.tools
    hand.key(Qt.Key.Key_Y)
    assert tools.has_brush
    hand.key(Qt.Key.Key_Y)
    assert (tools.tool, tools.mark_shape) == (Tool.FORBID, MarkShape.RECTANGLE)
    assert not tools.has_brush
    assert window.canvas.pointer.cursor == Qt.CursorShape.CrossCursor
    hand.stroke((40, 40), (100, 120))
    assert (marks_of(opened)[45:115, 45:95] == FORBIDDEN).all()
    hand.key(Qt.Key.Key_Y, SHIFT)
    assert (tools.tool, tools.mark_shape) == (Tool.PREFER, MarkShape.RECTANGLE)
    hand.key(Qt.Key.Key_Y, SHIFT)
    assert tools.mark_shape is MarkShape.LASSO
    hand.stroke((150, 200), (250, 200), (250, 280), (150, 280))
    assert marks_of(opened)[240, 200] == PREFERRED
    assert [step.title for step in opened.history.steps] == ["Not to be copied from", "To be copied from"]
    assert opened.document is not None
    assert not opened.document.mask.any()
    hand.key(Qt.Key.Key_Y)
    tools.set_mark_shape(MarkShape.RECTANGLE)
    hand.stroke((40, 40), (100, 120), button=Qt.MouseButton.RightButton)
    assert not (marks_of(opened) == FORBIDDEN).any()
    assert opened.history.steps[-1].title == "Erase marks"
    hand.key(Qt.Key.Key_Y)
    hand.key(Qt.Key.Key_Y)
    assert tools.has_brush


def test_marks_are_made_while_a_fill_runs_and_are_undone_before_it(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((120, 150), (160, 150))
    engine.hold = threading.Event()
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.filling.is_under_way)
    hand.key(Qt.Key.Key_Y)
    hand.stroke((30, 30), (60, 30))
    assert marks_of(opened)[30, 45] == FORBIDDEN
    assert not opened.filling.can_fill_next, "nothing is marked to be filled"
    engine.hold.set()
    qtbot.waitUntil(lambda: opened.current_job is None)
    assert [step.title for step in opened.history.steps][-2:] == ["Fill", "Not to be copied from"]
    assert marks_of(opened)[30, 45] == FORBIDDEN
    step = opened.history.last_fill
    assert step is not None
    assert step.fill is not None
    assert step.fill.sources is None, "it was asked before"
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not marks_of(opened).any()
