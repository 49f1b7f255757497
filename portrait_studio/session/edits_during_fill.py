"""What is marked while fills run: it comes after them in the history, as if it had been done later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile

from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.history import Step
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.history import History, State

MaskChange = Callable[[MaskEdit], Bounds]
"""Changes the mask, whatever it is by then, and says where."""


class EditsDuringFill:
    """Steps on top of the state that a fill was begun in.

    They are rebased when its result comes, taken off and done on top of it again: a fill removes the mask
    that it was made of, and nothing that was marked later.
    """

    def __init__(self, history: History, repeat: Callable[[str, PlaneName, MaskChange], None]) -> None:
        """Hold no steps yet.

        Args:
            history: where the steps are.
            repeat: makes a change of a plane one step of this name, whether editing is allowed or not.
        """
        self._history, self._repeat = history, repeat
        self._is_open = False
        self._changes: dict[Step, tuple[PlaneName, MaskChange]] = {}

    def begin(self) -> None:
        """A fill begins, perhaps one that waited for another: from now on steps come after it."""
        self._is_open = True

    def end(self) -> None:
        """No fill runs or waits any more; steps on top are like any other."""
        self._is_open = False
        self._changes.clear()

    def record(self, step: Step, plane: PlaneName, change: MaskChange) -> None:
        """A step was made that changed a plane, and this is how it is done again."""
        if self._is_open:
            self._changes[step] = plane, change

    @property
    def below(self) -> State:
        """The state of the document without these steps."""
        steps = self._history.applied_backwards()
        return next((step for step in steps if step not in self._changes), None)

    @property
    def marks_mask(self) -> bool:
        """Whether any of these steps, if it was not taken back, marks what is to be filled next."""
        own = takewhile(lambda step: step in self._changes, self._history.applied_backwards())
        return any(self._changes[step][0] is PlaneName.MASK for step in own)

    @property
    def can_undo(self) -> bool:
        """Whether the last step is one of these."""
        return self._history.state in self._changes

    @property
    def can_redo(self) -> bool:
        """Whether one of these was taken back last."""
        return self._history.next in self._changes

    @contextmanager
    def rebased(self) -> Iterator[None]:
        """Take the steps off, so that the document is as the fill saw it, and do them again afterwards."""
        taken: list[tuple[str, PlaneName, MaskChange]] = []
        while (step := self._history.state) is not None and step in self._changes:
            taken.append((step.title, *self._changes[step]))
            self._history.stack.undo()
        self._changes.clear()
        try:
            yield
        finally:
            for each in reversed(taken):
                self._repeat(*each)
