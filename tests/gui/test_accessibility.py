"""Every control that takes the keyboard says what it is, and Tab reaches those of the window."""

from __future__ import annotations

from pathlib import Path

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

from portrait_studio.document.project_index import Origin
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.dialogs.recovery_dialog import RecoveryDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.recovery import AutosaveFile, Recoverable
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


def nameless(root: QWidget, *, hidden: bool = True) -> list[str]:
    """Controls of a window or dialog that have no name; those that are not shown now perhaps left out."""
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
        is_control &= hidden or widget.isVisible()
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


def round_trip() -> list[QWidget]:
    """What Tab reaches, from where the keyboard is until it is there again."""
    order: list[QWidget] = []
    for _ in range(200):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in order:
            break
        order.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is order[0]
    return order


def make_dialog(kind: str, session: Session, window: MainWindow, folder: Path) -> QDialog:
    """A dialog that the program shows when there is something to ask or to tell."""
    if kind == "export":
        assert session.document is not None
        return ExportDialog(session.document.photo, window)
    if kind == "recovery":
        origin = Origin("person", folder / "person.png", None)
        found = [Recoverable(AutosaveFile.new(folder), origin, float(hour * 3600)) for hour in (2, 1)]
        return RecoveryDialog(found, window)
    return ErrorDialog("The photo is damaged; fetch it again.", "Traceback" if kind == "log" else "", window)


@pytest.mark.parametrize("kind", ["export", "recovery", "error", "log"])
def test_a_dialog_that_asks_or_tells_is_named_and_walked_as_it_is_read(
    qtbot: QtBot, opened: Session, window: MainWindow, tmp_path: Path, kind: str
) -> None:
    dialog = make_dialog(kind, opened, window, tmp_path)
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or window))
    assert not nameless(dialog, hidden=False), nameless(dialog, hidden=False)
    order = round_trip()
    reachable = [
        w for w in dialog.findChildren(QWidget) if takes_keyboard(w) and w.isEnabled() and w.isVisible()
    ]
    # A text field takes Tab's place in the log; a combo box stands for its parts.
    parts = [w for w in reachable if w.focusProxy() is not None or w.objectName().startswith("qt_")]
    missing = [
        w
        for w in reachable
        if w not in order and w not in parts and w.focusPolicy() != Qt.FocusPolicy.ClickFocus
    ]
    assert not missing, missing
    places = [
        (w.mapTo(dialog, w.rect().center()).y() // 12, w.mapTo(dialog, w.rect().topLeft()).x()) for w in order
    ]
    first = places.index(min(places))
    assert places[first:] + places[:first] == sorted(places), [spoken(w) for w in order]
    dialog.close()


def test_tab_goes_round_the_window_and_back(filled: Session, window: MainWindow) -> None:
    window.strip.hide()
    window.canvas.setFocus()
    order = round_trip()
    assert len(order) > 15
    places = [w.mapTo(window, w.rect().topLeft()) for w in order if window.mask_panel.isAncestorOf(w)]
    # Down the panel row by row, as it is read.
    assert places == sorted(places, key=lambda at: (at.y() // 20, at.x()))
