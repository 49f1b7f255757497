"""The open document and its history: every change of the document goes through here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from portrait_studio.document.deltas import Delta, PlaneName
from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.edits_during_fill import EditsDuringFill, MaskChange
from portrait_studio.session.history import History

_MARKED: Final = (PlaneName.MASK, PlaneName.SOURCES)
"""What may be marked while fills run."""


class Editing(QObject):
    """Begins edits of the mask and the structure, makes them steps, and tells what changed.

    While fills run, the mask and what may be copied may be marked, and nothing else changed: that comes after
    them.
    """

    image_changed = Signal(object)
    """Bounds"""
    mask_changed = Signal(object)
    """Bounds"""
    wanted_changed = Signal(object)
    """Bounds: the structure that the user wants"""
    joints_changed = Signal(object)
    """Bounds: joints that the user put somewhere"""
    sources_changed = Signal(object)
    """Bounds: marks of what may be copied"""
    protected_changed = Signal(object)
    """Bounds: where the mask must not reach"""
    canvas_changed = Signal()
    """All arrays have another size or begin elsewhere"""
    about_to_change = Signal()
    """An edit begins: what was computed for the document as it is will be of the past"""

    def __init__(self, may_edit: Callable[[], bool], may_mark: Callable[[], bool], parent: QObject) -> None:
        """Begin without a document.

        Args:
            may_edit: whether the document may change now.
            may_mark: whether at least its mask may.
            parent: owns this.
        """
        super().__init__(parent)
        self.history = History(self)
        self.during_fill = EditsDuringFill(self.history, self._repeat)
        self.document: Document | None = None
        self._may_edit, self._may_mark = may_edit, may_mark
        self.history.delta_exchanged.connect(self.tell)

    @property
    def may_edit(self) -> bool:
        """Whether the document may change now."""
        return self._may_edit()

    @property
    def may_mark(self) -> bool:
        """Whether the mask may change now, even if nothing else may."""
        return self._may_mark()

    @property
    def may_undo(self) -> bool:
        """Whether the last step may be taken back now, if there is any."""
        return self._may_edit() or (self._may_mark() and self.during_fill.can_undo)

    @property
    def may_redo(self) -> bool:
        """Whether the step that was taken back last may be done again now, if there is any."""
        return self._may_edit() or (self._may_mark() and self.during_fill.can_redo)

    def take(self, document: Document, steps: Sequence[Step], applied: int) -> None:
        """Go on with another document, all steps applied, of which only so many shall stay so."""
        before, self.document = self.document, document
        with QSignalBlocker(self):
            # The window still shows the document before; what changes here is not for it.
            self.history.begin(document, steps, applied)
        if before is not None:
            before.close()

    def begin(self, plane: PlaneName = PlaneName.MASK) -> MaskEdit | None:
        """Begin an edit of the mask or the structure; None when there is nothing to edit now."""
        may = self._may_mark() if plane in _MARKED else self._may_edit()
        if self.document is None or not may:
            return None
        self.about_to_change.emit()
        return self._edit_of(self.document, plane)

    def finish(
        self, text: str, edit: MaskEdit, change: MaskChange, plane: PlaneName = PlaneName.MASK
    ) -> None:
        """Make an edit one step; nothing happens when it changed nothing.

        Args:
            text: what the step is called.
            edit: what was done.
            change: does the same in another edit.
            plane: what was changed.
        """
        delta = edit.finish()
        if delta is not None and self.document is not None:
            step = Step(text, delta)
            if plane in _MARKED:
                self.during_fill.record(step, plane, change)
            self.history.push(step, self.document)

    def change(self, text: str, change: MaskChange, plane: PlaneName = PlaneName.MASK) -> None:
        """Do an edit as one step."""
        edit = self.begin(plane)
        if edit is not None:
            self.tell_plane(plane, change(edit))
            self.finish(text, edit, change, plane)

    def _repeat(self, text: str, plane: PlaneName, change: MaskChange) -> None:
        if self.document is not None:
            edit = self._edit_of(self.document, plane)
            self.tell_plane(plane, change(edit))
            self.finish(text, edit, change, plane)

    @staticmethod
    def _edit_of(document: Document, plane: PlaneName) -> MaskEdit:
        edits = {PlaneName.MASK: document.edit_mask, PlaneName.SOURCES: document.edit_sources}
        return edits.get(plane, document.edit_labels)()

    def apply(self, text: str, change: Callable[[Document], Delta | None]) -> None:
        """Change something else of the document as one step, if it may change now.

        Args:
            text: what the step is called.
            change: does it; None where nothing changed.
        """
        if self.document is not None and self._may_edit():
            self.about_to_change.emit()
            delta = change(self.document)
            if delta is not None:
                self.push(Step(text, delta))

    def push(self, step: Step) -> None:
        """Add a step that is applied already."""
        if self.document is not None:
            self.history.push(step, self.document)
            self.tell(step.delta)

    def tell(self, delta: Delta) -> None:
        """A delta was applied or taken back."""
        document = self.document
        if delta.canvas is not None:
            self.canvas_changed.emit()
        elif document is not None:
            bounds = delta.bounds.shifted(-document.canvas.left, -document.canvas.top)
            for plane in delta.planes:
                self.tell_plane(plane, bounds)

    def tell_plane(self, plane: PlaneName, bounds: Bounds) -> None:
        """Pixels of one plane changed; bounds are those of the canvas."""
        signals = {
            PlaneName.IMAGE: self.image_changed,
            PlaneName.MASK: self.mask_changed,
            PlaneName.LABELS: self.wanted_changed,
            PlaneName.PROTECTED: self.protected_changed,
            PlaneName.JOINTS: self.joints_changed,
            PlaneName.SOURCES: self.sources_changed,
        }
        if plane in signals:
            signals[plane].emit(bounds)
