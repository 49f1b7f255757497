"""Editing for another program (darktable, digiKam, Lightroom): saving writes the file that it handed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from portrait_studio.document.export_report import ExportReport
from portrait_studio.gui.actions import TABLE, Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session


class SaveBack(QObject):
    """Writes the result into the open photo's own file, where that is what the window was opened for."""

    def __init__(self, session: Session, actions: Actions, parent: QObject) -> None:
        """Make it; it does nothing before `begin`.

        Args:
            session: whose document it is.
            actions: of which *Save project* changes its text.
            parent: owns it.
        """
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._path: Path | None = None
        self._then: Callable[[], None] | None = None
        self.is_written = False
        session.files.exported.connect(self._on_exported)
        session.failed.connect(self._forget)

    def begin(self, path: Path) -> None:
        """From now on, save into this file while it is the one that is open."""
        self._path = path
        self._session.opened.connect(self._name_command)

    @property
    def is_meant(self) -> bool:
        """Whether the file that is open is the one that was handed over."""
        document = self._session.document
        return self._path is not None and document is not None and document.photo.path == self._path

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Write the result, in the file's own format and with all that it says; then do something else."""
        if self._path is not None:
            self._then = then
            self._session.files.export(self._path, ExportOptions())

    def _on_exported(self, report: ExportReport) -> None:
        if report.written.path != self._path:
            return
        self.is_written = True
        then, self._then = self._then, None
        if then is not None:
            then()

    def _forget(self) -> None:
        self._then = None

    def _name_command(self) -> None:
        action = self._actions[Command.SAVE]
        if self.is_meant and self._path is not None:
            action.setText(tr("Save back to {name}", name=self._path.name))
        else:
            action.setText(tr(TABLE[Command.SAVE].text))
