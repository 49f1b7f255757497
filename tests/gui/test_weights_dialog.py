"""The weights dialog, over weights files without networks in them."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import struct
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from portrait_studio.engine.request import WarmUpRequest
from portrait_studio.errors import ExportError, WeightsError
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.dialogs.weights_dialog import WeightsDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.locations import MODELS_VARIABLE, models_dir, own_models_dir
from portrait_studio.networks.catalog import import_weights, list_weights
from portrait_studio.worker.lazy_engine import LazyEngine
from tests.helpers.fake_engine import FakeEngine


def write_weights(path: Path, architecture: str, conventions: str = "1", **record: Any) -> str:
    metadata = {"architecture": architecture, "conventions": conventions, "record": json.dumps(record)}
    header = json.dumps({"__metadata__": metadata}).encode()
    data = struct.pack("<Q", len(header)) + header
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def answer(button: str) -> None:
    """Press a button of the question that is asked."""
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    next(each for each in box.buttons() if each.text() == button).click()


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    metrics = [{"cases": 30, "data": "some-set", "parsing": {"mean_iou": 0.5}}]
    digest = write_weights(folder / "parsing.safetensors", "parsing", sets=["some-set"], metrics=metrics)
    (folder / "parsing.md").write_text("# The card\n\nresearch only")
    entry = {"file": "parsing.safetensors", "sha256": digest, "bytes": 1, "architecture": "parsing"}
    (folder / "manifest.json").write_text(json.dumps({"version": 1, "networks": {"parsing": entry}}))
    monkeypatch.setattr("portrait_studio.locations._shipped", lambda _name: folder)
    return folder


def test_the_dialog_tells_data_figures_status_and_terms(
    qtbot: QtBot, window: MainWindow, shipped: Path
) -> None:
    window.actions_[Command.WEIGHTS].trigger()
    dialog = window.findChildren(WeightsDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    cells = [dialog.table.item(0, column).text() for column in range(5)]
    assert cells[0] == "parsing"
    assert cells[2:] == ["intact", "mean IoU 0.500, 30 cases of some-set", "some-set"]
    assert "research only" in dialog.card.toPlainText()
    assert not dialog.shipped_button.isEnabled()
    (shipped / "parsing.safetensors").write_bytes(b"x")
    dialog.refresh()
    assert dialog.table.item(0, 2).text() == "missing or damaged"
    dialog.close()


def test_a_file_is_taken_over_used_and_given_up_again(
    qtbot: QtBot, window: MainWindow, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "mine.safetensors"
    write_weights(source, "face", sets=["my-photos"])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(source), ""))
    window.actions_[Command.WEIGHTS].trigger()
    dialog = window.findChildren(WeightsDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    with qtbot.waitSignal(window.program.weights_changed, timeout=2000):
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert models_dir() == own_models_dir()
    assert [(info.name, info.is_intact) for info in list_weights(models_dir())] == [
        ("parsing", True),
        ("face", True),
    ]
    assert dialog.table.item(dialog.table.currentRow(), 4).text() == "my-photos"
    QTimer.singleShot(0, lambda: answer("Cancel"))
    qtbot.mouseClick(dialog.shipped_button, Qt.MouseButton.LeftButton)
    assert len(list_weights(own_models_dir())) == 2, "nothing goes before the user has agreed"
    QTimer.singleShot(0, lambda: answer("Remove"))
    with qtbot.waitSignal(window.program.weights_changed, timeout=2000):
        qtbot.mouseClick(dialog.shipped_button, Qt.MouseButton.LeftButton)
    assert models_dir() == shipped
    assert not own_models_dir().exists()
    source.write_bytes(b"no weights")
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert "no weights file of this program" in found[0].sentence
    assert models_dir() == shipped
    dialog.close()


def test_imports_one_after_the_other_are_all_kept(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = []
    for number, architecture in enumerate(("face", "compact-completion", "face")):
        source = tmp_path / f"{number}.safetensors"
        write_weights(source, architecture, sets=[f"set-{number}"])
        source.with_suffix(".md").write_text(f"card {number}")
        # Whatever is in use meanwhile, as with the variable that overrides the folder.
        named.append(import_weights(source, shipped, own_models_dir()).path)
    found = {info.name: info for info in list_weights(own_models_dir())}
    assert {task: info.data for task, info in found.items()} == {
        "parsing": "some-set",
        "completion": "set-1",
        "face": "set-2",
    }
    assert all(info.is_intact for info in found.values())
    assert all(path.is_file() and path.with_suffix(".md").is_file() for path in named)
    assert found["parsing"].card.read_text() == "# The card\n\nresearch only"


def test_a_copy_that_is_cut_off_is_not_in_use(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_weights(tmp_path / "a.safetensors", "face")
    copy = shutil.copyfile

    def full(source: Path, target: Path) -> None:
        copy(source, target)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(ExportError, match="No space left"):
        import_weights(tmp_path / "a.safetensors", shipped, own_models_dir())
    assert models_dir() == shipped


def test_a_damaged_list_is_answered_by_a_sentence(shipped: Path, tmp_path: Path) -> None:
    write_weights(tmp_path / "a.safetensors", "face")
    own_models_dir().mkdir(parents=True)
    for text in ("{", '{"networks": []}', '{"networks": {"face": 5}}'):
        (own_models_dir() / "manifest.json").write_text(text)
        with pytest.raises(WeightsError, match="go back to the shipped ones first"):
            import_weights(tmp_path / "a.safetensors", shipped, own_models_dir())


def test_weights_are_not_imported_to_where_they_would_not_be_used(
    qtbot: QtBot, window: MainWindow, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "mine.safetensors"
    write_weights(source, "face")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(source), ""))
    monkeypatch.setenv(MODELS_VARIABLE, str(shipped))
    window.actions_[Command.WEIGHTS].trigger()
    dialog = window.findChildren(WeightsDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.folder.text() == f"In use: {shipped}, as PORTRAIT_STUDIO_MODELS says"
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert "start the program without it" in found[0].sentence
    assert not own_models_dir().exists()
    assert len(list_weights(shipped)) == 1
    dialog.close()


def test_weights_that_are_imported_while_an_engine_is_made_are_used_by_the_next_job() -> None:
    engines: list[FakeEngine] = []
    begun, may_end = threading.Event(), threading.Event()

    def build() -> FakeEngine:
        engines.append(FakeEngine())
        begun.set()
        assert may_end.wait(5)
        return engines[-1]

    lazy = LazyEngine(build)
    job = threading.Thread(target=lambda: lazy.run(WarmUpRequest()))
    job.start()
    assert begun.wait(5)
    lazy.forget()
    may_end.set()
    job.join()
    assert len(engines) == 1
    lazy.run(WarmUpRequest())
    lazy.run(WarmUpRequest())
    assert len(engines) == 2, "made anew once"
    lazy.forget()
    lazy.run(WarmUpRequest())
    assert len(engines) == 3


def test_weights_for_another_version_are_refused(shipped: Path, tmp_path: Path) -> None:
    for architecture, conventions in (("face", "99"), ("patch-discriminator", "1")):
        write_weights(tmp_path / "a.safetensors", architecture, conventions)
        with pytest.raises(WeightsError, match="another version"):
            import_weights(tmp_path / "a.safetensors", shipped, tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(shipped: Path, tmp_path: Path) -> None:
    write_weights(tmp_path / "a.safetensors", "face")
    (tmp_path / "own").write_text("a file where the folder should be")
    with pytest.raises(ExportError, match=r"cannot be copied to .*/own \(.+\); make that folder writable"):
        import_weights(tmp_path / "a.safetensors", shipped, tmp_path / "own")
