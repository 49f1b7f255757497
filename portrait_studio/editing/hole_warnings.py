"""What a fill is bound to do badly, said before it: hands, faces, heads and feet that are guesswork.

It is read from the parsing map of the photo as it looks, at that map's size, so that it costs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.intent import Intent, bodiless
from portrait_studio.engine.label_mask import body_in
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.imaging.masks import HOLE, Mask, mask_bounds
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import FACE, KEYPOINTS, LABELS

Flags = NDArray[np.bool_]

_MUCH_OF_A_FACE: Final = 0.35
_MUCH_OF_A_HAND: Final = 0.4
"""Shares from which on a mask covers it; one that merely touches it does not count."""

_LEAST_FACE: Final = 40
_LEAST_HAND: Final = 12
"""Pixels of the map from which on a face or a hand is in sight."""

_SEEN: Final = 0.3
"""Peak of a joint's heatmap from which on it is in the photo."""

_BEYOND_WRIST: Final = 0.4
_HAND: Final = 0.5
"""How far beyond the wrist a hand's middle is, and how far the hand reaches around that, in forearms."""

_LEAST_HAND_RADIUS: Final = 4.0
_AT_EDGE: Final = 0.03
"""Share of the photo's width that a body has at an edge which cuts it off."""

_HEAD: Final = 0.03
"""Share of a body that its head has at least where the photo shows more than a neck."""

_FAR_DOWN: Final = 0.15
"""Share of the photo's height from which on an extension is meant to show feet."""

_ARMS: Final = tuple(LABELS.index(name) for name in ("left-arm", "right-arm"))
_HEADS: Final = tuple(LABELS.index(name) for name in ("hat", "hair", "sunglasses", "face"))
_SHOES: Final = tuple(LABELS.index(name) for name in ("left-shoe", "right-shoe"))

HAND: Final = Message(
    "The mask covers a hand, and fingers are seldom made up well. Tighten the mask to the thing, or take the"
    " hand out of it."
)
FACE_COVERED: Final = Message(
    "The mask covers much of a face, and what is made up is not that person. Tighten the mask, choose Same"
    " surface for a blemish, or paint the structure."
)
NO_HEAD: Final = Message(
    "The photo ends at the neck, and nothing in it tells what the head looks like: one that is made up is a"
    " stranger's, if it comes at all. Extend less, or not upwards."
)
NO_FEET: Final = Message(
    "The photo ends above the knees, and nothing in it tells where the feet are: they will hardly come out."
    " Extend less, or paint the structure first."
)


def hole_warnings(mask: Mask, seen: Structure, intent: Intent) -> tuple[Message, ...]:
    """Why a fill of a mask will look wrong, and what to do instead; empty where nothing speaks against it.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        seen: parsing map and joints of the photo as it looks.
        intent: what the fill is meant to do; where it takes the person away, hands and face go with them.
    """
    if intent in (Intent.BACKGROUND, Intent.SURFACE) or mask_bounds(mask).is_empty:
        return ()
    height, width = seen.labels.shape
    small = cv2.resize(mask[seen.bounds.slices], (width, height), interpolation=cv2.INTER_AREA)
    hole = np.where(small > HOLE // 2, np.uint8(HOLE), np.uint8(0))
    if intent is Intent.AUTOMATIC:
        on_map = replace(seen, bounds=Bounds(0, 0, width, height))
        hole[bodiless(hole, on_map)] = 0
    covered = hole != 0
    warnings = []
    if any(_share(covered, hand) >= _MUCH_OF_A_HAND for hand in _hands(seen)):
        warnings.append(HAND)
    if any(_share(covered, face) >= _MUCH_OF_A_FACE for face in _faces(seen)):
        warnings.append(FACE_COVERED)
    return tuple(warnings)


def extension_warnings(margins: Margins, photo: Extent, seen: Structure) -> tuple[Message, ...]:
    """Why a larger canvas will not show what it is meant to; empty where nothing speaks against it.

    Args:
        margins: how far it reaches beyond the photo.
        photo: the photo's size.
        seen: parsing map and joints of the photo as it looks.
    """
    body = body_in(seen.labels)
    warnings = []
    if margins.top > 0 and _is_cut(body[0]):
        head = np.count_nonzero(np.isin(seen.labels, _HEADS))
        if head < _HEAD * np.count_nonzero(body):
            warnings.append(NO_HEAD)
    if _is_far_down(margins, photo) and _is_cut(body[-1]) and not np.isin(seen.labels, _SHOES).any():
        hips, knees = (
            any(_joint(seen, f"{side}-{name}") is not None for side in ("left", "right"))
            for name in ("hip", "knee")
        )
        if hips and not knees:
            warnings.append(NO_FEET)
    return tuple(warnings)


def may_be_guesswork(margins: Margins, photo: Extent) -> bool:
    """Whether `extension_warnings` can have anything to say, so that a parsing map is worth having.

    Args:
        margins: how far the canvas reaches beyond the photo.
        photo: the photo's size.
    """
    return margins.top > 0 or _is_far_down(margins, photo)


def _is_far_down(margins: Margins, photo: Extent) -> bool:
    return margins.bottom >= _FAR_DOWN * photo.height


def _is_cut(edge: Flags) -> bool:
    return bool(np.count_nonzero(edge) >= _AT_EDGE * edge.size)


def _share(covered: Flags, part: Flags) -> float:
    return float(covered[part].mean())


def _faces(seen: Structure) -> list[Flags]:
    """Faces in sight, (h, w) bool each."""
    count, numbers = cv2.connectedComponents((seen.labels == FACE).astype(np.uint8), connectivity=8)
    faces = [np.asarray(numbers == number) for number in range(1, count)]
    return [face for face in faces if np.count_nonzero(face) >= _LEAST_FACE]


def _hands(seen: Structure) -> list[Flags]:
    """Hands in sight, (h, w) bool each: what is arm beyond a wrist."""
    arms = np.isin(seen.labels, _ARMS)
    hands = []
    for side in ("left", "right"):
        wrist, elbow = _joint(seen, f"{side}-wrist"), _joint(seen, f"{side}-elbow")
        if wrist is None or elbow is None:
            continue
        forearm = np.subtract(wrist, elbow)
        middle = np.add(wrist, _BEYOND_WRIST * forearm)
        radius = max(_LEAST_HAND_RADIUS, _HAND * float(np.hypot(*forearm)))
        disc = np.zeros(arms.shape, np.uint8)
        cv2.circle(disc, (round(float(middle[0])), round(float(middle[1]))), round(radius), 1, -1)
        hand = arms & (disc != 0)
        if np.count_nonzero(hand) >= _LEAST_HAND:
            hands.append(hand)
    return hands


def _joint(seen: Structure, name: str) -> tuple[float, float] | None:
    """Where a joint is in the map, (x, y); None where the photo does not show it."""
    heat = seen.heatmaps[KEYPOINTS.index(name)]
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    if heat[row, column] < _SEEN:
        return None
    across, down = seen.labels.shape[1] / heat.shape[1], seen.labels.shape[0] / heat.shape[0]
    return (float(column) + 0.5) * across, (float(row) + 0.5) * down
