"""Reading the parsing map of the photo behind its hole, when asked and whenever joints move."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Joints, Pixels, Structure
from portrait_studio.session.editing import Editing
from portrait_studio.session.jobs import JobDesk, JobKind
from portrait_studio.session.last_fill import LastFill


class Reader(Protocol):
    """The part of the engine that reads."""

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8],
        device: str,
        progress: Progress,
        joints: Joints | None = None,
    ) -> Structure:
        """Predict the parsing map of a photo."""


class StructureReading(QObject):
    """Holds what was read until the photo looks otherwise; any edit cancels a reading under way."""

    changed = Signal()

    def __init__(self, editing: Editing, desk: JobDesk, reader: Reader, parent: QObject) -> None:
        """Args: the document; who works; who reads."""
        super().__init__(parent)
        self._editing, self._desk, self._reader = editing, desk, reader
        self._last_fill = LastFill(editing)
        self.structure: Structure | None = None
        # Undoing tells of a change before the step counts as undone, which decides what is to be read.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._follow_joints)
        editing.about_to_change.connect(self.cancel)
        editing.history.delta_exchanged.connect(self.cancel)
        editing.image_changed.connect(self.forget)
        editing.joints_changed.connect(self._on_joints_changed)

    def read(self) -> None:
        """Start reading, if nothing is in the way."""
        document = self._editing.document
        if document is None or not self._editing.may_edit:
            return
        look, joints, reader = self._last_fill.look_to_fill(document), document.joints, self._reader
        self._desk.start(
            JobKind.PARSE, lambda progress: reader.parse(look.image, look.mask, "auto", progress, joints)
        )

    def take(self, structure: Structure) -> None:
        """It was read."""
        self.structure = structure
        self.changed.emit()

    def forget(self) -> None:
        """What was read is of another look of the photo."""
        self.structure = None

    def cancel(self) -> None:
        """What is being read would be of the past."""
        job = self._desk.current
        if job is not None and job.kind is JobKind.PARSE:
            self._desk.cancel()

    def _on_joints_changed(self) -> None:
        self._soon.start()

    def _follow_joints(self) -> None:
        document = self._editing.document
        if document is None:
            return
        if not document.joints:
            self.forget()
            self.changed.emit()
        elif document.has_mask or self._last_fill.step is not None:
            self.read()
