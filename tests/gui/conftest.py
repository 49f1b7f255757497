from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
# The tests read English, whatever the machine speaks.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("LANGUAGE", None)

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.locations import DATA_VARIABLE
from portrait_studio.session.session import Session
from tests.helpers.fake_engine import FakeEngine

CTRL = Qt.KeyboardModifier.ControlModifier


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "qt_log_ignore", "This plugin does not support (propagateSizeHints|raise|grabbing the keyboard)"
    )


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leaked = [t for t in set(threading.enumerate()) - before if t.is_alive() and not t.daemon]
    assert not leaked, f"threads left running: {leaked}"


def close_modal() -> None:
    modal = QApplication.activeModalWidget()
    if modal is not None:
        modal.close()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder of this test."""
    folder = tmp_path / "user-data"
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    return folder


@pytest.fixture
def program(qapp: QApplication, qtbot: QtBot, engine: FakeEngine, data_folder: Path) -> Iterator[Program]:
    program = Program(qapp, lambda: engine)
    program.window.resize(1100, 760)
    program.window.show()
    qtbot.waitExposed(program.window)
    # A question that nobody answers would wait for ever.
    watchdog = QTimer(interval=15_000)
    watchdog.timeout.connect(close_modal)
    watchdog.start()
    yield program
    watchdog.stop()
    for dialog in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
        dialog.close()
    program.close()
    assert program.threads_ended()
    program.window.hide()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()
    # Qt waits for an event loop to delete what has ended; windows of former tests would make later ones slow.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(program: Program) -> MainWindow:
    return program.window


@pytest.fixture
def session(program: Program) -> Session:
    return program.session


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    return write_photo(tmp_path / "person.png", 240, 320)


def write_photo(path: Path, width: int, height: int) -> Path:
    """A picture without equal neighbours, so that any shift shows."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.dstack((columns * 255 // width, rows * 255 // height, (rows * 7 + columns * 3) % 256))
    assert cv2.imwrite(str(path), picture.astype(np.uint8))
    return path


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, session: Session, photo_path: Path) -> Session:
    with qtbot.waitSignal(session.opened, timeout=5000):
        window.open_path(photo_path)
    window.canvas.setFocus()
    return session


class Hand:
    """The user's hand: real mouse and key events on the canvas, in photo coordinates."""

    def __init__(self, qtbot: QtBot, canvas: Canvas) -> None:
        self._qtbot = qtbot
        self._canvas = canvas

    def at(self, x: float, y: float) -> QPoint:
        return self._canvas.view.to_widget(x, y).toPoint()

    def stroke(
        self,
        *points: tuple[float, float],
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.press(*points[0], button=button, keys=keys)
        for point in points[1:]:
            self.move(*point)
        self.release(*points[-1], button=button, keys=keys)

    def press(
        self,
        x: float,
        y: float,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self._qtbot.mousePress(self._canvas, button, keys, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        self._qtbot.mouseMove(self._canvas, self.at(x, y))

    def release(
        self,
        x: float,
        y: float,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self._qtbot.mouseRelease(self._canvas, button, keys, self.at(x, y))

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        window = self._canvas.window()
        if not window.isActiveWindow():
            # There is no window manager here to do it when a dialog closes.
            window.activateWindow()
            self._qtbot.waitUntil(window.isActiveWindow)
        self._qtbot.keyClick(self._canvas, key, keys)


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    return Hand(qtbot, window.canvas)
