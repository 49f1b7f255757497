"""The foot that a hole hides, and its mate in sight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.resample import Floats, resample, resize_mask
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.networks.conventions import LABELS

SHOES: Final = (LABELS.index("left-shoe"), LABELS.index("right-shoe"))
LEGS: Final = (LABELS.index("left-leg"), LABELS.index("right-leg"))
GARMENTS: Final = tuple(LABELS.index(name) for name in ("upper-clothes", "skirt", "pants", "dress"))
"""What may hang down to a shoe."""

_VIEW_PX: Final = 320
"""Long side, at most, at which both feet are looked at."""
_NEAR: Final = 3
"""How far from the hole a mate is looked for, in long sides of the hole."""
_LEAST_AREA_PX: Final = 40
"""Area of a shoe in that view below which it is a blot."""
_LEAST_SIZE, _MOST_SIZE = 0.2, 4.0
"""Area of a mate relative to what seems to be hidden; the parser draws hidden shoes large."""
_LEAST_LIKELY: Final = 0.66
"""Mean likelihood of a shoe over the mate: below, its outline is wrong."""
_LEAST_HIDDEN: Final = 0.5
"""Share of a shoe that must be hidden: of one that shows, patches know enough."""
_BESIDE_HOLE: Final = 0.3
"""How far beyond a hole hidden feet are looked at, in its long sides."""
_LEG_IN_SIGHT: Final = 1.6
"""How far around a hidden foot it is looked at, in its long sides."""
_THERE: Final = 0.3
"""Likelihood from which on a pixel counts as hidden shoe."""
_LEAST_SHARE: Final = 0.25
"""Of what is hidden of shoes, for a left or a right one to be another."""
_LEAST_APART: Final = 0.45
"""Distance of the middles of two hidden shoes, by the root of their area, from which on there are two."""
_MOST_TOUCHING: Final = 0.2
"""Share of the mate's outline along holes from which on it is not whole."""


@dataclass(frozen=True, eq=False)
class Feet:
    """A hidden foot and its mate, seen through one window.

    Attributes:
        window: around both.
        probabilities: (h, w, 18) float32, summing to 1 over the labels; h, w = `window.size`.
        hole: (h, w) bool, the hole with the hidden foot.
        holes: (h, w) bool, all holes.
        mate: (h, w) bool, the shoe in sight.
        foot: (h, w) bool, where the hidden foot is looked for; None = all of the hole.
    """

    window: Window
    probabilities: Floats
    hole: NDArray[np.bool_]
    holes: NDArray[np.bool_]
    mate: NDArray[np.bool_]
    foot: NDArray[np.bool_] | None = None

    @property
    def labels(self) -> NDArray[np.uint8]:
        """(h, w) uint8, most probable label."""
        return np.asarray(self.probabilities.argmax(2), np.uint8)

    @property
    def hidden(self) -> Floats:
        """(h, w) float32 in [0, 1], likelihood of a shoe inside the hole, 0 outside."""
        where = self.hole if self.foot is None else self.hole & self.foot
        return _hidden_shoe(self.probabilities, where)


def find_feet(mask: Mask, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow) -> Feet | None:
    """The foot that a hole hides and its mate.

    Args:
        mask: (H, W) uint8, nonzero = hole, over the whole photo.
        hole: rectangle around the hole, in photo pixels.
        whole: what the parser says about the whole photo.
        closer: what it says about the surroundings of the hole.

    Returns:
        None where no shoe is hidden, most of it shows, or no other shoe is in sight as a whole.
    """
    bounds = _around_shoes(hole, whole)
    if bounds is None:
        return None
    bounds = bounds.intersected(Bounds.of(extent_of(mask)))
    window = Window.scaled(bounds, min(1.0, _VIEW_PX / max(bounds.width, bounds.height)))
    probabilities = seen_through_both(window, whole, closer)
    holes = resize_mask(mask[bounds.slices], window.size)
    own = np.zeros((bounds.height, bounds.width), np.uint8)
    own[hole.shifted(-bounds.left, -bounds.top).slices] = mask[hole.slices]
    this = resize_mask(own, window.size)
    mate = _find_mate(probabilities, this, holes, _sides_in_photo(bounds, extent_of(mask)))
    if mate is None or _shows(probabilities, this, holes, mate):
        return None
    return Feet(window, probabilities, this, holes, mate)


