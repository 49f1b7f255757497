"""Heads that a hole or the frame cuts off above the eyes: where hair and crown end.

The parser sees heads small and guesses from whole photos; what lies above a forehead that reaches the edge
it takes for more forehead or hair, so that crowns grow into cones. The head completion network sees a window
that is aligned by eyes and mouth. It is believed above the eyes alone, and not where a hat is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.align_face import AlignedFace, SeenFace
from portrait_studio.engine.face_label import LabelledFace, faces_of
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.head_guess import HAIR_AND_FACE, HeadGuess, bounds_around, with_cap
from portrait_studio.engine.head_sources import shows_no_hair
from portrait_studio.engine.mates.feet import seen_through_both
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.redraw_face import turn_of_head
from portrait_studio.engine.request import Method, Pixels
from portrait_studio.engine.resample import Floats, read_window, resize_mask
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.imaging.similarity import (
    Transform,
    composed,
    fit_similarity,
    inverted,
    scale_of,
    warped,
)
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import LABELS
from portrait_studio.networks.face_completion import ANCHORS, FACE_COMPLETION_SIDE
from portrait_studio.networks.head_completion import (
    HEAD_ANCHORS,
    HEAD_COMPLETION,
    HEAD_LABELS,
    HEAD_SIDE,
    head_labels,
)

Align = Callable[[Pixels, Mask, LabelledFace, float, float], tuple[SeenFace, AlignedFace] | None]
"""Finds the aligned window of a face by picture, hole, where it is, how it is turned, and how many pixels it
may be off; None where there is more doubt."""

_SIZE: Final = Extent(HEAD_SIDE, HEAD_SIDE)
_LEAST_FACE_PX: Final = 20.0
_MOST_FACES: Final = 4
_REACH: Final = 1.5
"""How far above the middle of its face a head may reach, in long sides of the face."""
_BESIDE: Final = 1.1
_MOST_ERROR_PX: Final = 5.0
"""How far off eyes and mouth may be in the window of the face: behind sunglasses they are not seen."""
_LEAST_SEEN: Final = 0.4
"""Share of a face that must be seen."""
_MOST_HAT: Final = 0.02
"""Share of the window that may be taken for a hat where there is none."""
_HAT: Final = HEAD_LABELS.index(LABELS.index("hat"))
_EYES_APART: Final = HEAD_ANCHORS[1][0] - HEAD_ANCHORS[0][0]
_LEAST_EYES_PX: Final = 14.0
"""Distance of the eyes in the parsing map from which on hair beside a face would be told from it."""
_TEMPLES: Final = (0.59, 0.66)
"""Rows of the window beside which hair grows, as shares of it."""


def complete_heads(
    run: FillRun, holes: Iterable[Bounds], whole: ParsedWindow, closer: ParsedWindow, align: Align
) -> tuple[HeadGuess, ...]:
    """What the holes hide of heads, of which enough shows to know how they are turned.

    Args:
        run: the fill.
        holes: rectangle around each hole, in photo pixels.
        whole: what the parser says about the whole photo.
        closer: what it says about the window that the holes share.
        align: finds eyes and mouth.
    """
    request, networks = run.request, run.parts.networks
    if not request.options.complete_heads or request.options.method is not Method.DEFAULT:
        return ()
    faces = _cut_off(request.mask, tuple(holes), whole)
    if not faces or not networks.has(HEAD_COMPLETION):
        return ()
    try:
        network = networks.load(HEAD_COMPLETION)
    except WeightsError as error:
        run.notices.append(Message("Heads were left to the parsing network. {reason}", reason=error.message))
        return ()
    found = []
    for face in faces:
        aligned = align(request.image, request.mask, face, turn_of_head(whole), _MOST_ERROR_PX)
        if aligned is None:
            continue
        matrix = composed(_from_face_window(), aligned[1].matrix)
        picture, labels, hidden = _seen(run, matrix, whole, closer)
        if not hidden.any() or labels[..., _HAT].mean() > _MOST_HAT:
            continue
        inputs = [
            torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1)))[None] for x in (picture, labels)
        ]
        mask = torch.from_numpy(hidden[None, None].astype(np.float32))
        logits: torch.Tensor = run.runner(network, Stage.PARSE)(*inputs, mask)
        shares = torch.softmax(logits[0].float(), 0).cpu().numpy().transpose(1, 2, 0)
        eyes_px = _EYES_APART * HEAD_SIDE / scale_of(matrix) * closer.window.scale
        if eyes_px >= _LEAST_EYES_PX and _is_bald(picture, labels, hidden):
            shares = _bald(shares)
        found.append(HeadGuess(matrix, with_cap(np.asarray(shares, np.float32)), 1 / closer.window.scale))
        run.note_weights(network)
    return tuple(found)


def overruled_by_heads(parsed: ParsedWindow, heads: Sequence[HeadGuess], mask: Mask) -> ParsedWindow:
    """A parsing map with what is known of heads in its holes.

    Args:
        parsed: what the parser says.
        heads: what is known better.
        mask: (H, W) uint8 over the whole photo, nonzero = hole.
    """
    if not heads:
        return parsed
    window, probabilities = parsed.window, parsed.probabilities.copy()
    hidden = resize_mask(mask[window.bounds.slices], window.size)
    for head in heads:
        head.overrule(probabilities, window, hidden)
    return ParsedWindow(window, probabilities, parsed.heatmaps)


def _cut_off(mask: Mask, holes: Sequence[Bounds], whole: ParsedWindow) -> list[LabelledFace]:
    """Faces that are seen, the largest first, and whose heads a hole may hide above the eyes."""
    seen = resize_mask(mask[whole.window.bounds.slices], whole.window.size)
    found = []
    for face, hidden in faces_of(whole, seen):
        if face.side < _LEAST_FACE_PX or hidden > 1 - _LEAST_SEEN:
            continue
        half = _BESIDE * face.side
        reach = Bounds(
            *(round(v) for v in (face.x - half, face.y - _REACH * face.side, face.x + half, face.y))
        )
        if not all(hole.intersected(reach).is_empty for hole in holes):
            found.append(face)
    return sorted(found, key=lambda face: -face.side)[:_MOST_FACES]


def _from_face_window() -> Transform:
    """From pixels of the aligned window of a face to those of its head's."""
    source, target = np.array(ANCHORS) * FACE_COMPLETION_SIDE, np.array(HEAD_ANCHORS) * HEAD_SIDE
    return fit_similarity(source, target)


