"""Pen, trackpad, touch screen and dropped files, as Qt delivers them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand, write_photo
from tests.helpers.fake_engine import ANKLE

NO_KEYS = Qt.KeyboardModifier.NoModifier
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def pen(kind: QPointingDevice.PointerType) -> QPointingDevice:
    return QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        kind,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        2,
        "",
        QPointingDeviceUniqueId(),
    )


def pen_stroke(
    window: MainWindow,
    hand: Hand,
    device: QPointingDevice,
    points: list[tuple[float, float, float]],
) -> None:
    """A stroke of the pen through x, y, pressure."""
    kinds = [QEvent.Type.TabletPress, *[QEvent.Type.TabletMove] * (len(points) - 1)]
    steps = [*zip(kinds, points, strict=True), (QEvent.Type.TabletRelease, points[-1])]
    for kind, (x, y, pressure) in steps:
        at = QPointF(hand.at(x, y))
        moves, ends = kind == QEvent.Type.TabletMove, kind == QEvent.Type.TabletRelease
        event = QTabletEvent(
            kind,
            device,
            at,
            QPointF(window.canvas.mapToGlobal(at.toPoint())),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            NO_KEYS,
            NO_BUTTON if moves else LEFT,
            NO_BUTTON if ends else LEFT,
        )
        QApplication.sendEvent(window.canvas, event)
        assert event.isAccepted()


def mask_of(session: Session) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    assert session.document is not None
    return session.document.mask


def test_a_pen_that_presses_less_paints_thinner(opened: Session, window: MainWindow, hand: Hand) -> None:
    opened.tools.set_diameter(40)
    device = pen(QPointingDevice.PointerType.Pen)
    pen_stroke(window, hand, device, [(60, 100, 0.25), (100, 100, 0.25), (180, 100, 1.0)])
    mask = mask_of(opened)
    thin, thick = (np.count_nonzero(mask[:, x]) for x in (80, 178))
    assert thin in range(8, 13)
    assert thick in range(36, 43)
    assert opened.can_undo
    opened.undo()
    assert not opened.can_undo


def test_the_other_end_of_the_pen_erases(opened: Session, window: MainWindow, hand: Hand) -> None:
    opened.painting.mask_everything()
    device = pen(QPointingDevice.PointerType.Eraser)
    pen_stroke(window, hand, device, [(60, 100, 1.0), (120, 100, 1.0)])
    assert mask_of(opened)[100, 90] == 0
    assert mask_of(opened)[10, 10] != 0


def test_the_pen_slides_the_divider_and_drags_a_joint_too(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    device = pen(QPointingDevice.PointerType.Pen)
    hand.key(Qt.Key.Key_V)
    pen_stroke(window, hand, device, [(120, 100, 0.5), (100, 100, 0.5), (60, 100, 0.5)])
    assert window.canvas.layers.divider == pytest.approx(60 / 240, abs=0.02)
    hand.key(Qt.Key.Key_V)
    qtbot.waitUntil(lambda: opened.parsing_maps.shown is not None)
    hand.key(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    x, y = window.canvas.layers.overlay.joints[ANKLE]
    pen_stroke(window, hand, device, [(x, y, 0.5), (x + 20, y - 20, 0.5), (x + 30, y - 30, 0.5)])
    assert opened.document is not None
    assert opened.document.joints[ANKLE] == pytest.approx((x + 30, y - 30), abs=2)
    assert not mask_of(opened).any()


def test_fingers_that_swipe_over_a_trackpad_move_the_photo(opened: Session, window: MainWindow) -> None:
    canvas = window.canvas
    canvas.zoom_to(4.0)
    before = canvas.view
    at = QPointF(canvas.rect().center())
    event = QNativeGestureEvent(
        Qt.NativeGestureType.PanNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        3,
        at,
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        0.0,
        QPointF(30, -20),
    )
    QApplication.sendEvent(canvas, event)
    assert (canvas.view.left - before.left, canvas.view.top - before.top) == (30, -20)


@pytest.mark.parametrize(("value", "grows"), [(0.3, True), (-0.3, False)])
def test_pinching_a_trackpad_zooms_at_the_pointer(
    opened: Session, window: MainWindow, hand: Hand, value: float, grows: bool
) -> None:
    canvas = window.canvas
    canvas.zoom_to(2.0)
    at = QPointF(hand.at(100, 150))
    under, before = canvas.view.to_photo(at), canvas.zoom
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        value,
        QPointF(),
    )
    QApplication.sendEvent(canvas, event)
    assert (canvas.zoom > before) is grows
    assert (canvas.view.to_photo(at) - under).manhattanLength() < 0.01


def test_two_fingers_on_the_screen_zoom_and_paint_nothing(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    canvas = window.canvas
    device = QTest.createTouchDevice()
    before = canvas.zoom
    middle = hand.at(120, 160)
    for spread in range(20, 121, 10):
        touch = QTest.touchEvent(canvas, device, False)
        for finger, side in ((0, -1), (1, 1)):
            spot = QPoint(middle.x() + side * spread, middle.y())
            (touch.press if spread == 20 else touch.move)(finger, spot, canvas)
        touch.commit()
        QApplication.processEvents()
    ending = QTest.touchEvent(canvas, device, False)
    for finger in (0, 1):
        ending.release(finger, middle, canvas)
    ending.commit()
    assert canvas.zoom > before * 1.5
    assert not mask_of(opened).any()


def drop(window: MainWindow, data: QMimeData) -> bool:
    """Drag over the photo and let go; whether it was taken."""
    place = QPointF(window.canvas.rect().center())
    enter = QDragEnterEvent(place.toPoint(), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        let_go = QDropEvent(place, Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
        QApplication.sendEvent(window, let_go)
    return enter.isAccepted()


def test_a_dropped_file_opens(qtbot: QtBot, opened: Session, window: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_photo(tmp_path / "other.png", 100, 90)))])
    assert drop(window, data)
    qtbot.waitUntil(lambda: opened.files.name == "other.png")


def test_a_dropped_picture_opens(opened: Session, window: MainWindow) -> None:
    picture = QImage(70, 60, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    data = QMimeData()
    data.setImageData(picture)
    assert drop(window, data)
    assert opened.document is not None
    assert (opened.document.image[0, 0] == (255, 0, 0)).all()


def test_dropped_text_is_refused(opened: Session, window: MainWindow) -> None:
    data = QMimeData()
    data.setText("not a photo")
    assert not drop(window, data)
    assert opened.files.name == "person.png"
