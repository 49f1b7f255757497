"""Marks everybody but the main person."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.imaging.masks import Mask
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.segmentation import Segmentation


class OtherPeople(QObject):
    """Adds the people whom the photo is not of to the mask, as one step."""

    hinted = Signal(object)
    """Message: nobody was found"""
    marked = Signal()
    """They are in the mask"""

    def __init__(self, editing: Editing, segmentation: Segmentation, parent: QObject) -> None:
        """Mark nobody yet.

        Args:
            editing: the open document.
            segmentation: finds people.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._segmentation = editing, segmentation

    def mark(self) -> None:
        """Look for them, and mark them when they are found."""
        if self._segmentation.may_start and self._segmentation.finds_people:
            self._segmentation.find_other_people(self._take)

    def _take(self, others: Mask) -> None:
        document = self._editing.document
        if document is None:
            return
        if not cv2.countNonZero(others):
            self.hinted.emit(Message("Nobody else was found in the photo; mark them by hand."))
            return
        both = np.maximum(document.mask, others)
        self._editing.change(Message("Mark other people"), lambda edit: edit.replace(both))
        self.marked.emit()
