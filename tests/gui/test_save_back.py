"""The window as another program's external editor: saving writes the file that was handed over."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from portrait_studio import app, cli
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import write_photo
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand


@pytest.fixture
def handed_over(tmp_path: Path) -> Path:
    """A TIFF file of 16 bits with a caption, as darktable and digiKam write one."""
    pixels = np.full((160, 200, 3), 9000, np.uint16)
    pixels[40:120, 60:140] = 50000
    comment = Metadata(iptc=b"\x1c\x02\x78\x00\x09a caption")
    write_photo(Photo(pixels, metadata=comment), tmp_path / "a.tif")
    return tmp_path / "a.tif"


def fill(qtbot: QtBot, session: Session, window: MainWindow, hand: Hand, path: Path) -> None:
    window.files.back.begin(path)
    with qtbot.waitSignal(session.opened, timeout=5000):
        window.open_path(path)
    hand.stroke((60, 80), (140, 80))
    session.fill(CompletionOptions())
    qtbot.waitUntil(lambda: session.current_job is None, timeout=5000)
    assert session.files.has_unsaved_edits


def test_saving_writes_the_file_itself(
    qtbot: QtBot, session: Session, window: MainWindow, hand: Hand, handed_over: Path
) -> None:
    before = read_photo(handed_over)
    fill(qtbot, session, window, hand, handed_over)
    save = window.actions_[Command.SAVE]
    assert save.text() == "Save back to a.tif"
    assert not window.files.back.is_written
    with qtbot.waitSignal(session.files.exported, timeout=5000):
        save.trigger()
    after = read_photo(handed_over)
    assert window.files.back.is_written
    assert not session.files.has_unsaved_edits
    assert after.bits == 16
    assert session.document is not None
    assert np.array_equal(after.pixels, session.document.image)
    assert not np.array_equal(after.pixels, before.pixels)
    assert after.metadata.iptc == before.metadata.iptc != b""


def test_leaving_offers_to_save_back(
    qtbot: QtBot, session: Session, window: MainWindow, hand: Hand, handed_over: Path
) -> None:
    before = handed_over.read_bytes()
    fill(qtbot, session, window, hand, handed_over)
    labels: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        labels.extend(button.text() for button in box.buttons())
        next(button for button in box.buttons() if button.text() == "Save back").click()

    QTimer.singleShot(200, answer)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert "Save back" in labels
    assert window.files.back.is_written
    assert handed_over.read_bytes() != before


def test_another_photo_is_saved_as_ever(
    qtbot: QtBot, session: Session, window: MainWindow, handed_over: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    cv2.imwrite(str(other), np.full((160, 200, 3), 90, np.uint8))
    usual = window.actions_[Command.SAVE].text()
    window.files.back.begin(handed_over)
    for path in (handed_over, other):
        with qtbot.waitSignal(session.opened, timeout=5000):
            window.open_path(path)
    assert not window.files.back.is_meant
    assert window.actions_[Command.SAVE].text() == usual


def test_the_window_is_opened_for_the_file(handed_over: Path) -> None:
    asked: list[tuple[Path | None, bool]] = []

    def open_window(photo: Path | None, *, saves_back: bool = False) -> int:
        asked.append((photo, saves_back))
        return app.EXIT_UNCHANGED

    assert cli.run(["edit", str(handed_over)], open_window) == 1
    assert asked == [(handed_over, True)]


def test_what_cannot_be_written_is_refused_before_the_window(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "a.heic"
    photo.write_bytes(b"x")
    assert cli.run(["edit", str(photo)], lambda photo, **_: 0) == 2
    assert "has no known ending" in capsys.readouterr().err
