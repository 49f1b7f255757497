"""Heads that a hole or the frame cuts off above the eyes: where hair and crown end, and their colours.

The parser sees heads small and guesses from whole photos; what lies above a forehead that reaches the edge
it takes for more forehead or hair, so that crowns grow into cones. The head completion network sees a window
that is aligned by eyes and mouth. It is believed above the eyes alone, and not where a hat is seen. Hair and
skin go on there from those that show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.align_face import AlignedFace, SeenFace
from portrait_studio.engine.face_label import LabelledFace, faces_of
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.head_sources import brow_colour, unlike_parts
from portrait_studio.engine.mates.feet import seen_through_both
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.redraw_face import turn_of_head
from portrait_studio.engine.request import Method, Pixels
from portrait_studio.engine.resample import Floats, WindowPixels, read_window, resize_mask
from portrait_studio.engine.texture.smooth import fill_by_label
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.imaging.similarity import (
    Transform,
    composed,
    fit_similarity,
    inverted,
    transformed,
    translation,
    warped,
)
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import BACKGROUND, LABELS
from portrait_studio.networks.face_completion import ANCHORS, FACE_COMPLETION_SIDE
from portrait_studio.networks.head_completion import (
    HEAD_ANCHORS,
    HEAD_COMPLETION,
    HEAD_LABELS,
    HEAD_SIDE,
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
_HAIR: Final = LABELS.index("hair")
_LEAST_HAIR: Final = 0.05
"""How much of the hair must show, of what is hidden, to give it its colour."""
_HEAD: Final = tuple(HEAD_LABELS.index(LABELS.index(name)) for name in ("hair", "face"))
_GIVEN: Final = (0, *_HEAD)
"""Of `HEAD_LABELS`, what the network may decide for: what else there is the parser knows better."""
_TO: Final = 0.56
"""Row above which the network alone is believed, as a share of the window: the brows."""
_FADE: Final = 0.1
_RIM: Final = 0.06
"""How far from the window's left and right edge it is believed wholly."""
_ROWS_ABOVE: Final = HEAD_SIDE // 2
_HAIR_ROWS: Final = 2 * HEAD_SIDE
"""How far down long hair is looked at."""
_HIGH: Final = 0.8
"""Height of hair above the window, by half of its width at the window's edge."""


@dataclass(frozen=True, eq=False)
class HeadGuess:
    """What the head completion network says of one head.

    Attributes:
        matrix: from photo pixels to those of its window.
        shares: (144, 96, 5) float32 probabilities of `HEAD_LABELS` in the window and in 48 rows above it.
    """

    matrix: Transform
    shares: Floats

    def overrule(self, probabilities: Floats, window: Window, hidden: NDArray[np.bool_]) -> None:
        """Put what this says above the eyes into a parsing map, in place.

        Args:
            probabilities: (h, w, 18) over the window.
            window: the part of the photo.
            hidden: (h, w) bool; all else is known.
        """
        kept = self._through(window, _belief()[..., None] * self.shares[..., _GIVEN])
        rest = 1 - kept.sum(2)
        for label in range(probabilities.shape[2]):
            layer = probabilities[..., label] * rest
            code = [place for place, given in enumerate(_GIVEN) if HEAD_LABELS[given] == label]
            for place in code:
                layer = layer + kept[..., place]
            np.copyto(probabilities[..., label], layer, where=hidden)

    def above_eyes(self, window: Window) -> Floats:
        """How far each place is hair or skin above the eyes: (h, w) in [0, 1]."""
        return self._through(window, (_belief() * self.shares[..., _HEAD].sum(2))[..., None])[..., 0]

    def unlike_sources(
        self, picture: Floats, labels: NDArray[np.uint8], known: NDArray[np.bool_], window: Window
    ) -> NDArray[np.bool_]:
        """What around it its hair and skin must not be made of: (h, w) bool over a window.

        Args:
            picture: (h, w, 3) RGB in [0, 1].
            labels: (h, w) uint8 parsing map.
            known: (h, w) bool, where the picture shows the photo.
            window: the part of the photo.
        """
        place = _bounds_around(composed(window.from_photo, inverted(self.matrix)), _HAIR_ROWS)
        inner = place.intersected(Bounds.of(window.size)).slices
        unlike = np.zeros(known.shape, np.bool_)
        unlike[inner] = unlike_parts(picture[inner], labels[inner], known[inner])
        return unlike

    def _through(self, window: Window, values: Floats) -> Floats:
        """Values (144, 96, C), from 48 rows above the window on, as seen through another one: (h, w, C)."""
        matrix = composed(composed(window.from_photo, inverted(self.matrix)), translation(0, -_ROWS_ABOVE))
        layers = [
            warped(np.ascontiguousarray(values[..., number]), matrix, window.size, cv2.BORDER_CONSTANT)
            for number in range(values.shape[2])
        ]
        return np.stack(layers, 2)


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
        if not hidden.any() or labels[..., HEAD_LABELS.index(LABELS.index("hat"))].mean() > _MOST_HAT:
            continue
        inputs = [
            torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1)))[None] for x in (picture, labels)
        ]
        mask = torch.from_numpy(hidden[None, None].astype(np.float32))
        logits: torch.Tensor = run.runner(network, Stage.PARSE)(*inputs, mask)
        shares = torch.softmax(logits[0].float(), 0).cpu().numpy().transpose(1, 2, 0)
        found.append(HeadGuess(matrix, with_cap(np.asarray(shares, np.float32))))
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


