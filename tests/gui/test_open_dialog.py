"""The dialog that opens files, with a picture of the one that its list stands on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.open_dialog import OpenDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.widgets.thumbnails import thumbnail_of
from portrait_studio.session.session import Session
from tests.gui.conftest import write_photo
from tests.unit.imaging.test_phone_and_raw_files import TURNED_HEIC, raw_photo


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with photos of all kinds, a damaged one and a text."""
    folder = tmp_path / "photos"
    folder.mkdir()
    write_photo(folder / "a.png", 240, 320)
    (folder / "phone.heic").write_bytes(TURNED_HEIC)
    (folder / "camera.dng").write_bytes(raw_photo())
    (folder / "turned.dng").write_bytes(raw_photo(6))
    (folder / "broken.dng").write_bytes(raw_photo()[:600])
    (folder / "notes.txt").write_text("no photo")
    return folder


def picture(dialog: OpenDialog) -> QImage:
    return dialog.picture.pixmap().toImage()


def test_the_file_that_the_list_stands_on_is_seen(qtbot: QtBot, window: MainWindow, files: Path) -> None:
    dialog = OpenDialog(window, "Open", str(files), "All files (*)")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.currentChanged.emit(str(files / "a.png"))
    qtbot.waitUntil(lambda: picture(dialog).height() == 240, timeout=5000)
    assert dialog.caption.text().startswith("a.png\n")
    # Beside the list, not over or below it.
    assert dialog.picture.geometry().left() > dialog.width() // 2
    dialog.currentChanged.emit(str(files / "phone.heic"))
    assert picture(dialog).isNull()
    qtbot.waitUntil(lambda: not picture(dialog).isNull(), timeout=5000)
    shown = picture(dialog)
    assert shown.height() > shown.width()
    assert shown.pixelColor(shown.width() // 2, shown.height() - 4).blue() > 150
    for nothing in ("broken.dng", "notes.txt", ""):
        dialog.currentChanged.emit(str(files / nothing))
        assert picture(dialog).isNull()
        qtbot.wait(100)
        assert picture(dialog).isNull()


@pytest.mark.parametrize("name", ["camera.dng", "turned.dng"])
def test_a_raw_photo_looks_as_it_will_be_opened(files: Path, name: str) -> None:
    small = thumbnail_of(files / name, 60)
    assert small is not None
    across, down = small.width(), small.height()
    assert (across > down) == (name == "camera.dng")
    corner = (across // 6, down // 6) if name == "camera.dng" else (across - across // 6, down // 6)
    red, grey = small.pixelColor(*corner), small.pixelColor(across // 2, down - down // 4)
    assert red.red() > 2 * red.green()
    assert abs(grey.red() - grey.blue()) < 12


def test_the_file_that_is_chosen_is_opened(
    qtbot: QtBot, window: MainWindow, session: Session, photo_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(photo_path.parent))

    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, OpenDialog):
            QTimer.singleShot(20, choose)
            return
        # `selectFile` leaves a line that has the focus alone: what the user types is not to be overwritten.
        line = dialog.findChild(QLineEdit)
        assert line is not None
        line.setText(photo_path.name)
        buttons = dialog.findChild(QDialogButtonBox)
        assert buttons is not None
        qtbot.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Open), Qt.MouseButton.LeftButton)

    QTimer.singleShot(20, choose)
    with qtbot.waitSignal(session.opened, timeout=8000):
        window.actions_[Command.OPEN].trigger()
    assert session.files.name == "person.png"
