"""The part of the status bar that shows the job under way."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from portrait_studio.engine.progress import Stage
from portrait_studio.language.saying import tr
from portrait_studio.session.jobs import Job

_STAGES: Final = tuple(Stage)


class JobBar(QWidget):
    """Stage, share done and a Cancel button; hidden while nothing runs."""

    def __init__(self, cancel: QAction, parent: QWidget | None = None) -> None:
        """Args: the action that cancels."""
        super().__init__(parent)
        self._kind = ""
        self._text = QLabel(self)
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._text.setAccessibleName(tr("Job under way"))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(tr("Progress of the job"))
        self.cancel_button = QToolButton(self)
        self.cancel_button.setText(tr("Cancel"))
        self.cancel_button.setToolTip(cancel.toolTip())
        self.cancel_button.setAccessibleName(tr("Cancel the job"))
        self.cancel_button.clicked.connect(cancel.trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(6)
        row.addWidget(self._text)
        row.addWidget(self._bar)
        row.addWidget(self.cancel_button)
        self.hide()

    @property
    def text(self) -> str:
        """What the user reads."""
        return self._text.text()

    def begin(self, job: Job) -> None:
        """Show a job that has not said yet how far it is."""
        self._kind = tr(job.kind.value)
        self._text.setText(f"{self._kind}…")
        self._bar.setRange(0, 0)
        self.show()

    def report(self, stage: Stage, share: float) -> None:
        """Show the stage and the finished share of the job in [0, 1]."""
        step = _STAGES.index(stage) + 1
        self._text.setText(
            tr(
                "{kind}, step {step} of {count}: {stage}",
                kind=self._kind,
                step=step,
                count=len(_STAGES),
                stage=stage.value,
            )
        )
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(share * 1000))

    def end(self) -> None:
        """Show that nothing runs."""
        self.hide()
