"""Questions and errors."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.errors import PortraitStudioError
from portrait_studio.gui.widgets.layouts import sentence_label, spaced
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

UNEXPECTED = Message(
    "Something went wrong inside the program. Your photo is still open; undo the last step if it looks wrong."
)


class UnsavedAnswer(Enum):
    """What shall become of unsaved edits."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def fit(dialog: QDialog, width_px: int, height_px: int) -> None:
    """Make a dialog so large, or as much larger as its texts need with the letters of the user."""
    layout = dialog.layout()
    assert layout is not None
    width = max(width_px, layout.minimumSize().width())
    dialog.resize(width, max(height_px, layout.totalHeightForWidth(width)))


class ErrorDialog(QDialog):
    """A sentence, and for unexpected errors the log; both can be copied."""

    def __init__(self, sentence: str, log: str, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            sentence: what is wrong and what to do.
            log: the traceback, empty for foreseen errors.
            parent: owns it.
        """
        super().__init__(parent)
        self.setWindowTitle("Portrait Studio")
        self.setMinimumWidth(440)
        self._copied = f"{sentence}\n\n{log}".strip()
        self.sentence = sentence
        text = sentence_label(sentence, self)
        text.setAccessibleName(tr("What went wrong"))
        sign = QLabel(self)
        warning = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        sign.setPixmap(warning.pixmap(32, 32))
        row = spaced(QHBoxLayout(), 14)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        column = spaced(QVBoxLayout(self), 16, (18, 18, 18, 14))
        column.addLayout(row)
        if log:
            details = QPlainTextEdit(log, self)
            details.setReadOnly(True)
            details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            details.setAccessibleName(tr("Log of the error"))
            column.addWidget(details, 1)
            self.resize(680, 380)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok, self)
        self.copy_button = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip(tr("Copy the message to the clipboard"))
        self.copy_button.clicked.connect(self._copy)
        buttons.accepted.connect(self.accept)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setFocus()
        column.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)


def tell_error(parent: QWidget | None, error: BaseException, log: str) -> None:
    """Show an error: foreseen ones by their sentence, all others with the log."""
    if isinstance(error, PortraitStudioError):
        dialog = ErrorDialog(tr(error.message), "", parent)
    else:
        dialog = ErrorDialog(tr(UNEXPECTED), log, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def ask_unsaved(parent: QWidget, name: str, *, goes_back: bool = False) -> UnsavedAnswer:
    """Ask what shall become of unsaved edits; Cancel is the default.

    Args:
        parent: window that asks.
        name: of what was edited.
        goes_back: whether saving writes that file itself, for the program that handed it over.
    """
    lost = tr("They are lost unless you save them as a project first.")
    save = tr("Save project…")
    if goes_back:
        lost, save = tr("They are lost unless you save them back into that file first."), tr("Save back")
    buttons = {
        save: QMessageBox.ButtonRole.AcceptRole,
        tr("Discard edits"): QMessageBox.ButtonRole.DestructiveRole,
    }
    question = tr("“{name}” has edits that are neither saved nor exported.", name=name)
    place = _ask(parent, QMessageBox.Icon.Question, question, lost, buttons)
    return (UnsavedAnswer.SAVE, UnsavedAnswer.DISCARD, UnsavedAnswer.CANCEL)[place]


def confirm(parent: QWidget, question: str, consequence: str, button: str) -> bool:
    """Ask before something is lost for good; Cancel is the default.

    Args:
        parent: window that asks.
        question: what is about to happen.
        consequence: what is lost.
        button: the verb that does it.
    """
    buttons = {button: QMessageBox.ButtonRole.DestructiveRole}
    return _ask(parent, QMessageBox.Icon.Warning, question, consequence, buttons) == 0


def _ask(
    parent: QWidget,
    icon: QMessageBox.Icon,
    question: str,
    consequence: str,
    buttons: Mapping[str, QMessageBox.ButtonRole],
) -> int:
    """The place of the button that was chosen; that of Cancel, the default, is behind them."""
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setWindowTitle("Portrait Studio")
    box.setTextFormat(Qt.TextFormat.PlainText)  # A file may be called like a tag.
    box.setText(question)
    box.setInformativeText(consequence)
    offered = [box.addButton(text, role) for text, role in buttons.items()]
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.exec()
    return next((place for place, one in enumerate(offered) if one is box.clickedButton()), len(offered))


def ask_overwrite(parent: QWidget, path: Path, *, is_source: bool) -> bool:
    """Ask before a file is replaced."""
    question = tr("“{name}” exists already.", name=path.name)
    consequence = tr("Replacing it destroys what is in it now.")
    if is_source:
        question = tr("“{name}” is the photo that you opened.", name=path.name)
        consequence = tr("Replacing it destroys the original; it cannot be brought back.")
    return confirm(parent, question, consequence, tr("Replace"))