def hidden_feet(mask: Mask, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow) -> list[Feet]:
    """The feet that a hole hides, without a look for a mate: one, or two where both are in it.

    Args:
        mask: (H, W) uint8, nonzero = hole, over the whole photo.
        hole: rectangle around the hole, in photo pixels.
        whole: what the parser says about the whole photo.
        closer: what it says about the surroundings of the hole.

    Returns:
        None at all where no shoe is hidden, or most of one shows.
    """
    photo = Bounds.of(extent_of(mask))
    bounds = hole.grown(round(_BESIDE_HOLE * max(hole.width, hole.height))).intersected(photo)
    all_of_it = _hidden_at(mask, hole, bounds, whole, closer)
    amount = all_of_it.hidden
    found = []
    for part in _apart(all_of_it) if float(amount.sum()) >= _LEAST_AREA_PX else []:
        box = box_of(part & (amount > _THERE))
        if box.is_empty:
            continue
        step = bounds.width / all_of_it.window.size.width
        corners = [round(side * step) for side in (box.left, box.top, box.right, box.bottom)]
        near = Bounds(*corners).shifted(bounds.left, bounds.top)
        near = near.grown(round(_LEG_IN_SIGHT * max(near.width, near.height))).intersected(photo)
        foot = _hidden_at(mask, hole, near, whole, closer)
        own = resample(part.astype(np.float32), bounds, near, foot.window.size) > 0.5
        foot = replace(foot, foot=own)
        if not _shows(foot.probabilities, foot.hole, foot.holes, foot.mate, own):
            found.append(foot)
    return found


def _hidden_at(mask: Mask, hole: Bounds, bounds: Bounds, whole: ParsedWindow, closer: ParsedWindow) -> Feet:
    """What is hidden in a part of the photo, without a mate."""
    window = Window.scaled(bounds, min(1.0, _VIEW_PX / max(bounds.width, bounds.height)))
    probabilities = seen_through_both(window, whole, closer)
    own = np.zeros_like(mask)
    own[hole.slices] = mask[hole.slices]
    this, holes = (resize_mask(part[bounds.slices], window.size) for part in (own, mask))
    return Feet(window, probabilities, this, holes, np.zeros_like(this))


def _apart(feet: Feet) -> list[NDArray[np.bool_]]:
    """The parts (h, w) bool of a view in which one hidden foot each is."""
    hidden = feet.hidden
    rows, columns = np.indices(hidden.shape)
    sides = [hidden * feet.probabilities[..., shoe] for shoe in SHOES]
    amounts = [float(side.sum()) for side in sides]
    everywhere = np.ones(hidden.shape, np.bool_)
    if min(amounts) < _LEAST_SHARE * sum(amounts):
        return [everywhere]
    middles = [
        np.array([(side * rows).sum(), (side * columns).sum()]) / amount
        for side, amount in zip(sides, amounts, strict=True)
    ]
    if float(np.hypot(*(middles[0] - middles[1]))) < _LEAST_APART * float(hidden.sum()) ** 0.5:
        return [everywhere]
    near = [np.hypot(rows - middle[0], columns - middle[1]) for middle in middles]
    is_left = near[0] <= near[1]
    return [is_left, ~is_left]


def box_of(part: NDArray[np.bool_]) -> Bounds:
    """The smallest rectangle around the true pixels of (h, w) bool."""
    left, top, width, height = cv2.boundingRect(part.astype(np.uint8))
    return Bounds(left, top, left + width, top + height)


def _hidden_shoe(probabilities: Floats, hole: NDArray[np.bool_]) -> Floats:
    return np.where(hole, probabilities[..., list(SHOES)].sum(2), np.float32(0.0))


def _around_shoes(hole: Bounds, whole: ParsedWindow) -> Bounds | None:
    """A rectangle with the hole and all shoes near it, in photo pixels; None where there is none."""
    scale = whole.window.bounds.width / whole.window.size.width
    long = max(hole.width, hole.height)
    near = hole.grown(_NEAR * long)
    shoes = np.isin(whole.labels, SHOES).astype(np.uint8)
    around = hole
    for left, top, width, height, _ in cv2.connectedComponentsWithStats(shoes, connectivity=8)[2][1:]:
        corners = np.rint(np.array([left, top, left + width, top + height]) * scale).astype(int).tolist()
        box = Bounds(*corners).shifted(whole.window.bounds.left, whole.window.bounds.top)
        if not box.intersected(near).is_empty:
            around = around.united(box)
    return None if around == hole else around.grown(long)


