"""Moves the edges of a map to those of a picture, by a guided filter (He et al. 2013)."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats

_EPSILON: Final = 1e-3
"""Variance of colours in [0, 1] below which a picture has no edge."""


def guided(guide: Floats, values: Floats, radius: int) -> Floats:
    """Guided filter with a colour guide (He et al. 2013, eq. 14-16).

    Args:
        guide: (h, w, 3) in [0, 1].
        values: (h, w) to be smoothed along the guide's edges.
        radius: of the box, in pixels.
    """

    def mean(x: NDArray[np.floating]) -> Floats:
        return np.asarray(cv2.blur(x, (2 * radius + 1, 2 * radius + 1)), np.float32)

    centre, level = mean(guide), mean(values)
    covariance = mean(guide * values[..., None]) - centre * level[..., None]
    spread = np.empty((*values.shape, 3, 3), np.float32)
    for a in range(3):
        for b in range(a, 3):
            entry = mean(guide[..., a] * guide[..., b]) - centre[..., a] * centre[..., b]
            spread[..., a, b] = spread[..., b, a] = entry + (_EPSILON if a == b else 0.0)
    slope = np.linalg.solve(spread, covariance[..., None])[..., 0].astype(np.float32)
    offset = level - (slope * centre).sum(-1)
    return np.asarray((mean(slope) * guide).sum(-1) + mean(offset), np.float32)
