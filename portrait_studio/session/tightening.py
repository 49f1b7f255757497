"""Shrinks what was marked loosely to the things in it and their rims: on request, or after each stroke."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.engine.things import tightened
from portrait_studio.imaging.mask_shapes import touched_places
from portrait_studio.imaging.masks import Mask, copied
from portrait_studio.messages import Message
from portrait_studio.session.adjustable_step import AdjustableStep
from portrait_studio.session.editing import Editing
from portrait_studio.session.history import State
from portrait_studio.session.painting import Painting
from portrait_studio.session.segmentation import Found, Segmentation
from portrait_studio.session.tools import Tools


@dataclass(frozen=True, eq=False)
class _LooseMask:
    """What is to be tightened.

    Attributes:
        kept: (H, W) uint8, the mask before the strokes: never less than that stays.
        loose: (H, W) uint8, nonzero = the places that the network is asked about.
    """

    kept: Mask
    loose: Mask


class Tightening(QObject):
    """Each tightening is one step on top of what was painted; moving the threshold changes the last one."""

    hinted = Signal(object)
    """Message: where nothing stands out, the mask stays as it was painted"""

    def __init__(
        self,
        editing: Editing,
        tools: Tools,
        painting: Painting,
        segmentation: Segmentation,
        parent: QObject,
    ) -> None:
        """Tighten nothing yet.

        Args:
            editing: the open document.
            tools: the switch and the threshold.
            painting: whose strokes are tightened.
            segmentation: finds things.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._tools = editing, tools
        self._painting, self._segmentation = painting, segmentation
        self._untightened: tuple[Step, ...] = ()
        self._before_edit: State = None
        self._step = AdjustableStep(editing)
        self._last: tuple[_LooseMask, Found] | None = None
        self._threshold = tools.threshold
        editing.about_to_change.connect(self._on_about_to_change)
        painting.marked.connect(self._on_marked)
        tools.changed.connect(self._on_tools_changed)

    def tighten_all(self) -> None:
        """Tighten the whole mask."""
        self._painting.end_stroke()
        document = self._editing.document
        if document is not None and document.has_mask and self._segmentation.may_start:
            self.forget()
            self._start(document, np.zeros_like(document.mask), copied(document.mask))

    def forget(self) -> None:
        """Strokes that still wait to be tightened stay as they are; another document may be open."""
        self._untightened, self._last = (), None

    def _on_about_to_change(self) -> None:
        self._before_edit = self._editing.history.state

    def _on_marked(self) -> None:
        """Tighten what the last stroke touches, and those before it whose job it has cancelled."""
        document, state = self._editing.document, self._editing.history.state
        is_wanted = self._tools.tightens and self._segmentation.may_start
        if document is None or state is None or state is self._before_edit or not is_wanted:
            self._untightened = ()
            return
        self._untightened = self._still_on_top((*self._untightened, state))
        kept = document.mask_before([step.delta for step in reversed(self._untightened)])
        self._start(document, kept, touched_places(document.mask, document.mask > kept))

    def _still_on_top(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Those of the steps that no other step lies on, in their order."""
        found: list[Step] = []
        for step in self._editing.history.applied_backwards():
            if step not in steps:
                break
            found.insert(0, step)
        return tuple(found)

    def _start(self, document: Document, kept: Mask, loose: Mask) -> None:
        if document.has_blank and document.blank is not None:
            # What no camera has seen shows nothing, and is to be filled whatever stands beside it.
            loose[document.blank != 0] = 0
        if cv2.countNonZero(loose):
            self._segmentation.tighten(loose, partial(self._take, _LooseMask(kept, loose)))

    def _take(self, marked: _LooseMask, found: Found) -> None:
        self._untightened = ()
        doubtful = self._apply(marked, found)
        if doubtful == len(found):
            self.hinted.emit(Message("Nothing stands out there; the mask stays as you painted it."))
        elif doubtful:
            self.hinted.emit(Message("Where nothing stands out, the mask stays as you painted it."))

    def _apply(self, marked: _LooseMask, found: Found) -> int:
        """Make it a step; returns in how many places nothing stands out."""
        document = self._editing.document
        assert document is not None
        tight, doubtful = tightened(document.mask, marked.kept, marked.loose, found, self._threshold)
        self._step.make(Message("Tighten mask"), lambda edit: edit.replace(tight))
        self._last = (marked, found)
        return doubtful

    def _on_tools_changed(self) -> None:
        """A moved slider changes the last tightening as long as nothing came after it."""
        if self._tools.threshold == self._threshold:
            return
        self._threshold = self._tools.threshold
        if self._last is not None and self._step.is_last and self._editing.may_edit:
            self._step.undo()
            self._apply(*self._last)
