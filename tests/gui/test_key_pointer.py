"""Everything that the mouse does over the photo, done with keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
ARROWS = {
    (-1, 0): Qt.Key.Key_Left,
    (1, 0): Qt.Key.Key_Right,
    (0, -1): Qt.Key.Key_Up,
    (0, 1): Qt.Key.Key_Down,
}


class Keys:
    """The user's other hand: only keys, in photo coordinates."""

    def __init__(self, window: MainWindow) -> None:
        self._canvas = window.canvas
        self._spot: QPointF | None = None
        self._canvas.hovered.connect(self._on_hovered)

    def _on_hovered(self, x: float, y: float) -> None:
        self._spot = self._canvas.view.to_widget(x, y)

    def go(self, x: float, y: float) -> None:
        """Move the pointer to a photo position, first far, then finely."""
        for step, keys in ((64, CTRL), (8, NONE), (1, SHIFT)):
            for axis in (0, 1):
                assert self._spot is not None
                away = (self._canvas.view.to_widget(x, y) - self._spot).toTuple()[axis]
                side = 1 if away > 0 else -1
                for _ in range(round(abs(away)) // step):
                    way = (side, 0) if axis == 0 else (0, side)
                    QTest.keyClick(self._canvas, ARROWS[way], keys)

    def press(self, key: Qt.Key = Qt.Key.Key_Space, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyPress(self._canvas, key, keys)

    def release(self, key: Qt.Key = Qt.Key.Key_Space) -> None:
        QTest.keyRelease(self._canvas, key)

    def stroke(self, *points: tuple[float, float], key: Qt.Key = Qt.Key.Key_Space) -> None:
        self.go(*points[0])
        self.press(key)
        for point in points[1:]:
            self.go(*point)
        self.release(key)


@pytest.fixture
def keys(opened: Session, window: MainWindow, hand: Hand) -> Keys:
    keys = Keys(window)
    hand.key(Qt.Key.Key_P)
    assert window.actions_[Command.KEY_POINTER].isChecked()
    return keys


def mask_of(session: Session) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    assert session.document is not None
    return session.document.mask


def test_the_brush_paints_erases_and_goes_straight(opened: Session, keys: Keys) -> None:
    opened.tools.set_diameter(10)
    keys.stroke((60, 100), (120, 100))
    assert mask_of(opened)[100, 62:118].all()
    assert not mask_of(opened)[110].any()
    keys.stroke((90, 90), (90, 110), key=Qt.Key.Key_Delete)
    assert not mask_of(opened)[100, 90]
    assert mask_of(opened)[100, 70]
    opened.painting.clear_mask()
    keys.stroke((40, 40), (42, 40))
    keys.go(140, 140)
    keys.press(keys=SHIFT)
    keys.release()
    assert mask_of(opened)[90, 90]


def test_a_loop_of_keys_takes_what_it_goes_around(opened: Session, keys: Keys) -> None:
    opened.tools.set_takes_loops(True)
    opened.tools.set_diameter(10)
    keys.stroke((60, 60), (140, 60), (140, 140), (60, 140), (60, 60))
    assert mask_of(opened)[100, 100]


def test_lasso_and_rectangle(opened: Session, keys: Keys, hand: Hand) -> None:
    hand.key(Qt.Key.Key_L)
    keys.stroke((60, 60), (140, 60), (140, 140), (60, 140))
    assert mask_of(opened)[100, 100]
    assert not mask_of(opened)[150, 100]
    hand.key(Qt.Key.Key_R)
    keys.stroke((90, 90), (120, 120), key=Qt.Key.Key_Backspace)
    assert not mask_of(opened)[100, 100]
    assert mask_of(opened)[70, 70]


def test_escape_gives_the_stroke_up_and_then_the_mode(
    opened: Session, keys: Keys, hand: Hand, window: MainWindow
) -> None:
    keys.go(60, 100)
    keys.press()
    keys.go(100, 100)
    hand.key(Qt.Key.Key_Escape)
    assert not mask_of(opened).any()
    keys.release()
    before = window.canvas.view
    hand.key(Qt.Key.Key_Escape)
    assert not window.actions_[Command.KEY_POINTER].isChecked()
    hand.key(Qt.Key.Key_Left)
    assert window.canvas.view != before


def test_picking_says_what_is_there_and_takes_it(
    qtbot: QtBot, opened: Session, keys: Keys, hand: Hand, window: MainWindow
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.regions is not None)
    hand.key(Qt.Key.Key_W)
    keys.go(120, 130)
    assert window.status_bar.part == "person"
    keys.press()
    keys.release()
    assert mask_of(opened)[130, 120]
    keys.press(Qt.Key.Key_Delete)
    keys.release(Qt.Key.Key_Delete)
    assert not mask_of(opened).any()


def test_the_divider_and_the_edge_of_the_canvas_are_dragged(
    opened: Session, keys: Keys, hand: Hand, window: MainWindow
) -> None:
    hand.key(Qt.Key.Key_V)
    keys.stroke((120, 160), (60, 160))
    assert window.canvas.layers.divider == pytest.approx(60 / 240, abs=0.02)
    hand.key(Qt.Key.Key_V)
    hand.key(Qt.Key.Key_C)
    keys.stroke((239, 160), (260, 160))
    assert opened.extending.margins.right > 10


def test_at_the_edge_of_the_window_the_photo_moves_instead(
    opened: Session, keys: Keys, window: MainWindow
) -> None:
    window.canvas.zoom_to(8.0)
    before = window.canvas.view
    for _ in range(40):
        QTest.keyClick(window.canvas, Qt.Key.Key_Right, CTRL)
    assert window.canvas.view.left < before.left
    window.canvas.viewport.fit()
    fitted = window.canvas.view
    for _ in range(40):
        QTest.keyClick(window.canvas, Qt.Key.Key_Right, CTRL)
    assert window.canvas.view == fitted


def test_the_mouse_leaving_the_window_does_not_take_the_pointer_away(
    opened: Session, keys: Keys, hand: Hand, window: MainWindow
) -> None:
    keys.go(60, 100)
    QTest.mouseMove(window.side_panel)
    opened.tools.set_diameter(10)
    keys.press()
    keys.release()
    assert mask_of(opened)[100, 60]


def test_a_key_held_while_the_window_loses_the_keyboard_is_let_go(
    opened: Session, keys: Keys, window: MainWindow
) -> None:
    keys.go(60, 100)
    keys.press()
    keys.go(80, 100)
    window.options.brush.number.setFocus()
    assert not opened.painting.is_under_way
    assert opened.can_undo
