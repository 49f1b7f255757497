"""The weight of the completion network in a fill, against the photo's own patches."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats
from portrait_studio.engine.shading import shading_weight
from portrait_studio.networks.conventions import FACE

_KINDS = ((0,), (1, 2), (3, FACE), (12, 13, 14, 15), (4, 5, 6, 7, 8, 17), (9, 10), (16,))
"""Labels by kind: background, head, face, limbs, garments, shoes, bag."""
_FACE_WEIGHT = 0.85
"""Share of the network in a face: some of the patches' grain stays."""
_MOST_WEIGHT = 0.65
"""Largest share of the network elsewhere."""
_LEAST_WEIGHT = 0.35
"""Smallest share of the network."""
_DOUBT = 0.4
"""Doubt about the kind (1 - the highest probability) from which on the network has its largest share.

A sharp fill after a wrong label is worse than a soft one.
"""
_SHADING_WEIGHT = 0.65
"""Share of the network where it agrees with the patches."""
_TOLERANCE = 0.15
"""Difference in colour of network and patches, in RGB of [0, 1], at which half of it counts as shading."""
_SLOW_PX = 4.0
"""Standard deviation, in pixels that the network sees, of what is called slow shading."""
_SLOWEST_PX = 16.0
"""The same of shading that the ground has as a whole."""


def completion_weight(probabilities: Floats) -> Floats:
    """How far a fill of before `CompletionOptions.robust` follows the network instead of the patches.

    Much where the label is face, since patches of a face make no face, and more where it is in doubt what
    kind of thing is there, since patches would give a wrong guess a sharp outline. Which garment it is hardly
    counts.

    Args:
        probabilities: (h, w, 18) float32 over the labels.

    Returns:
        (h, w) float32 in [0.35, 0.85].
    """
    kinds = [probabilities[..., list(members)].sum(axis=2) for members in _KINDS]
    doubt = 1.0 - np.max(kinds, axis=0)
    share = np.clip(_MOST_WEIGHT * doubt / _DOUBT, _LEAST_WEIGHT, _MOST_WEIGHT)
    return np.asarray(np.maximum(_FACE_WEIGHT * probabilities[..., FACE], share), dtype=np.float32)


def shading_of(
    towards: Floats,
    hole: NDArray[np.bool_],
    face: Floats,
    background: Floats,
    *,
    is_ground_known: bool = False,
    crown: Floats | None = None,
) -> Floats:
    """What of the completion network's picture is added to patches that have the colours of the photo.

    A mean of two colours is one that the photo does not have, and looks like haze. So the network is followed
    where it nearly agrees with the patches; in the background, whose texture shows all around how sharp it
    must be, only in slow shading. Faces take all.

    Args:
        towards: (h, w, 3) float32, the network's picture less that of the patches.
        hole: (h, w) bool.
        face: (h, w) float32 in [0, 1], probability of the face.
        background: the same of the background.
        is_ground_known: whether the patches of the background follow something that is known better than the
            network's picture, so that only the slowest shading, as towards the corners, is the network's.
        crown: (h, w) float32 in [0, 1], where hair and forehead go on from what shows of them, as the
            background does; None = nowhere.

    Returns:
        (h, w, 3) float32.
    """
    inside = hole.astype(np.float32)
    slow = _slow(towards, inside, _SLOW_PX)
    if is_ground_known:
        slow += background[..., None] * (_slow(towards, inside * background, _SLOWEST_PX) - slow)
    textured = background
    if crown is not None:
        face, textured = face * (1 - crown), np.maximum(background, crown)
    of_face = np.float32(_FACE_WEIGHT) * face
    elsewhere = np.maximum(_SHADING_WEIGHT - of_face, 0.0) * shading_weight((slow**2).sum(axis=2), _TOLERANCE)
    mixed = towards + textured[..., None] * (slow - towards)
    return np.asarray(of_face[..., None] * towards + elsewhere[..., None] * mixed, np.float32)


def _slow(values: Floats, weight: Floats, sigma_px: float) -> Floats:
    """(h, w, 3) blurred over what has a weight (h, w)."""
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma_px), np.float32(1e-3))[..., None]
    blurred = cv2.GaussianBlur(values * weight[..., None], (0, 0), sigma_px)
    return np.asarray(blurred / share, np.float32)
