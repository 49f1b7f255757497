"""The window looks as it was left: two programs one after the other, or two at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QSlider, QTabWidget, QToolButton
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.engine.request import Method
from portrait_studio.gui.actions import TABLE
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.stored_values import StoredValues
from portrait_studio.session.tools import Target, Tool
from tests.gui.test_controls_by_hand import named
from tests.helpers.fake_engine import FakeEngine

TICKS = [command for command, spec in TABLE.items() if spec.is_switch and isinstance(command, Command)]
Start = Callable[[], Program]


@pytest.fixture
def start(qapp: QApplication, qtbot: QtBot) -> Iterator[Start]:
    """Starts the program anew."""
    running: list[Program] = []

    def begin() -> Program:
        program = Program(qapp, FakeEngine)
        running.append(program)
        program.window.show()
        qtbot.waitExposed(program.window)
        program.session.files.open_pixels(np.zeros((60, 80, 3), np.uint8))
        return program

    yield begin
    for program in running:
        end(program)
        program.window.deleteLater()
        program.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def end(program: Program) -> None:
    program.window.close()
    program.close()


def ticks(program: Program) -> dict[Command, bool]:
    return {command: program.window.actions_[command].isChecked() for command in TICKS}


def tools_of(program: Program) -> tuple[bool, bool, bool]:
    tools = program.session.tools
    return tools.takes_loops, tools.fills_after_stroke, tools.obeys_pressure


def test_every_tick_is_as_it_was_left(start: Start) -> None:
    first = start()
    usual = ticks(first)
    for command in TICKS:
        # The last one, side by side, takes the divider's place.
        first.window.actions_[command].trigger()
    changed = ticks(first)
    assert [command for command in TICKS if changed[command] is usual[command]] == [Command.DIVIDER]
    end(first)
    second = start()
    assert ticks(second) == changed
    assert tools_of(second) == tools_of(first)
    for command in (Command.DIVIDER, Command.LOOPS):
        second.window.actions_[command].trigger()
    changed = ticks(second)
    assert changed[Command.DIVIDER]
    assert not changed[Command.SIDE_BY_SIDE]
    end(second)
    assert ticks(start()) == changed


def test_every_choice_and_number_is_as_it_was_left(start: Start) -> None:
    def controls(window: MainWindow) -> dict[str, object]:
        options = window.options
        return {
            "method": named(options, QComboBox, "Method").currentText(),
            "intent": named(options, QComboBox, "What the fill is meant to do").currentText(),
            "pick": named(options, QComboBox, "What a click takes").currentText(),
            "hardness": named(options, QSlider, "Hardness").value(),
            "edge": window.mask_panel.step_px,
            "opacity": window.panel.opacity_slider.value(),
            "eye": named(window.panel, QToolButton, "Show face").isChecked(),
            "page": named(window.side_panel, QTabWidget, "Panels").currentIndex(),
        }

    first = start()
    window = first.window
    usual = controls(window)
    for name in ("Method", "What the fill is meant to do", "What a click takes"):
        box = named(window.options, QComboBox, name)
        QTest.keyClick(box, Qt.Key.Key_Down)
    for slider in (named(window.options, QSlider, "Hardness"), window.panel.opacity_slider):
        QTest.keyClick(slider, Qt.Key.Key_Left)
    window.mask_panel._step.setValue(17)
    window.side_panel.bring_forward("Structure")
    QTest.mouseClick(named(window.panel, QToolButton, "Show face"), Qt.MouseButton.LeftButton)
    left = controls(window)
    assert all(left[name] != usual[name] for name in usual)
    end(first)
    second = start()
    assert controls(second.window) == left
    assert second.session.tools.hardness == pytest.approx(first.session.tools.hardness)
    assert second.session.tools.target is Target.PART
    assert second.session.filling.intent is first.session.filling.intent
    assert second.window.options.method is first.window.options.method


def test_the_window_is_where_and_as_large_as_it_was(start: Start, qtbot: QtBot) -> None:
    first = start()
    # The screen of this trial is too narrow for the width to be more than what the texts need.
    first.window.setGeometry(7, 40, 100, 707)
    end(first)
    second = start()
    assert (second.window.y(), second.window.height()) == (first.window.y(), 707)
    second.window.showMaximized()
    end(second)
    third = start()
    assert third.window.isMaximized()
    third.window.showNormal()
    qtbot.waitUntil(lambda: third.window.height() == 707)


def test_the_tool_and_sizes_that_suit_the_photo_begin_anew(start: Start) -> None:
    first = start()
    first.session.tools.choose(Tool.ERASER)
    first.session.tools.set_diameter(333)
    end(first)
    second = start()
    assert second.session.tools.tool is Tool.BRUSH
    assert second.session.tools.diameter_px == 8


def test_two_windows_keep_what_each_has_changed(start: Start) -> None:
    one, other = start(), start()
    one.window.actions_[Command.LOOPS].trigger()
    other.window.actions_[Command.PRESSURE].trigger()
    end(one)
    end(other)
    third = start()
    assert third.session.tools.takes_loops
    assert not third.session.tools.obeys_pressure


def test_a_tick_is_kept_though_the_program_is_killed_later(
    start: Start, qtbot: QtBot, data_folder: Path
) -> None:
    program = start()
    program.window.actions_[Command.LOOPS].trigger()
    file = data_folder / "window.json"
    qtbot.waitUntil(file.is_file)
    assert json.loads(file.read_text())["loops"] is True


DAMAGED = (
    b"",
    b"{",
    b"[1]",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"loops": 5, "opacity": "x", "method": [], "place": 7, "bars": {}, "panel": 1e999}',
    b'{"loops": null, "opacity": 99999999999999999999, "panel": -7, "edge": -5, "method": "gone"}',
    b'{"place": "AAAA", "bars": "\xc3\xa9?", "panel": 99, "show-hat": "no"}',
    b'{"opacity": ' + b"9" * 5000 + b"}",
)


@pytest.mark.parametrize("content", DAMAGED[5:8], ids=["kinds", "ranges", "bytes"])
def test_what_does_not_fit_was_never_kept(start: Start, data_folder: Path, content: bytes) -> None:
    data_folder.mkdir(exist_ok=True)
    (data_folder / "window.json").write_bytes(content)
    program = start()
    window = program.window
    assert not window.actions_[Command.LOOPS].isChecked()
    assert window.actions_[Command.PRESSURE].isChecked()
    assert window.mask_panel.step_px in (1, 4)
    assert window.options.method is Method.DEFAULT
    assert 0 <= window.panel.opacity_slider.value() <= 100
    window.actions_[Command.LOOPS].trigger()
    end(program)
    assert json.loads((data_folder / "window.json").read_text())["loops"] is True


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    stored = StoredValues(path)
    assert stored.switch("loops") is None
    assert stored.text("method") in (None, "gone")
    stored.keep({"loops": True})
    again = StoredValues(path)
    assert again.switch("loops") is True
    assert again.number("loops") is None


def test_a_pipe_in_the_place_of_the_file_stops_nobody(data_folder: Path) -> None:
    data_folder.mkdir(exist_ok=True)
    os.mkfifo(data_folder / "window.json")
    assert StoredValues(data_folder / "window.json").switch("loops") is None
