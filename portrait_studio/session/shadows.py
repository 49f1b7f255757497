"""Takes the shadow of what is masked into the mask."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.engine.find_requests import ShadowRequest
from portrait_studio.imaging.masks import Mask, copied
from portrait_studio.messages import Message
from portrait_studio.session.detections import Detections
from portrait_studio.session.editing import Editing
from portrait_studio.session.painting import Painting
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.segmentation import Segmentation


class Shadows(QObject):
    """Adds shadows to the mask as one step, only when asked to."""

    hinted = Signal(object)
    """Message: no shadow was found"""

    def __init__(
        self,
        editing: Editing,
        painting: Painting,
        parsing_maps: ParsingMaps,
        detections: Detections,
        segmentation: Segmentation,
        parent: QObject,
    ) -> None:
        """Take nothing yet.

        Args:
            editing: the open document.
            painting: whose stroke ends first.
            parsing_maps: of the photo, which show people.
            detections: people and things that are known already.
            segmentation: looks for shadows.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._painting = editing, painting
        self._parsing_maps, self._detections = parsing_maps, detections
        self._segmentation = segmentation

    def take(self) -> None:
        """Look for the shadow of what is masked, and mark it when it is found."""
        self._painting.end_stroke()
        document = self._editing.document
        if document is None or not document.has_mask or not self._editing.may_edit:
            return
        request = ShadowRequest(
            document.image,
            copied(document.mask),
            self._parsing_maps.of_photo,
            self._detections.of_photo_if_known,
        )
        self._segmentation.find_shadow(request, self._take)

    def _take(self, shadow: Mask) -> None:
        document = self._editing.document
        if document is None:
            return
        if not cv2.countNonZero(shadow):
            self.hinted.emit(Message("No shadow was found that surely belongs to it; mark it by hand."))
            return
        both = np.maximum(document.mask, shadow)
        self._editing.change(Message("Take its shadow too"), lambda edit: edit.replace(both))