def _seen(
    run: FillRun, matrix: Transform, whole: ParsedWindow, closer: ParsedWindow
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """What a window shows: colours (96, 96, 3) in [-1, 1], labels (96, 96, 5), and where nothing is known."""
    request = run.request
    bounds = bounds_around(inverted(matrix)).intersected(Bounds.of(extent_of(request.image)))
    # A little finer than the window, which then averages.
    window = Window.scaled(bounds, min(1.0, 2.0 * HEAD_SIDE / max(bounds.width, bounds.height)))
    view = read_window(request.image, request.mask, window)
    into = composed(matrix, inverted(window.from_photo))
    known = warped((~view.hole).astype(np.float32), into, _SIZE, cv2.BORDER_CONSTANT) > 0.98
    probabilities = seen_through_both(window, whole, closer)
    labels = head_labels(probabilities.argmax(2).astype(np.uint8))
    shares = [warped((labels == label).astype(np.float32), into, _SIZE) for label in HEAD_LABELS]
    picture = warped(view.colours, into, _SIZE) * np.float32(2) - np.float32(1)
    return picture * known[..., None], np.stack(shares, 2) * known[..., None], ~known


def _is_bald(picture: Floats, labels: Floats, hidden: NDArray[np.bool_]) -> bool:
    """Whether a window shows the temples, and no hair there that is not as skin is."""
    rows = slice(round(_TEMPLES[0] * HEAD_SIDE), round(_TEMPLES[1] * HEAD_SIDE))
    if hidden[rows, HEAD_SIDE // 4 : -HEAD_SIDE // 4].any():
        return False
    codes = np.asarray(HEAD_LABELS, np.uint8)[labels.argmax(2)]
    return shows_no_hair(picture * np.float32(0.5) + np.float32(0.5), codes, ~hidden)


def _bald(shares: Floats) -> Floats:
    """Probabilities (96, 96, 5) with skin in the place of hair."""
    bald = shares.copy()
    bald[..., HAIR_AND_FACE[1]] += bald[..., HAIR_AND_FACE[0]]
    bald[..., HAIR_AND_FACE[0]] = 0
    return bald
