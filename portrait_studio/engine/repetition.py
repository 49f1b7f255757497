"""Patterns that repeat themselves: railings, shutters and tiles go on behind a hole, as copies of themselves.

Planar repetition shows in the offsets by which a photo is like itself (He and Sun 2012). What is around a
hole is compared with the photo at every offset at once (masked normalised correlation, Padfield 2012); where
some offsets agree about it nearly wholly, and about the hole as well, what lies there is copied from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import CompletionRequest, Method, PatchSide, Pixels
from portrait_studio.engine.resample import Floats, read_window, resample, resize_mask, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, extent_of

_AROUND: Final = 1.5
"""How far beyond the hole the pattern is looked for, in its long sides."""
_LONG_PX: Final = 640
"""Long side at which offsets are found; those of larger photos are refined after that."""
_RING: Final = 0.25
"""Width of what is compared around the hole, in its long sides."""
_LEAST_RING_PX, _MOST_RING_PX = 8, 40
_SLOW_PX: Final = 10.0
"""Standard deviation of what counts as light, and is not compared."""
_NOISE_PX: Final = 0.8
"""The same of what counts as grain, and is not compared either."""
_BESIDE_PX: Final = 3
"""How far from people nothing is compared or copied."""
_FREE: Final = 0.1
"""Share of a pixel that may not be copied up to which it may."""
_LEAST_CONTRAST: Final = 0.02
"""Standard deviation of the detail around the hole below which there is no pattern."""
_LEAST_KNOWN: Final = 0.6
"""Share of the ring that an offset must lead to known ground."""
_LEAST_ALIKE: Final = 0.75
"""Correlation around the hole from which on an offset is one of the pattern."""
_LEAST_AGREEMENT: Final = 0.6
"""The same between two copies, inside the hole."""
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
_LEAST_PX: Final = 64
"""Pixels of ground in the hole, for which alone it is worth while."""
_LEAST_COVERED: Final = 0.9
_SOFT_PX: Final = 1.0


@dataclass(frozen=True, eq=False)
class Repetition:
    """A pattern that goes on behind a hole.

    Attributes:
        bounds: the rectangle around the hole, in photo pixels.
        offsets: (K, 2) int64 down and right, the surest first.
        sources: (H, W) bool over `around`: what may be copied.
        around: the part of the photo that it is copied from.
        ground: (h, w) bool over `bounds`: where it goes.
    """

    bounds: Bounds
    offsets: NDArray[np.int64]
    sources: NDArray[np.bool_]
    around: Bounds
    ground: NDArray[np.bool_]

    @property
    def shows_face(self) -> bool:
        """Never."""
        return False

    def laid_over(self, fill: Floats, image: Pixels, region: Bounds, hole: NDArray[np.bool_]) -> Floats:
        """See `Overlay.laid_over`."""
        common = self.bounds.intersected(region)
        if common.is_empty:
            return fill
        copied, given = _copied(
            to_float(image[self.around.slices]), self.sources, self._targets, self.offsets
        )
        inner = common.shifted(-region.left, -region.top).slices
        own = common.shifted(-self.around.left, -self.around.top).slices
        # Along the hole's own edge it is whole: there the blend meets the photo.
        share = cv2.GaussianBlur((given[own] | ~hole[inner]).astype(np.float32), (0, 0), _SOFT_PX)
        share = np.clip(2 * share - 1, 0.0, 1.0)[..., None] * (given[own] & hole[inner])[..., None]
        result = fill.copy()
        result[inner] += (copied[own] - result[inner]) * share
        return np.asarray(result, np.float32)

    def labels_in(self, hole: Bounds, mask: Mask, parsed: ParsedWindow) -> NDArray[np.uint8]:
        """See `Overlay.labels_in`; whatever the parser says stays."""
        return np.full((hole.height, hole.width), PREDICT, np.uint8)

    @property
    def _targets(self) -> NDArray[np.bool_]:
        """(H, W) bool over `around`."""
        targets = np.zeros(self.sources.shape, np.bool_)
        targets[self.bounds.shifted(-self.around.left, -self.around.top).slices] = self.ground
        return targets


def repetitions(
    request: CompletionRequest,
    holes: Mapping[int, Bounds],
    parsed: ParsedWindow,
    excluded: NDArray[np.bool_] | None,
) -> dict[int, tuple[Repetition]]:
    """The patterns that go on behind holes that share a window, by the hole's number.

    Args:
        request: photo, mask and options; who says himself from where to copy is obeyed.
        holes: rectangle around each hole, in photo pixels, by its number.
        parsed: what the parser says about that window.
        excluded: see `find_repetition`.
    """
    options = request.options
    is_steered = request.sources is not None or options.patches_from is not PatchSide.ANYWHERE
    if not options.continue_patterns or options.method is not Method.DEFAULT or is_steered:
        return {}
    if request.extension.extends:
        return {}
    found = {
        number: find_repetition(request.image, request.mask, hole, parsed, excluded)
        for number, hole in holes.items()
    }
    return {number: (one,) for number, one in found.items() if one is not None}


def find_repetition(
    image: Pixels, mask: Mask, hole: Bounds, parsed: ParsedWindow, excluded: NDArray[np.bool_] | None = None
) -> Repetition | None:
    """The pattern of the ground around a hole, if it has one that goes on behind it.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        hole: rectangle around the hole, in photo pixels.
        parsed: what the parser says about a part of the photo that the hole lies in.
        excluded: (h, w) bool over the parser's window, pixels that may not be copied; None = all may.
    """
    around = hole.grown(round(_AROUND * max(hole.width, hole.height)))
    around = around.intersected(Bounds.of(extent_of(image))).intersected(parsed.window.bounds)
    window = Window.scaled(around, min(1.0, _LONG_PX / max(around.width, around.height)))
    seen = read_window(image, mask, window)
    own = np.zeros(mask.shape, np.uint8)[around.slices]
    inner = hole.shifted(-around.left, -around.top).slices
    own[inner] = mask[hole.slices]
    ground = parsed.seen_through(window).labels == 0
    targets = resize_mask(own, window.size) & ground
    known = ~seen.hole & ground
    if excluded is not None:
        known &= resample(excluded.astype(np.float32), parsed.window.bounds, around, window.size) < _FREE
    known = cv2.erode(known.astype(np.uint8), np.ones((_BESIDE_PX, _BESIDE_PX))) > 0
    if np.count_nonzero(targets) < _LEAST_PX:
        return None
    detail = _detail(seen.colours.mean(2), ~seen.hole)
    offsets = _offsets(detail, known, _ring_of(targets, hole, window) & known, targets)
    if not len(offsets) or not _agree(detail, known, targets, offsets):
        return None
    full = tuple(
        cv2.resize(part.astype(np.uint8), (around.width, around.height), interpolation=cv2.INTER_NEAREST) > 0
        for part in (known, ground)
    )
    sources = full[0] & (mask[around.slices] == 0)
    placed = _at_full_size(image, around, window, sources, own > 0, offsets)
    return Repetition(hole, placed, sources, around, (full[1] & (own > 0))[inner])


def _detail(grey: Floats, known: NDArray[np.bool_]) -> Floats:
    """What is left without the light, (h, w) float32; 0 where nothing is known."""
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), _SLOW_PX)
    slow = cv2.GaussianBlur(np.where(known, grey, np.float32(0.0)), (0, 0), _SLOW_PX)
    detail = np.where(known, grey - slow / np.maximum(weight, np.float32(1e-3)), np.float32(0.0))
    return np.asarray(cv2.GaussianBlur(detail, (0, 0), _NOISE_PX), np.float32)


def _ring_of(targets: NDArray[np.bool_], hole: Bounds, window: Window) -> NDArray[np.bool_]:
    """(h, w) bool: what lies around them."""
    wide = _RING * max(hole.width, hole.height) * window.scale
    reach = round(min(max(wide, _LEAST_RING_PX), _MOST_RING_PX))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(targets.astype(np.uint8), kernel) > 0)


def _offsets(
    detail: Floats, known: NDArray[np.bool_], ring: NDArray[np.bool_], targets: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(K, 2) down and right: where the photo is like the ring, the best first."""
    if np.count_nonzero(ring) < _LEAST_PX or float(detail[ring].std()) < _LEAST_CONTRAST:
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


