"""The last pick: a step that its sliders change as long as nothing came after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.history import State
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.picked import Picked, reaching
from portrait_studio.session.step_names import picked_part
from portrait_studio.session.tools import Tools


class PickMode(Enum):
    """What becomes of the mask that is there already."""

    REPLACE = "replace"
    ADD = "add"
    SUBTRACT = "subtract"


@dataclass(frozen=True, eq=False)
class _Pick:
    """What was picked, how, the state after it, and whether it made that state."""

    picked: Picked
    mode: PickMode
    state: State
    is_step: bool


class LastPick(QObject):
    """Puts picks into the mask, one step each."""

    hinted = Signal(object)
    """Message: why nothing was marked"""

    def __init__(self, editing: Editing, parsing_maps: ParsingMaps, tools: Tools, parent: QObject) -> None:
        """Args: the document; what is where; how far to reach, and which probability is enough."""
        super().__init__(parent)
        self._editing, self._parsing_maps, self._tools = editing, parsing_maps, tools
        self._last: _Pick | None = None
        self._sliders = self._set()
        tools.changed.connect(self._on_tools_changed)

    @property
    def picked(self) -> Picked | None:
        """What was picked last; None where something came after it."""
        last = self._last
        return last.picked if last is not None and last.state is self._editing.history.state else None

    def put(self, picked: Picked, mode: PickMode) -> None:
        """Mark it, or take it out of the mask."""
        document, history = self._editing.document, self._editing.history
        if document is None or not self._editing.may_mark:
            return
        bounds, outline = self._outline(picked)

        def change(edit: MaskEdit) -> Bounds:
            cleared = edit.clear() if mode is PickMode.REPLACE else Bounds(0, 0, 0, 0)
            value = KNOWN if mode is PickMode.SUBTRACT else HOLE
            return cleared.united(edit.stamp(bounds, outline, value))

        before = history.state
        self._editing.change(picked_part(picked.name, leaves=mode is PickMode.SUBTRACT), change)
        self._last = _Pick(picked, mode, history.state, history.state is not before)
        is_spared = document.protected[bounds.slices][outline != 0] != 0
        if mode is not PickMode.SUBTRACT and is_spared.size and is_spared.all():
            self.hinted.emit(Message("That belongs to a protected person; take the protection away first."))

    def replace(self, picked: Picked) -> None:
        """Let it take the place of the last pick."""
        last = self._last
        if last is None or self.picked is None or not self._editing.may_undo:
            return
        if last.is_step:
            self._editing.history.stack.undo()
        self.put(picked, last.mode)

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
