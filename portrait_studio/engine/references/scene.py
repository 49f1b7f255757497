"""What a reference shows of the same place: laid over the photo as a whole, and copied where both agree.

The same people in the same place agree all around a hole. Where somebody has moved, only the ground does:
then only ground is copied, and only to where the photo is thought to show ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.references.light import Light, settle_light
from portrait_studio.engine.references.loans import Loan
from portrait_studio.engine.references.registration import Registration
from portrait_studio.engine.references.views import View
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, read_window, resample, resize_mask, to_depth, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.homography import Homography, moved, warped_through
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS, THINGS

_WHOLE_PX: Final = 320
"""Long side at which light is compared over the whole photo."""
_RING_PX: Final = 320
"""Long side at which the surroundings of a hole are compared."""
_RING: Final = 0.35
"""How far around a hole, in its long sides."""
_LEAST_RING_PX: Final = 24
_BLUR_PX: Final = 1.8
_CONTRAST: Final = 0.02
"""Below it, differences in structure are noise."""
_SAME_COLOUR: Final = 0.12
_AGREES: Final = 0.45
_LEAST_AGREEMENT: Final = 0.68
"""Share of what lies around a hole that must look the same in both."""
_LEAST_KNOWN: Final = 0.03
"""Share of the ring from which on its ground, or its people, say something."""
_LEAST_DETAILS: Final = 5
"""Features of the ground that must be found in both."""
_BESIDE_PX: Final = 9
"""Side of the square around a feature, in the parser's view, in which nobody is."""
_MOST_BEYOND: Final = 0.5
"""How far a hole may lie from where both are seen to show the same, in sizes of that, for a homography."""
_EDGE_PX: Final = 2
"""Of a reference's frame that is not used."""
_SOFT_PX: Final = 1.5
_LEAST_COVERED: Final = 0.03
_THINGS: Final = tuple(LABELS.index(name) for name in sorted(THINGS - {"belt"}))


@dataclass(frozen=True, eq=False)
class AlignedReference:
    """A reference laid over the photo.

    Attributes:
        view: the reference.
        registration: how it lies.
        light: what makes it look like the photo.
    """

    view: View
    registration: Registration
    light: Light

    def through(self, window: Window) -> tuple[Floats, NDArray[np.bool_]]:
        """Colours (h, w, 3) in the photo's light and (h, w) bool, where there are any, over a window."""
        return _laid(self.view, self.registration.matrix, self.light, window)


def lay_over(
    image: Pixels, mask: Mask, view: View, registration: Registration, part: Bounds | None = None
) -> AlignedReference:
    """Lay a reference over the photo, and learn from what both show how their light differs.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        view: the reference.
        registration: how it lies.
        part: where it does, in photo pixels; None = all over the photo.
    """
    whole = Bounds.of(extent_of(image))
    bounds = whole if part is None else part.intersected(whole)
    window = Window.scaled(bounds, min(1.0, _WHOLE_PX / max(bounds.width, bounds.height)))
    seen = read_window(image, mask, window)
    colours, given = _laid(view, registration.matrix, None, window)
    light = settle_light(colours, seen.colours, bounds, given & ~seen.hole)
    return AlignedReference(view, registration, light)


