"""All commands and their keys, to search and to change."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.gui.actions import TABLE, Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced
from portrait_studio.gui.widgets.tables import plain_table, search_field, show_rows
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message
from portrait_studio.session.tools import Tool

_MOVES: Final = Message("moving what is shown or chosen")
_TAKEN: Final = {
    Qt.Key.Key_Backslash: Message("comparing with the original"),
    Qt.Key.Key_Space: Message("moving the photo"),
    Qt.Key.Key_Tab: Message("going to the next control"),
    **dict.fromkeys((Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down), _MOVES),
}
"""Keys that no command may have, and what they are for."""


class KeyEditor(QWidget):
    """A table of commands; the chosen one's keys are typed below it."""

    rebound = Signal(object, object)
    """Command or Tool; tuple of keys, or None for the usual ones"""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            actions: the actions whose keys are shown.
            parent: owns it.
        """
        super().__init__(parent)
        self._actions = actions
        self._commands = list(TABLE)
        self.table = plain_table((tr("Command"), tr("Keys")), tr("Commands and their keys"), self)
        self.search = search_field(self.table, tr("Search commands and keys"), self)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.currentCellChanged.connect(self._on_chosen)
        self.edit = QKeySequenceEdit(self)
        self.edit.setAccessibleName(tr("New keys of the chosen command"))
        self.edit.setMaximumSequenceLength(1)
        self.edit.editingFinished.connect(self._on_typed)
        self.usual_button = QPushButton(tr("Usual keys"), self, autoDefault=False)
        self.usual_button.setToolTip(tr("Give the chosen command its usual keys again"))
        self.usual_button.clicked.connect(self._on_usual)
        self.clear_button = QPushButton(tr("No key"), self, autoDefault=False)
        self.clear_button.setToolTip(tr("Take all keys of the chosen command away"))
        self.clear_button.clicked.connect(lambda: self._rebind(()))
        self.note = hint_label(tr("Choose a command, then press its new keys in the field."), self)
        row = filled(spaced(QHBoxLayout(), 8), self.edit, self.usual_button, self.clear_button)
        column = spaced(QVBoxLayout(self), 10, (12, 12, 12, 12))
        filled(column, self.search, (self.table, 1), row, self.note)
        self.refresh()
        self.table.setCurrentCell(0, 0)

    def refresh(self) -> None:
        """Show the keys of the moment."""
        rows = [(tr(TABLE[command].text), self._actions.keys_text(command)) for command in self._commands]
        show_rows(self.table, rows)

    def choose(self, command: Command | Tool) -> None:
        """Stand on a command."""
        self.table.setCurrentCell(self._commands.index(command), 0)

    @property
    def _chosen(self) -> Command | Tool:
        return self._commands[max(0, self.table.currentRow())]

    def _on_chosen(self) -> None:
        keys = self._actions.keys(self._chosen)
        self.edit.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())

    def _on_typed(self) -> None:
        sequence = self.edit.keySequence()
        typed = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        if not typed or typed in self._actions.keys(self._chosen):
            return
        owner = self._owner(sequence)
        if owner:
            shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
            self.note.setText(
                tr(
                    "{shown} belongs to: {owner}. Press other keys, or change that first.",
                    shown=shown,
                    owner=owner,
                )
            )
            self._on_chosen()
        else:
            self._rebind((typed,))

    def _owner(self, sequence: QKeySequence) -> str:
        """What the keys are for already; empty when they are free."""
        for command in self._commands:
            if command is not self._chosen and any(
                QKeySequence(keys) == sequence for keys in self._actions.keys(command)
            ):
                return tr(TABLE[command].text)
        return next((tr(use) for key, use in _TAKEN.items() if QKeySequence(key) == sequence), "")

    def _on_usual(self) -> None:
        for keys in TABLE[self._chosen].keys:
            if owner := self._owner(QKeySequence(keys)):
                self.note.setText(
                    tr("{keys} belongs to: {owner}. Change that first.", keys=keys, owner=owner)
                )
                return
        self._rebind(None)

    def _rebind(self, keys: tuple[str, ...] | None) -> None:
        command = self._chosen
        self.rebound.emit(command, keys)
        self.refresh()
        self._on_chosen()
        shown = self._actions.keys_text(command) or tr("no key")
        self.note.setText(tr("{command}: {keys}.", command=tr(TABLE[command].text), keys=shown))
