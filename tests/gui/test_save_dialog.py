"""Files that the window writes: none is replaced that the user was not asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from portrait_studio.engine.request import CompletionOptions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs import save_dialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, bool]]:
    """Questions about files that are there, all answered by no."""
    seen: list[tuple[Path, bool]] = []

    def refuse(_parent: object, path: Path, *, is_source: bool) -> bool:
        seen.append((path, is_source))
        return False

    monkeypatch.setattr(save_dialog, "ask_overwrite", refuse)
    return seen


@pytest.mark.parametrize("typed", ["person", "person.png"])
@pytest.mark.parametrize("command", [Command.EXPORT_MASK, Command.EXPORT_INVENTED])
def test_a_mask_does_not_take_the_place_of_the_photo(
    qtbot: QtBot,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    photo_path: Path,
    typed: str,
    command: Command,
    asked: list[tuple[Path, bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = photo_path.read_bytes()
    hand.stroke((60, 80), (140, 80))
    opened.fill(CompletionOptions())
    qtbot.waitUntil(lambda: opened.current_job is None, timeout=5000)
    hand.stroke((60, 120), (140, 120))
    typed_path = str(photo_path.with_name(typed))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (typed_path, ""))
    window.actions_[command].trigger()
    assert asked == [(photo_path, True)]
    qtbot.wait(50)
    assert photo_path.read_bytes() == before


def test_a_record_asks_before_it_replaces_what_was_not_named(
    qtbot: QtBot,
    opened: Session,
    window: MainWindow,
    hand: Hand,
    photo_path: Path,
    asked: list[tuple[Path, bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = photo_path.with_name("edit.json")
    other.write_text("precious")
    hand.stroke((60, 80), (140, 80))
    opened.fill(CompletionOptions())
    qtbot.waitUntil(lambda: opened.current_job is None, timeout=5000)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(photo_path.with_name("edit")), ""))
    window.actions_[Command.EXPORT_RECORD].trigger()
    assert asked == [(other, False)]
    qtbot.wait(50)
    assert other.read_text() == "precious"
    # What was named has been asked about by the dialog.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    with qtbot.waitSignal(opened.files.recorded, timeout=5000):
        window.actions_[Command.EXPORT_RECORD].trigger()
    assert len(asked) == 1


def test_layers_are_exported(
    qtbot: QtBot, opened: Session, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "new"), ""))
    with qtbot.waitSignal(opened.files.layers_exported, timeout=5000):
        window.actions_[Command.EXPORT_LAYERS].trigger()
    assert (tmp_path / "new.ora").read_bytes()[38:54] == b"image/openraster"
    assert window.statusBar().currentMessage() == "Wrote new.ora."
