"""The weights dialog, over weights files without networks in them."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from portrait_studio.errors import ExportError, WeightsError
from portrait_studio.gui.actions import Command
from portrait_studio.gui.dialogs import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.weights_dialog import WeightsDialog
from portrait_studio.locations import models_dir, own_models_dir
from portrait_studio.networks.catalog import TASKS, import_weights, list_weights


def write_weights(path: Path, architecture: str, conventions: str = "1", **record: Any) -> str:
    metadata = {"architecture": architecture, "conventions": conventions, "record": json.dumps(record)}
    header = json.dumps({"__metadata__": metadata}).encode()
    data = struct.pack("<Q", len(header)) + header
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


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
    with qtbot.waitSignal(window.weights_changed, timeout=2000):
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert models_dir() == own_models_dir()
    assert [(info.task, info.is_intact) for info in list_weights(models_dir())] == [
        ("parsing", True),
        ("face", True),
    ]
    assert dialog.table.item(dialog.table.currentRow(), 4).text() == "my-photos"
    with qtbot.waitSignal(window.weights_changed, timeout=2000):
        qtbot.mouseClick(dialog.shipped_button, Qt.MouseButton.LeftButton)
    assert models_dir() == shipped
    source.write_bytes(b"no weights")
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]
    assert "no weights file of this program" in found[0].sentence
    assert models_dir() == shipped
    dialog.close()


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


def test_the_tasks_are_those_of_the_registry() -> None:
    from portrait_studio.networks.registry import ARCHITECTURES

    usable = {name: each.task for name, each in ARCHITECTURES.items() if each.task != "discriminator"}
    assert usable == TASKS
