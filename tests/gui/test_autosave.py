"""Autosaving, crashing and recovering."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.document.project_reading import read_project
from portrait_studio.gui.dialogs.recovery_dialog import RecoveryDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.locations import DATA_VARIABLE
from portrait_studio.session.recovery import AutosaveFile, find_autosaves
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand, write_photo
from tests.gui.test_projects import state
from tests.gui.test_window import answer, when_shown
from tests.helpers.crashing_program import checksum
from tests.helpers.fake_engine import FakeEngine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(data_folder: Path) -> Path:
    return data_folder / "autosave"


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.psproj"))


def wait_for_file(qtbot: QtBot, program: Program, folder: Path) -> Path:
    program.autosave.keep()
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    qtbot.waitUntil(lambda: program.autosave.is_idle)
    return kept(folder)[0]


def test_edits_are_kept_and_the_file_goes_when_they_are_saved(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path, tmp_path: Path
) -> None:
    program.autosave.keep()
    assert not kept(folder)
    hand.stroke((60, 80), (140, 120))
    path = wait_for_file(qtbot, program, folder)
    assert read_project(path, lambda: None).origin is not None
    with qtbot.waitSignal(opened.files.exported, timeout=5000):
        opened.files.export(tmp_path / "out.png", ExportOptions())
    assert not kept(folder)
    hand.stroke((60, 180), (140, 180))
    wait_for_file(qtbot, program, folder)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not kept(folder)


def test_the_timer_and_the_loss_of_focus_keep_the_work(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path
) -> None:
    hand.stroke((60, 80), (140, 120))
    QApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    first = kept(folder)[0].read_bytes()
    program.autosave.set_interval(0.05)
    hand.stroke((60, 180), (140, 180))
    qtbot.waitUntil(lambda: kept(folder)[0].read_bytes() != first)


def test_a_stroke_under_way_is_not_cut(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path
) -> None:
    hand.stroke((60, 80), (140, 80))
    hand.press(60, 180)
    hand.move(100, 180)
    program.autosave.keep()
    qtbot.wait(50)
    assert not kept(folder)
    hand.release(140, 180)
    qtbot.waitUntil(lambda: len(kept(folder)) == 1)
    assert len(read_project(kept(folder)[0], lambda: None).steps) == 2


def test_work_can_be_kept_while_a_fill_runs(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path, engine: FakeEngine
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 80), (140, 80))
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    wait_for_file(qtbot, program, folder)
    engine.hold.set()
    qtbot.waitUntil(lambda: opened.current_job is None)


def test_giving_edits_up_removes_the_file(
    qtbot: QtBot, program: Program, opened: Session, window: MainWindow, hand: Hand, folder: Path
) -> None:
    hand.stroke((60, 80), (140, 80))
    wait_for_file(qtbot, program, folder)
    answer("Discard")
    window.open_path(write_photo(folder.parent / "other.png", 100, 90))
    qtbot.waitUntil(lambda: opened.files.name == "other.png")
    assert list(folder.iterdir()) == []


def test_a_living_program_keeps_its_file_to_itself(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path
) -> None:
    hand.stroke((60, 80), (140, 80))
    wait_for_file(qtbot, program, folder)
    code = (
        "import sys; from pathlib import Path; from portrait_studio.session.recovery import find_autosaves;"
        f"sys.exit(10 + len(find_autosaves(Path({str(folder)!r})).recoverable))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 10


def test_an_unwritable_folder_is_told_once_and_editing_goes_on(
    qtbot: QtBot, program: Program, opened: Session, window: MainWindow, hand: Hand, data_folder: Path
) -> None:
    # The program may have kept its preferences there already.
    shutil.rmtree(data_folder, ignore_errors=True)
    data_folder.parent.mkdir(exist_ok=True)
    data_folder.write_text("a file where the folder should be")
    hand.stroke((60, 80), (140, 80))
    program.autosave.keep()
    assert "Your work is not autosaved; save it yourself." in window.banner.text
    window.banner.hide()
    program.autosave.keep()
    assert not window.banner.isVisible()
    assert opened.has_mask


def left_behind(folder: Path, session: Session, program: Program, qtbot: QtBot) -> bytes:
    """Copy the autosave to where a crashed program would have left it; its content."""
    path = wait_for_file(qtbot, program, folder)
    copy = path.with_name("crashed.psproj")
    copy.write_bytes(path.read_bytes())
    return copy.read_bytes()


def test_recovered_work_is_unsaved_work_of_the_same_photo(
    qtbot: QtBot,
    program: Program,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    folder: Path,
    photo_path: Path,
) -> None:
    hand.stroke((60, 80), (140, 120))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    hand.stroke((60, 180), (140, 180))
    before = state(opened)
    left_behind(folder, opened, program, qtbot)
    opened.files.open_pixels(np.zeros((50, 60, 3), np.uint8))
    when_shown(RecoveryDialog, lambda dialog: dialog.recover_button.click())
    with qtbot.waitSignal(opened.opened, timeout=5000):
        program.begin(None)
    assert state(opened) == before
    assert opened.files.has_unsaved_edits
    assert opened.files.name == "person.png"
    assert opened.document is not None
    assert opened.document.photo.path == photo_path
    assert [path.name for path in kept(folder)] == ["crashed.psproj"]
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(opened.document.image, opened.document.photo.pixels)
    assert opened.files.has_unsaved_edits
    answer("Discard")
    window.open_path(photo_path)
    qtbot.waitUntil(lambda: not opened.files.has_unsaved_edits)
    assert not kept(folder)


def test_not_now_asks_again_and_delete_asks_first(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, folder: Path
) -> None:
    hand.stroke((60, 80), (140, 120))
    left_behind(folder, opened, program, qtbot)
    crashed = folder / "crashed.psproj"

    def refuse(dialog: RecoveryDialog) -> None:
        answer("Cancel")
        dialog.delete_button.click()
        assert crashed.exists()
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    when_shown(RecoveryDialog, refuse)
    program.begin(None)
    assert crashed.exists()

    def delete(dialog: RecoveryDialog) -> None:
        assert "person.png" in dialog.list.item(0).text()
        answer("Delete")
        dialog.delete_button.click()

    when_shown(RecoveryDialog, delete)
    program.begin(None)
    assert not crashed.exists()


def test_old_autosaves_and_remains_are_cleaned(qtbot: QtBot, tmp_path: Path) -> None:
    old, remains, fresh = (
        tmp_path / name for name in ("old.psproj", ".a.psproj.12.part", ".b.psproj.34.part")
    )
    for path in (old, remains, fresh):
        path.write_bytes(b"x")
    ago = time.time() - 40 * 86_400
    for path in (old, remains):
        os.utime(path, (ago, ago))
    assert find_autosaves(tmp_path).recoverable == ()
    assert [path.name for path in tmp_path.iterdir()] == [fresh.name]


def test_a_slot_has_one_owner(tmp_path: Path) -> None:
    file, other = AutosaveFile(tmp_path / "a.psproj"), AutosaveFile(tmp_path / "a.psproj")
    assert file.take()
    assert file.take()
    assert not other.take()
    file.release()
    assert other.take()
    other.clear()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_program_loses_next_to_nothing(tmp_path: Path, seed: int) -> None:
    photo = write_photo(tmp_path / "person.png", 240, 320)
    environment = {
        **os.environ,
        DATA_VARIABLE: str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.crashing_program", str(photo)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(60)]
    until = time.monotonic() + random.Random(seed).random()
    while time.monotonic() < until:
        lines.append(process.stdout.readline())
    process.kill()
    lines += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    states = [int(line) for line in lines if line.endswith("\n")]
    found = find_autosaves(tmp_path / "data" / "autosave").recoverable
    assert len(found) == 1
    project = read_project(found[0].file.path, lambda: None)
    for step in reversed(project.steps[project.applied :]):
        step.delta.undo(project.document)
    recovered = checksum(project.document)
    assert recovered in states[-80:]
    assert project.document.changed_outside() == 0
    project.document.close()
    found[0].file.clear()
