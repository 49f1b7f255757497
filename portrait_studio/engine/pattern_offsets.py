"""Offsets by which a picture is like itself around a hole: its planar repetition (He and Sun 2012).

What is around a hole is compared with the picture at every offset at once by masked normalised correlation
(Padfield 2012).
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds

LEAST_PX: Final = 64
"""Pixels in the hole or around it, for which alone it is worth while."""
MOST_RING_PX: Final = 40
"""Widest ring around a hole that is compared."""
_LEAST_CONTRAST: Final = 0.02
"""Standard deviation of the detail around the hole below which there is no pattern."""
_LEAST_KNOWN: Final = 0.6
"""Share of the ring that an offset must lead to known ground."""
_LEAST_ALIKE: Final = 0.75
"""Correlation around the hole from which on an offset is one of the pattern."""
_GONE: Final = 0.4
"""By how much the correlation falls on the way to an offset of a pattern."""
_ON_THE_WAY: Final = np.linspace(0.1, 0.9, 17)
_OFF_PX: Final = 1.0
"""By how much the period of a pattern may be off: it is read in whole pixels."""
_LEAST_TIMES: Final = 3
"""Different multiples of one offset, at least, that make a pattern."""
_LEAST_OFFSET_PX: Final = 4
_MOST_OFFSETS: Final = 12
_AGAINST_UNCOVERED: Final = 0.3
"""What is taken from the correlation of an offset that leads none of the hole to known ground: moves along a
railing are short."""
_PEAK_PX: Final = 5


def pattern_offsets(
    detail: Floats, known: NDArray[np.bool_], ring: NDArray[np.bool_], targets: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Where the picture is like what is around a hole.

    Args:
        detail: (h, w) float32, the picture without its light.
        known: (h, w) bool, what may be copied.
        ring: (h, w) bool, what is compared.
        targets: (h, w) bool, what is to be filled.

    Returns:
        (K, 2) int64 down and right, the best first; none where there is no pattern.
    """
    if np.count_nonzero(ring) < LEAST_PX or float(detail[ring].std()) < _LEAST_CONTRAST:
        return np.zeros((0, 2), np.int64)
    alike = _correlation(detail, known, ring)
    height, width = detail.shape
    peaks = (alike >= _LEAST_ALIKE) & (alike == cv2.dilate(alike, np.ones((_PEAK_PX, _PEAK_PX))))
    found = np.argwhere(peaks)
    moves = found - (height - 1, width - 1)
    far = (np.hypot(*moves.T) >= _LEAST_OFFSET_PX) & _come_back(alike, moves)
    moves, scores = moves[far], alike[peaks][far]
    regular = _multiples(moves)
    moves, scores = moves[regular], scores[regular]
    rows, columns = np.nonzero(targets)
    covered = [_led_to(known, rows + down, columns + across).mean() for down, across in moves.tolist()]
    scores = scores - np.float32(_AGAINST_UNCOVERED) * (1 - np.array(covered, np.float32))
    order = np.argsort(-scores, kind="stable")[:_MOST_OFFSETS]
    return np.asarray(moves[order], np.int64)


def copied_along(
    values: Floats, sources: NDArray[np.bool_], targets: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.bool_]]:
    """What lies at the first offset that leads each target to a source.

    Args:
        values: (h, w, C) float32.
        sources: (h, w) bool, what may be copied.
        targets: (h, w) bool, where it goes.
        offsets: (K, 2) int64 down and right, the surest first.

    Returns:
        (h, w, C) float32, and (h, w) bool, which targets have got any.
    """
    rows, columns = np.nonzero(targets)
    result, given = np.zeros_like(values), np.zeros_like(targets)
    for down, across in offsets.tolist():
        there, beside = rows + down, columns + across
        inside = _led_to(sources, there, beside)
        result[rows[inside], columns[inside]] = values[there[inside], beside[inside]]
        given[rows[inside], columns[inside]] = True
        rows, columns = rows[~inside], columns[~inside]
    return result, given


