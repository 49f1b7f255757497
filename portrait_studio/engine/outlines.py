"""Outlines: parsing maps that follow those of the photo, and fills that have them without stairs.

The parsing network answers at a quarter of its input's size.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.outline_fit import RADIUS_PX, Guide, applied, fitted
from portrait_studio.engine.resample import Floats

_EPSILON = 1e-3
"""Variance of colours in [0, 1] below which a neighbourhood counts as flat."""
_STAIR_PX = 0.5
"""Standard deviation of the blur that makes stairs of whole pixels as soft as outlines in photos are."""


def follow_outlines(probabilities: Floats, colours: Floats, hole: NDArray[np.bool_]) -> Floats:
    """Guided filter (He, Sun and Tang 2013) of the probabilities by the photo; only known pixels take part.

    Args:
        probabilities: (h, w, 18) float32, summing to 1 over the labels.
        colours: (h, w, 3) float32 in [0, 1].
        hole: (h, w) bool; its pixels keep their probabilities.

    Returns:
        (h, w, 18) float32, summing to 1 over the labels.
    """
    if hole.all():
        return probabilities
    known = (~hole).astype(np.float32)
    guide = _guide(np.ascontiguousarray(colours), known)
    values = np.ascontiguousarray(probabilities)
    return applied(fitted(values, guide), values, guide)


def prepare_outlines() -> None:
    """Have the compiled loops ready before the first look: a new machine needs some seconds for them."""
    labels = np.ones((2, 2, 1), np.float32)
    follow_outlines(labels, np.zeros((2, 2, 3), np.float32), np.zeros((2, 2), np.bool_))


def soften_outlines(picture: Floats, labels: NDArray[np.uint8], where: NDArray[np.bool_]) -> Floats:
    """Take the stairs off where parts meet that were filled each for itself.

    Args:
        picture: (h, w, 3) float32.
        labels: (h, w) uint8 parsing map that guided the fill.
        where: (h, w) bool, what may change.

    Returns:
        (h, w, 3) float32.
    """
    border = np.zeros(labels.shape, np.bool_)
    # Transposed, lower neighbours are right ones.
    for names, touched in ((labels, border), (labels.T, border.T)):
        differs = names[:, 1:] != names[:, :-1]
        touched[:, 1:] |= differs
        touched[:, :-1] |= differs
    softened = picture.copy()
    border &= where
    softened[border] = cv2.GaussianBlur(picture, (0, 0), _STAIR_PX)[border]
    return softened


def _guide(colours: Floats, known: Floats) -> Guide:
    """What the filter is guided by: colours (h, w, 3), of which those of known pixels (h, w) count."""
    count = _sums(known) + np.float32(1e-6)

    def mean(values: Floats) -> Floats:
        return _sums(values * known[..., None]) / count[..., None]

    means = mean(colours)
    pairs = (colours[..., :, None] * colours[..., None, :]).reshape(*colours.shape[:2], 9)
    covariance = mean(pairs).reshape(*colours.shape[:2], 3, 3)
    covariance -= means[..., :, None] * means[..., None, :]
    inverse = np.linalg.inv(covariance + np.float32(_EPSILON) * np.eye(3, dtype=np.float32))
    return Guide(colours, known, count, means, np.asarray(inverse, np.float32))


def _sums(values: Floats) -> Floats:
    """Sum over each pixel's square neighbourhood, (h, w, C) like the input; beyond the edge lies nothing."""
    side = 2 * RADIUS_PX + 1
    sums = cv2.boxFilter(
        np.ascontiguousarray(values), -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(sums, np.float32).reshape(values.shape)
