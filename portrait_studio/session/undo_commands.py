"""Steps of the undo stack: thin wrappers around the document's deltas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from portrait_studio.document.deltas import Delta
from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.session.step_names import step_name

Changed = Callable[[Delta], None]
"""Called after a delta was applied or taken back."""


class StepCommand(QUndoCommand):
    """A step that is already applied when it is pushed: the stack's first `redo` then does nothing."""

    def __init__(self, step: Step, document: Document, changed: Changed) -> None:
        """Wrap a step.

        Args:
            step: applied already.
            document: what it changes.
            changed: called after each undo and redo.
        """
        super().__init__(step_name(step.title))
        self.step = step
        self._document = document
        self._changed = changed

    def undo(self) -> None:
        """Take the step back."""
        self.step.delta.undo(self._document)
        self._changed(self.step.delta)

    def redo(self) -> None:
        """Apply the step again."""
        if not self.step.delta.is_applied:
            self.step.delta.redo(self._document)
            self._changed(self.step.delta)