def _agree(
    detail: Floats, known: NDArray[np.bool_], targets: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> bool:
    """Whether the offsets reach nearly all of the hole, and two independent copies show the same there."""
    planes = detail[..., None]
    first, given = _copied(planes, known, targets, offsets)
    second, again = _copied(planes, known, targets, offsets[1:])
    if np.count_nonzero(given) < _LEAST_COVERED * np.count_nonzero(targets):
        return False
    both = given & again
    if np.count_nonzero(both) < _LEAST_COVERED / 2 * np.count_nonzero(targets):
        return False
    one, other = (copy[both][:, 0] - copy[both].mean() for copy in (first, second))
    product = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return product > 0 and float((one * other).sum()) >= _LEAST_AGREEMENT * product


def _copied(
    values: Floats, sources: NDArray[np.bool_], targets: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.bool_]]:
    """What lies at the first offset that leads each target to a source, (h, w, C), and (h, w) bool, where."""
    rows, columns = np.nonzero(targets)
    result, given = np.zeros_like(values), np.zeros_like(targets)
    for down, across in offsets.tolist():
        there, beside = rows + down, columns + across
        inside = _led_to(sources, there, beside)
        result[rows[inside], columns[inside]] = values[there[inside], beside[inside]]
        given[rows[inside], columns[inside]] = True
        rows, columns = rows[~inside], columns[~inside]
    return result, given


def _at_full_size(
    image: Pixels,
    around: Bounds,
    window: Window,
    sources: NDArray[np.bool_],
    own: NDArray[np.bool_],
    offsets: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The offsets in pixels of the photo, each moved to where what is around the hole differs least."""
    if window.size == around.extent:
        return offsets
    step = np.array([around.height / window.size.height, around.width / window.size.width])
    reach = int(np.ceil(step.max()))
    kernel = np.ones((2 * _MOST_RING_PX + 1, 2 * _MOST_RING_PX + 1), np.uint8)
    ring = np.argwhere((cv2.dilate(own.astype(np.uint8), kernel) > 0) & sources)
    ring = ring[:: max(1, len(ring) // 20_000)]
    grey = to_float(image[around.slices]).mean(2)
    return np.array([_nearest(grey, sources, ring, np.rint(move * step), reach) for move in offsets])


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
