"""The last change of the mask, which a slider makes otherwise as long as nothing came after it."""

from __future__ import annotations

from portrait_studio.session.editing import Editing
from portrait_studio.session.edits_during_fill import MaskChange
from portrait_studio.session.history import State


class AdjustableStep:
    """A step, or none where the change came to nothing; what it was made of is the owner's to know."""

    def __init__(self, editing: Editing) -> None:
        """Make no step yet.

        Args:
            editing: the open document.
        """
        self._editing = editing
        self._state: State = None
        self._is_step = False

    @property
    def is_last(self) -> bool:
        """Whether nothing came after it."""
        return self._state is self._editing.history.state

    def make(self, text: str, change: MaskChange) -> None:
        """Change the mask; see `Editing.change`."""
        before = self._editing.history.state
        self._editing.change(text, change)
        self._state = self._editing.history.state
        self._is_step = self._state is not before

    def undo(self) -> None:
        """Take it back, to make it anew; it must be the last."""
        if self._is_step:
            self._editing.history.stack.undo()
