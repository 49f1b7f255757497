"""Marks over a photo that say from where fills may copy: a plane (H, W) uint8 of the values below."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, extent_of

FREE: Final = 0
FORBIDDEN: Final = 1
"""Nothing is copied from there."""
PREFERRED: Final = 2
"""Copied from there, where it shows anything that fits, and from nowhere else."""

SourceMarks = NDArray[np.uint8]


def marks_of(forbidden: Mask | None, preferred: Mask | None) -> SourceMarks | None:
    """Marks from two masks, (H, W) uint8, nonzero = marked; where both are, it is forbidden.

    Returns:
        None where there is neither.
    """
    given = next((mask for mask in (forbidden, preferred) if mask is not None), None)
    if given is None:
        return None
    marks = np.full(given.shape, FREE, np.uint8)
    if preferred is not None:
        marks[preferred != 0] = PREFERRED
    if forbidden is not None:
        marks[forbidden != 0] = FORBIDDEN
    return marks


def laid_marks(marks: SourceMarks, canvas: Bounds) -> SourceMarks:
    """Marks over a photo as marks over a canvas, in photo pixels; what is beyond the photo is free."""
    laid = np.full((canvas.height, canvas.width), FREE, np.uint8)
    common = canvas.intersected(Bounds.of(extent_of(marks)))
    laid[common.shifted(-canvas.left, -canvas.top).slices] = marks[common.slices]
    return laid
