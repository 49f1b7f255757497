"""Selecting by meaning: the thing or person under the pointer becomes the mask."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.document import Document
from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.editing.picked import PickedRegion, PickedThing, PickMode
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.things import Clicks, ThingFound
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, Mask
from portrait_studio.messages import Message
from portrait_studio.session.detections import Detections
from portrait_studio.session.editing import Editing
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.pick_step import PickStep
from portrait_studio.session.segmentation import Segmentation
from portrait_studio.session.tools import Target, Tools

_LEAST_AGREEMENT: Final = 0.4
"""IoU from which on what was found is the part that was clicked, at its own edge."""

_HELD: Final = 0.25
"""Of the area around a person: what is larger stands behind them, and is not what a click on them means."""


@dataclass(frozen=True, eq=False)
class _PickPrompt:
    """What the network is told of a thing: places inside it and beside it, or a rectangle, or both.

    Attributes:
        mode: what becomes of the mask.
        clicks: where the user has clicked on one thing.
        box: (H, W) uint8, nonzero in the rectangle that the user has drawn; None where there is none.
        corrects: the pick whose place the answer takes, while that is the last one.
    """

    mode: PickMode
    clicks: Clicks = field(default_factory=Clicks)
    box: Mask | None = None
    corrects: PickedThing | None = None

    def corrected(self, x: float, y: float, mode: PickMode) -> _PickPrompt:
        """With one place more: inside the thing, or beside it."""
        inside, outside = self.clicks.inside, self.clicks.outside
        if mode is PickMode.SUBTRACT:
            return replace(self, clicks=Clicks(inside, (*outside, (x, y))))
        return replace(self, clicks=Clicks((*inside, (x, y)), outside))


class Picking(QObject):
    """Takes things and people by a click or a rectangle."""

    marked = Signal()
    """A pick added something to the mask"""
    hinted = Signal(object)
    """Message: why nothing was marked"""

    def __init__(
        self,
        editing: Editing,
        parsing_maps: ParsingMaps,
        tools: Tools,
        segmentation: Segmentation,
        detections: Detections,
        parent: QObject,
    ) -> None:
        """Pick nothing yet.

        Args:
            editing: the open document.
            parsing_maps: of the photo.
            tools: how picks are meant.
            segmentation: finds what has no label, and exact edges.
            detections: things that have a name, but no label.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._tools = editing, tools
        self._parsing_maps, self._segmentation, self._detections = parsing_maps, segmentation, detections
        self._last = PickStep(editing, parsing_maps, tools, self)
        self._pending: _PickPrompt | None = None
        self._answered: tuple[_PickPrompt, PickedThing] | None = None
        self._last.hinted.connect(self.hinted)
        segmentation.ended.connect(self._on_segmentation_ended)

    # -- picking -------------------------------------------------------------------------------------------

    def target_at(self, x: float, y: float) -> MapRegion | Detection | None:
        """What a click at a photo position would take.

        A thing of the parsing map comes first; a detected one comes where that shows the ground, or a person
        who holds it, and a detected person where that shows the ground alone.
        """
        regions, target = self._parsing_maps.regions, self._tools.target
        if target is Target.LOOKS:
            return None
        region = None
        if regions is not None:
            is_part = target is Target.PART
            region = regions.region_at(x, y) if is_part else regions.thing_or_person_at(x, y)
        if region is None:
            return self._detections.thing_at(x, y) or self._detections.person_at(x, y)
        if region.is_thing or target is Target.PART:
            return region
        held = self._detections.thing_at(x, y, round(_HELD * region.box.extent.area))
        return region if held is None else held

    def pick(self, x: float, y: float, mode: PickMode) -> bool:
        """Take what is at a photo position, or look for it; False when nothing is there that could be taken.

        By its looks a thing is looked for anew with every click that adds or takes away near it, until
        something else is done.
        """
        if self._tools.target is Target.LOOKS:
            return self._pick_by_looks(x, y, mode)
        target = self.target_at(x, y)
        if isinstance(target, Detection):
            return self._find_detected(target, mode)
        if target is not None:
            self._take_region(target, mode)
        return target is not None

    def pick_in(self, box: Bounds, mode: PickMode) -> bool:
        """Look for the thing that fills a rectangle; False when that cannot be done now."""
        document = self._editing.document
        if document is None or not self._segmentation.may_start:
            return False
        loose = np.zeros_like(document.mask)
        loose[box.intersected(Bounds.of(document.extent)).slices] = HOLE
        if cv2.countNonZero(loose):
            self._find(_PickPrompt(mode, box=loose))
        return True

    def _take_region(self, region: MapRegion, mode: PickMode) -> None:
        """Take it as the parsing map has it, and at its own edge as soon as that is found."""
        picked = PickedRegion(region)
        self._last.put(picked, mode)
        if mode is not PickMode.SUBTRACT:
            self.marked.emit()
        document = self._editing.document
        if region.is_thing and document is not None and self._segmentation.may_start:
            loose = np.zeros_like(document.mask)
            bounds, outline = region.outline(document.extent, 2 * region.error_px)
            loose[bounds.slices] = outline
            self._segmentation.find_thing(Clicks(), loose, partial(self._refine, picked))

    def _refine(self, picked: PickedRegion, found: ThingFound) -> None:
        document = self._editing.document
        if document is not None and self._last.picked is picked and self._is_same(picked, found, document):
            self._last.replace(PickedThing(picked.name, found))

    def _is_same(self, picked: PickedRegion, thing: ThingFound, document: Document) -> bool:
        mask = thing.mask(document.extent, self._tools.threshold)
        bounds, outline = picked.region.outline(document.extent)
        common = cv2.countNonZero(cv2.min(mask[bounds.slices], outline))
        united = cv2.countNonZero(mask) + cv2.countNonZero(outline) - common
        return thing.stands_out and common >= _LEAST_AGREEMENT * united

    def _find_detected(self, thing: Detection, mode: PickMode) -> bool:
        if not self._segmentation.may_start:
            return False
        self._segmentation.find_in_boxes([thing], lambda found: self._take_detected(thing, found[0], mode))
        return True

    def _take_detected(self, thing: Detection, found: ThingFound, mode: PickMode) -> None:
        document = self._editing.document
        if document is not None and self._stands_out(found, document):
            self._last.put(PickedThing(thing.name, found), mode)
            if mode is not PickMode.SUBTRACT:
                self.marked.emit()

    def _stands_out(self, found: ThingFound, document: Document) -> bool:
        """Whether there is something to pick; if there is not, that is said."""
        if found.stands_out and found.mask(document.extent, self._tools.threshold).any():
            return True
        self.hinted.emit(Message("Nothing stands out there; drag a rectangle around it, or paint over it."))
        return False

    # -- prompts -------------------------------------------------------------------------------------------

    def _pick_by_looks(self, x: float, y: float, mode: PickMode) -> bool:
        document = self._editing.document
        if document is None or not self._segmentation.may_start:
            return False
        prompt = self._prompt_to_correct(x, y, mode)
        if prompt is not None:
            self._find(prompt.corrected(x, y, mode))
            return True
        is_inside = 0 <= x < document.extent.width and 0 <= y < document.extent.height
        if is_inside:
            self._find(_PickPrompt(mode, Clicks(((x, y),))))
        return is_inside

    def _prompt_to_correct(self, x: float, y: float, mode: PickMode) -> _PickPrompt | None:
        """The prompt that a click is added to: the one under way, or the last, if the click is near."""
        if mode is PickMode.REPLACE:
            return None
        if self._pending is not None or self._answered is None:
            return self._pending
        prompt, picked = self._answered
        around = picked.found.bounds
        is_near = around.left <= x < around.right and around.top <= y < around.bottom
        return replace(prompt, corrects=picked) if is_near and self._last.picked is picked else None

    def _find(self, prompt: _PickPrompt) -> None:
        # It cancels the one before, which is then pending no more.
        self._segmentation.find_thing(prompt.clicks, prompt.box, partial(self._take_found, prompt))
        self._pending = prompt

    def _take_found(self, prompt: _PickPrompt, thing: ThingFound) -> None:
        document = self._editing.document
        if document is None or not self._stands_out(thing, document):
            return
        picked = PickedThing(Message("thing"), thing)
        if prompt.corrects is not None and self._last.picked is prompt.corrects:
            self._last.replace(picked)
        else:
            self._last.put(picked, prompt.mode)
        self._answered = (prompt, picked)
        if prompt.mode is not PickMode.SUBTRACT:
            self.marked.emit()

    def _on_segmentation_ended(self) -> None:
        self._pending = None

    def forget(self) -> None:
        """Another document is open, or another canvas."""
        self._last.forget()
        self._pending = self._answered = None
