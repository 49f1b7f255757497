"""The canvas that the user is about to have: margins that are dragged or typed, and then applied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.errors import OptionError
from portrait_studio.imaging.canvas_extension import (
    RECOVER_FEET,
    RECOVER_FOREHEAD,
    canvas_of,
    check_canvas,
    parse_length,
    to_ratio,
)
from portrait_studio.imaging.geometry import Extent, Margins
from portrait_studio.messages import Message
from portrait_studio.session.editing import Editing
from portrait_studio.session.jobs import Failure, JobKind
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.tools import Tool, Tools

SMALLEST_PX: Final = 16
"""What is left of each side of a canvas at least."""


class Extending(QObject):
    """Margins that are not the document's yet; `apply` makes them so, as one step.

    While they change, the outlines of bodies on the new canvas are predicted; see `ParsingMaps`.
    """

    changed = Signal()
    """Other margins"""
    refused = Signal(object)
    """Failure: the canvas cannot be made"""

    def __init__(self, editing: Editing, tools: Tools, parsing_maps: ParsingMaps, parent: QObject) -> None:
        """Begin without margins.

        Args:
            editing: the open document.
            tools: the tool in hand.
            parsing_maps: predict outlines.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._tools, self._parsing_maps = editing, tools, parsing_maps
        self._margins = Margins()
        tools.changed.connect(self._on_tools)
        editing.history.changed.connect(self.forget)

    @property
    def margins(self) -> Margins:
        """How far the canvas will reach beyond the present one; negative where it is cropped."""
        return self._margins

    @property
    def extent(self) -> Extent | None:
        """Size that the canvas will have."""
        document = self._editing.document
        return None if document is None else canvas_of(document.extent, self._margins).extent

    @property
    def is_pending(self) -> bool:
        """Whether there is anything to apply."""
        return self._margins != Margins()

    def set_margins(self, margins: Margins) -> None:
        """Choose other margins; so many pixels of the present canvas stay that there is one."""
        document = self._editing.document
        if document is None or not self._editing.may_edit:
            return
        margins = _kept(margins, document.extent)
        if margins != self._margins:
            self._margins = margins
            self._parsing_maps.outline_on(margins)
            self.changed.emit()

    def recover_feet(self) -> None:
        """Reach down as far as the networks recover well at once."""
        self._take_tool("bottom", RECOVER_FEET)

    def recover_forehead(self) -> None:
        """Reach up as far as they do."""
        self._take_tool("top", RECOVER_FOREHEAD)

    def reach_ratio(self, ratio: Fraction, growing: Collection[str] = ()) -> None:
        """Extend to a ratio of width to height; see `to_ratio`."""
        document = self._editing.document
        if document is not None:
            self._tools.choose(Tool.EXTEND)
            self.set_margins(to_ratio(document.extent, ratio, self._margins.added, growing))

    def forget(self) -> None:
        """No margins any more."""
        self._parsing_maps.forget_outline()
        if self.is_pending:
            self._margins = Margins()
            self.changed.emit()

    def apply(self) -> bool:
        """Make the margins those of the document, as one step; False where that cannot be."""
        document = self._editing.document
        if document is None or not self._editing.may_edit or not self.is_pending:
            return False
        origin, margins = document.canvas, self._margins
        canvas = canvas_of(document.extent, margins).shifted(origin.left, origin.top)
        try:
            check_canvas(canvas)
        except OptionError as error:
            self.refused.emit(Failure(JobKind.FILL, error, ""))
            return False
        text = Message("Extend canvas") if margins.extends else Message("Crop canvas")
        self._editing.apply(text, lambda document: document.change_canvas(canvas))
        return True

    def _take_tool(self, side: str, length: str) -> None:
        document = self._editing.document
        if document is not None:
            self._tools.choose(Tool.EXTEND)
            pixels = parse_length(length, document.extent.height)
            self.set_margins(replace(self._margins.added, **{side: pixels}))

    def _on_tools(self) -> None:
        if self._tools.tool is not Tool.EXTEND:
            self.forget()


def _kept(margins: Margins, extent: Extent) -> Margins:
    """Crops that leave a little of each side."""
    least_width, least_height = -(extent.width - SMALLEST_PX), -(extent.height - SMALLEST_PX)
    left, top = max(margins.left, least_width), max(margins.top, least_height)
    right = max(margins.right, least_width - min(0, left))
    bottom = max(margins.bottom, least_height - min(0, top))
    return Margins(left, top, right, bottom)
