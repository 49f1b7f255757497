from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.imaging.formats import ImageFormat
from portrait_studio.imaging.reading import read_photo


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    source = tmp_path / "photo.jpg"
    assert cv2.imwrite(str(source), np.full((60, 80, 3), 90, np.uint8))
    dialog = ExportDialog(read_photo(source))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def typed(dialog: ExportDialog, text: str) -> list[tuple[str, ImageFormat | None]]:
    """Type a text into the file field; after each letter, what stands there and the format."""
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    seen = []
    for letter in text:
        QTest.keyClicks(field, letter)
        seen.append((field.text(), dialog.options.format))
    return seen


def test_the_format_follows_the_suffix_while_it_is_typed(dialog: ExportDialog, tmp_path: Path) -> None:
    text = str(tmp_path / "new.jpg.png.tiff")
    seen = typed(dialog, text)
    assert [written for written, _ in seen] == [text[: end + 1] for end in range(len(text))]
    kinds = {written.removeprefix(str(tmp_path)): kind for written, kind in seen}
    assert kinds["/new.jpg"] is ImageFormat.JPEG
    assert kinds["/new.jpg.png"] is ImageFormat.PNG
    assert kinds["/new.jpg.png.t"] is ImageFormat.PNG
    assert kinds["/new.jpg.png.tiff"] is ImageFormat.TIFF
    assert dialog.path == tmp_path / "new.jpg.png.tiff"


@pytest.mark.parametrize(
    ("name", "written"), [("plain", "plain.jpg"), ("holiday.v2", "holiday.v2.jpg"), ("a.PNG", "a.PNG")]
)
def test_a_name_without_a_known_suffix_gets_one(
    dialog: ExportDialog, tmp_path: Path, name: str, written: str
) -> None:
    typed(dialog, str(tmp_path / name))
    assert dialog.path == tmp_path / written


@pytest.mark.parametrize(
    ("name", "written"), [("a.jpg", "a.png"), ("holiday.v2", "holiday.v2.png"), ("b.png", "b.png")]
)
def test_a_format_from_the_list_changes_the_suffix(
    dialog: ExportDialog, tmp_path: Path, name: str, written: str
) -> None:
    typed(dialog, str(tmp_path / name))
    box = dialog.findChild(QComboBox)
    assert box is not None
    box.setFocus()
    for _ in range(box.count()):
        if box.currentText() == ImageFormat.PNG.value.title:
            break
        QTest.keyClick(box, Qt.Key.Key_Down)
    else:
        QTest.keyClick(box, Qt.Key.Key_Home)
        while box.currentText() != ImageFormat.PNG.value.title:
            QTest.keyClick(box, Qt.Key.Key_Down)
    assert dialog.path == tmp_path / written
    assert dialog.options.format is ImageFormat.PNG


def test_signing_is_offered_where_the_user_has_put_a_key(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, data_folder: Path
) -> None:
    assert not dialog.extras.can_sign
    assert dialog.options.credentials is None
    (data_folder / "credentials").mkdir(parents=True)
    for name in ("chain.pem", "key.pem"):
        (data_folder / "credentials" / name).write_text("x")
    other = ExportDialog(read_photo(tmp_path / "photo.jpg"))
    qtbot.addWidget(other)
    assert other.extras.can_sign
    assert other.options.credentials is None
    other.extras.signs.setChecked(True)
    assert other.options.credentials is not None
    assert other.options.credentials.key == data_folder / "credentials" / "key.pem"
    assert other.options.says_generated
    other.extras.source_type.setChecked(False)
    assert not other.options.says_generated
