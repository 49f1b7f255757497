"""Recent files, the photos of a folder, formats."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.commands import file_commands
from portrait_studio.gui.dialogs.message_boxes import ask_overwrite, ask_unsaved
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.reading import read_photo
from portrait_studio.session.recent import RecentFiles, neighbour
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand, write_photo
from tests.gui.test_window import answer


def recent_menu(window: MainWindow) -> QMenu:
    menu = window.actions_[Command.RECENT].menu()
    assert isinstance(menu, QMenu)
    menu.popup(window.mapToGlobal(QPoint(5, 30)))
    return menu


def entries(menu: QMenu) -> list[str]:
    return [action.toolTip() for action in menu.actions() if action.text().startswith("&")]


def test_recent_files_are_listed_latest_first_and_open_by_digit(
    qtbot: QtBot, opened: Session, window: MainWindow, photo_path: Path
) -> None:
    other = write_photo(photo_path.with_name("other.png"), 100, 90)
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(other)
    menu = recent_menu(window)
    qtbot.waitUntil(menu.isVisible)
    assert entries(menu) == [str(other), str(photo_path)]
    with qtbot.waitSignal(opened.opened, timeout=5000):
        qtbot.keyClick(menu, Qt.Key.Key_2)
    assert opened.files.name == "person.png"
    other.unlink()
    menu = recent_menu(window)
    assert entries(menu) == [str(photo_path)]
    menu.actions()[-1].trigger()
    menu.close()
    assert entries(recent_menu(window)) == []


def test_the_list_is_short_and_survives_damage(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "new" / "recent.json")
    for number in range(20):
        (tmp_path / f"{number}.png").write_bytes(b"x")
        recent.add(tmp_path / f"{number}.png")
    recent.add(tmp_path / "15.png")
    assert [path.stem for path in recent.paths()][:3] == ["15", "19", "18"]
    assert len(recent.paths()) == 12
    (tmp_path / "new" / "recent.json").write_text('{"not": "a list"')
    assert recent.paths() == []
    recent.add(tmp_path / "1.png")
    assert len(recent.paths()) == 1


def test_page_keys_go_through_the_folder(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, photo_path: Path
) -> None:
    for name in ("Person 2.PNG", "person 10.png", "zebra.jpg"):
        write_photo(photo_path.with_name(name), 100, 90)
    photo_path.with_name("notes.txt").write_text("no photo")
    seen = []
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(photo_path.with_name("Person 2.PNG"))
    for _ in range(3):
        with qtbot.waitSignal(opened.opened, timeout=5000):
            hand.key(Qt.Key.Key_PageDown)
        seen.append(opened.files.name)
    assert seen == ["person 10.png", "person.png", "zebra.jpg"]
    hand.key(Qt.Key.Key_PageDown)
    assert "last photo of the folder" in window.statusBar().currentMessage()
    with qtbot.waitSignal(opened.opened, timeout=5000):
        hand.key(Qt.Key.Key_PageUp)
    assert opened.files.name == "person.png"


def test_going_on_asks_about_unsaved_edits(
    qtbot: QtBot, opened: Session, hand: Hand, photo_path: Path
) -> None:
    write_photo(photo_path.with_name("zebra.jpg"), 100, 90)
    hand.stroke((60, 80), (140, 80))
    answer("Cancel")
    hand.key(Qt.Key.Key_PageDown)
    qtbot.wait(30)
    assert opened.files.name == "person.png"


def test_a_photo_that_is_gone_still_has_neighbours(tmp_path: Path) -> None:
    for name in ("a.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"x")
    assert neighbour(tmp_path / "b.jpg", 1) == tmp_path / "c.jpg"
    assert neighbour(tmp_path / "b.jpg", -1) == tmp_path / "a.jpg"
    assert neighbour(tmp_path / "none" / "b.jpg", 1) is None


def test_a_dropped_project_opens(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, tmp_path: Path
) -> None:
    hand.stroke((60, 80), (140, 80))
    target = tmp_path / "a.psproj"
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        opened.files.save(target)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(target))])
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.files.take(data)
    assert opened.files.project_path == target
    assert opened.has_mask


@pytest.mark.parametrize("text", ["hello", ""])
def test_a_clipboard_without_a_picture_says_so(opened: Session, window: MainWindow, text: str) -> None:
    QApplication.clipboard().setText(text)
    window.actions_[Command.PASTE].trigger()
    assert "no picture to open" in window.statusBar().currentMessage()
    assert opened.files.name == "person.png"


def test_an_empty_clipboard_says_so(opened: Session, window: MainWindow) -> None:
    # Qt has no mime data at all then on some platforms.
    window.files.take(None)
    assert "no picture to open" in window.statusBar().currentMessage()


def test_bmp_opens(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    assert cv2.imwrite(str(tmp_path / "a.bmp"), pixels[:, :, ::-1])
    assert np.array_equal(read_photo(tmp_path / "a.bmp").pixels, pixels)


def test_hidden_files_are_no_neighbours_and_rare_names_are(tmp_path: Path) -> None:
    for name in ("._a.jpg", ".b.png", "a.jpg", "c.jfif", "d.MPO", "e.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert neighbour(tmp_path / "a.jpg", -1) is None
    assert neighbour(tmp_path / "a.jpg", 1) == tmp_path / "c.jfif"
    assert neighbour(tmp_path / "c.jfif", 1) == tmp_path / "d.MPO"
    assert neighbour(tmp_path / "d.MPO", 1) is None


def test_the_dialogs_show_photos_with_rare_names(
    opened: Session, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(*arguments: object) -> list[Path]:
        asked.append(str(arguments[3]))
        return []

    monkeypatch.setattr(file_commands, "ask_files", choose)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (choose(*given), ("", ""))[1])
    window.actions_[Command.OPEN].trigger()
    window.actions_[Command.IMPORT_MASK].trigger()
    assert len(asked) == 2
    for patterns in asked:
        first = patterns.partition(";;")[0]
        assert {"*.jfif", "*.jpe", "*.mpo", "*.jpg", "*.png"} <= set(first.strip(")").split("(")[1].split())


def test_a_name_like_a_tag_is_shown_as_it_is(opened: Session, window: MainWindow) -> None:
    seen: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.textFormat() is Qt.TextFormat.PlainText
        seen.append(box.text())
        box.reject()

    for ask in (
        lambda: ask_unsaved(window, "<b>a.jpg"),
        lambda: ask_overwrite(window, Path("<b>a.jpg"), is_source=True),
    ):
        QTimer.singleShot(50, look)
        ask()
    assert all("<b>a.jpg" in text for text in seen)
    assert len(seen) == 2
