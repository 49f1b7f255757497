"""The history panel, the edit record and the about box, with real events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from portrait_studio import __version__
from portrait_studio.document.checksum import pixels_sha256
from portrait_studio.document.edit_record import read_record
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.about_dialog import AboutDialog
from portrait_studio.gui.dialogs.news_dialog import NewsDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.gui.test_window import answer
from tests.helpers.fake_engine import FakeEngine


def test_a_click_in_the_history_goes_back_and_forward(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    document = opened.document
    assert document is not None
    states = [document.mask.copy()]
    for y in (40, 140, 240):
        hand.stroke((60, y), (140, y))
        states.append(document.mask.copy())
    hand.key(Qt.Key.Key_H, CTRL)
    view = window.history_panel.view
    qtbot.waitUntil(view.isVisible)
    for step in (1, 3, 0, 2):
        place = view.visualRect(view.model().index(step, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert np.array_equal(document.mask, states[step])
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert np.array_equal(document.mask, states[3])
    assert view.model().rowCount() == 4
    assert QApplication.focusWidget() is view


def test_a_click_from_fill_to_fill_shows_the_candidates_of_each(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    def thumbs() -> list[QImage]:
        return [thumb.icon().pixmap(60, 60).toImage() for thumb in window.strip.thumbs]

    shown, names = {}, {}
    for step, y in ((3, 60), (5, 250)):
        hand.stroke((60, y), (140, y))
        for command in (Command.FILL, Command.AGAIN):
            with qtbot.waitSignal(opened.job_ended, timeout=5000):
                window.actions_[command].trigger()
        qtbot.waitUntil(window.strip.hasFocus)
        shown[step] = thumbs()
        names[step] = [thumb.accessibleName() for thumb in window.strip.thumbs]
        window.canvas.setFocus()
    assert shown[3] != shown[5]
    opened.filling.choice.choose(0)
    hand.key(Qt.Key.Key_H, CTRL)
    view = window.history_panel.view
    qtbot.waitUntil(view.isVisible)
    for step, row in ((3, 2), (5, 4), (3, 2)):
        place = view.visualRect(view.model().index(row, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert thumbs() == shown[step]
        assert [thumb.accessibleName() for thumb in window.strip.thumbs] == names[step]
        assert window.strip.thumbs[0 if step == 5 else 1].isChecked()
        assert window.strip.isVisible()
        assert QApplication.focusWidget() is view, "whoever walks through the history goes on there"


def test_the_record_says_how_each_fill_was_made(
    qtbot: QtBot,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / "edit"), ""))
    document = opened.document
    assert document is not None
    assert not window.actions_[Command.EXPORT_RECORD].isEnabled()
    masks = []
    for y in (60, 160, 260):
        hand.stroke((60, y), (140, y))
        masks.append(document.mask.copy())
        with qtbot.waitSignal(opened.job_ended, timeout=5000):
            hand.key(Qt.Key.Key_Return)
    result = pixels_sha256(document.image)
    hand.stroke((20, 20), (40, 20))
    with qtbot.waitSignal(opened.files.recorded, timeout=5000):
        window.actions_[Command.EXPORT_RECORD].trigger()
    record = read_record(tmp_path / "edit.json")
    assert [np.array_equal(fill.mask, mask) for fill, mask in zip(record.fills, masks, strict=True)] == [
        True
    ] * 3
    assert record.photo_sha256 == pixels_sha256(document.photo.pixels)
    assert record.result_sha256 == result
    for _ in range(2):
        hand.key(Qt.Key.Key_Z, CTRL)
    answer("Replace")  # since "edit" was chosen, and not "edit.json"
    with qtbot.waitSignal(opened.files.recorded, timeout=5000):
        window.actions_[Command.EXPORT_RECORD].trigger()
    shorter = read_record(tmp_path / "edit.json")
    assert len(shorter.fills) == 2
    assert shorter.result_sha256 == pixels_sha256(document.image)


def test_the_about_box_names_parts_and_licences(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    with qtbot.waitSignal(session.device_named, timeout=5000):
        session.prepare()
    window.actions_[Command.ABOUT].trigger()
    dialog = window.findChildren(AboutDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    cells = {
        dialog.table.item(row, 0).text().lower(): dialog.table.item(row, 2).text()
        for row in range(dialog.table.rowCount())
    }
    assert "BSD" in cells["numpy"]
    assert all(cells.values())
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "numpy" in copied
    assert "Device: Fake (auto)" in copied
    assert dialog.weights.item(0, 1).text() in copied
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_what_is_new_shows_the_changelog(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_[Command.NEWS].trigger()
    dialog = window.findChildren(NewsDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    assert __version__ in dialog.text.toPlainText()
    assert "**" not in dialog.text.toPlainText()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_the_record_repeats_the_requests_and_the_choice_in_each_hole(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine, tmp_path: Path
) -> None:
    opened.tools.set_diameter(10)
    hand.stroke((60, 60), (140, 60))
    hand.stroke((60, 260), (140, 260))
    for keys in (Qt.KeyboardModifier.NoModifier, CTRL):
        with qtbot.waitSignal(opened.job_ended, timeout=5000):
            hand.key(Qt.Key.Key_Return, keys)
    opened.filling.choice.choose(0, hole=1)
    with qtbot.waitSignal(opened.files.recorded, timeout=5000):
        opened.files.export_record(tmp_path / "edit.json")
    (fill,) = read_record(tmp_path / "edit.json").fills
    first, second = engine.requests
    assert [(variant.method, variant.seed) for variant in fill.how.variants] == [
        (second.options.method.value, second.options.seed),
        (first.options.method.value, first.options.seed),
    ]
    assert np.array_equal(fill.mask, first.mask)
    assert np.array_equal(fill.mask, second.mask)