def crown_of(heads: Sequence[HeadGuess], window: Window) -> Floats:
    """How far each place of a window is hair or skin above the eyes of one of the heads: (h, w) in [0, 1]."""
    crown = np.zeros((window.size.height, window.size.width), np.float32)
    for head in heads:
        np.maximum(crown, head.above_eyes(window), out=crown)
    return crown


def with_own_colours(
    completed: Floats,
    heads: Sequence[HeadGuess],
    view: WindowPixels,
    labels: NDArray[np.uint8],
    tick: Callable[[], None],
) -> Floats:
    """A completed window in which hair and skin above the eyes go on from those that show.

    What a network paints of a crown is the mean of many people's.

    Args:
        completed: (h, w, 3) float32 in [0, 1].
        heads: the heads in it.
        view: the photo in the same window.
        labels: (h, w) uint8 parsing map, hole included.
        tick: called often; may raise to cancel.
    """
    if not heads:
        return completed
    share = (crown_of(heads, view.window) * view.hole)[..., None]
    unlike = [head.unlike_sources(view.colours, labels, ~view.hole, view.window) for head in heads]
    unknown = np.logical_or.reduce([view.hole, *unlike])
    picture = torch.from_numpy(np.ascontiguousarray(view.colours.transpose(2, 0, 1)))
    filled = fill_by_label(picture, torch.from_numpy(unknown), torch.from_numpy(labels).long(), tick)
    spread = filled.numpy().transpose(1, 2, 0)
    hair = labels == _HAIR
    if np.count_nonzero(hair & ~unknown) < _LEAST_HAIR * np.count_nonzero(hair & view.hole):
        spread = np.where(hair[..., None], brow_colour(view.colours, labels, ~view.hole), spread)
    return np.asarray(completed + share * (spread - completed), np.float32)


def with_cap(shares: Floats) -> Floats:
    """What a window says (96, 96, C), and above it 48 rows of background, into which its hair rounds off.

    Hair that reaches a window's upper edge, such as an afro, has about as wide a top as it is there.
    """
    top = shares[0]
    columns = np.arange(HEAD_SIDE, dtype=np.float32)
    hair = np.flatnonzero(top[:, _HEAD].sum(1) > 0.5)
    middle, reach = (float(hair.mean()), _HIGH * hair.size / 2) if hair.size else (0.0, 0.0)
    cap = np.zeros((_ROWS_ABOVE, *top.shape), np.float32)
    cap[..., 0] = 1
    for row in range(_ROWS_ABOVE):
        up = (_ROWS_ABOVE - row) / max(reach, 1e-6)
        if up < 1:
            places = middle + (columns - middle) / np.sqrt(1 - up**2)
            inside = (places >= 0) & (places <= HEAD_SIDE - 1)
            layers = [np.interp(places, columns, top[:, label]) for label in range(top.shape[1])]
            cap[row, inside] = np.stack(layers, 1)[inside]
    return np.concatenate([cap, shares])


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
    bounds = _bounds_around(inverted(matrix)).intersected(Bounds.of(extent_of(request.image)))
    # A little finer than the window, which then averages.
    window = Window.scaled(bounds, min(1.0, 2.0 * HEAD_SIDE / max(bounds.width, bounds.height)))
    view = read_window(request.image, request.mask, window)
    into = composed(matrix, inverted(window.from_photo))
    known = warped((~view.hole).astype(np.float32), into, _SIZE, cv2.BORDER_CONSTANT) > 0.98
    probabilities = seen_through_both(window, whole, closer)
    labels = _few(probabilities.argmax(2).astype(np.uint8))
    shares = [warped((labels == label).astype(np.float32), into, _SIZE) for label in HEAD_LABELS]
    picture = warped(view.colours, into, _SIZE) * np.float32(2) - np.float32(1)
    return picture * known[..., None], np.stack(shares, 2) * known[..., None], ~known


def _bounds_around(matrix: Transform, rows: int = HEAD_SIDE) -> Bounds:
    """The smallest rectangle around what a transform makes of so many rows of the window, and below it."""
    corners = transformed(matrix, np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * (HEAD_SIDE, rows))
    low, high = np.floor(corners.min(0)), np.ceil(corners.max(0))
    return Bounds(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _few(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same with no other labels than `HEAD_LABELS`."""
    table = np.full(256, HEAD_LABELS[-1], np.uint8)
    table[[*HEAD_LABELS, BACKGROUND]] = [*HEAD_LABELS, BACKGROUND]
    table[LABELS.index("sunglasses")] = LABELS.index("face")
    return np.asarray(cv2.LUT(labels, table), np.uint8)


def _belief() -> Floats:
    """(144, 96) in [0, 1]: how far the network is believed at each place of its window and above."""
    rows, columns = (np.mgrid[-_ROWS_ABOVE:HEAD_SIDE, 0:HEAD_SIDE] + 0.5) / HEAD_SIDE
    aside = np.minimum(columns, 1 - columns) / _RIM
    above = (_TO + _FADE - rows) / _FADE
    return np.asarray(np.clip(np.minimum(aside, above), 0, 1), np.float32)
