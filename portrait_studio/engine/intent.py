"""What a hole shall show: the body behind it, only the background, or the same surface made anew."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.label_mask import body_in, people_in
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, mask_bounds
from portrait_studio.networks.conventions import LABELS

PREDICT: Final = 255
"""Value of wanted labels where the parser decides."""
_BACKGROUND: Final = 0
_MOST_OF_A_PERSON: Final = 0.6
"""Share of a body from which on a hole takes the person away."""
_HARDLY_ANY_BODY: Final = 0.12
"""Share of body around a hole up to which there is nobody behind it."""
_SEEN_BESIDE: Final = 0.05
_BODY_BESIDE: Final = 0.6
"""The same where the hole itself shows no more body than this: what stands beside a body hides none of it."""
_ONE_LABEL: Final = 0.97
_ONE_LABEL_AROUND: Final = 0.9
"""Share of a hole, and of a ring around it, that one label has where only a surface is to be made anew."""

_SHOES: Final = tuple(LABELS.index(name) for name in ("left-shoe", "right-shoe"))
_LOWER_BODY: Final = tuple(
    LABELS.index(name) for name in ("skirt", "pants", "dress", "left-leg", "right-leg")
)
_HARDLY_ANY_SHOE: Final = 0.25
"""Size of one shoe relative to the other below which only one is in sight."""
_ABOVE_ROWS: Final = 2
_LEAST_LEG: Final = 4
"""Pixels of the map in so many rows above a hole that a leg has at least where it goes in."""


class Intent(Enum):
    """What filling is meant to do; the value is what the command line calls it."""

    AUTOMATIC = "auto"
    BODY = "body"
    BACKGROUND = "background"
    SURFACE = "surface"


def wanted_with(
    intent: Intent,
    mask: Mask,
    wanted: NDArray[np.uint8] | None,
    seen: Structure | None,
    blank: Mask | None = None,
) -> NDArray[np.uint8] | None:
    """The labels to ask the engine for.

    Args:
        intent: what the user said.
        mask: (H, W) uint8, nonzero = hole.
        wanted: (H, W) uint8 labels that the user painted, 255 = predict; they always win.
        seen: parsing map of the photo before the fill, for the guess; None = not known, nothing is guessed.
        blank: (H, W) uint8, nonzero where the canvas is new: bodies go on there unless the user says not.

    Returns:
        (H, W) uint8 labels, 255 = predict; None where everything is to be predicted.
    """
    forced = _forced(intent, mask, seen)
    if forced is None:
        return wanted
    if blank is not None and intent is not Intent.BACKGROUND:
        forced[blank != 0] = PREDICT
    if (forced == PREDICT).all():
        return wanted
    labels = np.full(mask.shape, PREDICT, np.uint8) if wanted is None else wanted.copy()
    inner = mask_bounds(mask).slices
    part = labels[inner]
    np.copyto(part, forced[inner], where=part == PREDICT)
    return labels


def _forced(intent: Intent, mask: Mask, seen: Structure | None) -> NDArray[np.uint8] | None:
    """(H, W) uint8 labels that an intent means, 255 = predict; None where everything is to be predicted."""
    if intent is Intent.BACKGROUND:
        return np.where(mask != 0, np.uint8(_BACKGROUND), np.uint8(PREDICT))
    if intent is Intent.BODY or seen is None:
        return None
    if intent is Intent.SURFACE:
        return _as_seen(mask != 0, seen)
    forced = _as_seen(surfaces(mask, seen), seen)
    forced[bodiless(mask, seen)] = _BACKGROUND
    return forced


def _as_seen(where: NDArray[np.bool_], seen: Structure) -> NDArray[np.uint8]:
    """(H, W) uint8: what a parsing map says where it is asked, 255 elsewhere."""
    labels = np.full(where.shape, PREDICT, np.uint8)
    part, bounds = where[seen.bounds.slices], seen.bounds
    large = cv2.resize(seen.labels, (bounds.width, bounds.height), interpolation=cv2.INTER_NEAREST)
    np.copyto(labels[bounds.slices], large, where=part)
    return labels


def surfaces(mask: Mask, seen: Structure) -> NDArray[np.bool_]:
    """The holes within one part of a body, such as letters, a stain, a scratch: only its surface is damaged.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        seen: parsing map of the photo, nothing hidden.

    Returns:
        (H, W) bool: pixels of those holes.
    """
    return _holes_that(_lies_on_one_label, mask, seen)


def bodiless(mask: Mask, seen: Structure) -> NDArray[np.bool_]:
    """The holes behind which there is probably no body.

    A hole counts when it covers most of a person, so that the person is what shall go, when hardly any of
    what surrounds it belongs to one, or when it shows none and lies beside one: passers-by, suitcases. The
    last two do not count where a leg goes into the hole and only one shoe is in sight: around a foot there is
    little of a body.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        seen: parsing map of the photo, nothing hidden.

    Returns:
        (H, W) bool: pixels of those holes.
    """
    body, people = body_in(seen.labels), people_in(seen.labels)

    def shows_nobody(hole: NDArray[np.bool_], labels: NDArray[np.uint8]) -> bool:
        takes_person = any((person & hole).sum() >= _MOST_OF_A_PERSON * person.sum() for person in people)
        stands_beside = float(body[hole].mean()) < _SEEN_BESIDE
        least = _BODY_BESIDE if stands_beside else _HARDLY_ANY_BODY
        return takes_person or (_body_around(hole, body) < least and not _hides_foot(hole, labels))

    return _holes_that(shows_nobody, mask, seen)


def _hides_foot(hole: NDArray[np.bool_], labels: NDArray[np.uint8]) -> bool:
    """Whether a leg goes into a hole from above beside the only shoe that is in sight."""
    shoes = [(labels == shoe) & ~hole for shoe in _SHOES]
    less, more = sorted(int(np.count_nonzero(shoe)) for shoe in shoes)
    if more == 0 or less > _HARDLY_ANY_SHOE * more:
        return False
    mate_rows, hole_rows = (np.flatnonzero(part.any(1)) for part in (shoes[0] | shoes[1], hole))
    height = mate_rows[-1] - mate_rows[0] + 1
    if hole_rows[-1] < mate_rows[0] - height or hole_rows[0] > mate_rows[-1] + height:
        return False
    above = np.zeros_like(hole)
    above[:-_ABOVE_ROWS] = hole[_ABOVE_ROWS:]
    return int(np.count_nonzero(np.isin(labels, _LOWER_BODY) & above & ~hole)) >= _LEAST_LEG


def _lies_on_one_label(hole: NDArray[np.bool_], labels: NDArray[np.uint8]) -> bool:
    counts = np.bincount(labels[hole], minlength=256)
    label = int(counts.argmax())
    if label == _BACKGROUND or counts[label] < _ONE_LABEL * counts.sum():
        return False
    return _body_around(hole, labels == label) >= _ONE_LABEL_AROUND


def _holes_that(
    fits: Callable[[NDArray[np.bool_], NDArray[np.uint8]], bool], mask: Mask, seen: Structure
) -> NDArray[np.bool_]:
    """Pixels (H, W) bool of the holes that fit; a hole is judged by where it is in the map, (h, w) bool."""
    height, width = seen.labels.shape
    bounds = seen.bounds
    crop = np.not_equal(mask[bounds.slices], 0).view(np.uint8)
    crop *= np.uint8(255)
    small = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA) > 0
    del crop
    _, holes = cv2.connectedComponents(small.astype(np.uint8), connectivity=8)
    forced = np.zeros(small.shape, np.uint8)
    for number in range(1, int(holes.max()) + 1):
        hole = np.asarray(holes == number)
        if fits(hole, seen.labels):
            forced[hole] = 1
    large = np.zeros(mask.shape, np.bool_)
    size = (bounds.width, bounds.height)
    enlarged = cv2.resize(forced, size, interpolation=cv2.INTER_NEAREST)
    masked = mask_bounds(mask).intersected(bounds)
    place = masked.shifted(-bounds.left, -bounds.top).slices
    large[masked.slices] = (enlarged[place] > 0) & (mask[masked.slices] != 0)
    return large


def _body_around(hole: NDArray[np.bool_], body: NDArray[np.bool_]) -> float:
    """Share of body in a ring around a hole, an eighth of its size wide."""
    left, top, width, height = cv2.boundingRect(hole.astype(np.uint8))
    reach = max(2, max(width, height) // 8)
    around = Bounds(left, top, left + width, top + height).grown(reach)
    inside = around.intersected(Bounds(0, 0, hole.shape[1], hole.shape[0]))
    crop = hole[inside.slices].astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    ring = (cv2.dilate(crop, kernel) > 0) & (crop == 0)
    return float(body[inside.slices][ring].mean()) if ring.any() else 0.0
