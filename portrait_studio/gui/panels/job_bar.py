"""The part of the status bar that shows the job under way."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QToolButton, QWidget

from portrait_studio.engine.progress import Stage
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.panels.candidate_captions import caption_of
from portrait_studio.gui.widgets.layouts import filled, spaced
from portrait_studio.language.translation import tr
from portrait_studio.session.jobs import BackgroundJob
from portrait_studio.session.session import Session

_STAGES: Final = tuple(Stage)


class JobBar(QWidget):
    """Stage, share done, a Cancel button and what waits; hidden while nothing runs."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        """Show nothing yet.

        Args:
            session: whose jobs are shown.
            actions: the window's, among which those that cancel.
            parent: the window.
        """
        super().__init__(parent)
        self._filling = session.filling
        self._kind = ""
        cancel, self._cancel_all = actions[Command.CANCEL], actions[Command.CANCEL_ALL]
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
        self.queue_button = QToolButton(self)
        self.queue_button.setToolTip(tr("What waits for this job; choose one to cancel it"))
        self.queue_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.queue_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.queue_button.setMenu(QMenu(self.queue_button))
        self._show_waiting()
        row = spaced(QHBoxLayout(self), 6, (4, 0, 4, 0))
        filled(row, self._text, self._bar, self.queue_button, self.cancel_button)
        self.hide()
        session.job_started.connect(self._begin)
        session.job_progressed.connect(self._report)
        session.job_ended.connect(self.hide)
        session.filling.waiting_changed.connect(self._show_waiting)

    @property
    def text(self) -> str:
        """What the user reads."""
        return self._text.text()

    def _begin(self, job: BackgroundJob) -> None:
        """Show a job that has not said yet how far it is."""
        self._kind = tr(job.kind.value)
        self._text.setText(f"{self._kind}…")
        self._bar.setRange(0, 0)
        self.show()

    def _report(self, stage: Stage | None, share: float) -> None:
        """Show the stage, if there are any, and the finished share of the job in [0, 1]."""
        if stage is not None:
            self._text.setText(
                tr(
                    "{kind}, step {step} of {count}: {stage}",
                    kind=self._kind,
                    step=_STAGES.index(stage) + 1,
                    count=len(_STAGES),
                    stage=stage.label,
                )
            )
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(share * 1000))

    def _show_waiting(self) -> None:
        """List the tries that wait; choosing one cancels it."""
        waiting = self._filling.waiting
        menu = self.queue_button.menu()
        menu.clear()
        for place, asked in enumerate(waiting, start=1):
            text = tr("Cancel {place}: {kind}", place=place, kind=caption_of(asked.variant))
            action = menu.addAction(text)
            action.triggered.connect(lambda _=False, asked=asked: self._filling.leave_out(asked))
        menu.addSeparator()
        menu.addAction(self._cancel_all)
        text = tr("{count} waiting", count=len(waiting))
        self.queue_button.setText(text)
        self.queue_button.setAccessibleName(tr("{text}; choose one to cancel it", text=text))
        self.queue_button.setVisible(bool(waiting))