def loan_of_scene(
    image: Pixels, mask: Mask, hole: Bounds, closer: ParsedWindow, laid: AlignedReference
) -> Loan | None:
    """What a reference gives a hole by showing the same place.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        hole: rectangle around the hole, in photo pixels.
        closer: what the parser says about the surroundings of the hole.
        laid: the reference over the photo.

    Returns:
        None where it does not look the same around the hole, or reaches hardly anything of it.
    """
    if _is_far(hole, laid.registration):
        return None
    ground, people = _agreement(image, mask, hole, closer, laid)
    # Any smooth wall agrees with any other; the same place has details in common.
    ground = ground and _shares_ground(laid)
    if not (ground or people):
        return None
    colours, given = laid.through(Window.scaled(hole, 1.0))
    labels = _labels_of(laid, hole)
    guessed = _labels_at(closer, hole)
    takes = np.where(labels == 0, ground, people)
    if not people:
        takes &= guessed == 0
    # The thing that is to go may be in the other photo as well.
    takes &= ~(np.isin(labels, _THINGS) & (guessed != labels))
    takes &= given
    share = _softened(takes, mask[hole.slices] != 0)
    # Where the same person ends in the other photo, she ends here, whatever is behind her there.
    cleared = given & (labels == 0) & (share <= 0.5) if people else None
    loan = Loan(hole, to_depth(colours, image), share, labels, cleared)
    return loan if loan.covered(hole, mask) >= _LEAST_COVERED else None


def _laid(
    view: View, matrix: Homography, light: Light | None, window: Window
) -> tuple[Floats, NDArray[np.bool_]]:
    """Colours (h, w, 3), as they are where no light is given, and (h, w) bool, where there are any."""
    to_window = _to_window(window) @ matrix
    colours = to_float(cast(Pixels, warped_through(view.image, to_window, window.size)))
    height, width = view.image.shape[:2]
    frame = np.zeros((height, width), np.uint8)
    frame[_EDGE_PX : height - _EDGE_PX, _EDGE_PX : width - _EDGE_PX] = 255
    given = warped_through(frame, to_window, window.size, cv2.BORDER_CONSTANT) == 255
    return (colours if light is None else light.on(colours, window.bounds)), given


def _agreement(
    image: Pixels, mask: Mask, hole: Bounds, closer: ParsedWindow, laid: AlignedReference
) -> tuple[bool, bool]:
    """Whether ground and people around a hole look the same in both."""
    ring_px = max(_LEAST_RING_PX, round(_RING * max(hole.width, hole.height)))
    around = hole.grown(ring_px).intersected(Bounds.of(extent_of(image)))
    window = Window.scaled(around, min(1.0, _RING_PX / max(around.width, around.height)))
    seen = read_window(image, mask, window)
    colours, given = laid.through(window)
    compared = given & ~seen.hole
    own = np.zeros(mask.shape, np.uint8)[around.slices]
    own[hole.shifted(-around.left, -around.top).slices] = mask[hole.slices]
    reach = max(3, round(ring_px * window.scale))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    ring = compared & (cv2.dilate(resize_mask(own, window.size).astype(np.uint8), kernel) > 0)
    alike = _likeness(seen.colours, colours, compared) > _AGREES
    people = _labels_at(closer, around, window.size) > 0
    return _agree(alike, ring & ~people, ring), _agree(alike, ring & people, ring)


def _shares_ground(laid: AlignedReference) -> bool:
    """Whether details beside the people, and not only of these, are seen in both."""
    parsed = laid.view.parsed
    scale = parsed.window.size.width / parsed.window.bounds.width
    points = moved(np.linalg.inv(laid.registration.matrix), laid.registration.points) * scale
    ground = cv2.erode((parsed.labels == 0).astype(np.uint8), np.ones((_BESIDE_PX, _BESIDE_PX), np.uint8))
    height, width = ground.shape
    columns, rows = np.floor(points).astype(int).T
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    return int(np.count_nonzero(ground[rows[inside], columns[inside]])) >= _LEAST_DETAILS


def _agree(alike: NDArray[np.bool_], part: NDArray[np.bool_], ring: NDArray[np.bool_]) -> bool:
    amount = np.count_nonzero(part)
    if amount < max(20, _LEAST_KNOWN * np.count_nonzero(ring)):
        return False
    return bool(np.count_nonzero(alike & part) >= _LEAST_AGREEMENT * amount)


