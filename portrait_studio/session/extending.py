"""The canvas that the user is about to have: margins that are dragged, and a guess at what will be there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from portrait_studio.document.history import Step
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Pixels, Structure
from portrait_studio.errors import OptionError
from portrait_studio.imaging.canvas_extension import (
    RECOVER_FEET,
    RECOVER_FOREHEAD,
    canvas_of,
    check_canvas,
    parse_length,
    to_ratio,
)
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.session.editing import Editing
from portrait_studio.session.jobs import Failure, JobDesk, JobKind
from portrait_studio.session.tools import Tool, Tools

SMALLEST_PX: Final = 16
"""What is left of each side of a canvas at least."""
_SKETCH_PX: Final = 256
"""Long side of the picture that the guess is made of."""

Point = tuple[float, float]


class Sketcher(Protocol):
    """The part of the engine that guesses."""

    def sketch(self, image: Pixels, extension: Margins, device: str, progress: Progress) -> Structure:
        """A first guess at what an extension would show."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A guess at the outlines of bodies on a canvas.

    Attributes:
        margins: of the canvas.
        shapes: closed outlines, each a list of (x, y) in pixels of the present canvas.
    """

    margins: Margins
    shapes: tuple[tuple[Point, ...], ...]


class Extending(QObject):
    """Margins that are not the document's yet; `apply` makes them so, as one step.

    While they change, the outline of the body in the new area is guessed in the engine's thread: the latest
    margins win, those in between are left out.
    """

    changed = Signal()
    """Other margins"""
    outlined = Signal()
    """Another guess"""
    refused = Signal(object)
    """Failure: the canvas cannot be made"""

    def __init__(
        self, editing: Editing, tools: Tools, desk: JobDesk, sketcher: Sketcher, parent: QObject
    ) -> None:
        """Args: the document; the tool in hand; who works; who guesses."""
        super().__init__(parent)
        self._editing, self._tools, self._desk, self._sketcher = editing, tools, desk, sketcher
        self._margins = Margins()
        self._outline: Outline | None = None
        self._asked = Margins()
        self._failed: Margins | None = None
        self._has_complained = False
        self._small = _Small()
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

    @property
    def outline(self) -> Outline | None:
        """The guess for these margins, or for those a moment ago."""
        return self._outline

    def set_margins(self, margins: Margins) -> None:
        """Choose other margins; so many pixels of the present canvas stay that there is one."""
        document = self._editing.document
        if document is None or not self._editing.may_edit:
            return
        margins = _kept(margins, document.extent)
        if margins != self._margins:
            self._margins = margins
            if not margins.extends:
                self._outline = None
            self.changed.emit()
            self._guess()

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
            self.set_margins(to_ratio(document.extent, ratio, _none_negative(self._margins), growing))

    def forget(self) -> None:
        """No margins any more."""
        self._outline = self._failed = None
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
        self._editing.about_to_change.emit()
        delta = document.change_canvas(canvas)
        if delta is not None:
            self._editing.push(
                Step(Message("Extend canvas") if margins.extends else Message("Crop canvas"), delta)
            )
        return True

    # -- the guess -----------------------------------------------------------------------------------------

    def take(self, outline: Outline) -> None:
        """The guess is made; if the margins are others by now, they are next."""
        self._has_complained = False
        if self._margins.extends:
            self._outline = outline
            self.outlined.emit()
            self._guess()

    def give_up(self) -> bool:
        """It failed; other margins are another try. False when the one before it had failed, too."""
        is_news, self._has_complained = not self._has_complained, True
        self._failed = self._asked
        self._guess()
        return is_news

    def go_on(self) -> None:
        """The engine is free again, or another one: guess what it could not before."""
        self._failed = None
        self._guess()

    def _guess(self) -> None:
        document, current = self._editing.document, self._desk.current
        is_free = current is None or current.kind is JobKind.SURVEY
        is_known = self._outline is not None and self._outline.margins == self._margins
        is_vain = not self._margins.extends or self._margins == self._failed
        if document is None or not is_free or is_known or is_vain:
            return
        self._asked, self._failed = self._margins, None
        margins, image = self._margins, document.image
        sketcher, small = self._sketcher, self._small

        def task(progress: Progress) -> Outline:
            picture, scale = small.of(image)
            scaled = _scaled(margins, scale)
            canvas = small_canvas(picture, scaled)
            structure = sketcher.sketch(canvas, _none_negative(scaled), "auto", progress)
            return Outline(margins, outlines(structure, scaled, scale))

        self._desk.start(JobKind.SKETCH, task)

    def _take_tool(self, side: str, length: str) -> None:
        document = self._editing.document
        if document is not None:
            self._tools.choose(Tool.EXTEND)
            pixels = parse_length(length, document.extent.height)
            self.set_margins(replace(_none_negative(self._margins), **{side: pixels}))

    def _on_tools(self) -> None:
        if self._tools.tool is not Tool.EXTEND:
            self.forget()


class _Small:
    """A small copy of the photo, made once for each look; used in the engine's thread only."""

    def __init__(self) -> None:
        self._made: tuple[Pixels, Pixels, float] | None = None

    def of(self, image: Pixels) -> tuple[Pixels, float]:
        """The copy, (h, w, 3) in the same dtype, and its pixels per pixel of the photo."""
        if self._made is None or self._made[0] is not image:
            scale = min(1.0, _SKETCH_PX / max(image.shape[:2]))
            size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
            self._made = (image, _resized(image, size), scale)
        return self._made[1], self._made[2]


