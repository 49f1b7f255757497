"""Choosing a page of a file that holds several pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from portrait_studio.gui.dialogs.page_dialog import PageDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session

COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    path = tmp_path / "scans.tif"
    with tifffile.TiffWriter(path) as writer:
        for number, colour in enumerate(COLOURS):
            writer.write(np.full((90 + number, 120, 3), colour, np.uint8), photometric="rgb", metadata=None)
    return path


def answered(act: Callable[[PageDialog], None]) -> list[PageDialog]:
    """Act on the question once it is there."""
    seen: list[PageDialog] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, PageDialog):
            seen.append(dialog)
            act(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)
    return seen


def test_the_page_that_is_chosen_is_opened_and_named(
    qtbot: QtBot, session: Session, window: MainWindow, pages: Path
) -> None:
    told: list[str] = []
    session.noticed.connect(lambda message: told.append(str(message)))

    def choose(dialog: PageDialog) -> None:
        assert [dialog.list.item(row).text() for row in range(3)] == ["Page 1", "Page 2", "Page 3"]
        qtbot.keyClick(dialog.list, Qt.Key.Key_Right)
        qtbot.keyClick(dialog.list, Qt.Key.Key_Return)

    seen = answered(choose)
    with qtbot.waitSignal(session.opened, timeout=8000):
        window.open_path(pages)
    assert len(seen) == 1
    assert session.document is not None
    assert session.document.photo.page == 2
    assert session.document.photo.pixels[5, 5].tolist() == list(COLOURS[1])
    assert "scans.tif, page 2" in window.windowTitle()
    assert session.document.photo.notices == (
        "This is page 2 of the 3 in the file; the others are left out of what is saved.",
    )


def test_every_page_is_seen_before_one_is_chosen(qtbot: QtBot, window: MainWindow, pages: Path) -> None:
    dialog = PageDialog(pages, 3, window)
    qtbot.addWidget(dialog)

    def middles(pages: QListWidget) -> list[tuple[int, ...]]:
        images = [pages.item(row).icon().pixmap(pages.iconSize()).toImage() for row in range(3)]
        return [image.pixelColor(image.width() // 2, image.height() // 2).getRgb()[:3] for image in images]

    qtbot.waitUntil(lambda: middles(dialog.list) == list(COLOURS), timeout=5000)


def test_who_thinks_better_of_it_keeps_what_was_open(
    qtbot: QtBot, opened: Session, window: MainWindow, pages: Path
) -> None:
    before = opened.document
    seen = answered(lambda dialog: dialog.reject())
    window.open_path(pages)
    qtbot.waitUntil(lambda: len(seen) == 1 and QApplication.activeModalWidget() is None, timeout=5000)
    assert opened.document is before
    assert opened.files.jobs.current is None


def test_a_project_remembers_the_page(
    qtbot: QtBot, session: Session, window: MainWindow, pages: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(session.opened, timeout=8000):
        session.files.open(pages, 3)
    with qtbot.waitSignal(session.files.saved, timeout=8000):
        session.files.save(tmp_path / "a.psproj")
    with qtbot.waitSignal(session.opened, timeout=8000):
        window.open_path(tmp_path / "a.psproj")
    assert session.document is not None
    assert session.document.photo.page == 3
    assert session.document.photo.pixels[5, 5].tolist() == list(COLOURS[2])
    assert window.windowTitle().startswith("a.psproj")
