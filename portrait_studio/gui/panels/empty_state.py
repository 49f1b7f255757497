"""What the window shows before a photo is open: an invitation."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.theme import Theme
from portrait_studio.gui.widgets.buttons import ActionButton
from portrait_studio.gui.widgets.layouts import filled, role_label, spaced
from portrait_studio.language.translation import tr


class EmptyState(QFrame):
    """Says how to begin: open, drop, paste, or try the sample."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget) -> None:
        """Make the card in the middle.

        Args:
            theme: of the icon.
            actions: the window's, of which three are on the buttons.
            parent: the window.
        """
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("empty")
        self.setAccessibleName(tr("No photo is open"))
        grid = QGridLayout(self)
        grid.addWidget(self._card(actions), 1, 1)
        for edge in (0, 2):
            grid.setRowStretch(edge, 1)
            grid.setColumnStretch(edge, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _card(self, actions: Actions) -> QFrame:
        card = QFrame(self)
        card.setObjectName("invitation")
        self._picture = QLabel(card, alignment=Qt.AlignmentFlag.AlignCenter)
        title = role_label(tr("Drop a photo of a person here"), "title", card)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = role_label(
            tr(
                "Then click a bag with Pick things (W) or paint over what shall go, and press Enter:\n"
                "the person and the scene behind it are recovered."
            ),
            "hint",
            card,
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button = ActionButton(actions[Command.OPEN], card, prominent=True)
        others = (ActionButton(actions[command], card) for command in (Command.PASTE, Command.SAMPLE))
        buttons = filled(spaced(QHBoxLayout(), 8), None, self.open_button, *others, None)
        filled(spaced(QVBoxLayout(card), 14, (40, 32, 40, 32)), self._picture, title, hint, 6, buttons)
        return card

    def _on_theme_changed(self) -> None:
        self._picture.setPixmap(self._theme.icon("ph.image").pixmap(56, 56))
