"""Patterns that repeat themselves: railings, shutters and tiles go on behind a hole, as copies of themselves.

Where some of the offsets by which the photo is like itself agree nearly wholly about what is around a hole,
and about the hole as well, what lies there is copied from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.pattern_offsets import (
    LEAST_PX,
    MOST_RING_PX,
    at_full_size,
    copied_along,
    pattern_offsets,
)
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
_LEAST_RING_PX: Final = 8
_SLOW_PX: Final = 10.0
"""Standard deviation of what counts as light, and is not compared."""
_NOISE_PX: Final = 0.8
"""The same of what counts as grain, and is not compared either."""
_BESIDE_PX: Final = 3
"""How far from people nothing is compared or copied."""
_FREE: Final = 0.1
"""Share of a pixel that may not be copied up to which it may."""
_LEAST_AGREEMENT: Final = 0.6
"""Correlation of two copies, inside the hole, from which on they agree."""
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
        copied, given = copied_along(
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
    if np.count_nonzero(targets) < LEAST_PX:
        return None
    detail = _detail(seen.colours.mean(2), ~seen.hole)
    offsets = pattern_offsets(detail, known, _ring_of(targets, hole, window) & known, targets)
    if not len(offsets) or not _agree(detail, known, targets, offsets):
        return None
    full = tuple(
        cv2.resize(part.astype(np.uint8), (around.width, around.height), interpolation=cv2.INTER_NEAREST) > 0
        for part in (known, ground)
    )
    sources = full[0] & (mask[around.slices] == 0)
    placed = at_full_size(image, around, window, sources, own > 0, offsets)
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
    reach = round(min(max(wide, _LEAST_RING_PX), MOST_RING_PX))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(targets.astype(np.uint8), kernel) > 0)


def _agree(
    detail: Floats, known: NDArray[np.bool_], targets: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> bool:
    """Whether the offsets reach nearly all of the hole, and two independent copies show the same there."""
    planes = detail[..., None]
    first, given = copied_along(planes, known, targets, offsets)
    second, again = copied_along(planes, known, targets, offsets[1:])
    if np.count_nonzero(given) < _LEAST_COVERED * np.count_nonzero(targets):
        return False
    both = given & again
    if np.count_nonzero(both) < _LEAST_COVERED / 2 * np.count_nonzero(targets):
        return False
    one, other = (copy[both][:, 0] - copy[both].mean() for copy in (first, second))
    product = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return product > 0 and float((one * other).sum()) >= _LEAST_AGREEMENT * product
