"""In which steps a canvas is extended: each no larger than what the networks learnt to recover at once.

They were trained with 64 of 256 rows missing below (Wu et al., section V.A) and 20 to 77 above, so that
crowns close. A larger extension is filled from step to step, so that each step's structure is predicted from
the last one's picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import CompletionRequest
from portrait_studio.imaging.canvas_extension import margins_of
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import hole_bounds
from portrait_studio.messages import Message

MOST_SHARE: Final = {"bottom": 64 / 256, "top": 64 / 256, "left": 64 / 256, "right": 64 / 256}
"""Of the new picture's side, by the side that grows, in the order in which they are filled."""
TOLERANCE: Final = 1.05
"""How much more is still one step: an edge that was dragged to a ratio nearby goes no further in earnest."""
_WORDS: Final = {
    "bottom": Message("down"),
    "top": Message("up"),
    "left": Message("to the left"),
    "right": Message("to the right"),
}


@dataclass(frozen=True)
class ExtensionStep:
    """One step.

    Attributes:
        canvas: the picture after it, in pixels of the whole extended picture.
        side: which one grows.
    """

    canvas: Bounds
    side: str


@dataclass(frozen=True)
class ExtensionPart:
    """What is filled at once.

    Attributes:
        canvas: what of the whole extended picture.
        mask: (canvas.height, canvas.width) uint8, which of its holes.
        side: the one that grows; None = none, holes of the photo are filled.
        extension: how far the canvas reaches beyond the photo.
        grows_on_below: whether rows will be added below by a later part.
    """

    canvas: Bounds
    mask: NDArray[np.uint8]
    side: str | None
    extension: Margins
    grows_on_below: bool


def plan_parts(request: CompletionRequest) -> tuple[list[ExtensionPart], list[Message]]:
    """What to fill one after the other, and what to tell the user about it.

    Holes that lie apart from the new area come first, with the networks meant for them.

    Args:
        request: with an extension.
    """
    photo = request.photo
    steps = plan_steps(photo, request.extension)
    notices = beyond_reach(steps)
    apart = np.zeros_like(request.mask)
    for box in hole_bounds(request.mask, request.options.grow_px + 3):
        if box.intersected(photo) == box:
            apart[box.slices] = request.mask[box.slices]
    left = np.where(apart == 0, request.mask, np.uint8(0))
    parts = []
    if apart.any():
        grows_on_below = any(step.side == "bottom" for step in steps)
        parts.append(ExtensionPart(photo, apart[photo.slices], None, Margins(), grows_on_below))
    for number, step in enumerate(steps, start=1):
        later = [other.side for other in steps[number:]]
        mask, extension = left[step.canvas.slices].copy(), margins_of(photo, step.canvas)
        parts.append(ExtensionPart(step.canvas, mask, step.side, extension, "bottom" in later))
        left[step.canvas.slices] = 0
    return parts, notices


def plan_steps(photo: Bounds, extension: Margins) -> tuple[ExtensionStep, ...]:
    """The steps that lead from the photo to the whole picture, sides one after the other.

    Args:
        photo: the part of the whole picture that is the photo.
        extension: how far the whole reaches beyond the photo; none negative.
    """
    steps: list[ExtensionStep] = []
    canvas = photo
    for side, share in MOST_SHARE.items():
        missing = getattr(extension, side)
        length = canvas.height if side in ("top", "bottom") else canvas.width
        count = _count(length, missing, share)
        for number in range(1, count + 1):
            # Steps of equal shares, since each sees what the ones before it have made.
            grown = round(length * ((length + missing) / length) ** (number / count)) - length
            steps.append(ExtensionStep(_moved(canvas, side, grown), side))
        canvas = _moved(canvas, side, missing)
    return tuple(steps)


def _count(length: int, missing: int, share: float) -> int:
    if missing <= 0:
        return 0
    most = share * TOLERANCE
    return max(1, math.ceil(math.log((length + missing - 1) / length) / -math.log1p(-most)))


def _moved(canvas: Bounds, side: str, pixels: int) -> Bounds:
    return Bounds(
        canvas.left - (pixels if side == "left" else 0),
        canvas.top - (pixels if side == "top" else 0),
        canvas.right + (pixels if side == "right" else 0),
        canvas.bottom + (pixels if side == "bottom" else 0),
    )


def beyond_reach(steps: Sequence[ExtensionStep]) -> list[Message]:
    """A sentence for the user where an extension takes more than one step for a side."""
    sides = [step.side for step in steps]
    far = [_WORDS[side] for side in MOST_SHARE if sides.count(side) > 1]
    if not far:
        return []
    ways = reduce(lambda first, rest: Message("{first} and {rest}", first=first, rest=rest), far)
    said = Message(
        "The canvas was extended {ways} further than can be done well at once, so it was"
        " filled in {count} steps; look at it closely, or extend less.",
        ways=ways,
        count=len(sides),
    )
    return [said]


def widest_side(extension: Margins) -> str | None:
    """The side that reaches furthest beyond the photo; None where none does."""
    side = max(MOST_SHARE, key=lambda name: int(getattr(extension, name)))
    return side if getattr(extension, side) > 0 else None


def extension_of(blank: NDArray[np.uint8] | None) -> Margins:
    """Rows and columns at the edges of a picture of which no pixel is known.

    Args:
        blank: (H, W) uint8, not zero where nothing is known; None = all is.

    Returns:
        How many there are on each side; none where nothing at all is known.
    """
    if blank is None:
        return Margins()
    known_rows = np.flatnonzero((blank == 0).any(axis=1))
    known_columns = np.flatnonzero((blank == 0).any(axis=0))
    if not known_rows.size:
        return Margins()
    return Margins(
        int(known_columns[0]),
        int(known_rows[0]),
        int(blank.shape[1] - 1 - known_columns[-1]),
        int(blank.shape[0] - 1 - known_rows[-1]),
    )
