from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMessageBox,
    QSlider,
    QSpinBox,
    QTableWidget,
)
from pytestqt.qtbot import QtBot

from portrait_studio.gui.actions import TABLE
from portrait_studio.gui.canvas.layers import MASK_OPACITY, MASK_TINT
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.gui.dialogs.key_sheet import KeySheet
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.formats import ImageFormat
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.helpers.fake_engine import FILL_COLOUR

Dialog = TypeVar("Dialog", bound=QDialog)


def when_shown(kind: type[Dialog], act: Callable[[Dialog], None]) -> None:
    """Do something with the next modal dialog of a kind, as soon as it is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            act(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(0, look)


def answer(button: str) -> None:
    """Press a button of the next question, whose default must be Cancel."""

    def press(box: QMessageBox) -> None:
        assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
        found = [b for b in box.buttons() if b.text().replace("&", "").startswith(button)]
        found[0].click()

    when_shown(QMessageBox, press)


def pixel(window: MainWindow, hand: Hand, x: float, y: float) -> tuple[int, int, int]:
    at = hand.at(x, y)
    colour = window.canvas.grab().toImage().pixelColor(at)
    return colour.red(), colour.green(), colour.blue()


def test_the_window_invites_before_a_photo_is_open(window: MainWindow) -> None:
    assert window.empty.isVisible()
    assert not window.canvas.isVisible()
    for command in (Command.EXPORT, Command.FILL, Command.UNDO, Command.CLEAR):
        assert not window.actions_[command].isEnabled()
    assert window.actions_[Command.OPEN].isEnabled()


def test_the_photo_is_shown_in_its_colours(opened: Session, window: MainWindow, hand: Hand) -> None:
    window.canvas.zoom_to(1.0)
    assert opened.document is not None
    expected = opened.document.image[100, 50].astype(int)
    shown = np.array(pixel(window, hand, 50.2, 100.2))
    assert np.abs(shown - expected).max() <= 2


def test_the_mask_is_shown_over_the_photo(opened: Session, window: MainWindow, hand: Hand) -> None:
    before = pixel(window, hand, 60, 80)
    hand.stroke((60, 80), (140, 80))
    QTest.mouseMove(window.canvas, hand.at(200, 300))
    expected = np.multiply(before, 1 - MASK_OPACITY) + np.multiply(MASK_TINT, MASK_OPACITY)
    assert np.abs(np.subtract(pixel(window, hand, 60, 80), expected)).max() <= 4


def test_holding_backslash_compares(qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand) -> None:
    before = pixel(window, hand, 100, 80)
    hand.stroke((60, 80), (140, 80))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    QTest.mouseMove(window.canvas, hand.at(200, 300))
    filled = pixel(window, hand, 100, 80)
    assert np.abs(np.subtract(filled, FILL_COLOUR)).max() <= 2
    QTest.keyPress(window.canvas, Qt.Key.Key_Backslash)
    assert np.abs(np.subtract(pixel(window, hand, 100, 80), before)).max() <= 2
    QTest.keyRelease(window.canvas, Qt.Key.Key_Backslash)
    assert pixel(window, hand, 100, 80) == filled


def test_a_failed_open_keeps_the_document(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, tmp_path: Path
) -> None:
    before = opened.document
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8 not really")
    with qtbot.waitSignal(opened.failed, timeout=5000):
        window.open_path(broken)
    assert opened.document is before
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert len(found) == 1
    assert "broken.jpg" in found[0].sentence
    found[0].accept()
    hand.stroke((60, 80), (140, 80))
    assert opened.has_mask


@pytest.mark.parametrize(("button", "is_replaced"), [("Cancel", False), ("Discard", True)])
def test_unsaved_edits_are_asked_about(
    qtbot: QtBot,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    tmp_path: Path,
    button: str,
    is_replaced: bool,
) -> None:
    other = write_photo(tmp_path / "other.png", 100, 90)
    hand.stroke((60, 80), (140, 80))
    answer(button)
    window.open_path(other)
    if is_replaced:
        qtbot.waitUntil(lambda: opened.files.name == "other.png")
        assert not opened.files.has_unsaved_edits
    else:
        qtbot.wait(50)
        assert opened.files.name == "person.png"
        assert opened.has_mask


def test_closing_with_unsaved_edits_asks(opened: Session, window: MainWindow, hand: Hand) -> None:
    hand.stroke((60, 80), (140, 80))
    answer("Cancel")
    event = QCloseEvent()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    hand.key(Qt.Key.Key_Z, CTRL)
    event = QCloseEvent()
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


def test_export_writes_the_result_and_says_that_it_was_verified(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, tmp_path: Path
) -> None:
    hand.stroke((60, 80), (140, 80))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert opened.files.has_unsaved_edits
    target = tmp_path / "out.png"

    def accept(dialog: ExportDialog) -> None:
        dialog.set_path(target)
        dialog.accept()

    when_shown(ExportDialog, accept)
    with qtbot.waitSignal(opened.files.exported, timeout=5000):
        hand.key(Qt.Key.Key_E, CTRL)
    assert opened.document is not None
    assert np.array_equal(read_photo(target).pixels, opened.document.image)
    assert "verified: 0 pixels changed outside the mask" in window.banner.text
    assert not opened.files.has_unsaved_edits


def test_the_source_is_not_replaced_without_asking(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, photo_path: Path
) -> None:
    before = photo_path.read_bytes()

    def accept(dialog: ExportDialog) -> None:
        dialog.set_path(photo_path)
        when_shown(QMessageBox, refuse)
        dialog.accept()

    def refuse(box: QMessageBox) -> None:
        when_shown(ExportDialog, ExportDialog.reject)
        box.button(QMessageBox.StandardButton.Cancel).click()

    when_shown(ExportDialog, accept)
    window.files.ask_export()
    assert photo_path.read_bytes() == before
    assert opened.current_job is None


def test_an_unwritable_target_is_a_sentence(
    qtbot: QtBot, opened: Session, window: MainWindow, tmp_path: Path
) -> None:
    with qtbot.waitSignal(opened.failed, timeout=5000):
        opened.files.export(tmp_path / "nowhere" / "x.png", ExportOptions())
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert len(found) == 1
    assert "\n" not in found[0].sentence


def test_export_dialog_follows_format_and_source_quality(qtbot: QtBot, tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    picture = np.random.default_rng(1).integers(0, 255, (60, 80, 3)).astype(np.uint8)
    assert cv2.imwrite(str(source), picture, [cv2.IMWRITE_JPEG_QUALITY, 83])
    dialog = ExportDialog(read_photo(source))
    qtbot.addWidget(dialog)
    assert dialog.path == tmp_path / "photo-edited.jpg"
    assert dialog.options == ExportOptions(format=ImageFormat.JPEG, quality=None)
    dialog.set_path(tmp_path / "other.webp")
    assert dialog.options.format is ImageFormat.WEBP
    assert dialog.options.quality == 90
    dialog.set_path(tmp_path / "other.tif")
    assert dialog.options == ExportOptions(format=ImageFormat.TIFF, quality=None)


def test_copy_and_paste_keep_the_pixels(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    assert opened.document is not None
    pixels = opened.document.image.copy()
    hand.key(Qt.Key.Key_C, CTRL)
    assert isinstance(QApplication.clipboard().image(), QImage)
    hand.key(Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: opened.files.name == "Pasted picture")
    assert np.array_equal(opened.document.image, pixels)


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_the_key_sheet_lists_every_command_with_keys(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, key: Qt.Key
) -> None:
    hand.key(key)
    qtbot.waitUntil(lambda: bool(window.findChildren(KeySheet)))
    sheet = window.findChildren(KeySheet)[0]
    for entry in TABLE.values():
        if entry.keys:
            assert sheet.mentions(entry.tip)
    sheet.close()


def test_the_key_sheet_is_scrolled_with_keys(qtbot: QtBot, window: MainWindow, hand: Hand) -> None:
    hand.key(Qt.Key.Key_F1)
    sheet = window.findChildren(KeySheet)[0]
    qtbot.waitExposed(sheet)
    sheet.activateWindow()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    table = QApplication.focusWidget()
    assert isinstance(table, QTableWidget)
    for _ in range(3):
        QTest.keyClick(table, Qt.Key.Key_PageDown)
    assert table.verticalScrollBar().value() > 10
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_no_two_commands_share_a_key() -> None:
    keys = [key for entry in TABLE.values() for key in entry.keys]
    assert len(keys) == len(set(keys))


def test_every_control_has_a_name_and_a_tip(window: MainWindow) -> None:
    for kind in (QAbstractButton, QSlider, QComboBox, QSpinBox):
        for control in window.findChildren(kind):
            if control.objectName().startswith(("qt_", "Scroll")):
                continue
            assert control.accessibleName(), control
            assert control.toolTip(), control.accessibleName()


def test_a_key_hides_the_panels_and_the_history_brings_them_back(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    narrow = window.canvas.width()
    hand.key(Qt.Key.Key_F12)
    assert not window.side_panel.isVisible()
    qtbot.waitUntil(lambda: window.canvas.width() > narrow)
    hand.key(Qt.Key.Key_F12)
    assert window.side_panel.isVisible()
    hand.key(Qt.Key.Key_F12)
    hand.key(Qt.Key.Key_H, CTRL)
    assert window.history_panel.view.isVisible()


def test_the_window_fits_a_small_screen(window: MainWindow, opened: Session) -> None:
    window.resize(1024, 640)
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 640
    fill = window.options.fill_button
    right = fill.mapTo(window, QPoint(fill.width(), 0)).x()
    assert right <= window.width()


def test_sixteen_bit_photos_are_shown_and_kept(
    qtbot: QtBot, window: MainWindow, session: Session, hand: Hand, tmp_path: Path
) -> None:
    path = tmp_path / "deep.png"
    deep = np.full((80, 100, 3), 40000, np.uint16)
    assert cv2.imwrite(str(path), deep)
    with qtbot.waitSignal(session.opened, timeout=5000):
        window.open_path(path)
    assert abs(pixel(window, hand, 50, 40)[0] - 156) <= 1
    hand.stroke((40, 40), (60, 40))
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert session.document is not None
    assert session.document.image.dtype == np.uint16
    QTest.mouseMove(window.canvas, hand.at(90, 75))
    assert np.abs(np.subtract(pixel(window, hand, 50, 40), FILL_COLOUR)).max() <= 2
