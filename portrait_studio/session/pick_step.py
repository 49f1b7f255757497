"""Puts what was picked into the mask; sliders change the last pick as long as nothing came after it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.editing.picked import Picked, PickMode, reaching
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask
from portrait_studio.messages import Message
from portrait_studio.session.adjustable_step import AdjustableStep
from portrait_studio.session.editing import Editing
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.step_names import picked_part
from portrait_studio.session.tools import Tools


class PickStep(QObject):
    """Puts picks into the mask, one step each."""

    hinted = Signal(object)
    """Message: why nothing was marked"""

    def __init__(self, editing: Editing, parsing_maps: ParsingMaps, tools: Tools, parent: QObject) -> None:
        """Mark nothing yet.

        Args:
            editing: the open document.
            parsing_maps: of the photo.
            tools: how far to reach, and which probability is enough.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._parsing_maps, self._tools = editing, parsing_maps, tools
        self._step = AdjustableStep(editing)
        self._last: tuple[Picked, PickMode] | None = None
        self._sliders = self._set()
        tools.changed.connect(self._on_tools_changed)

    @property
    def picked(self) -> Picked | None:
        """What was picked last; None where something came after it."""
        return self._last[0] if self._last is not None and self._step.is_last else None

    def put(self, picked: Picked, mode: PickMode) -> None:
        """Mark it, or take it out of the mask."""
        document = self._editing.document
        if document is None or not self._editing.may_mark:
            return
        bounds, outline = self._outline(picked)

        def change(edit: MaskEdit) -> Bounds:
            cleared = edit.clear() if mode is PickMode.REPLACE else Bounds(0, 0, 0, 0)
            value = KNOWN if mode is PickMode.SUBTRACT else HOLE
            return cleared.united(edit.stamp(bounds, outline, value))

        self._step.make(picked_part(picked.name, leaves=mode is PickMode.SUBTRACT), change)
        self._last = (picked, mode)
        is_spared = document.protected[bounds.slices][outline != 0] != 0
        if mode is not PickMode.SUBTRACT and is_spared.size and is_spared.all():
            self.hinted.emit(Message("That belongs to a protected person; take the protection away first."))

    def replace(self, picked: Picked) -> None:
        """Let it take the place of the last pick."""
        if self._last is not None and self._step.is_last and self._editing.may_undo:
            self._step.undo()
            self.put(picked, self._last[1])

    def forget(self) -> None:
        """Another document is open."""
        self._last = None

    def _outline(self, picked: Picked) -> tuple[Bounds, Mask]:
        document, regions = self._editing.document, self._parsing_maps.regions
        assert document is not None
        bounds, close = picked.outline(document.extent, self._tools.threshold)
        spared = None if regions is None or picked.takes_skin else regions.skin
        return reaching(bounds, close, self._tools.reach_percent, document.extent, spared)

    def _set(self) -> tuple[int, float]:
        return self._tools.reach_percent, self._tools.threshold

    def _on_tools_changed(self) -> None:
        """A moved slider changes the last pick as long as nothing came after it."""
        if self._set() != self._sliders:
            self._sliders = self._set()
            picked = self.picked
            if picked is not None:
                self.replace(picked)
