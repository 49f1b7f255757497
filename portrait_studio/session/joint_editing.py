"""Joints that the user puts somewhere; the next fill obeys them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.deltas import Delta
from portrait_studio.document.document import Document
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.step_names import moved_joint


class JointEditing(QObject):
    """Each move is one step to undo."""

    strayed = Signal(float, float)
    """x, y: a joint was put where no hole is, so that nothing will follow it"""

    def __init__(self, editing: Editing, parent: QObject) -> None:
        """Move nothing yet.

        Args:
            editing: the open document.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing = editing

    @property
    def has_moved(self) -> bool:
        """Whether any joint was put somewhere."""
        document = self._editing.document
        return document is not None and bool(document.joints)

    def move(self, joint: int, x: float, y: float) -> None:
        """Put a joint at a photo position, or at the nearest one inside the photo."""
        before = self._editing.history.state
        self._editing.apply(moved_joint(joint), lambda document: document.put_joint(joint, x, y))
        document, state = self._editing.document, self._editing.history.state
        if document is not None and state is not before and not _steers(document, joint):
            self.strayed.emit(x, y)

    def reset(self) -> None:
        """Let all joints be predicted again."""
        self._editing.apply(Message("Reset joints"), _without_joints)


def _without_joints(document: Document) -> Delta | None:
    edit = document.edit_joints()
    edit.clear()
    return edit.finish()


def _steers(document: Document, joint: int) -> bool:
    """Whether a joint lies in the mask or, where nothing is masked, in what was filled."""
    x, y = document.joints[joint]
    extent, hole = document.extent, document.mask if document.has_mask else document.filled
    return bool(hole[min(int(y), extent.height - 1), min(int(x), extent.width - 1)])
