"""The list of all keys and gestures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHeaderView, QVBoxLayout, QWidget

from portrait_studio.gui.actions import TABLE, Actions
from portrait_studio.gui.command_table import GESTURES
from portrait_studio.gui.widgets.layouts import filled, spaced
from portrait_studio.gui.widgets.tables import plain_table, search_field, show_rows
from portrait_studio.language.translation import tr


class KeySheet(QDialog):
    """All keys and gestures, searchable."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """Fill the table from the commands, with the keys that they have, and the gestures."""
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and gestures"))
        self.resize(560, 560)
        rows = [(actions.keys_text(c), tr(entry.tip)) for c, entry in TABLE.items() if actions.keys(c)]
        rows += [(tr(gesture), tr(effect)) for gesture, effect in GESTURES]
        self._table = plain_table((tr("Keys"), tr("What happens")), tr("Keys and what they do"), self)
        self._search = search_field(self._table, tr("Search keys and commands"), self)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        show_rows(self._table, rows)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        filled(spaced(QVBoxLayout(self), 10, (14, 14, 14, 12)), self._search, self._table, buttons)
        QWidget.setTabOrder(self._search, self._table)
        self._search.setFocus()

    def mentions(self, text: str) -> bool:
        """Whether a visible row explains a key with this text."""
        return any(
            not self._table.isRowHidden(item.row())
            for item in self._table.findItems(text, Qt.MatchFlag.MatchExactly)
        )
