"""Select by meaning: what is under the pointer becomes the mask, and people can be protected."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.engine.label_mask import usual_reach
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.parts import Guard, Part
from portrait_studio.session.step_names import picked_part
from portrait_studio.session.survey import Survey
from portrait_studio.session.tools import Tools


class PickMode(Enum):
    """What becomes of the mask that is there already."""

    REPLACE = "replace"
    ADD = "add"
    SUBTRACT = "subtract"


@dataclass(frozen=True, eq=False)
class _Pick:
    """The last pick: what, how, and which step it is."""

    part: Part
    mode: PickMode
    step: Step | None


class Picking(QObject):
    """Takes things and people by one click, and keeps the mask away from protected people."""

    protection_changed = Signal()
    """Other people are in the photo, or others of them are protected"""
    marked = Signal()
    """A pick added something to the mask"""

    def __init__(self, editing: Editing, survey: Survey, tools: Tools, parent: QObject) -> None:
        """Args: the document; what is where; how far to reach, and whether parts or things are meant."""
        super().__init__(parent)
        self._editing, self._survey, self._tools = editing, survey, tools
        self._last: _Pick | None = None
        self._reach_px = tools.reach_px
        self._people: tuple[Part, ...] = ()
        self._guards: tuple[Guard, ...] = ()
        self._protected: frozenset[int] = frozenset()
        tools.changed.connect(self._on_tools_changed)
        survey.changed.connect(self._on_survey_changed)
        editing.protected_changed.connect(self._read_protected)

    @property
    def people(self) -> tuple[Part, ...]:
        """The bodies in the photo, numbered from left to right."""
        return self._people

    @property
    def protected(self) -> AbstractSet[int]:
        """Which of them are protected, by their place in `people`."""
        return self._protected

    @property
    def guarded(self) -> tuple[Part, ...]:
        """Protected people without what can be taken away from them."""
        return tuple(self._guards[number].body for number in sorted(self._protected))

    def part_at(self, x: float, y: float) -> Part | None:
        """What a click at a photo position would take."""
        parts = self._survey.parts
        if parts is None:
            return None
        return parts.part_at(x, y) if self._tools.picks_parts else parts.thing_or_person_at(x, y)

    def pick(self, x: float, y: float, mode: PickMode) -> bool:
        """Take what is at a photo position; False when nothing is."""
        part = self.part_at(x, y)
        if part is None:
            return False
        self._apply(part, mode)
        if mode is not PickMode.SUBTRACT:
            self.marked.emit()
        return True

    def protect(self, numbers: AbstractSet[int]) -> None:
        """Let the mask never reach these people, and take it away where it does.

        What they wear or carry and could do without is left out, with as much around it as picking reaches.
        """
        document = self._editing.document
        if document is not None and self._editing.may_edit:
            self._editing.about_to_change.emit()
            delta = document.protect(self._mask_of(document, numbers))
            if delta is not None:
                self._editing.push(Step(Message("Protect people"), delta))
        self.protection_changed.emit()

    def forget(self) -> None:
        """Another document is open."""
        self._last = None
        self._people, self._guards, self._protected = (), (), frozenset()
        self.protection_changed.emit()

    def _apply(self, part: Part, mode: PickMode) -> None:
        document, history = self._editing.document, self._editing.history
        if document is None:
            return
        bounds, outline = part.outline(document.extent, self._tools.reach_px)

        def change(edit: MaskEdit) -> Bounds:
            cleared = edit.clear() if mode is PickMode.REPLACE else Bounds(0, 0, 0, 0)
            value = KNOWN if mode is PickMode.SUBTRACT else HOLE
            return cleared.united(edit.stamp(bounds, outline, value))

        before = history.state
        self._editing.change(picked_part(part.name, leaves=mode is PickMode.SUBTRACT), change)
        step = history.state
        self._last = _Pick(part, mode, step if step is not before else None)

    def _mask_of(self, document: Document, numbers: AbstractSet[int]) -> Mask:
        mask = np.zeros_like(document.mask)
        for number in numbers:
            bounds, outline = self._guards[number].outline(document.extent, usual_reach(document.extent))
            np.maximum(mask[bounds.slices], outline, out=mask[bounds.slices])
        return mask

    def _read_protected(self) -> None:
        """The document says where the mask must not reach: whoever stands there is protected."""
        document = self._editing.document
        if document is not None:
            protected, extent = document.protected, document.extent
            self._protected = frozenset(
                number
                for number, guard in enumerate(self._guards)
                if guard.shows_in(protected, extent, usual_reach(extent))
            )
        self.protection_changed.emit()

    def _on_tools_changed(self) -> None:
        """A moved slider changes the last pick as long as nothing came after it."""
        if self._tools.reach_px == self._reach_px:
            return
        self._reach_px = self._tools.reach_px
        last, history = self._last, self._editing.history
        if last is None or last.step is None or last.step is not history.state or not self._editing.may_undo:
            return
        history.stack.undo()
        self._apply(last.part, last.mode)

    def _on_survey_changed(self) -> None:
        """People are those of the photo as it was seen first: a fill gives nobody another number."""
        parts = self._survey.parts
        if not self._people and parts is not None:
            self._people, self._guards = parts.people, parts.guards
            self._read_protected()
