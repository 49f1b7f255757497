"""What the program is, its version, the licences of everything that it is made of, and a report for a bug."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from portrait_studio import __version__
from portrait_studio.gui.dialogs.message_boxes import fit
from portrait_studio.gui.widgets.layouts import filled, role_label, spaced
from portrait_studio.gui.widgets.tables import plain_table, show_rows
from portrait_studio.installation import installed_packages, installed_weights, report
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message
from portrait_studio.networks.catalog import WeightsInfo
from portrait_studio.networks.manifest import title_of

_TEXT = Message(
    "Removes things from photographs of people and recovers the body behind them, offline: nothing is"
    " uploaded or downloaded. What is painted is invented; it is no evidence of what was there.\n\n"
    "The program and its translations are under the Apache License 2.0, the demo photo in the public domain;"
    " the terms of the weights stand in the weights dialog and in their model cards. Qt is used under the"
    " LGPL."
)
_DIGITS = 12


class AboutDialog(QDialog):
    """Version, device, parts and weights; all of it can be copied for a report."""

    def __init__(self, device: str, parent: QWidget | None = None) -> None:
        """Look up what is installed.

        Args:
            device: what fills run on; empty = not known yet.
            parent: owns it.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("About Portrait Studio"))
        title = role_label(f"Portrait Studio {__version__}", "title", self)
        text = QLabel(tr(_TEXT), self, wordWrap=True)
        runs_on = QLabel(tr("Fills run on: {device}", device=device or Message("not known yet")), self)
        parts, weights = installed_packages(), installed_weights()
        self.table = plain_table(
            (tr("Part"), tr("Version"), tr("Licence")), tr("Parts and their licences"), self
        )
        show_rows(
            self.table, [(part.name, part.version, part.licence or tr("see the package")) for part in parts]
        )
        self.weights = plain_table((tr("Task"), tr("SHA-256"), tr("Status")), tr("Weights"), self)
        show_rows(self.weights, [_row(one) for one in weights])
        for table in (self.table, self.weights):
            _stretch_last(table)
        pages = QTabWidget(self)
        pages.addTab(self.table, tr("Parts"))
        pages.addTab(self.weights, tr("Weights"))
        self._report = report(device, parts, weights)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton(tr("Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip(
            tr("Copy versions, device and checksums to the clipboard, for the report of a mistake")
        )
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        filled(spaced(QVBoxLayout(self), 12, (18, 18, 18, 14)), title, text, runs_on, pages, buttons)
        fit(self, 600, 600)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)


def _row(weights: WeightsInfo) -> tuple[str, str, str]:
    state = tr("intact") if weights.is_intact else tr("missing or changed")
    return tr(title_of(weights.name)), weights.sha256[:_DIGITS], state


def _stretch_last(table: QTableWidget) -> None:
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(table.columnCount() - 1, QHeaderView.ResizeMode.Stretch)
