"""Random but repeatable tool, menu, mouse and key events on the window, as long as somebody wants."""

from __future__ import annotations

import random
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from portrait_studio.app import Program
from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.document import Document
from portrait_studio.gui.actions import Command

_LEAVES_THE_PHOTO: Final = frozenset(
    {
        *(Command.OPEN, Command.RECENT, Command.NEXT_PHOTO, Command.PREVIOUS_PHOTO, Command.SAMPLE),
        *(Command.PASTE, Command.SAVE, Command.SAVE_AS, Command.EXPORT, Command.EXPORT_RECORD),
        *(Command.IMPORT_MASK, Command.EXPORT_MASK, Command.EXPORT_INVENTED, Command.QUIT),
        *(Command.PREFERENCES, Command.WEIGHTS, Command.KEYS, Command.ABOUT, Command.COPY),
    }
)
_KEYS: Final = (
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up),
    *(Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Backslash, Qt.Key.Key_Tab),
    *(Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_L, Qt.Key.Key_R, Qt.Key.Key_W, Qt.Key.Key_X),
)
_MODIFIERS: Final = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_BUTTONS: Final = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)


class Monkey:
    """Each step is one event or gesture; those that would leave the photo or the program are left out."""

    def __init__(self, program: Program, seed: int) -> None:
        """Args: whose window has a photo open; what decides everything."""
        self._program, self._random = program, random.Random(seed)
        self._commands = [command for command in Command if command not in _LEAVES_THE_PHOTO]
        self.last = "nothing"

    def step(self) -> None:
        """Do something, and close what it opened."""
        choice = self._random.random()
        if choice < 0.45:
            self._drag()
        elif choice < 0.6:
            self._press_key()
        else:
            self._command()
        QApplication.processEvents()
        for dialog in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
            dialog.close()

    def settle(self) -> None:
        """Stop, and wait until no job runs."""
        session = self._program.session
        while session.current_job is not None:
            QTest.qWait(5)
        session.painting.end_stroke()

    def _command(self) -> None:
        command = self._random.choice(self._commands)
        self.last = command.name
        action = self._program.window.actions_[command]
        if action.isEnabled():
            action.trigger()

    def _press_key(self) -> None:
        key, keys = self._random.choice(_KEYS), self._random.choice(_MODIFIERS)
        self.last = f"{key} {keys}"
        QTest.keyClick(self._program.window.canvas, key, keys)

    def _drag(self) -> None:
        canvas = self._program.window.canvas
        button, keys = self._random.choice(_BUTTONS), self._random.choice(_MODIFIERS)
        points = [self._spot() for _ in range(self._random.randint(1, 4))]
        self.last = f"drag {button} {keys} {[point.toTuple() for point in points]}"
        QTest.mousePress(canvas, button, keys, points[0])
        for point in points[1:]:
            QTest.mouseMove(canvas, point)
        QTest.mouseRelease(canvas, button, keys, points[-1])

    def _spot(self) -> QPoint:
        canvas = self._program.window.canvas
        return QPoint(self._random.randrange(canvas.width()), self._random.randrange(canvas.height()))


def same(first: Document, second: Document) -> bool:
    """Whether two documents show the same, in every array."""
    return first.canvas == second.canvas and all(
        np.array_equal(first.plane(name), second.plane(name)) for name in PlaneName
    )
