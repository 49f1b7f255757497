from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.gui.conftest import CTRL, Hand

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def mask_of(session: Session) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    assert session.document is not None
    return session.document.mask


def test_stroke_paints_where_the_mouse_goes_and_undoes_as_one_step(opened: Session, hand: Hand) -> None:
    opened.tools.set_diameter(20)
    hand.stroke((60, 80), (100, 80), (140, 120))
    mask = mask_of(opened)
    assert mask[80, 60]
    assert mask[80, 100]
    assert mask[100, 120]
    assert mask[120, 140]
    assert not mask[120, 60]
    assert np.count_nonzero(mask[:, 60]) in range(17, 23)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask.any()
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert mask[120, 140]


def test_each_stroke_is_its_own_step(opened: Session, hand: Hand) -> None:
    hand.stroke((40, 40), (80, 40))
    first = mask_of(opened).copy()
    hand.stroke((40, 200), (80, 200))
    assert mask_of(opened)[200, 60]
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(mask_of(opened), first)
    hand.key(Qt.Key.Key_Y, CTRL)
    assert mask_of(opened)[200, 60]


def test_right_drag_alt_drag_and_eraser_take_away(opened: Session, hand: Hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    assert mask_of(opened).all()
    hand.stroke((50, 50), (90, 50), button=Qt.MouseButton.RightButton)
    hand.stroke((50, 150), (90, 150), keys=ALT)
    hand.key(Qt.Key.Key_E)
    hand.stroke((50, 250), (90, 250))
    mask = mask_of(opened)
    assert not mask[[50, 150, 250], 70].any()
    assert mask[100, 70]


def test_swap_key_goes_to_the_eraser_and_back(opened: Session, hand: Hand) -> None:
    hand.key(Qt.Key.Key_R)
    hand.key(Qt.Key.Key_X)
    assert opened.tools.tool is Tool.ERASER
    hand.key(Qt.Key.Key_X)
    assert opened.tools.tool is Tool.RECTANGLE


def test_rectangle_marks_exactly_what_was_dragged(opened: Session, hand: Hand, window: MainWindow) -> None:
    window.canvas.zoom_to(1.0)
    hand.key(Qt.Key.Key_R)
    hand.stroke((30, 40), (60, 50), (100, 120))
    mask = mask_of(opened)
    rows, columns = np.nonzero(mask)
    assert abs(int(columns.min()) - 30) <= 1
    assert abs(int(columns.max()) - 99) <= 1
    assert abs(int(rows.min()) - 40) <= 1
    assert abs(int(rows.max()) - 119) <= 1
    assert mask[40:119, 31:99].all()


def test_shift_click_draws_straight_from_the_last_stroke(opened: Session, hand: Hand) -> None:
    opened.tools.set_diameter(10)
    hand.stroke((40, 40))
    hand.stroke((160, 160), keys=SHIFT)
    mask = mask_of(opened)
    assert mask[100, 100]
    assert not mask[100, 140]


def test_space_pans_in_the_middle_of_a_stroke(opened: Session, hand: Hand, window: MainWindow) -> None:
    opened.tools.set_diameter(8)
    hand.press(60, 60)
    hand.move(80, 60)
    QTest.keyPress(window.canvas, Qt.Key.Key_Space)
    before = window.canvas.view
    target = hand.at(80, 60) + QPoint(50, 30)
    QTest.mouseMove(window.canvas, target)
    QTest.keyRelease(window.canvas, Qt.Key.Key_Space)
    assert window.canvas.view.left != before.left
    painted = np.count_nonzero(mask_of(opened))
    QTest.mouseMove(window.canvas, target + QPoint(1, 0))
    hand.release(80, 60)
    assert np.count_nonzero(mask_of(opened)) >= painted
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask_of(opened).any()


def test_middle_drag_pans_and_paints_nothing(opened: Session, hand: Hand, window: MainWindow) -> None:
    before = window.canvas.view
    hand.stroke((60, 60), (90, 100), button=Qt.MouseButton.MiddleButton)
    assert window.canvas.view != before
    assert not mask_of(opened).any()


def test_escape_takes_back_the_stroke_under_way(opened: Session, hand: Hand) -> None:
    hand.press(60, 60)
    hand.move(120, 60)
    assert mask_of(opened).any()
    hand.key(Qt.Key.Key_Escape)
    hand.release(120, 60)
    assert not mask_of(opened).any()
    assert not opened.can_undo


def test_mask_commands(opened: Session, hand: Hand) -> None:
    hand.stroke((60, 60), (120, 60))
    painted = mask_of(opened).copy()
    hand.key(Qt.Key.Key_I, CTRL | SHIFT)
    assert np.array_equal(mask_of(opened) == 0, painted != 0)
    hand.key(Qt.Key.Key_D, CTRL)
    assert not mask_of(opened).any()
    for _ in range(2):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(mask_of(opened), painted)


def wheel(window: MainWindow, at: QPoint, delta: QPoint, keys: Qt.KeyboardModifier) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place,
        QPointF(window.canvas.mapToGlobal(at)),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(window.canvas, event)


def test_ctrl_wheel_zooms_at_the_pointer(opened: Session, hand: Hand, window: MainWindow) -> None:
    canvas = window.canvas
    at = hand.at(100, 150)
    under = canvas.view.to_photo(QPointF(at))
    before = canvas.zoom
    wheel(window, at, QPoint(0, 240), CTRL)
    assert canvas.zoom > before * 1.3
    now = canvas.view.to_photo(QPointF(at))
    assert abs(now.x() - under.x()) < 0.01
    assert abs(now.y() - under.y()) < 0.01
    hand.key(Qt.Key.Key_1, CTRL)
    assert canvas.zoom == 1.0
    hand.key(Qt.Key.Key_0, CTRL)
    assert abs(canvas.zoom - before) < 1e-9


def test_brush_size_by_keys_and_alt_wheel(opened: Session, hand: Hand, window: MainWindow) -> None:
    size = opened.tools.diameter_px
    hand.key(Qt.Key.Key_BracketRight)
    larger = opened.tools.diameter_px
    assert larger > size
    hand.key(Qt.Key.Key_BracketLeft)
    assert opened.tools.diameter_px < larger
    size = opened.tools.diameter_px
    wheel(window, hand.at(100, 100), QPoint(120, 0), ALT)
    assert opened.tools.diameter_px > size


def test_wheel_scrolls(opened: Session, hand: Hand, window: MainWindow) -> None:
    hand.key(Qt.Key.Key_1, CTRL)
    window.canvas.viewport.zoom_by(4)
    before = window.canvas.view
    wheel(window, hand.at(100, 100), QPoint(0, -120), Qt.KeyboardModifier.NoModifier)
    assert window.canvas.view.top < before.top
    assert window.canvas.view.left == before.left


def test_letters_do_nothing_while_a_number_is_typed(
    opened: Session, hand: Hand, window: MainWindow, qtbot: QtBot
) -> None:
    field = window.options.findChild(type(window.options.brush.number))
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "E77")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert opened.tools.tool is Tool.BRUSH
    assert opened.tools.diameter_px == 77
    assert opened.current_job is None
    qtbot.waitUntil(window.canvas.hasFocus)
