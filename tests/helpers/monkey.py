"""Random but repeatable tool, menu, mouse and key events on the window, as long as somebody wants."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QWidget

from portrait_studio.app import Program
from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.document import Document
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.export_dialog import ExportDialog

_NEVER: Final = frozenset({Command.RECENT, Command.SAMPLE, Command.IMPORT_MASK, Command.QUIT})
"""They show a menu or lead out of the monkey's folder."""
_FILES: Final = (
    *(Command.OPEN, Command.NEXT_PHOTO, Command.PREVIOUS_PHOTO, Command.PASTE, Command.COPY),
    *(Command.SAVE, Command.SAVE_AS, Command.EXPORT, Command.EXPORT_RECORD, Command.EXPORT_LAYERS),
    *(Command.EXPORT_MASK, Command.EXPORT_INVENTED),
    *(Command.PREFERENCES, Command.WEIGHTS, Command.KEYS, Command.ABOUT),
)
_FILES_SHARE: Final = 0.08
_KEYS: Final = (
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up),
    *(Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Backslash, Qt.Key.Key_Tab),
    *(Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_L, Qt.Key.Key_R, Qt.Key.Key_W, Qt.Key.Key_X),
    *(Qt.Key.Key_P, Qt.Key.Key_Delete),
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


class Answers(QObject):
    """Answers each question that the program asks, at random."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        """Args: with photos to open, and in which everything is written; what decides."""
        super().__init__()
        self._folder, self._random = folder, chance
        self._asked: QWidget | None = None
        self.written = 0
        self._timer = QTimer(self, interval=5)
        self._timer.timeout.connect(self._answer)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _answer(self) -> None:
        asked = QApplication.activeModalWidget()
        if asked is None or asked is self._asked:
            return
        # What is asked while a dialog closes comes first; the dialog itself is not answered twice.
        before, self._asked = self._asked, asked
        if isinstance(asked, QMessageBox):
            self._random.choice(asked.buttons()).click()
        elif isinstance(asked, QFileDialog):
            is_open = asked.acceptMode() is QFileDialog.AcceptMode.AcceptOpen
            asked.selectFile(str(self._photo() if is_open else self._new_file(asked.selectedFiles()[0])))
            self._end(asked)
        elif isinstance(asked, ExportDialog):
            asked.set_path(
                self._new_file(self._random.choice(("a.png", "a.jpg", "a.tif", "a.webp", "a.avif")))
            )
            self._end(asked)
        elif isinstance(asked, QDialog):
            asked.close()
        self._asked = before

    def _end(self, dialog: QDialog) -> None:
        if self._random.random() < 0.8:
            dialog.accept()
        else:
            dialog.reject()

    def _photo(self) -> Path:
        return self._random.choice(sorted(self._folder.glob("*.png")))

    def _new_file(self, like: str) -> Path:
        self.written += 1
        folder = self._folder / "written"
        folder.mkdir(exist_ok=True)
        return folder / f"{self.written}{Path(like).suffix}"


class Monkey:
    """Each step is one event or gesture; those that would leave the program are left out.

    Attributes:
        last: what it did, for the one who looks for an error.
        may_leave: whether it opens other photos, writes files and shows dialogs.
    """

    def __init__(self, program: Program, seed: int, folder: Path | None = None) -> None:
        """Args: whose window has a photo open; what decides everything; where it may read and write."""
        self._program, self._random = program, random.Random(seed)
        self._commands = [command for command in Command if command not in _NEVER | set(_FILES)]
        self._answers = None if folder is None else Answers(folder, random.Random(seed))
        self.last = "nothing"
        self.may_leave = folder is not None

    @property
    def written(self) -> int:
        """How many files it wanted to write."""
        return 0 if self._answers is None else self._answers.written

    def step(self) -> None:
        """Do something, and close what it opened."""
        choice = self._random.random()
        if self._answers is not None and self.may_leave and choice > 1 - _FILES_SHARE:
            with self._answers:
                self._command(_FILES)
                self.settle()
        elif choice < 0.45:
            self._drag()
        elif choice < 0.6:
            self._press_key()
        else:
            self._command(self._commands)
        QApplication.processEvents()
        for dialog in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]:
            dialog.close()

    def settle(self) -> None:
        """Stop, and wait until no job runs."""
        session = self._program.session
        while session.current_job is not None:
            QTest.qWait(5)
        session.painting.end_stroke()

    def _command(self, commands: Sequence[Command]) -> None:
        command = self._random.choice(commands)
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
