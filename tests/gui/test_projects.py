"""Saving, reopening and leaving, with real events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.gui.test_window import answer
from tests.helpers.fake_engine import FILL_COLOUR, FakeEngine

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the next file dialog says that the project shall go, given without its suffix."""
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    return path.with_suffix(".psproj")


def edit(qtbot: QtBot, session: Session, hand: Hand) -> None:
    """A fill, a stroke over it, and one more stroke that is taken back."""
    hand.stroke((60, 80), (140, 120))
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    hand.stroke((80, 90), (100, 200))
    hand.stroke((30, 30), (50, 40))
    hand.key(Qt.Key.Key_Z, CTRL)


def state(session: Session) -> tuple[bytes, bytes, bytes]:
    document = session.document
    assert document is not None
    return document.image.tobytes(), document.mask.tobytes(), document.filled.tobytes()


def test_a_saved_project_opens_to_the_same_state_and_history(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, target: Path, tmp_path: Path
) -> None:
    edit(qtbot, opened, hand)
    saved = state(opened)
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    assert not opened.files.has_unsaved_edits
    assert window.windowTitle().startswith("mine.psproj")
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(write_photo(tmp_path / "other.png", 100, 90))
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(target)
    assert state(opened) == saved
    assert not opened.files.has_unsaved_edits
    assert opened.document is not None
    hand.key(Qt.Key.Key_Y, CTRL)
    assert opened.document.mask[35, 40] == 255
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(opened.document.image, opened.document.photo.pixels)
    assert opened.document.mask[100, 100] == 255
    hand.key(Qt.Key.Key_Y, CTRL)
    hand.key(Qt.Key.Key_Y, CTRL)
    assert state(opened) == saved
    assert not opened.files.has_unsaved_edits


def test_a_reopened_fill_can_be_tried_again(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, target: Path, engine: FakeEngine
) -> None:
    hand.stroke((60, 80), (140, 80))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(target)
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL)
    assert engine.requests[-1].options.seed == 1
    assert opened.document is not None
    assert opened.document.image[80, 100, 0] == FILL_COLOUR[0] + 1


def test_save_writes_to_the_same_file_and_save_as_to_another(
    qtbot: QtBot, opened: Session, hand: Hand, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.stroke((60, 80), (140, 120))
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    first = target.read_bytes()
    other = target.with_name("second.psproj")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(other), ""))
    hand.stroke((60, 180), (140, 180))
    assert opened.files.has_unsaved_edits
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    assert target.read_bytes() != first
    assert not other.exists()
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL | SHIFT)
    assert other.exists()
    assert opened.files.project_path == other


def test_saving_is_offered_before_another_photo_and_then_it_opens(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, target: Path, tmp_path: Path
) -> None:
    other = write_photo(tmp_path / "other.png", 100, 90)
    hand.stroke((60, 80), (140, 80))
    answer("Save")
    window.open_path(other)
    qtbot.waitUntil(lambda: opened.files.name == "other.png")
    assert target.exists()


def test_a_save_that_fails_keeps_the_document_and_the_plan_is_forgotten(
    qtbot: QtBot,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nowhere = str(tmp_path / "nowhere" / "a.psproj")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (nowhere, ""))
    hand.stroke((60, 80), (140, 80))
    answer("Save")
    with qtbot.waitSignal(opened.failed, timeout=5000):
        window.close()
    assert window.isVisible()
    assert opened.files.has_unsaved_edits
    assert opened.files.project_path is None
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert "There is no folder" in found[0].sentence


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"not a zip"])
def test_a_damaged_project_keeps_the_document(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, tmp_path: Path, content: bytes
) -> None:
    broken = tmp_path / "broken.psproj"
    broken.write_bytes(content)
    before = opened.document
    with qtbot.waitSignal(opened.failed, timeout=5000):
        window.open_path(broken)
    assert opened.document is before
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert "broken.psproj is damaged or no project" in found[0].sentence


def test_a_pasted_picture_is_kept_in_the_project(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, target: Path
) -> None:
    opened.files.open_pixels(np.random.default_rng(3).integers(0, 255, (50, 60, 3)).astype(np.uint8))
    hand.stroke((10, 10), (30, 30))
    saved = state(opened)
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(target)
    assert state(opened) == saved
    assert opened.document is not None
    assert opened.document.photo.path is None


def test_nothing_is_asked_twice(qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand) -> None:
    hand.stroke((60, 80), (140, 80))
    answer("Discard")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not isinstance(QApplication.activeModalWidget(), QMessageBox)


def test_protected_people_are_undone_and_saved(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, target: Path, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: bool(opened.protection.people))
    box = next(box for box in window.mask_panel.findChildren(QCheckBox) if box.text() == "Protect person")
    hand.stroke((100, 150), (140, 150))
    box.click()
    assert opened.document is not None
    assert not opened.has_mask
    hand.key(Qt.Key.Key_Z, CTRL)
    assert opened.has_mask
    assert not box.isChecked()
    assert not opened.document.protected.any()
    hand.key(Qt.Key.Key_Y, CTRL)
    assert box.isChecked()
    saved = opened.document.protected.copy()
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        hand.key(Qt.Key.Key_S, CTRL)
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(write_photo(tmp_path / "other.png", 100, 90))
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(target)
    assert np.array_equal(opened.document.protected, saved)
    qtbot.waitUntil(lambda: opened.protection.protected == {0})
    hand.stroke((100, 150), (140, 150))
    assert not opened.has_mask
    assert not opened.files.has_unsaved_edits
