"""Seeing the original beside the edited photo, and which pixels are invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from portrait_studio.gui.canvas.comparison import CompareMode
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.reading import read_photo
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand, write_photo
from tests.helpers.fake_engine import FILL_COLOUR

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def filled(qtbot: QtBot, opened: Session, hand: Hand) -> Session:
    opened.tools.set_diameter(40)
    hand.stroke((30, 80), (210, 80))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    hand.move(120, 300)
    return opened


def shown(window: MainWindow, at: QPoint) -> tuple[int, int, int]:
    colour = window.canvas.grab().toImage().pixelColor(at)
    return colour.red(), colour.green(), colour.blue()


def is_fill(colour: tuple[int, int, int]) -> bool:
    return int(np.abs(np.subtract(colour, FILL_COLOUR)).max()) <= 2


def test_the_divider_shows_the_original_on_its_left_and_is_dragged(
    filled: Session, window: MainWindow, hand: Hand
) -> None:
    canvas = window.canvas
    hand.key(Qt.Key.Key_V)
    assert not is_fill(shown(window, hand.at(80, 80)))
    assert is_fill(shown(window, hand.at(160, 80)))
    start, end = hand.at(120, 80), hand.at(40, 80)
    QTest.mousePress(canvas, LEFT, pos=start)
    for spot in (start - QPoint(20, 0), end):
        QTest.mouseMove(canvas, spot)
    QTest.mouseRelease(canvas, LEFT, pos=end)
    hand.move(120, 300)
    assert is_fill(shown(window, hand.at(80, 80)))
    assert abs(canvas.layers.divider - 40 / 240) < 0.02
    assert filled.document is not None
    assert not filled.document.has_mask
    canvas.setFocus()
    for _ in range(30):
        hand.key(Qt.Key.Key_Right)
    assert not is_fill(shown(window, hand.at(150, 80)))
    hand.key(Qt.Key.Key_V)
    assert is_fill(shown(window, hand.at(80, 80)))


def test_side_by_side_both_halves_show_and_paint_the_same_part(
    filled: Session, window: MainWindow, hand: Hand
) -> None:
    canvas = window.canvas
    hand.key(Qt.Key.Key_V, SHIFT)
    half = QPoint(canvas.width() // 2, 0)
    assert hand.at(240, 0).x() <= half.x()
    assert not is_fill(shown(window, hand.at(120, 80)))
    assert is_fill(shown(window, hand.at(120, 80) + half))
    QTest.mousePress(canvas, LEFT, pos=hand.at(60, 200) + half)
    QTest.mouseMove(canvas, hand.at(90, 200) + half)
    QTest.mouseRelease(canvas, LEFT, pos=hand.at(90, 200) + half)
    assert filled.document is not None
    assert filled.document.mask[200, 75]
    hand.key(Qt.Key.Key_V)
    assert canvas.layers.comparison is CompareMode.DIVIDER
    assert not window.actions_[Command.SIDE_BY_SIDE].isChecked()


def test_holding_backslash_wins_for_the_moment(filled: Session, window: MainWindow, hand: Hand) -> None:
    hand.key(Qt.Key.Key_V)
    QTest.keyPress(window.canvas, Qt.Key.Key_Backslash)
    assert not is_fill(shown(window, hand.at(160, 80)))
    QTest.keyRelease(window.canvas, Qt.Key.Key_Backslash)
    assert window.canvas.layers.comparison is CompareMode.DIVIDER


def test_a_comparison_goes_on_with_the_next_photo(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, tmp_path: Path
) -> None:
    hand.key(Qt.Key.Key_V)
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(write_photo(tmp_path / "next.png", 120, 90))
    assert window.canvas.layers.comparison is CompareMode.DIVIDER
    window.canvas.grab()


def test_invented_pixels_are_tinted_and_follow_undo(filled: Session, window: MainWindow, hand: Hand) -> None:
    hand.key(Qt.Key.Key_I)
    assert not is_fill(shown(window, hand.at(120, 80)))
    before = shown(window, hand.at(120, 200))
    filled.undo()
    filled.painting.clear_mask()
    plain = shown(window, hand.at(120, 80))
    hand.key(Qt.Key.Key_I)
    assert shown(window, hand.at(120, 80)) == plain
    assert shown(window, hand.at(120, 200)) == before


def test_the_map_of_invented_pixels_is_written(
    qtbot: QtBot, filled: Session, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "invented"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(filled.files.mask_exported, timeout=5000):
        window.actions_[Command.EXPORT_INVENTED].trigger()
    assert filled.document is not None
    written = read_photo(target.with_suffix(".png")).pixels[..., 0]
    assert np.array_equal(written != 0, filled.document.filled != 0)
    assert written.any()
