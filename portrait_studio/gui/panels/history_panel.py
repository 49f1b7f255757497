"""The list of steps: a click goes back to any of them, and forward again until something new is done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QUndoView, QVBoxLayout, QWidget

from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session


class HistoryPanel(QWidget):
    """Locked while a job needs the document as it is."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        """Make it.

        Args:
            session: whose history it is.
            parent: owns it.
        """
        super().__init__(parent)
        self._session = session
        self.view = QUndoView(session.history.stack, self)
        self.view.setEmptyLabel(tr("Photo as it was opened"))
        self.view.setAccessibleName(tr("History"))
        self.view.setToolTip(tr("Click a step to go back to it; nothing is lost until you do something new"))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        hint = hint_label(
            tr("Click a step to go back to it. Nothing is lost until you do something new."), self
        )
        filled(spaced(QVBoxLayout(self), 10, (14, 12, 12, 12)), hint, (self.view, 1))
        session.state_changed.connect(self._on_state)
        self._on_state()

    def _on_state(self) -> None:
        self.view.setEnabled(self._session.can_edit)