def at_full_size(
    image: Pixels,
    around: Bounds,
    window: Window,
    sources: NDArray[np.bool_],
    own: NDArray[np.bool_],
    offsets: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The offsets in pixels of the photo, each moved to where what is around the hole differs least.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        around: the part of it that was looked at.
        window: as which.
        sources: (h, w) bool over that part, what may be copied.
        own: (h, w) bool over that part, the hole.
        offsets: (K, 2) int64 in pixels of the window.
    """
    if window.size == around.extent:
        return offsets
    step = np.array([around.height / window.size.height, around.width / window.size.width])
    reach = int(np.ceil(step.max()))
    kernel = np.ones((2 * MOST_RING_PX + 1, 2 * MOST_RING_PX + 1), np.uint8)
    ring = np.argwhere((cv2.dilate(own.astype(np.uint8), kernel) > 0) & sources)
    ring = ring[:: max(1, len(ring) // 20_000)]
    grey = to_float(image[around.slices]).mean(2)
    return np.array([_nearest(grey, sources, ring, np.rint(move * step), reach) for move in offsets])


def _come_back(alike: Floats, moves: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(K,) bool: whether the likeness had gone on the way to each offset.

    Along one edge, as that of a kerb, everything is alike all the way: it may go on or end behind the hole,
    and patches know as much.
    """
    middle = np.array([side // 2 for side in alike.shape])
    way = np.rint(moves[:, None] * _ON_THE_WAY[None, :, None]).astype(int) + middle
    least = alike[way[..., 0], way[..., 1]].min(1)
    return np.asarray(least <= alike[tuple((moves + middle).T)] - _GONE)


def _multiples(moves: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(K,) bool: those that are multiples of one of them, of which there are the most; none where few are."""
    best = np.zeros(len(moves), np.bool_)
    for base in moves.astype(np.float64):
        times = np.rint(moves @ base / (base @ base))
        apart = np.hypot(*(moves - times[:, None] * base).T)
        members = (times != 0) & (apart <= _OFF_PX * np.maximum(1, np.abs(times)))
        if len(np.unique(times[members])) >= _LEAST_TIMES and members.sum() > best.sum():
            best = members
    return best


def _led_to(
    known: NDArray[np.bool_], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(n,) bool: whether places lie in the picture and are known."""
    height, width = known.shape
    inside: NDArray[np.bool_] = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    inside[inside] = known[rows[inside], columns[inside]]
    return inside


def _correlation(detail: Floats, known: NDArray[np.bool_], ring: NDArray[np.bool_]) -> Floats:
    """(2 h - 1, 2 w - 1) in [-1, 1] of the ring with what lies at each offset, the least offset first."""
    height, width = detail.shape
    shape = [fft.next_fast_len(2 * side - 1, real=True) for side in (height, width)]
    ours, theirs = ring.astype(np.float64), known.astype(np.float64)
    values, threads = detail.astype(np.float64), max(1, cv2.getNumThreads())

    def spectrum(plane: NDArray[np.float64]) -> NDArray[np.complex128]:
        return np.asarray(fft.rfft2(plane, shape, workers=threads))

    first = [np.conj(spectrum(plane)) for plane in (ours, ours * values, ours * values**2)]
    second = [spectrum(plane) for plane in (theirs, theirs * values, theirs * values**2)]

    def summed(one: int, other: int) -> NDArray[np.float64]:
        plane = np.roll(
            fft.irfft2(first[one] * second[other], shape, workers=threads), (height - 1, width - 1), (0, 1)
        )
        return np.asarray(plane[: 2 * height - 1, : 2 * width - 1])

    count = np.maximum(summed(0, 0), 1e-9)
    sum_ours, sum_theirs = summed(1, 0), summed(0, 1)
    spread = np.maximum(summed(2, 0) - sum_ours**2 / count, 0) * np.maximum(
        summed(0, 2) - sum_theirs**2 / count, 0
    )
    common = summed(1, 1) - sum_ours * sum_theirs / count
    enough = count >= _LEAST_KNOWN * np.count_nonzero(ring)
    return np.where(enough & (spread > 1e-12), common / np.sqrt(np.maximum(spread, 1e-12)), -1.0).astype(
        np.float32
    )


def _nearest(
    grey: Floats,
    sources: NDArray[np.bool_],
    ring: NDArray[np.int64],
    offset: NDArray[np.float64],
    reach: int,
) -> tuple[int, int]:
    """Of the offsets around one, that at which ring pixels and what they lead to differ most evenly."""
    best, least = (int(offset[0]), int(offset[1])), np.inf
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            move = offset.astype(int) + np.array([down, across])
            there = ring + move
            inside = _led_to(sources, *there.T)
            if not inside.any():
                continue
            apart = grey[tuple(ring[inside].T)] - grey[tuple(there[inside].T)]
            error = float(np.square(apart - apart.mean()).mean())
            if error < least:
                best, least = (int(move[0]), int(move[1])), error
    return best
