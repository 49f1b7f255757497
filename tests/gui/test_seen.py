"""What is meant to be seen is seen, whatever lies below it; looked at in pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand
from tests.helpers.fake_engine import ANKLE

GROUNDS = ((255, 255, 255), (0, 0, 0), (128, 128, 128), (67, 86, 214), (255, 38, 96), (40, 170, 120))


def seen(window: MainWindow) -> NDArray[np.int64]:
    """The canvas as it is shown, (h, w, 3)."""
    picture = window.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return rows[:, : 3 * picture.width()].reshape(picture.height(), -1, 3).astype(np.int64)


def luminance(colours: NDArray[np.int64]) -> NDArray[np.float64]:
    """Relative luminance of WCAG 2 of (..., 3) RGB."""
    parts = colours / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array((0.2126, 0.7152, 0.0722)))


def opened_on(qtbot: QtBot, session: Session, colour: tuple[int, int, int]) -> None:
    session.files.open_pixels(np.full((320, 240, 3), colour, np.uint8))
    qtbot.waitUntil(lambda: session.parsing_maps.of_photo is not None)


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_what_a_click_would_take_stands_out_on_every_ground(
    qtbot: QtBot, session: Session, window: MainWindow, hand: Hand, ground: tuple[int, int, int]
) -> None:
    opened_on(qtbot, session, ground)
    hand.key(Qt.Key.Key_W)
    before = seen(window)
    QTest.mouseMove(window.canvas, hand.at(119, 200))
    QTest.mouseMove(window.canvas, hand.at(120, 200))
    assert window.status_bar.part == "person"
    after = seen(window)
    changed = (before != after).any(axis=2)
    light, dark = luminance(after[changed]), luminance(np.array(ground))
    contrast = (np.maximum(light, dark) + 0.05) / (np.minimum(light, dark) + 0.05)
    assert np.count_nonzero(contrast >= 3) > 300
    QTest.mouseMove(window.canvas, hand.at(5, 5))
    assert np.array_equal(seen(window), before)


def test_the_map_behind_the_mask_has_the_colours_of_its_labels(
    qtbot: QtBot, session: Session, window: MainWindow, hand: Hand
) -> None:
    opened_on(qtbot, session, (128, 128, 128))
    window.actions_[Command.STRUCTURE].trigger()
    plain = seen(window)
    session.painting.mark_rectangle(Bounds(80, 100, 160, 180), erase=False)
    marked = seen(window)
    inside, corner = hand.at(120, 140), hand.at(80, 100)
    assert np.array_equal(marked[inside.y(), inside.x()], plain[inside.y(), inside.x()])
    around = marked[corner.y() - 3 : corner.y() + 4, corner.x() - 3 : corner.x() + 4]
    assert (around == (255, 38, 96)).all(axis=2).any(), "the edge of the mask is seen"
    assert np.count_nonzero((marked != plain).any(axis=2)) < 0.2 * np.count_nonzero(
        session.document.mask if session.document is not None else 0
    ) * (window.canvas.view.scale**2)
    window.actions_[Command.STRUCTURE].trigger()
    tinted = seen(window)[inside.y(), inside.x()]
    assert tinted[0] > 180 > 100 > tinted[1]


def test_a_joint_that_is_dragged_out_of_the_hole_says_why_nothing_happens(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    opened.painting.mark_rectangle(Bounds(90, 240, 160, 310), erase=False)
    window.actions_[Command.SKELETON].trigger()
    x, y = window.canvas.layers.overlay.joints[ANKLE]
    hand.stroke((x, y), (x + 15, y - 15))
    assert "beside it" not in window.statusBar().currentMessage()
    x, y = window.canvas.layers.overlay.joints[ANKLE]
    hand.stroke((x, y), (x, y - 40), (40, 60))
    assert "Joints steer only what is behind the mask" in window.statusBar().currentMessage()


def test_joints_steer_what_was_filled_as_long_as_nothing_is_masked(
    qtbot: QtBot, opened: Session, window: MainWindow
) -> None:
    opened.painting.mark_rectangle(Bounds(90, 240, 160, 310), erase=False)
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        window.actions_[Command.FILL].trigger()
    strayed: list[tuple[float, float]] = []
    opened.joint_editing.strayed.connect(lambda x, y: strayed.append((x, y)))
    opened.joint_editing.move(ANKLE, 120, 280)
    assert not strayed
    opened.joint_editing.move(ANKLE, 20, 20)
    assert strayed == [(20, 20)]


@pytest.mark.parametrize("is_open", [False, True])
def test_what_is_dragged_in_is_told_that_it_may_be_let_go(
    qtbot: QtBot, window: MainWindow, session: Session, photo_path: Path, is_open: bool
) -> None:
    if is_open:
        session.files.open_pixels(np.full((320, 240, 3), 200, np.uint8))
    sign = window._central.drop_sign
    buttons, keys, action = (
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.DropAction.CopyAction,
    )
    text, files = QMimeData(), QMimeData()
    text.setText("no picture")
    files.setUrls([QUrl.fromLocalFile(str(photo_path))])
    before = window.grab().toImage()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), action, text, buttons, keys))
    assert not sign.isVisible()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), action, files, buttons, keys))
    assert sign.isVisible()
    assert sign.size() == window._central.size()
    assert window.grab().toImage() != before
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not sign.isVisible()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), action, files, buttons, keys))
    with qtbot.waitSignal(session.opened, timeout=5000):
        QApplication.sendEvent(window, QDropEvent(QPointF(400, 300), action, files, buttons, keys))
    assert not sign.isVisible()
