"""The strip of the folder's photos: shown, opened by click and key, dragged out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.widgets.thumbnails import thumbnail_of
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.writing import write_photo
from portrait_studio.session.session import Session


@pytest.fixture
def beside(photo_path: Path) -> list[Path]:
    """Two more photos beside the open one, a text and a damaged photo."""
    others = [photo_path.with_name(name) for name in ("photo 2.png", "photo 10.png")]
    for number, path in enumerate(others):
        assert cv2.imwrite(str(path), np.full((60, 120, 3), 60 + 90 * number, np.uint8))
    photo_path.with_name("zz.jpg").write_bytes(b"no photo")
    photo_path.with_name("a.txt").write_text("x")
    return others


def names(window: MainWindow) -> list[str]:
    strip = window.folder_strip.list
    return [strip.item(row).text() for row in range(strip.count())]


def test_it_shows_the_folder_when_it_is_wanted(
    beside: list[Path], opened: Session, window: MainWindow, photo_path: Path, qtbot: QtBot
) -> None:
    assert not window.folder_strip.isVisible()
    assert names(window) == []
    window.actions_[Command.FOLDER].trigger()
    assert names(window) == [photo_path.name, "photo 2.png", "photo 10.png", "zz.jpg"]
    current = window.folder_strip.list.currentItem()
    assert current.text() == photo_path.name

    def colour(row: int) -> int:
        picture = window.folder_strip.list.item(row).icon().pixmap(84, 84).toImage()
        return picture.pixelColor(picture.width() // 2, picture.height() // 2).alpha()

    qtbot.waitUntil(lambda: colour(1) == colour(2) == 255, timeout=5000)
    assert colour(3) == 0
    window.actions_[Command.FOLDER].trigger()
    assert not window.folder_strip.isVisible()


def test_a_click_and_enter_open_a_photo(
    beside: list[Path], opened: Session, window: MainWindow, qtbot: QtBot
) -> None:
    window.actions_[Command.FOLDER].trigger()
    strip = window.folder_strip.list
    for path, choose in (
        (beside[0], lambda at: QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=at)),
        (beside[1], lambda at: QTest.keyClick(strip, Qt.Key.Key_Return)),
    ):
        item = next(strip.item(row) for row in range(strip.count()) if strip.item(row).text() == path.name)
        if path == beside[1]:
            strip.setCurrentItem(item)
        with qtbot.waitSignal(opened.opened, timeout=5000):
            choose(strip.visualItemRect(item).center())
        assert opened.document is not None
        assert opened.document.photo.path == path
        assert strip.currentItem().text() == path.name


def test_dragging_takes_the_file_along(beside: list[Path], opened: Session, window: MainWindow) -> None:
    window.actions_[Command.FOLDER].trigger()
    strip = window.folder_strip.list
    data = strip.mimeData([strip.item(1)])
    assert [Path(url.toLocalFile()) for url in data.urls()] == [beside[0]]


def test_small_pictures_are_upright_and_of_any_format(tmp_path: Path) -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40] = (255, 0, 0)
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=95)
    write_photo(Photo(pixels.astype(np.uint16) * 257), tmp_path / "b.tif")
    turned, deep = (thumbnail_of(tmp_path / name, 20) for name in ("a.jpg", "b.tif"))
    assert turned is not None
    assert deep is not None
    assert (turned.width(), turned.height()) == (10, 20)
    assert (deep.width(), deep.height()) == (20, 10)
    assert turned.pixelColor(5, 3).red() > 200
    assert deep.pixelColor(3, 5).red() > 200
    (tmp_path / "c.jpg").write_bytes(b"x")
    assert thumbnail_of(tmp_path / "c.jpg", 20) is None
