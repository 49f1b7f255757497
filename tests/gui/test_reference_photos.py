"""Other photos in the window: added, listed, given to fills, remembered in the project, taken away."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from portrait_studio.document.project_reading import read_project
from portrait_studio.engine.request import CompletionOptions, CompletionRequest
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.commands import reference_commands
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand
from tests.helpers.fake_engine import FakeEngine


@pytest.fixture
def others(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"other-{number}.png" for number in (1, 2)]
    for number, path in enumerate(paths):
        assert cv2.imwrite(str(path), np.full((40, 30 + number, 3), 90, np.uint8))
    return paths


def add(qtbot: QtBot, session: Session, paths: list[Path]) -> None:
    with qtbot.waitSignal(session.references.changed, timeout=5000):
        session.references.add(paths)
    qtbot.waitUntil(lambda: session.can_edit)


def drop(widget: QWidget, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    widget.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def names_shown(window: MainWindow) -> list[str]:
    labels = window.references_panel.findChildren(QLabel)
    shown = [label.text() for label in labels if label.isVisibleTo(window.references_panel)]
    return [text for text in shown if text.endswith(".png")]


def test_photos_are_chosen_listed_and_taken_away(
    qtbot: QtBot,
    window: MainWindow,
    opened: Session,
    others: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reference_commands, "ask_files", lambda *_, several: others if several else [])
    with qtbot.waitSignal(opened.references.changed, timeout=5000):
        window.actions_[Command.ADD_REFERENCE].trigger()
    qtbot.waitUntil(lambda: names_shown(window) == ["other-1.png", "other-2.png"])
    assert opened.files.has_unsaved_edits
    qtbot.waitUntil(window.references_panel.removers[0].isEnabled)
    window.references_panel.removers[0].click()
    qtbot.waitUntil(lambda: names_shown(window) == ["other-2.png"])
    add(qtbot, opened, others[1:] + others[:1])
    qtbot.waitUntil(lambda: names_shown(window) == ["other-2.png", "other-1.png"])


@pytest.mark.parametrize("place", ["strip", "references_panel"])
def test_what_is_dropped_is_added_and_not_opened(
    qtbot: QtBot, window: MainWindow, opened: Session, others: list[Path], place: str
) -> None:
    document = opened.document
    with qtbot.waitSignal(opened.references.changed, timeout=5000):
        drop(getattr(window, place), others)
    assert opened.document is document
    assert len(opened.references.photos) == 2


def test_fills_are_given_them(
    qtbot: QtBot, hand: Hand, opened: Session, engine: FakeEngine, others: list[Path]
) -> None:
    add(qtbot, opened, others)
    hand.stroke((60, 60), (90, 90))
    with qtbot.waitSignal(opened.filling.filled, timeout=5000):
        opened.fill(CompletionOptions())
    (request,) = [one for one in engine.requests if isinstance(one, CompletionRequest)]
    assert [reference.name for reference in request.references] == ["other-1.png", "other-2.png"]
    fill = opened.history.last_fill
    assert fill is not None
    assert fill.fill is not None
    assert [one.name for one in fill.fill.references] == ["other-1.png", "other-2.png"]


def test_a_project_remembers_them_without_their_files(
    qtbot: QtBot, opened: Session, others: list[Path], tmp_path: Path
) -> None:
    add(qtbot, opened, others)
    path = tmp_path / "kept.psproj"
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        opened.files.save(path)
    assert not opened.files.has_unsaved_edits
    pictures = [photo.photo.pixels for photo in opened.references.photos]
    for other in others:
        other.unlink()
    project = read_project(path, lambda: None)
    kept = project.document.references
    assert [one.name for one in kept] == ["other-1.png", "other-2.png"]
    assert [one.sha256 for one in kept] == [one.sha256 for one in opened.references.photos]
    assert all(np.array_equal(a, b.photo.pixels) for a, b in zip(pictures, kept, strict=True))
    project.document.close()


def test_what_cannot_be_read_is_a_sentence_and_changes_nothing(
    qtbot: QtBot, opened: Session, others: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "portrait_studio.gui.main_window.tell_error", lambda _window, error, _log: told.append(str(error))
    )
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"")
    opened.references.add([*others, broken])
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert "broken.jpg is empty" in told[0]
    assert opened.references.photos == ()
