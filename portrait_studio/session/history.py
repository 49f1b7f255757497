"""The undo stack of the open document, and which of its states is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from portrait_studio.document.deltas import Delta
from portrait_studio.document.document import Document
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.session.step_names import step_name

State = Step | None
"""A state of the document, named by the last step that led to it; None is the photo as it was opened."""
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


def changes_image(step: Step) -> bool:
    """Whether a step is a fill or another canvas."""
    return step.fill is not None or step.delta.canvas is not None


class History(QObject):
    """Steps that can be taken back and done again.

    States are named by steps and not by places in the stack: a file that was written while the user went on
    is the file of the state at which writing began.
    """

    changed = Signal()
    """Another step is the last one, or another state is the saved one."""
    delta_exchanged = Signal(object)
    """Delta: undo or redo changed the document."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin without steps."""
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self._saved: State = None
        self._is_lost = False
        self.stack.indexChanged.connect(self._on_index)

    @property
    def state(self) -> State:
        """The state that the document is in."""
        return self._step(self.stack.index() - 1)

    @property
    def next(self) -> State:
        """The step that was taken back last; None while there is none to do again."""
        return self._step(self.stack.index())

    @property
    def last_fill(self) -> State:
        """The last step that filled something; None while nothing is filled."""
        return next((step for step in self.applied_backwards() if step.fill is not None), None)

    @property
    def last_image_step(self) -> State:
        """The last step after which the photo looked as it does now: a fill or another canvas."""
        return next((step for step in self.applied_backwards() if changes_image(step)), None)

    @property
    def steps_of_last_fill(self) -> tuple[Step, ...]:
        """The steps after what the last fill was made of, the last one first.

        A fill that was made anew takes the place of the one before it, and was made of the same.
        """
        steps: list[Step] = []
        for step in self.applied_backwards():
            steps.append(step)
            if step.fill is not None and not step.fill.is_anew:
                return tuple(steps)
        return ()

    def applied_backwards(self) -> Iterator[Step]:
        """The steps that are applied, the last one first."""
        for place in reversed(range(self.stack.index())):
            step = self._step(place)
            if step is not None:
                yield step

    @property
    def is_saved(self) -> bool:
        """Whether this state was opened from, or written to, a file."""
        return not self._is_lost and self.state is self._saved

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those that can be redone included."""
        found = (self._step(place) for place in range(self.stack.count()))
        return tuple(step for step in found if step is not None)

    def begin(self, document: Document, steps: Sequence[Step] = (), applied: int = 0) -> None:
        """Take over the history of another document.

        Args:
            document: with all steps applied.
            steps: its history.
            applied: how many of them shall stay applied.
        """
        self.stack.clear()
        with QSignalBlocker(self.stack):
            # Whoever hears of each step looks at all of them: that grows with their square.
            for step in steps:
                self.push(step, document)
            self.stack.setIndex(applied)
        self._saved, self._is_lost = self.state, False
        self.stack.indexChanged.emit(applied)

    def push(self, step: Step, document: Document) -> None:
        """Add a step that is applied already; steps that could be redone are gone."""
        self.stack.push(StepCommand(step, document, self._on_exchanged))

    def snapshot(self, document: Document) -> Snapshot:
        """Document and history at this moment."""
        return Snapshot(document, self.steps, self.stack.index())

    def mark_saved(self, state: State) -> None:
        """That state lies in a file now."""
        self._saved, self._is_lost = state, False
        self.changed.emit()

    def mark_unsaved(self) -> None:
        """No state lies in a file that the user knows of, as after a recovery."""
        self._is_lost = True
        self.changed.emit()

    def _step(self, place: int) -> State:
        command = self.stack.command(place) if 0 <= place < self.stack.count() else None
        return command.step if isinstance(command, StepCommand) else None

    def _on_exchanged(self, delta: Delta) -> None:
        self.delta_exchanged.emit(delta)

    def _on_index(self) -> None:
        self.changed.emit()
