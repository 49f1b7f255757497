"""Which holes of a fill get a copy of a shoe, and what that means for their structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.mates.shoe_copy import ShoeCopy, copies_of_mate
from portrait_studio.engine.overlays import Overlay
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import CompletionRequest, Method
from portrait_studio.engine.steered_sources import forbidden_in
from portrait_studio.imaging.geometry import Bounds

_MOST_FORBIDDEN: Final = 0.02
"""Share of a shoe that may be forbidden to be copied, and it still is."""

_Way = TypeVar("_Way")


def copied_shoes(
    request: CompletionRequest, holes: Mapping[int, Bounds], whole: ParsedWindow, closer: ParsedWindow
) -> dict[int, ShoeCopy]:
    """The copies to lay over the fills of holes that share a window, by the hole's number.

    Args:
        request: photo, mask and options.
        holes: rectangle around each hole, in photo pixels, by its number.
        whole: what the parser says about the whole photo.
        closer: what it says about the window that the holes share.

    Returns:
        Nothing for holes that hide no shoe, or whose fill is to show another way.
    """
    options = request.options
    if not options.copy_mates or options.method is not Method.DEFAULT or request.extension.extends:
        return {}
    chosen = {
        number: chosen_copy(_allowed_copies(request, hole, whole, closer), options.seed)
        for number, hole in holes.items()
    }
    return {number: copy for number, copy in chosen.items() if copy is not None}


def _allowed_copies(
    request: CompletionRequest, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow
) -> list[ShoeCopy]:
    """Copies for a hole of what is not forbidden to be copied."""
    copies = copies_of_mate(request.image, request.mask, hole, whole, closer)
    return [
        copy
        for copy in copies
        if float(forbidden_in(request.sources, copy.window)[copy.piece.labels > 0].mean()) <= _MOST_FORBIDDEN
    ]


def chosen_copy(copies: Sequence[_Way], seed: int) -> _Way | None:
    """The copy that a seed stands for: 0 the likeliest, the next ones the others, then none.

    Args:
        copies: the likeliest first; none = there is no mate.
        seed: of the fill.

    Returns:
        None where the fill is to do without.
    """
    if not copies:
        return None
    if seed == 0:
        return copies[0]
    ways: tuple[_Way | None, ...] = (*copies[1:], None, copies[0])
    return ways[(seed - 1) % len(ways)]


def labels_around_copies(
    request: CompletionRequest,
    holes: Mapping[int, Bounds],
    copies: Mapping[int, Sequence[Overlay]],
    closer: ParsedWindow,
) -> NDArray[np.uint8]:
    """The wanted labels of a request, (H, W) uint8, 255 = predict, with copies in some of its holes.

    Args:
        request: photo, mask and the labels that the user wants, which always win.
        holes: rectangle around each hole, by its number.
        copies: what is laid over some of them, the last one on top.
        closer: what the parser says about the window that the holes share.
    """
    given = request.wanted_labels
    wanted = np.full(request.mask.shape, PREDICT, np.uint8) if given is None else given.copy()
    for number, overlays in copies.items():
        hole = holes[number]
        part = wanted[hole.slices]
        for overlay in reversed(overlays):
            np.copyto(part, overlay.labels_in(hole, request.mask, closer), where=part == PREDICT)
    return wanted