def small_canvas(picture: Pixels, margins: Margins) -> Pixels:
    """A picture, (h, w, 3), on its canvas, what is new grey; negative margins crop."""
    canvas = canvas_of(Extent(picture.shape[1], picture.shape[0]), margins)
    larger = np.full((canvas.height, canvas.width, 3), np.iinfo(picture.dtype).max // 2, picture.dtype)
    seen = canvas.intersected(Bounds(0, 0, picture.shape[1], picture.shape[0]))
    larger[seen.shifted(-canvas.left, -canvas.top).slices] = picture[seen.slices]
    return larger


def outlines(structure: Structure, margins: Margins, scale: float) -> tuple[tuple[Point, ...], ...]:
    """Closed outlines of the bodies of a small canvas, in pixels of the present one.

    Args:
        structure: of the small canvas.
        margins: of the small canvas, in its pixels.
        scale: its pixels per pixel of the present canvas.
    """
    body = ((structure.labels > 0) & (structure.labels < LABEL_COUNT)).astype(np.uint8)
    # Enlarged first, so that the outline is no staircase.
    body = cv2.GaussianBlur(cv2.resize(body * 255, None, fx=4, fy=4), (0, 0), 4)
    found, _ = cv2.findContours((body > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    across = structure.bounds.width / body.shape[1]
    down = structure.bounds.height / body.shape[0]
    shapes: list[NDArray[np.float64]] = []
    for contour in found:
        points = contour[:, 0, :].astype(np.float64) + 0.5
        shapes.append((points * (across, down) - (margins.left, margins.top)) / scale)
    return tuple(tuple((float(x), float(y)) for x, y in shape) for shape in shapes if len(shape) > 2)


def _resized(image: Pixels, size: tuple[int, int]) -> Pixels:
    small: Pixels = cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA)
    return small


def _scaled(margins: Margins, scale: float) -> Margins:
    """None that extends becomes nothing."""

    def side(pixels: int) -> int:
        return max(1, round(pixels * scale)) if pixels > 0 else round(pixels * scale)

    return Margins(side(margins.left), side(margins.top), side(margins.right), side(margins.bottom))


def _none_negative(margins: Margins) -> Margins:
    return Margins(*(max(0, side) for side in (margins.left, margins.top, margins.right, margins.bottom)))


def _kept(margins: Margins, extent: Extent) -> Margins:
    """Crops that leave a little of each side."""
    least_width, least_height = -(extent.width - SMALLEST_PX), -(extent.height - SMALLEST_PX)
    left, top = max(margins.left, least_width), max(margins.top, least_height)
    right = max(margins.right, least_width - min(0, left))
    bottom = max(margins.bottom, least_height - min(0, top))
    return Margins(left, top, right, bottom)
