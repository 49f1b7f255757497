"""Hardness, lasso, loops, the mask as a whole, its file, and filling at once."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FILL_COLOUR

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


def mask_of(session: Session) -> Mask:
    assert session.document is not None
    return session.document.mask


def press(window: MainWindow, name: str) -> None:
    """Press a button or tick a box of the mask panel with the mouse."""
    for kind in (QPushButton, QCheckBox):
        for button in window.mask_panel.findChildren(kind):
            if button.accessibleName() == name:
                QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center() * 0.2)
                return
    raise AssertionError(name)


def test_a_soft_brush_leaves_a_soft_edge_through_which_the_photo_shines(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    opened.tools.set_diameter(40)
    slider = next(s for s in window.options.brush.findChildren(object) if _named(s, "Hardness"))
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert opened.tools.hardness == 0
    hand.stroke((60, 100), (180, 100))
    column = mask_of(opened)[:, 120].astype(int)
    assert column[100] == 255
    assert 60 < column[110] < 200
    assert column[125] == 0
    document = opened.document
    assert document is not None
    before, share = document.image[110, 120].astype(float), column[110] / 255
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    expected = before + share * (np.array(FILL_COLOUR) - before)
    assert np.abs(document.image[110, 120] - expected).max() <= 1
    assert (document.image[100, 120] == FILL_COLOUR).all()
    assert document.changed_outside() == 0


def _named(thing: object, name: str) -> bool:
    named = getattr(thing, "accessibleName", None)
    return named is not None and named() == name


def test_the_lasso_marks_what_it_goes_around_and_takes_away_with_alt(opened: Session, hand: Hand) -> None:
    hand.key(Qt.Key.Key_L)
    assert opened.tools.tool is Tool.LASSO
    hand.stroke((60, 60), (160, 60), (160, 200), (60, 200))
    mask = mask_of(opened)
    assert mask[130, 110]
    assert not mask[130, 180]
    hand.stroke((100, 100), (140, 100), (140, 140), (100, 140), keys=ALT)
    assert not mask[120, 120]
    assert mask[180, 120]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert mask[120, 120]


def test_escape_gives_a_lasso_up(opened: Session, hand: Hand) -> None:
    hand.key(Qt.Key.Key_L)
    hand.press(60, 60)
    for spot in ((160, 60), (160, 200), (60, 200)):
        hand.move(*spot)
    hand.key(Qt.Key.Key_Escape)
    hand.release(60, 200)
    assert not mask_of(opened).any()


@pytest.mark.parametrize("takes", [True, False])
def test_a_loop_takes_what_it_goes_around_in_the_same_step(
    opened: Session, window: MainWindow, hand: Hand, takes: bool
) -> None:
    assert not opened.tools.takes_loops, "off unless somebody wants it"
    if takes:
        press(window, "Loops take what they surround")
    opened.tools.set_diameter(12)
    angles = np.radians(range(0, 350, 10))
    hand.stroke(*((120 + 50 * np.cos(a), 150 + 50 * np.sin(a)) for a in angles))
    mask = mask_of(opened)
    assert bool(mask[150, 120]) is takes
    assert mask[150, 170]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask.any()


def test_the_edge_moves_by_keys_and_by_buttons(opened: Session, window: MainWindow, hand: Hand) -> None:
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 60), (140, 160))
    mask = mask_of(opened)
    before = np.count_nonzero(mask[100])
    hand.key(Qt.Key.Key_BraceRight)
    assert np.count_nonzero(mask[100]) == before + 8
    press(window, "Shrink")
    assert np.count_nonzero(mask[100]) == before
    press(window, "Feather")
    assert len(np.unique(mask[100])) > 4
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert np.count_nonzero(mask[100]) == before


def test_holes_of_the_mask_are_filled(opened: Session, hand: Hand) -> None:
    hand.key(Qt.Key.Key_R)
    hand.stroke((60, 60), (160, 200))
    hand.stroke((100, 100), (120, 120), button=Qt.MouseButton.RightButton)
    mask = mask_of(opened)
    assert not mask[110, 110]
    hand.key(Qt.Key.Key_H)
    assert mask[110, 110]


def test_a_mask_goes_to_a_file_and_back(
    qtbot: QtBot,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "mask.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(target), ""))
    hand.stroke((60, 80), (140, 120))
    painted = mask_of(opened).copy()
    with qtbot.waitSignal(opened.files.mask_exported, timeout=5000):
        press(window, "Export mask…")
    hand.key(Qt.Key.Key_D, CTRL)
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        press(window, "Import mask…")
    assert np.array_equal(mask_of(opened), painted)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask_of(opened).any()


def test_a_mask_of_another_size_is_refused_with_a_sentence(
    qtbot: QtBot, opened: Session, window: MainWindow, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    assert cv2.imwrite(str(other), np.full((20, 20), 255, np.uint8))
    with qtbot.waitSignal(opened.failed, timeout=5000):
        opened.files.import_mask(other)
    assert "20 x 20" in window.findChildren(ErrorDialog)[0].sentence
    assert not mask_of(opened).any()


def test_each_stroke_is_filled_when_that_is_wished(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    press(window, "Fill after each stroke")
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.stroke((60, 80), (140, 80))
    assert opened.document is not None
    assert (opened.document.image[80, 100] == FILL_COLOUR).all()
    hand.stroke((60, 200), (140, 200), button=Qt.MouseButton.RightButton)
    assert opened.current_job is None


def test_a_soft_mask_comes_back_soft_from_its_file(
    qtbot: QtBot, opened: Session, hand: Hand, tmp_path: Path
) -> None:
    hand.stroke((60, 80), (140, 80))
    opened.painting.feather_mask(8)
    soft = mask_of(opened).copy()
    with qtbot.waitSignal(opened.files.mask_exported, timeout=5000):
        opened.files.export_mask(tmp_path / "mask.png")
    opened.painting.clear_mask()
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        opened.files.import_mask(tmp_path / "mask.png")
    assert np.array_equal(mask_of(opened), soft)
    assert len(np.unique(soft)) > 10
