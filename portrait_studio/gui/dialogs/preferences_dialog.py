"""Preferences, applied as they are changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.key_editor import KeyEditor
from portrait_studio.gui.dialogs.message_boxes import fit
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced
from portrait_studio.hardware import DEVICES, MOST_THREADS, PRECISIONS
from portrait_studio.language.translation import tr
from portrait_studio.language.translators import LANGUAGES, said_in
from portrait_studio.messages import Message
from portrait_studio.session.settings import CHOICES_OF_LANGUAGE, THEMES, Preferences

_NAMES: Mapping[str, str] = {
    "auto": Message("Automatic"),
    "cpu": Message("CPU"),
    "cuda": Message("NVIDIA GPU (CUDA)"),
    "mps": Message("Apple GPU"),
    "float32": Message("float32 (exact)"),
    "bfloat16": Message("bfloat16 (faster on some CPUs)"),
    "system": Message("As the system"),
    "light": Message("Light"),
    "dark": Message("Dark"),
    **LANGUAGES,
}
_NEXT_START = Message("Another language comes with the next start of the program.")
_INTERVALS = {
    0: Message("Never"),
    30: Message("Every 30 seconds"),
    60: Message("Every minute"),
    300: Message("Every 5 minutes"),
}


class PreferencesDialog(QDialog):
    """Three pages: general, computing, keys."""

    def __init__(self, preferences: Preferences, actions: Actions, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            preferences: what is changed.
            actions: the actions whose keys are changed.
            parent: owns it.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        self._preferences = preferences
        self.language = self._choice(tr("Language"), "language", CHOICES_OF_LANGUAGE)
        self.language.currentIndexChanged.connect(self._show_language)
        self.language_note = hint_label("", self)
        self._show_language()
        self.theme = self._choice(tr("Theme"), "theme", THEMES)
        self.device = self._choice(tr("Device"), "device", DEVICES)
        self.precision = self._choice(tr("Precision on the CPU"), "precision", PRECISIONS)
        self.autosave = self._choice(tr("Autosave"), "autosave_s", _INTERVALS, _INTERVALS)
        self.threads = self._thread_count(preferences.settings.threads)
        self.keys = KeyEditor(actions, self)
        self.keys.rebound.connect(self._on_rebound)
        self.pages = QTabWidget(self, documentMode=True)
        self.pages.setAccessibleName(tr("Pages of the preferences"))
        self.pages.addTab(self._general_page(), tr("General"))
        self.pages.addTab(self._computing_page(), tr("Computing"))
        self.pages.addTab(self.keys, tr("Keys"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        filled(spaced(QVBoxLayout(self), 12, (14, 14, 14, 12)), self.pages, buttons)
        fit(self, 520, 520)

    def _general_page(self) -> QWidget:
        return self._page(
            [
                (tr("Language"), self.language),
                ("", self.language_note),
                (tr("Theme"), self.theme),
                (tr("Autosave"), self.autosave),
            ],
            tr(
                "Autosaved work lies in your data folder and is offered after a crash. It is also kept"
                " when the window loses the focus, unless autosave is off."
            ),
        )

    def _computing_page(self) -> QWidget:
        return self._page(
            [
                (tr("Device"), self.device),
                (tr("Precision on the CPU"), self.precision),
                (tr("Threads"), self.threads),
            ],
            tr(
                "They hold from the next fill on. Automatic takes the fastest device of this machine, and"
                " bfloat16 only where a short measurement says that it pays."
            ),
        )

    def _thread_count(self, present: int) -> QSpinBox:
        field = QSpinBox(self)
        field.setAccessibleName(tr("Threads of the CPU"))
        field.setRange(0, MOST_THREADS)
        field.setSpecialValueText(tr("As many as there are"))
        field.setValue(present)
        field.valueChanged.connect(lambda count: self._preferences.change(threads=count))
        return field

    def _choice(
        self, name: str, setting: str, values: Iterable[Any], names: Mapping[Any, str] = _NAMES
    ) -> QComboBox:
        box = choice_box(self, name, ((tr(names[value]), value) for value in values))
        box.setCurrentIndex(max(0, box.findData(getattr(self._preferences.settings, setting))))
        box.currentIndexChanged.connect(lambda: self._preferences.change(**{setting: box.currentData()}))
        return box

    def _page(self, rows: Sequence[tuple[str, QWidget]], hint: str) -> QWidget:
        page = QWidget(self)
        form = QFormLayout(page, horizontalSpacing=16, verticalSpacing=12)
        form.setContentsMargins(12, 16, 12, 12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, widget in rows:
            form.addRow(name, widget)
        form.addRow(hint_label(hint, page))
        return page

    def _show_language(self) -> None:
        """Say when the choice comes to hold, to those for whom it is made."""
        self.language_note.setText(said_in(self.language.currentData(), _NEXT_START))

    def _on_rebound(self, command: Command, keys: tuple[str, ...] | None) -> None:
        present = {name: own for name, own in self._preferences.settings.keys.items() if name != command.name}
        self._preferences.change(keys=present if keys is None else present | {command.name: keys})
