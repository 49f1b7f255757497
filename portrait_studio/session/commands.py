"""Steps of the undo stack: thin wrappers around the document's deltas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from portrait_studio.document.deltas import Delta
from portrait_studio.document.document import Document
from portrait_studio.engine.request import CompletionOptions

Changed = Callable[[Delta], None]
"""Called after a delta was applied or taken back."""


class EditCommand(QUndoCommand):
    """A step that is already applied when it is pushed: the stack's first `redo` then does nothing."""

    def __init__(self, text: str, document: Document, delta: Delta, changed: Changed) -> None:
        """Args: the step's name; what it changes, and how; who wants to know."""
        super().__init__(text)
        self._document = document
        self._delta = delta
        self._changed = changed

    def undo(self) -> None:
        """Take the step back."""
        self._delta.undo(self._document)
        self._changed(self._delta)

    def redo(self) -> None:
        """Apply the step again."""
        self._delta.redo(self._document)
        self._changed(self._delta)


class FillCommand(EditCommand):
    """A fill, which remembers how it was made so that it can be tried again."""

    def __init__(
        self, document: Document, delta: Delta, changed: Changed, options: CompletionOptions
    ) -> None:
        """Args: as for every step, and the options of the fill."""
        super().__init__("Fill", document, delta, changed)
        self.options = options
