"""Plain tables of text, and a field that hides the rows that do not hold what is searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from portrait_studio.language.translation import tr

_HEADING_FRAME_PX: Final = 16


def plain_table(headings: Sequence[str], name: str, parent: QWidget) -> QTableWidget:
    """An empty read-only table without grid and row numbers; Tab leaves it.

    Args:
        headings: of the columns.
        name: what the table is, for screen readers.
        parent: of the widget.
    """
    table = QTableWidget(0, len(headings), parent)
    table.setAccessibleName(name)
    table.setHorizontalHeaderLabels(list(headings))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    header = table.horizontalHeader()
    widest = max(header.fontMetrics().horizontalAdvance(heading) for heading in headings)
    header.setMinimumSectionSize(widest + _HEADING_FRAME_PX)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table


def show_rows(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    """Replace what a table holds; the tips show what a narrow column cuts off."""
    table.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(row, column, item)


def search_field(table: QTableWidget, prompt: str, parent: QWidget) -> QLineEdit:
    """A field that leaves only the rows of a table visible of which a cell holds the typed text."""
    field = QLineEdit(parent)
    field.setPlaceholderText(prompt)
    field.setAccessibleName(prompt)
    field.setClearButtonEnabled(True)
    for button in field.findChildren(QToolButton):
        button.setAccessibleName(tr("Clear the search"))
    field.textChanged.connect(lambda text: _filter(table, text))
    return field


def _filter(table: QTableWidget, text: str) -> None:
    wanted = text.strip().lower()
    for row in range(table.rowCount()):
        cells = (table.item(row, column) for column in range(table.columnCount()))
        found = any(cell is not None and wanted in cell.text().lower() for cell in cells)
        table.setRowHidden(row, not found)
