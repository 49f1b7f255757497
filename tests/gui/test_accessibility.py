"""Every control that takes the keyboard says what it is, and Tab reaches those of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from portrait_studio.gui.actions import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand


def takes_keyboard(widget: QWidget) -> bool:
    """Whether Tab or a click may give it the keyboard; frames that only scroll others do not count."""
    inner = widget.parent() if widget.objectName() == "qt_scrollarea_viewport" else None
    is_frame = type(widget) is QScrollArea or isinstance(inner, QAbstractScrollArea)
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not is_frame


def spoken(widget: QWidget) -> str:
    """What a screen reader says it is called."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return "" if interface is None else interface.text(QAccessible.Text.Name)


def nameless(root: QWidget) -> list[str]:
    """Controls of a window or dialog that have no name."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        # A combo box or a number field speaks for the parts that it is made of.
        is_part = widget.focusProxy() is not None or widget.objectName().startswith("qt_")
        # Arrows of tab bars and of full tool bars are Qt's own, and speak by their action.
        is_qts = isinstance(widget, QToolButton) and isinstance(widget.parent(), QTabBar)
        # The list of a combo box is a window of Qt's own; a label is its text, and says nothing without.
        is_qts |= widget.window().windowType() == Qt.WindowType.Popup
        is_qts |= isinstance(widget, QLabel) and not widget.text()
        is_control = takes_keyboard(widget) or isinstance(widget, QAbstractButton)
        if is_control and not is_part and not is_qts and not spoken(widget).strip():
            found.append(
                f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}"
            )
    return found


@pytest.fixture
def filled(qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand) -> Session:
    """Two holes with two candidates, people known: everything that can be there is."""
    hand.stroke((60, 60), (140, 60))
    hand.stroke((60, 250), (140, 250))
    for keys in (Qt.KeyboardModifier.NoModifier, CTRL):
        with qtbot.waitSignal(opened.job_ended, timeout=5000):
            hand.key(Qt.Key.Key_Return, keys)
    qtbot.waitUntil(lambda: len(window.strip.thumbs) == 2)
    return opened


def test_every_control_of_the_window_has_a_name(filled: Session, window: MainWindow) -> None:
    assert len([w for w in window.findChildren(QWidget) if takes_keyboard(w)]) > 40
    assert not nameless(window), "\n".join(nameless(window))


@pytest.mark.parametrize("command", [Command.PREFERENCES, Command.WEIGHTS, Command.KEYS, Command.ABOUT])
def test_every_control_of_a_dialog_has_a_name(
    qtbot: QtBot, opened: Session, window: MainWindow, command: Command
) -> None:
    window.actions_[command].trigger()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(QDialog)))
    (dialog,) = (d for d in window.findChildren(QDialog) if d.isVisible())
    assert not nameless(dialog), "\n".join(nameless(dialog))


def test_tab_goes_round_the_window_and_back(filled: Session, window: MainWindow) -> None:
    window.strip.hide()
    window.canvas.setFocus()
    order = []
    for _ in range(200):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in order:
            break
        order.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is order[0]
    assert len(order) > 15
    places = [w.mapTo(window, w.rect().topLeft()) for w in order if window.mask_panel.isAncestorOf(w)]
    # Down the panel row by row, as it is read.
    assert places == sorted(places, key=lambda at: (at.y() // 20, at.x()))
