"""A sentence over the photo that does not interrupt: a warning, or good news."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from portrait_studio.document.export_report import ExportReport
from portrait_studio.gui.theme import Theme
from portrait_studio.gui.widgets.layouts import filled, sentence_label, spaced
from portrait_studio.language.translation import tr
from portrait_studio.messages import joined
from portrait_studio.session.session import Session

_GOOD_NEWS_MS: Final = 10_000
"""How long good news and hints stay; warnings stay until they are closed."""


class Severity(Enum):
    """What kind of news it is; the value names the style."""

    WARNING = "warning"
    SUCCESS = "success"
    HINT = "hint"


_ICONS: Final = {
    Severity.WARNING: "ph.warning",
    Severity.SUCCESS: "ph.check-circle",
    Severity.HINT: "ph.info",
}


class Banner(QFrame):
    """Hidden until something is said; closed by its button. Whoever it lies over gives it its place."""

    resized = Signal()
    """Another text needs another height"""

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        """Say nothing yet.

        Args:
            session: whose news it tells.
            theme: of its icons.
            parent: the window.
        """
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._severity = Severity.SUCCESS
        self.setObjectName("banner")
        self._icon = QLabel(self)
        self._text = sentence_label("", self)
        self._close = QToolButton(self, autoRaise=True)
        self._close.setAccessibleName(tr("Close the message"))
        self._close.setToolTip(tr("Close the message"))
        self._close.clicked.connect(self.hide)
        filled(spaced(QHBoxLayout(self), 10, (14, 6, 8, 6)), self._icon, (self._text, 1), self._close)
        self._timer = QTimer(self, singleShot=True, interval=_GOOD_NEWS_MS)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._colour_icons)
        session.opened.connect(self._on_opened)
        session.noticed.connect(lambda sentence: self.say(Severity.WARNING, tr(sentence)))
        session.hinted.connect(lambda sentence: self.say(Severity.HINT, tr(sentence)))
        session.files.exported.connect(self._on_exported)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, severity: Severity, text: str) -> None:
        """Show a sentence."""
        self._severity = severity
        self.setProperty("severity", severity.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._colour_icons()
        self.resized.emit()
        self.show()
        self._timer.stop() if severity is Severity.WARNING else self._timer.start()

    def _on_opened(self) -> None:
        """Good news and hints about one photo mean nothing about the next; warnings stay."""
        if self._severity is not Severity.WARNING:
            self.hide()
        document = self._session.document
        if document is not None and document.photo.notices:
            self.say(Severity.WARNING, tr(joined(document.photo.notices)))

    def _on_exported(self, report: ExportReport) -> None:
        notices = report.written.notices
        severity = Severity.WARNING if report.changed_outside or notices else Severity.SUCCESS
        self.say(severity, tr(joined((report.verdict, *notices))))

    def _colour_icons(self) -> None:
        self._icon.setPixmap(self._theme.icon(_ICONS[self._severity]).pixmap(20, 20))
        self._close.setIcon(self._theme.icon("ph.x"))
