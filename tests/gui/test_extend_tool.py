"""Extending the canvas with mouse and keys in the window."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Extent, Margins
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.gui.conftest import Hand
from tests.helpers.fake_engine import FakeEngine


@pytest.fixture
def extending(opened: Session, hand: Hand) -> Session:
    hand.key(Qt.Key.Key_C)
    assert opened.tools.tool is Tool.EXTEND
    return opened


def extent_of(session: Session) -> Extent:
    assert session.document is not None
    return session.document.extent


def test_dragging_an_edge_and_enter_fills_what_is_new(
    extending: Session, hand: Hand, qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    document = extending.document
    assert document is not None
    before = document.image.copy()
    hand.stroke((120, 320), (120, 340), (123, 391))
    assert extending.extending.margins == Margins(bottom=pytest.approx(71, abs=2))
    bottom = extending.extending.margins.bottom
    assert extent_of(extending) == Extent(240, 320)
    assert window.canvas_panel.fields["bottom"].value() == bottom
    assert f"bottom +{bottom} px (+22 %)" in window.canvas.pointer.frame.text
    with qtbot.waitSignal(extending.filling.filled, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert extent_of(extending) == Extent(240, 320 + bottom)
    assert np.array_equal(document.image[:320], before)
    assert document.blank is None
    assert engine.requests[-1].extension == Margins(bottom=bottom)
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert extent_of(extending) == Extent(240, 320)


def test_a_corner_moves_two_edges_and_ratios_hold_on(
    extending: Session, hand: Hand, window: MainWindow
) -> None:
    hand.stroke((240, 320), (260, 350), (278, 371))
    margins = extending.extending.margins
    assert margins.right > 20
    assert margins.bottom > 30
    hand.key(Qt.Key.Key_Escape)
    # 320 x 320 is square: four pixels away the edge goes there.
    hand.stroke((240, 160), (280, 160), (322, 160))
    assert extending.extending.margins == Margins(right=80)
    assert "1:1" in window.canvas.pointer.frame.text


def test_escape_first_ends_the_drag_then_the_margins_then_the_tool(extending: Session, hand: Hand) -> None:
    hand.stroke((120, 320), (120, 360))
    held = extending.extending.margins
    hand.press(120, 320 + held.bottom)
    hand.move(120, 420)
    assert extending.extending.margins != held
    hand.key(Qt.Key.Key_Escape)
    assert extending.extending.margins == held
    hand.release(120, 420)
    hand.key(Qt.Key.Key_Escape)
    assert not extending.extending.is_pending
    hand.key(Qt.Key.Key_Escape)
    assert extending.tools.tool is Tool.BRUSH


def test_everything_can_be_done_by_keys(
    extending: Session, hand: Hand, qtbot: QtBot, window: MainWindow
) -> None:
    hand.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert extending.extending.margins == Margins(bottom=106)
    field = window.canvas_panel.fields["left"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "40")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert extending.extending.margins == Margins(left=40, bottom=106)
    assert window.canvas.hasFocus()
    menu = window.canvas_panel.ratio.menu()
    square = next(action for action in menu.actions() if action.text() == "1:1")
    square.trigger()
    extent = extending.extending.extent
    assert extent is not None
    assert extent.width == extent.height == 426


def test_cropping_needs_no_fill_and_can_be_taken_back(extending: Session, hand: Hand) -> None:
    hand.stroke((0, 160), (20, 160), (47, 160))
    crop = -extending.extending.margins.left
    assert crop > 30
    hand.key(Qt.Key.Key_Return)
    assert extent_of(extending) == Extent(240 - crop, 320)
    assert extending.current_job is None
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert extent_of(extending) == Extent(240, 320)


def test_away_from_the_edges_the_photo_is_moved(extending: Session, hand: Hand, window: MainWindow) -> None:
    before = window.canvas.view
    hand.stroke((120, 160), (125, 165), (140, 190))
    assert window.canvas.view != before
    assert not extending.extending.is_pending


def test_there_is_room_around_the_photo_while_the_tool_is_in_hand(
    opened: Session, hand: Hand, window: MainWindow
) -> None:
    scale = window.canvas.view.scale
    hand.key(Qt.Key.Key_C)
    inside = window.canvas.view
    assert inside.scale < scale
    corner = inside.to_widget(240, 320).toPoint()
    assert window.canvas.rect().adjusted(20, 20, -20, -20).contains(corner)
    hand.key(Qt.Key.Key_B)
    assert window.canvas.view.scale == scale


def test_the_frame_is_drawn_with_a_chequerboard(extending: Session, hand: Hand, window: MainWindow) -> None:
    hand.stroke((120, 320), (120, 390))
    canvas = window.canvas
    shot = canvas.grab().toImage()
    at = canvas.view.to_widget(30, 350)
    colours = {shot.pixelColor(QPoint(round(at.x()) + x, round(at.y()))).name() for x in range(0, 40)}
    assert {"#c9c9cc", "#a2a2a6"} <= colours


def test_an_unfilled_canvas_is_not_exported(
    extending: Session, hand: Hand, qtbot: QtBot, engine: FakeEngine, window: MainWindow
) -> None:
    engine.delay_s = 5.0
    hand.stroke((120, 320), (120, 390))
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: extending.current_job is not None)
    hand.key(Qt.Key.Key_Escape)
    assert "the new area is not filled" in window.statusBar().currentMessage()
    document = extending.document
    assert document is not None
    assert document.blank is not None
    assert window.actions_[Command.FILL].isEnabled()


def test_the_panel_has_a_button_for_each_shortcut(window: MainWindow) -> None:
    names = {button.text() for button in window.canvas_panel.findChildren(QPushButton)}
    assert {"Recover feet", "Recover forehead", "To ratio\N{HORIZONTAL ELLIPSIS}"} <= names


def test_numbers_and_ratios_rest_while_the_photo_is_filled(
    extending: Session, hand: Hand, window: MainWindow, engine: FakeEngine, qtbot: QtBot
) -> None:
    panel = window.canvas_panel
    given = (panel.ratio, *panel.fields.values())
    assert all(widget.isEnabled() for widget in given)
    engine.hold = threading.Event()
    panel.fields["left"].setValue(20)
    hand.key(Qt.Key.Key_Return)
    assert extending.current_job is not None
    assert not any(widget.isEnabled() for widget in given)
    engine.hold.set()
    qtbot.waitUntil(lambda: extending.current_job is None)
    assert all(widget.isEnabled() for widget in given)