def _likeness(one: Floats, other: Floats, known: NDArray[np.bool_]) -> Floats:
    """(h, w) in [-1, 1]: structural similarity (Wang et al. 2004) times that of colours, of what is known."""
    weight = np.maximum(_blurred(known.astype(np.float32)), np.float32(1e-3))

    def mean(values: Floats) -> Floats:
        return np.asarray(_blurred(np.where(known, values, np.float32(0.0))) / weight, np.float32)

    grey, others = one.mean(2), other.mean(2)
    middle, middles = mean(grey), mean(others)
    spread, spreads = mean(grey * grey) - middle**2, mean(others * others) - middles**2
    common = mean(grey * others) - middle * middles
    noise = np.float32(_CONTRAST**2)
    structure = (2 * common + noise) / (np.maximum(spread, 0) + np.maximum(spreads, 0) + noise)
    apart = sum(mean(one[..., channel] - other[..., channel]) ** 2 for channel in range(3))
    return np.asarray(structure * np.exp(-apart / np.float32(_SAME_COLOUR**2)), np.float32)


def _blurred(plane: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), _BLUR_PX), np.float32)


def _is_far(hole: Bounds, registration: Registration) -> bool:
    """Whether a homography that is no similarity would have to guess."""
    if not registration.matrix[2, :2].any():
        return False
    least, most = np.quantile(registration.points, (0.02, 0.98), axis=0)
    middle = np.array([(hole.left + hole.right) / 2, (hole.top + hole.bottom) / 2])
    beyond = np.maximum(np.maximum(least - middle, middle - most), 0.0)
    return bool((beyond > _MOST_BEYOND * (most - least)).any())


def _labels_of(laid: AlignedReference, bounds: Bounds) -> NDArray[np.uint8]:
    """(h, w) uint8: what the parser calls the reference, laid over a part of the photo."""
    parsed = laid.view.parsed
    scale = parsed.window.size.width / parsed.window.bounds.width
    matrix = laid.registration.matrix @ np.diag([1 / scale, 1 / scale, 1.0])
    to_part = _to_window(Window.scaled(bounds, 1.0)) @ matrix
    best = np.full((bounds.height, bounds.width), -1.0, np.float32)
    labels = np.zeros(best.shape, np.uint8)
    for label in range(LABEL_COUNT):
        layer = np.ascontiguousarray(parsed.probabilities[..., label])
        if layer.max() <= 0.05:
            continue
        share = warped_through(layer, to_part, bounds.extent)
        wins = share > best
        best[wins], labels[wins] = share[wins], label
    return labels


def _labels_at(parsed: ParsedWindow, bounds: Bounds, size: Extent | None = None) -> NDArray[np.uint8]:
    """(h, w) uint8: the photo's own labels over a part of it."""
    size = size or bounds.extent
    best = np.full((size.height, size.width), -1.0, np.float32)
    labels = np.zeros(best.shape, np.uint8)
    for label in range(LABEL_COUNT):
        layer = np.ascontiguousarray(parsed.probabilities[..., label])
        if layer.max() > 0.05:
            share = resample(layer, parsed.window.bounds, bounds, size)
            wins = share > best
            best[wins], labels[wins] = share[wins], label
    return labels


def _softened(takes: NDArray[np.bool_], hole: NDArray[np.bool_]) -> Floats:
    """(h, w) float32 in [0, 1]: soft where a loan ends within the hole, whole along the hole's own edge."""
    # What lies beyond the hole is the photo's, which the blend meets.
    share = cv2.GaussianBlur((takes | ~hole).astype(np.float32), (0, 0), _SOFT_PX)
    return np.asarray(np.clip(2 * share - 1, 0.0, 1.0) * hole, np.float32)


def _to_window(window: Window) -> Homography:
    """From pixels of the photo to those of a window."""
    across = window.size.width / window.bounds.width
    down = window.size.height / window.bounds.height
    return np.array(
        [[across, 0, -window.bounds.left * across], [0, down, -window.bounds.top * down], [0, 0, 1.0]]
    )
