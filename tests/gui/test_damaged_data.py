"""Settings, recent files and autosaves that are damaged, crafted, or no files: the program starts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.gui.dialogs.recovery_dialog import RecoveryDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.session.recent import RecentFiles
from portrait_studio.session.recovery import find_autosaves
from portrait_studio.session.session import Session
from portrait_studio.session.settings import Preferences, Settings
from tests.fuzz import bombs
from tests.gui.conftest import Hand
from tests.gui.test_autosave import wait_for_file
from tests.gui.test_window import when_shown

DAMAGED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(b'{"theme": "da'),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "brackets": lambda path: path.write_bytes(b"[" * 200_000),
    "a list": lambda path: path.write_bytes(b"[1, 2]"),
    "a number": lambda path: path.write_bytes(b"1e999"),
    "long number": lambda path: path.write_bytes(b"9" * 10_000),
    "large": lambda path: path.write_bytes(b'{"theme": "dark"}' + b" " * (2 << 20)),
    "pipe": lambda path: os.mkfifo(path),
    "folder": lambda path: path.mkdir(),
    "loop": lambda path: path.symlink_to(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_settings_and_lists_are_the_usual_ones(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file.json"
    DAMAGED[kind](path)
    assert Preferences(path).settings == Settings()
    assert RecentFiles(path).paths() == []
    preferences = Preferences(path)
    preferences.change(theme="dark")
    assert preferences.settings.theme == "dark"
    RecentFiles(path).add(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threads", 10**30),
        ("threads", True),
        ("threads", 1.0),
        ("threads", -1),
        ("autosave_s", [60]),
        ("theme", ["dark"]),
        ("theme", None),
        ("language", {}),
        ("keys", [["undo", "Ctrl+Z"]]),
        ("keys", {"undo": "Ctrl+Z"}),
        ("keys", {"undo": [5]}),
        ("keys", {"undo": ["\ud800"]}),
        ("keys", {"undo": ["x" * 1000]}),
        ("keys", {str(n): [] for n in range(5000)}),
    ],
)
def test_a_wrong_value_leaves_the_others(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "settings.json"
    sound = {"device": "cpu", "precision": "float32"}
    path.write_text(json.dumps({**sound, name: value}))
    assert Preferences(path).settings == Settings(device="cpu", precision="float32")


def test_two_windows_keep_what_each_of_them_changed(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    first, second = Preferences(path), Preferences(path)
    first.change(theme="dark", keys={"undo": ("Ctrl+U",), "redo": ("Ctrl+R",)})
    second.change(threads=3, keys={"open": ("Ctrl+P",)})
    assert second.settings.theme == "dark"
    first.change(autosave_s=10, keys={"undo": ("Ctrl+U",)})
    expected = Settings(
        theme="dark", threads=3, autosave_s=10, keys={"undo": ("Ctrl+U",), "open": ("Ctrl+P",)}
    )
    assert first.settings == Preferences(path).settings == expected
    second.change(theme="light")
    assert Preferences(path).settings.theme == "light"
    assert Preferences(path).settings.autosave_s == 10


def test_what_another_version_keeps_in_the_settings_stays(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"later": [1], "theme": "dark"}))
    Preferences(path).change(threads=2)
    content = json.loads(path.read_text())
    assert (content["later"], content["theme"], content["threads"]) == ([1], "dark", 2)


def test_settings_with_a_missing_comma_are_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dark" "threads": 2}')
    Preferences(path).change(threads=4)
    assert Preferences(path).settings == Settings(threads=4)
    assert "comma" not in path.with_name("settings-damaged.json").read_text()
    assert '"dark"' in path.with_name("settings-damaged.json").read_text()


def test_what_cannot_be_written_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    preferences = Preferences(tmp_path / "file" / "settings.json")
    preferences.change(theme="dark")
    preferences.change(threads=2)
    assert preferences.settings == Settings(theme="dark", threads=2)


def test_entries_of_the_recent_files_that_are_no_names_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    strange = ["/" + "x" * 300, "a\0b", "\ud800", 5, None, ["a"], "", "/dev/zero"]
    strange += [str(tmp_path / name) for name in ("pipe.png", "loop.png", ".")]
    path = tmp_path / "recent.json"
    path.write_text(json.dumps([*strange, str(tmp_path / "a.png")]))
    assert RecentFiles(path).paths() == [tmp_path / "a.png"]


@pytest.mark.parametrize("kind", [kind for kind in DAMAGED if kind != "large"])
def test_the_program_starts_whatever_became_of_its_files(
    qtbot: QtBot, data_folder: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    data_folder.mkdir(parents=True, exist_ok=True)
    (data_folder / "autosave").mkdir()
    for name in ("settings.json", "recent.json", "autosave/a.psproj"):
        DAMAGED[kind](data_folder / name)
    program: Program = request.getfixturevalue("program")
    program.begin(None)
    assert program.preferences.settings == Settings()
    if kind != "loop":
        banner = request.getfixturevalue("window").banner
        assert "Cannot be read, and stays in" in banner.text
        assert "a.psproj" in banner.text


def left_behind(qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path) -> Path:
    """A sound autosave that nobody owns."""
    hand.stroke((60, 80), (140, 120))
    path = wait_for_file(qtbot, program, folder)
    shutil.copy(path, folder.parent / "sound")
    with qtbot.waitSignal(opened.files.exported, timeout=5000):
        opened.files.export(folder.parent / "out.png", ExportOptions())
    return folder.parent / "sound"


def test_damaged_autosaves_do_not_hide_the_sound_ones(
    qtbot: QtBot, program: Program, opened: Session, window: MainWindow, hand: Hand, data_folder: Path
) -> None:
    folder = data_folder / "autosave"
    sound = left_behind(qtbot, program, opened, hand, folder)
    data = sound.read_bytes()
    for name in ("b.psproj", "k.psproj"):
        (folder / name).write_bytes(data)
    for number, make in enumerate(DAMAGED.values()):
        make(folder / f"{chr(ord('a') + number)}-damaged.psproj")
    os.mkfifo(folder / "z.lock")
    (folder / "z.psproj").write_bytes(data)
    found = find_autosaves(folder)
    assert {one.file.path.name for one in found.recoverable} == {"b.psproj", "k.psproj"}
    assert len(found.unreadable) == len(DAMAGED) + 1
    for one in found.recoverable:
        one.file.release()

    def look(dialog: RecoveryDialog) -> None:
        texts = [label.text() for label in dialog.findChildren(QLabel)]
        assert any("a-damaged.psproj" in text for text in texts)
        assert dialog.list.count() == 2
        dialog.reject()

    when_shown(RecoveryDialog, look)
    program.begin(None)


def test_after_one_that_cannot_be_opened_the_others_are_offered(
    qtbot: QtBot, program: Program, opened: Session, window: MainWindow, hand: Hand, data_folder: Path
) -> None:
    folder = data_folder / "autosave"
    sound = left_behind(qtbot, program, opened, hand, folder)
    data = bytearray(sound.read_bytes())
    (folder / "sound.psproj").write_bytes(data)
    # The index can be read, the photo is another one.
    place = data.index(b"IDAT") + 20
    data[place] ^= 255
    (folder / "broken.psproj").write_bytes(data)
    offered: list[list[str]] = []

    def choose(dialog: RecoveryDialog) -> None:
        offered.append([dialog.list.item(row).text() for row in range(dialog.list.count())])
        paths = [one.file.path.name for one in dialog.left]
        dialog.list.setCurrentRow(paths.index("broken.psproj") if "broken.psproj" in paths else 0)
        if "broken.psproj" in paths:
            when_shown(RecoveryDialog, choose)
        dialog.accept()

    when_shown(RecoveryDialog, choose)
    program.begin(None)
    qtbot.waitUntil(lambda: len(offered) == 2, timeout=10_000)
    assert [len(each) for each in offered] == [2, 1]
    qtbot.waitUntil(lambda: opened.files.has_unsaved_edits, timeout=10_000)
    assert (folder / "broken.psproj").exists()
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_a_long_history_is_taken_over_in_one_change(
    qtbot: QtBot, opened: Session, window: MainWindow, tmp_path: Path
) -> None:
    bombs.write(tmp_path / "long.psproj", [bombs.step("s", [])] * 3000, {"s": b""})
    heard: list[None] = []
    opened.history.changed.connect(lambda: heard.append(None))
    with qtbot.waitSignal(opened.opened, timeout=60_000):
        window.open_path(tmp_path / "long.psproj")
    assert opened.history.stack.count() == opened.history.stack.index() == 3000
    # Once each of the 3,000 steps was told to all panels, which look at all of them.
    assert len(heard) < 10
    assert window.history_panel.view.model().rowCount() == 3001
