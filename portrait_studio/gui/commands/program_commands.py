"""What the user does to the program itself: preferences, weights, keys, who made it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.about_dialog import AboutDialog
from portrait_studio.gui.dialogs.key_sheet import KeySheet
from portrait_studio.gui.dialogs.news_dialog import NewsDialog
from portrait_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from portrait_studio.gui.dialogs.weights_dialog import WeightsDialog
from portrait_studio.session.settings import Preferences


class ProgramCommands(QObject):
    """Opens the dialogs that have nothing to do with the photo."""

    weights_changed = Signal()
    """The user has chosen other weights"""

    def __init__(self, preferences: Preferences, actions: Actions, window: QWidget) -> None:
        """Connect.

        Args:
            preferences: what is changed.
            actions: what is triggered, and whose keys are shown and changed.
            window: the parent of the dialogs.
        """
        super().__init__(window)
        self._window = window
        self._device = ""
        actions.on_triggered(
            {
                Command.PREFERENCES: lambda: _open(PreferencesDialog(preferences, actions, window)),
                Command.WEIGHTS: self._open_weights,
                Command.KEYS: lambda: _open(KeySheet(actions, window)),
                Command.NEWS: lambda: _open(NewsDialog(window)),
                Command.ABOUT: lambda: _open(AboutDialog(self._device, window)),
            }
        )

    def name_device(self, device: str) -> None:
        """Remember what fills run on."""
        self._device = device

    def _open_weights(self) -> None:
        dialog = WeightsDialog(self._window)
        dialog.changed.connect(self.weights_changed)
        _open(dialog)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
