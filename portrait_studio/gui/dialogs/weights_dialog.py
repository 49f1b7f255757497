"""The weights in use: what each is for, its training data and figures, and whether it is intact."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QTableWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.errors import FileError, PortraitStudioError, WeightsError
from portrait_studio.gui.dialogs.message_boxes import confirm, fit, tell_error
from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced
from portrait_studio.gui.widgets.tables import plain_table
from portrait_studio.language.translation import tr
from portrait_studio.locations import MODELS_VARIABLE, models_dir, overriding_models_dir, own_models_dir
from portrait_studio.messages import Message
from portrait_studio.networks.catalog import (
    WeightsInfo,
    import_weights,
    list_weights,
    read_card,
    remove_weights,
)
from portrait_studio.networks.manifest import title_of


class WeightsDialog(QDialog):
    """A table of the weights, the model card of the chosen one, and taking over a file from elsewhere."""

    changed = Signal()
    """Other weights are in use"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Read the manifest and check every file."""
        super().__init__(parent)
        self.setWindowTitle(tr("Weights"))
        self._weights: list[WeightsInfo] = []
        self.folder = hint_label("", self)
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        columns = (tr("Task"), tr("File"), tr("Status"), tr("Measured"), tr("Trained on"))
        self.table = plain_table(columns, tr("Weights"), self)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.currentCellChanged.connect(self._show_card)
        self.table.setFixedHeight(150)
        self.card = QTextBrowser(self)
        self.card.setAccessibleName(tr("Model card: data, terms and figures"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.import_button = buttons.addButton(
            tr("Import from file…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.import_button.setToolTip(tr("Use a weights file that portrait-trainer exported"))
        self.import_button.clicked.connect(self._import)
        self.shipped_button = buttons.addButton(
            tr("Use the shipped ones"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.shipped_button.setToolTip(tr("Remove imported weights and use those that came with the program"))
        self.shipped_button.clicked.connect(self._use_shipped)
        buttons.rejected.connect(self.reject)
        filled(spaced(QVBoxLayout(self), 12, (18, 18, 18, 14)), self.folder, self.table, self.card, buttons)
        self.refresh()
        fit(self, 820, 600)

    def refresh(self) -> None:
        """Show what is in use now."""
        folder = models_dir()
        self.folder.setText(
            tr("In use: {folder}", folder=folder)
            if overriding_models_dir() is None
            else tr("In use: {folder}, as {variable} says", folder=folder, variable=MODELS_VARIABLE)
        )
        self.shipped_button.setEnabled(folder == own_models_dir())
        try:
            self._weights = list_weights(folder)
        except PortraitStudioError as error:
            self._weights = []
            self.folder.setText(tr(error.message))
        self.table.setRowCount(len(self._weights))
        for row, info in enumerate(self._weights):
            status = tr("intact") if info.is_intact else tr("missing or damaged")
            cells = (tr(title_of(info.name)), info.path.name, status, info.metrics, info.data)
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(f"SHA-256 {info.sha256}" if place == 1 else text)
                self.table.setItem(row, place, item)
        self.table.setCurrentCell(0, 0)
        self._show_card()

    def _show_card(self) -> None:
        row = self.table.currentRow()
        if not 0 <= row < len(self._weights):
            self.card.clear()
            return
        try:
            self.card.setMarkdown(read_card(self._weights[row]))
        except (FileError, ValueError):
            self.card.setPlainText(tr("There is no model card beside this file; its terms are not known."))

    def _import(self) -> None:
        if overriding_models_dir() is not None:
            # That folder is not ours to write to, and what lies elsewhere would not be used.
            refusal = Message(
                "The variable {variable} says which weights are used, so that imported ones would not be;"
                " start the program without it to import some.",
                variable=MODELS_VARIABLE,
            )
            tell_error(self, WeightsError(refusal), "")
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Import weights"), "", tr("Weights") + " (*.safetensors)"
        )
        if not chosen:
            return
        try:
            info = import_weights(Path(chosen), models_dir(), own_models_dir())
        except PortraitStudioError as error:
            tell_error(self, error, "")
            return
        self.refresh()
        self.table.setCurrentCell([each.name for each in self._weights].index(info.name), 0)
        self.changed.emit()

    def _use_shipped(self) -> None:
        if not confirm(
            self,
            tr("Remove the imported weights and use the shipped ones?"),
            tr("{folder} is deleted and cannot be brought back.", folder=own_models_dir()),
            tr("Remove"),
        ):
            return
        try:
            remove_weights(own_models_dir())
        except PortraitStudioError as error:
            tell_error(self, error, "")
        self.refresh()
        self.changed.emit()
