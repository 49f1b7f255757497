"""The last fill of the history, and what it was made of."""

from __future__ import annotations

from typing import Final

from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.session.editing import Editing

_WISHES: Final = {PlaneName.LABELS, PlaneName.JOINTS, PlaneName.SOURCES}
"""What changes only what the next fill shall look like."""


class LastFill:
    """Looked up anew at every question."""

    def __init__(self, editing: Editing) -> None:
        """Look nothing up yet.

        Args:
            editing: whose history the fill is in.
        """
        self._editing = editing

    @property
    def is_last_step(self) -> bool:
        """Whether nothing came after it but what was marked while it was made."""
        state = self._editing.during_fill.below
        return state is not None and state.fill is not None

    @property
    def is_in_place_of_another(self) -> bool:
        """Whether it is the last step, and was made anew of what another fill was made of."""
        state = self._editing.history.state
        return state is not None and state.fill is not None and state.fill.is_anew

    @property
    def step(self) -> Step | None:
        """The last fill, if nothing but what the user wants of the next one changed after it."""
        for step in self._editing.history.applied_backwards():
            if step.fill is not None:
                return step
            if not step.delta.planes or not step.delta.planes <= _WISHES:
                return None
        return None

    @property
    def seed(self) -> int:
        """That of the fill that is shown; 0 if there is none."""
        step = self.step
        return 0 if step is None or step.fill is None else step.fill.seed

    def masked_image_before(self, document: Document) -> MaskedImage:
        """What it was made of."""
        return document.masked_image_before([step.delta for step in self._editing.history.steps_of_last_fill])

    def masked_image_to_fill(self, document: Document) -> MaskedImage:
        """What a fill by other wishes is made of: the mask, or else what the last fill was made of."""
        is_new = document.has_mask or self.step is None
        return document.masked_image() if is_new else self.masked_image_before(document)
