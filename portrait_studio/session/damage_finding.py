"""Proposes a mask over what is damaged in a scanned photo."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.engine.damage import DamageFound
from portrait_studio.imaging.masks import KNOWN, Mask, copied
from portrait_studio.messages import Message
from portrait_studio.session.adjustable_step import AdjustableStep
from portrait_studio.session.editing import Editing
from portrait_studio.session.painting import Painting
from portrait_studio.session.segmentation import Segmentation
from portrait_studio.session.tools import Tools


class DamageFinding(QObject):
    """Adds what is found to the mask, as one step; moving the threshold changes it until something follows.

    Nothing is filled: the mask is looked at, and corrected, by the user first.
    """

    hinted = Signal(object)
    """Message: what was found, or that nothing was"""

    def __init__(
        self, editing: Editing, tools: Tools, painting: Painting, segmentation: Segmentation, parent: QObject
    ) -> None:
        """Find nothing yet.

        Args:
            editing: the open document.
            tools: the threshold.
            painting: whose stroke under way ends first.
            segmentation: finds damage.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._tools = editing, tools
        self._painting, self._segmentation = painting, segmentation
        self._step = AdjustableStep(editing)
        self._last: tuple[Mask, DamageFound] | None = None
        self._threshold = tools.threshold
        tools.changed.connect(self._on_tools_changed)

    def find(self) -> None:
        """Look for damage, and mark it when it is found."""
        self._painting.end_stroke()
        if self._segmentation.may_find_damage:
            self.forget()
            self._segmentation.find_damage(self._take)

    def forget(self) -> None:
        """What was found stays as it is; another document may be open."""
        self._last = None

    def _take(self, found: DamageFound) -> None:
        document = self._editing.document
        if document is None:
            return
        if self._apply(copied(document.mask), found):
            self.hinted.emit(
                Message("Look at what is marked before you fill it; How tight marks less or more of it.")
            )
        else:
            self.hinted.emit(
                Message("No damage was found; move How tight to the left to mark what is doubtful.")
            )

    def _apply(self, before: Mask, found: DamageFound) -> bool:
        """Make it a step on top of the mask before; returns whether anything is marked."""
        document = self._editing.document
        assert document is not None
        damage = found.mask(self._tools.threshold)
        if document.has_blank and document.blank is not None:
            # What no camera has seen has no damage.
            damage[document.blank != 0] = KNOWN
        both = np.maximum(before, damage)
        self._step.make(Message("Find damage"), lambda edit: edit.replace(both))
        self._last = (before, found)
        return cv2.countNonZero(damage) > 0

    def _on_tools_changed(self) -> None:
        """A moved slider changes the last finding as long as nothing came after it."""
        if self._tools.threshold == self._threshold:
            return
        self._threshold = self._tools.threshold
        if self._last is not None and self._step.is_last and self._editing.may_edit:
            self._step.undo()
            self._apply(*self._last)
