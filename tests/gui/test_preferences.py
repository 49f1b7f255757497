"""Preferences and keys, with real events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.key_sheet import KeySheet
from portrait_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.theme import DARK, LIGHT
from portrait_studio.hardware import Hardware
from portrait_studio.session.session import Session
from portrait_studio.session.settings import Preferences, Settings
from portrait_studio.session.tools import Tool
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, opened: Session, hand: Hand) -> PreferencesDialog:
    hand.key(Qt.Key.Key_Comma, CTRL)
    found = window.findChildren(PreferencesDialog)[0]
    qtbot.waitUntil(found.isVisible)
    return found


def choose(qtbot: QtBot, box: QComboBox, value: object) -> None:
    """By keyboard: from the first entry down to the wanted one."""
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(value)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == value


def test_the_theme_changes_at_once_and_is_remembered(
    qtbot: QtBot, dialog: PreferencesDialog, program: Program, data_folder: Path
) -> None:
    for value, colours in (("dark", DARK), ("light", LIGHT)):
        choose(qtbot, dialog.theme, value)
        assert program.theme.colours is colours
    assert json.loads((data_folder / "settings.json").read_text())["theme"] == "light"
    assert Preferences(data_folder / "settings.json").settings.theme == "light"
    choose(qtbot, dialog.theme, "system")


def test_computing_holds_from_the_next_fill_on(
    qtbot: QtBot, dialog: PreferencesDialog, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    dialog.pages.setCurrentIndex(1)
    choose(qtbot, dialog.device, "cpu")
    choose(qtbot, dialog.precision, "float32")
    qtbot.keyClick(dialog.threads, Qt.Key.Key_Up)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    hand.stroke((60, 80), (140, 120))
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert engine.preferred == Hardware("cpu", "float32", 1)


def test_autosave_follows(qtbot: QtBot, dialog: PreferencesDialog, program: Program) -> None:
    choose(qtbot, dialog.autosave, 0)
    assert program.autosave.interval_s == 0
    choose(qtbot, dialog.autosave, 300)
    assert program.autosave.interval_s == 300


def test_keys_are_rebound_live_with_a_check_for_conflicts(
    qtbot: QtBot,
    dialog: PreferencesDialog,
    window: MainWindow,
    opened: Session,
    hand: Hand,
    data_folder: Path,
) -> None:
    editor, actions = dialog.keys, window.actions_
    dialog.pages.setCurrentWidget(editor)
    editor.choose(Tool.ERASER)

    def press(key: Qt.Key) -> None:
        editor.edit.setFocus()
        qtbot.keyClick(editor.edit, key)
        editor.edit.editingFinished.emit()

    press(Qt.Key.Key_B)
    assert "B belongs to: Brush" in editor.note.text()
    press(Qt.Key.Key_Space)
    assert "moving the photo" in editor.note.text()
    assert actions.keys(Tool.ERASER) == ("E",)
    press(Qt.Key.Key_J)
    assert actions.keys(Tool.ERASER) == ("J",)
    assert actions[Tool.ERASER].toolTip().endswith("(J)")
    editor.search.setText("eras")
    assert not editor.table.isRowHidden(editor.table.currentRow())
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_E)
    assert opened.tools.tool is not Tool.ERASER
    hand.key(Qt.Key.Key_J)
    assert opened.tools.tool is Tool.ERASER
    assert Preferences(data_folder / "settings.json").settings.keys == {"ERASER": ("J",)}
    hand.key(Qt.Key.Key_F1)
    sheet = window.findChildren(KeySheet)[0]
    assert sheet.mentions("J")
    sheet.close()


def test_usual_keys_and_no_key(dialog: PreferencesDialog, window: MainWindow) -> None:
    editor = dialog.keys
    editor.choose(Command.REDO)
    editor.clear_button.click()
    assert window.actions_.keys(Command.REDO) == ()
    editor.usual_button.click()
    assert window.actions_.keys(Command.REDO) == ("Ctrl+Shift+Z", "Ctrl+Y")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", Settings()),
        ("[]", Settings()),
        ('{"theme": "pink", "threads": -1, "autosave_s": true, "keys": {"A": 3}, "new": 1}', Settings()),
        ('{"theme": "dark", "keys": {"FILL": ["F5"]}}', Settings(theme="dark", keys={"FILL": ("F5",)})),
    ],
)
def test_damaged_settings_are_the_usual_ones(tmp_path: Path, content: str, expected: Settings) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    assert Preferences(path).settings == expected


def test_the_device_is_named_before_the_first_fill_and_after_another_choice(
    qtbot: QtBot, program: Program, window: MainWindow, dialog: PreferencesDialog
) -> None:
    label = next(label for label in window.findChildren(QLabel) if label.accessibleName() == "Device")
    program.session.prepare()
    qtbot.waitUntil(lambda: label.text() == "Fake (auto)")
    dialog.pages.setCurrentIndex(1)
    choose(qtbot, dialog.device, "cpu")
    qtbot.waitUntil(lambda: label.text() == "Fake (cpu)")
