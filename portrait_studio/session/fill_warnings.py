"""Says before a fill what it is bound to do badly: once, and only where that is known already."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from portrait_studio.editing.hole_warnings import extension_warnings, hole_warnings
from portrait_studio.messages import Message, joined
from portrait_studio.session.editing import Editing
from portrait_studio.session.extending import Extending
from portrait_studio.session.filling import Filling
from portrait_studio.session.painting import Painting
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.segmentation import Segmentation

_PAUSE_MS: Final = 400
"""After a stroke or a drag: who goes on at once is not interrupted."""


class FillWarnings(QObject):
    """Looks at mask and margins when they have come to rest, with the parsing map that is there."""

    hinted = Signal(object)
    """Message: what will look wrong, and what to do instead"""

    def __init__(
        self,
        editing: Editing,
        painting: Painting,
        parsing_maps: ParsingMaps,
        segmentation: Segmentation,
        filling: Filling,
        extending: Extending,
        parent: QObject,
    ) -> None:
        """Warn of nothing yet.

        Args:
            editing: the open document.
            painting: whose strokes end first.
            parsing_maps: of the photo; without one nothing is said.
            segmentation: which may still shrink the mask.
            filling: knows what fills are meant to do.
            extending: margins that the canvas is about to have.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._painting = editing, painting
        self._parsing_maps, self._segmentation = parsing_maps, segmentation
        self._filling, self._extending = filling, extending
        self._told: set[Message] = set()
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._look)
        for changed in (editing.mask_changed, segmentation.ended, parsing_maps.changed, extending.changed):
            changed.connect(self._soon.start)
        painting.ended.connect(self._soon.start)

    @property
    def is_about_to_look(self) -> bool:
        """Whether something has changed a moment ago."""
        return self._soon.isActive()

    def forget(self) -> None:
        """Another document is open."""
        self._told.clear()

    def _look(self) -> None:
        document, seen = self._editing.document, self._parsing_maps.of_photo
        is_at_rest = not (self._painting.is_under_way or self._segmentation.is_under_way)
        if document is None or seen is None or not is_at_rest or not self._editing.may_edit:
            return
        warnings: tuple[Message, ...] = ()
        if document.has_mask:
            warnings += hole_warnings(document.mask, seen, self._filling.intent)
        if self._extending.is_pending:
            warnings += extension_warnings(self._extending.margins, document.extent, seen)
        if not document.has_mask and not self._extending.is_pending:
            self._told.clear()
        new = [warning for warning in warnings if warning not in self._told]
        self._told.update(new)
        if new:
            self.hinted.emit(joined(new))
