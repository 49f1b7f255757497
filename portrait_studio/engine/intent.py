"""Whether a hole shall show the body behind it or only the background, and a guess where nobody said."""

from __future__ import annotations

from enum import Enum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.people import body_in, people_in
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, mask_bounds

PREDICT: Final = 255
"""Value of a wanted structure where the parser decides."""
_BACKGROUND: Final = 0
_MOST_OF_A_PERSON: Final = 0.6
"""Share of a body from which on a hole takes the person away."""
_HARDLY_ANY_BODY: Final = 0.12
"""Share of body around a hole up to which there is nobody behind it."""


class Intent(Enum):
    """What filling is meant to do; the value is what the command line calls it."""

    AUTOMATIC = "auto"
    BODY = "body"
    BACKGROUND = "background"


def wanted_with(
    intent: Intent,
    mask: Mask,
    wanted: NDArray[np.uint8] | None,
    seen: Structure | None,
    blank: Mask | None = None,
) -> NDArray[np.uint8] | None:
    """The structure to ask the engine for.

    Args:
        intent: what the user said.
        mask: (H, W) uint8, nonzero = hole.
        wanted: (H, W) uint8 labels that the user painted, 255 = predict; they always win.
        seen: parsing map of the photo before the fill, for the guess; None = not known, nothing is guessed.
        blank: (H, W) uint8, nonzero where the canvas is new: bodies go on there unless the user says not.

    Returns:
        (H, W) uint8 labels, 255 = predict; None where everything is to be predicted.
    """
    if intent is Intent.BODY or (intent is Intent.AUTOMATIC and seen is None):
        return wanted
    is_said = intent is Intent.BACKGROUND or seen is None
    forced = mask != 0 if is_said or seen is None else bodiless(mask, seen)
    if blank is not None and not is_said:
        forced &= blank == 0
    if not forced.any():
        return wanted
    structure = np.full(mask.shape, PREDICT, np.uint8) if wanted is None else wanted.copy()
    inner = mask_bounds(mask).slices
    part = structure[inner]
    part[forced[inner] & (part == PREDICT)] = _BACKGROUND
    return structure


def bodiless(mask: Mask, seen: Structure) -> NDArray[np.bool_]:
    """The holes behind which there is probably no body.

    A hole counts when it covers most of a person, so that the person is what shall go, or when hardly any of
    what surrounds it belongs to one.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        seen: parsing map of the photo, nothing hidden.

    Returns:
        (H, W) bool: pixels of those holes.
    """
    height, width = seen.labels.shape
    bounds = seen.bounds
    crop = np.not_equal(mask[bounds.slices], 0).view(np.uint8)
    crop *= np.uint8(255)
    small = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA) > 0
    del crop
    body = body_in(seen.labels)
    _, holes = cv2.connectedComponents(small.astype(np.uint8), connectivity=8)
    people = people_in(seen.labels)
    forced = np.zeros(small.shape, np.uint8)
    for number in range(1, int(holes.max()) + 1):
        hole = np.asarray(holes == number)
        takes_person = any((person & hole).sum() >= _MOST_OF_A_PERSON * person.sum() for person in people)
        if takes_person or _body_around(hole, body) < _HARDLY_ANY_BODY:
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
