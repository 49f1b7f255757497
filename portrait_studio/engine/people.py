"""The bodies of a parsing map, one for each person who stands apart from the others."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import LABEL_COUNT

_SMALLEST_PERSON: Final = 0.004
"""Share of the map below which a body is a speck."""


def body_in(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a parsing map, (h, w) uint8, shows people and what they wear or carry, as (h, w) bool."""
    return np.asarray((labels > 0) & (labels < LABEL_COUNT))


def people_in(labels: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], ...]:
    """Connected bodies from left to right, specks left out.

    Args:
        labels: (h, w) uint8 parsing map.

    Returns:
        (h, w) bool for each.
    """
    body = body_in(labels).astype(np.uint8)
    _, numbers, stats, centres = cv2.connectedComponentsWithStats(body, connectivity=8)
    least = _SMALLEST_PERSON * body.size
    large = [n for n in range(1, len(stats)) if stats[n, cv2.CC_STAT_AREA] >= least]
    return tuple(np.asarray(numbers == n) for n in sorted(large, key=lambda n: float(centres[n][0])))