def seen_through_both(window: Window, whole: ParsedWindow, closer: ParsedWindow) -> Floats:
    """(h, w, 18) probabilities: those of the closer look where it reaches."""
    probabilities = whole.seen_through(window).probabilities.copy()
    step_x = window.bounds.width / window.size.width
    step_y = window.bounds.height / window.size.height
    common = closer.window.bounds.intersected(window.bounds).shifted(-window.bounds.left, -window.bounds.top)
    left, right = int(np.ceil(common.left / step_x)), int(common.right / step_x)
    top, bottom = int(np.ceil(common.top / step_y)), int(common.bottom / step_y)
    if right - left < 2 or bottom - top < 2:
        return probabilities
    inner = Bounds(left, top, right, bottom)
    covered = Bounds(round(left * step_x), round(top * step_y), round(right * step_x), round(bottom * step_y))
    covered = covered.shifted(window.bounds.left, window.bounds.top)
    for label in range(probabilities.shape[2]):
        layer = np.ascontiguousarray(closer.probabilities[..., label])
        part = resample(layer, closer.window.bounds, covered, Extent(inner.width, inner.height))
        probabilities[(*inner.slices, label)] = np.clip(part, 0.0, 1.0)
    return probabilities


def _sides_in_photo(bounds: Bounds, photo: Extent) -> tuple[bool, bool, bool]:
    """Whether the photo goes on beyond the left, right and lower side of a part of it."""
    return bounds.left > 0, bounds.right < photo.width, bounds.bottom < photo.height


def _find_mate(
    probabilities: Floats,
    hole: NDArray[np.bool_],
    holes: NDArray[np.bool_],
    goes_on: tuple[bool, bool, bool],
) -> NDArray[np.bool_] | None:
    """(h, w) bool: the whole shoe that is nearest to the hidden one."""
    hidden = _hidden_shoe(probabilities, hole)
    amount = float(hidden.sum())
    if amount < _LEAST_AREA_PX:
        return None
    height, width = hole.shape
    left_open, right_open, bottom_open = goes_on
    shoes = np.isin(probabilities.argmax(2), SHOES) & ~holes
    _, numbers, stats, centres = cv2.connectedComponentsWithStats(shoes.astype(np.uint8), connectivity=4)
    rows, columns = np.indices(hole.shape)
    centre = np.array([(hidden * columns).sum(), (hidden * rows).sum()]) / amount
    beside = cv2.dilate(holes.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    likely = probabilities[..., list(SHOES)].sum(2)
    found: list[tuple[float, int]] = []
    for number, (x, y, across, down, area) in enumerate(stats.tolist()):
        if number == 0 or not _LEAST_SIZE * amount <= area <= _MOST_SIZE * amount or area < _LEAST_AREA_PX:
            continue
        shoe = numbers == number
        is_cut = np.count_nonzero(shoe & beside) >= _MOST_TOUCHING * 2 * (across + down)
        is_cut |= (x == 0 and not left_open) or (x + across == width and not right_open)
        is_cut |= y + down == height and not bottom_open
        if not is_cut and float(likely[shoe].mean()) >= _LEAST_LIKELY:
            found.append((float(np.hypot(*(centres[number] - centre))), number))
    return np.asarray(numbers == min(found)[1]) if found else None


def _shows(
    probabilities: Floats,
    hole: NDArray[np.bool_],
    holes: NDArray[np.bool_],
    mate: NDArray[np.bool_],
    foot: NDArray[np.bool_] | None = None,
) -> bool:
    """Whether too much of the hidden shoe shows beside the hole, or beside a part of it."""
    hole = hole if foot is None else hole & foot
    shows = np.isin(probabilities.argmax(2), SHOES) & ~mate & ~holes
    numbers = cv2.connectedComponents(shows.astype(np.uint8), connectivity=8)[1]
    beside = cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rest = np.count_nonzero(np.isin(numbers, np.unique(numbers[beside & shows])) & shows)
    amount = float(_hidden_shoe(probabilities, hole).sum())
    # Where the parser takes a trouser leg for a shoe, the mate says how large one is.
    usual = float(np.count_nonzero(mate)) if mate.any() else amount + rest
    return amount < _LEAST_HIDDEN * min(amount + rest, usual)
