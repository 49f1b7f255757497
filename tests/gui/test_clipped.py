"""Nothing that is read is cut off: in both languages, with small and large letters."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from pprint import pformat

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QDialog, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.document.project_index import Origin
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.dialogs.recovery_dialog import RecoveryDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.banner import Severity
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.recovery import AutosaveFile, Recoverable
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.helpers.clipped import clipped_in
from tests.helpers.fake_engine import FakeEngine


@dataclass
class Reader:
    """A user with a language and a size of letters."""

    program: Program
    qapp: QApplication
    found: dict[str, set[str]] = field(default_factory=dict)

    @property
    def window(self) -> MainWindow:
        return self.program.window

    @property
    def session(self) -> Session:
        return self.program.session

    def check(self, what: str, root: QWidget | None = None) -> None:
        """Look for what is cut off now."""
        for _ in range(3):
            self.qapp.processEvents()
        if clipped := clipped_in(root or self.window):
            self.found[what] = clipped

    def fill(self, qtbot: QtBot, command: Command = Command.FILL) -> None:
        with qtbot.waitSignal(self.session.job_ended, timeout=5000):
            self.window.actions_[command].trigger()


@pytest.fixture(params=[("en", 9), ("en", 13), ("en", 18), ("zh_CN", 9), ("zh_CN", 14)], ids=str)
def reader(
    request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot, data_folder: Path
) -> Iterator[Reader]:
    language, points = request.param
    data_folder.mkdir()
    (data_folder / "settings.json").write_text(json.dumps({"language": language}))
    usual = qapp.font()
    font = qapp.font()
    font.setPointSize(points)
    qapp.setFont(font)
    program = Program(qapp, FakeEngine)
    program.window.show()
    qtbot.waitExposed(program.window)
    program.window.resize(QSize(100, 100))
    reader = Reader(program, qapp)
    yield reader
    for dialog in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
        dialog.close()
    program.close()
    program.window.hide()
    program.window.deleteLater()
    program.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.setFont(usual)


def test_nothing_is_cut_off_in_the_window(qtbot: QtBot, reader: Reader, tmp_path: Path) -> None:
    window, session = reader.window, reader.session
    reader.check("without a photo")
    session.files.open_pixels(np.full((300, 400, 3), 90, np.uint8))
    qtbot.waitUntil(lambda: bool(session.protection.people))
    for tool in Tool:
        session.tools.choose(tool)
        reader.check(tool.value)
    session.extending.recover_feet()
    for name in window.side_panel._names:
        window.side_panel.bring_forward(name)
        reader.check(name)
    session.tools.choose(Tool.BRUSH)
    for left in (40, 200):
        session.painting.mark_rectangle(Bounds(left, 40, left + 60, 90), erase=False)
    for command in (Command.FILL, Command.AGAIN):
        reader.fill(qtbot, command)
    qtbot.waitUntil(window.strip.isVisible)
    reader.check("candidates")
    window.side_panel.bring_forward("Stages")
    reader.check("stages")
    window.banner.say(Severity.WARNING, "A sentence that says what is wrong and what to do about it. " * 4)
    reader.check("a long banner")
    assert not reader.found, pformat(reader.found, width=200)


COMMANDS = (Command.PREFERENCES, Command.KEYS, Command.ABOUT, Command.WEIGHTS)


def test_nothing_is_cut_off_in_dialogs(qtbot: QtBot, reader: Reader, tmp_path: Path) -> None:
    window, session = reader.window, reader.session
    session.files.open_pixels(np.full((300, 400, 3), 90, np.uint8))
    for command in COMMANDS:
        window.actions_[command].trigger()
        dialog = window.findChildren(QDialog)[-1]
        qtbot.waitUntil(dialog.isVisible)
        for pages in dialog.findChildren(QTabWidget):
            for page in range(pages.count()):
                pages.setCurrentIndex(page)
                reader.check(f"{command.name}, page {page}", dialog)
        reader.check(command.name, dialog)
        dialog.close()
        reader.qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert session.document is not None
    names = ("photo.jpg", "a holiday in the mountains, the third day (2).jpg")
    found = [
        Recoverable(
            AutosaveFile(tmp_path / f"{name}.psproj"), Origin(name, tmp_path / name / name, None), time.time()
        )
        for name in names
    ]
    dialogs = (
        ExportDialog(session.document.edited_photo, window),
        ErrorDialog("The file is gone; choose another one. " * 3, "", window),
        RecoveryDialog(found, window),
    )
    for dialog in dialogs:
        dialog.show()
        qtbot.waitExposed(dialog)
        reader.check(type(dialog).__name__, dialog)
    assert not reader.found, pformat(reader.found, width=200)


def test_the_measure_finds_what_is_cut_off(reader: Reader) -> None:
    reader.window.options.fill_button.setFixedWidth(20)
    reader.qapp.processEvents()
    assert clipped_in(reader.window) != set()
