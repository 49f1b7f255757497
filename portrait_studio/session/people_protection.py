"""People whom the mask never reaches."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document
from portrait_studio.editing.map_regions import MapRegion, Protection
from portrait_studio.engine.label_mask import usual_reach
from portrait_studio.imaging.masks import Mask
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.parsing_maps import ParsingMaps


class PeopleProtection(QObject):
    """Knows who is in the photo, and keeps the mask away from those who are protected."""

    changed = Signal()
    """Other people are in the photo, or others of them are protected"""

    def __init__(self, editing: Editing, parsing_maps: ParsingMaps, parent: QObject) -> None:
        """Know nobody yet.

        Args:
            editing: the open document.
            parsing_maps: of the photo.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._parsing_maps = editing, parsing_maps
        self._people: tuple[MapRegion, ...] = ()
        self._protections: tuple[Protection, ...] = ()
        self._protected: frozenset[int] = frozenset()
        parsing_maps.changed.connect(self._on_map_changed)
        editing.protected_changed.connect(self._read_protected)

    @property
    def people(self) -> tuple[MapRegion, ...]:
        """The bodies in the photo, numbered from left to right."""
        return self._people

    @property
    def protected(self) -> AbstractSet[int]:
        """Which of them are protected, by their place in `people`."""
        return self._protected

    @property
    def protected_bodies(self) -> tuple[MapRegion, ...]:
        """Protected people without what can be taken away from them."""
        return tuple(self._protections[number].body for number in sorted(self._protected))

    def protect(self, numbers: AbstractSet[int]) -> None:
        """Let the mask never reach these people, and take it away where it does.

        What they wear or carry and could do without is left out, with as much around it as picking reaches.
        """
        self._editing.apply(
            Message("Protect people"), lambda document: document.protect(self._mask_of(document, numbers))
        )
        self.changed.emit()

    def forget(self) -> None:
        """Another document is open, or another canvas."""
        self._people, self._protections, self._protected = (), (), frozenset()
        self.changed.emit()

    def _mask_of(self, document: Document, numbers: AbstractSet[int]) -> Mask:
        mask, extent = np.zeros_like(document.mask), document.extent
        for number in numbers:
            bounds, outline = self._protections[number].outline(extent, usual_reach(extent))
            np.maximum(mask[bounds.slices], outline, out=mask[bounds.slices])
        return mask

    def _read_protected(self) -> None:
        """The document says where the mask must not reach: whoever stands there is protected."""
        document = self._editing.document
        if document is not None:
            protected, extent = document.protected, document.extent
            self._protected = frozenset(
                number
                for number, protection in enumerate(self._protections)
                if protection.shows_in(protected, extent, usual_reach(extent))
            )
        self.changed.emit()

    def _on_map_changed(self) -> None:
        """People are those of the photo as it was seen first: a fill gives nobody another number."""
        regions = self._parsing_maps.regions
        if not self._people and regions is not None:
            self._people, self._protections = regions.people, regions.protections
            self._read_protected()
