"""Adding other photos to borrow from: chosen in a dialog, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.open_dialog import ask_files
from portrait_studio.imaging.reading import SUFFIXES_READ
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session


class ReferenceCommands(QObject):
    """Connects the action and drops with the session."""

    def __init__(self, session: Session, actions: Actions, window: QWidget) -> None:
        """Connect.

        Args:
            session: whose document keeps the photos.
            actions: what is triggered.
            window: the parent of the dialog.
        """
        super().__init__(window)
        self._session, self._window = session, window
        actions.on_triggered({Command.ADD_REFERENCE: self._ask})

    def add(self, paths: Sequence[Path]) -> None:
        """Add photo files."""
        self._session.references.add(paths)

    def _ask(self) -> None:
        document = self._session.document
        if document is None:
            return
        source = document.photo.path
        folder = str(source.parent) if source is not None else str(Path.home())
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES_READ))
        kinds = f"{tr('Photos')} ({patterns});;{tr('All files')} (*)"
        title = tr("Add other photos of the same person or place")
        self.add(ask_files(self._window, title, folder, kinds, several=True))
