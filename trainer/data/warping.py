"""Values of pixels, which have nothing between them, through a transform."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, on_pixels
from portrait_studio.networks.conventions import IGNORE_LABEL


def warped_labels(
    labels: NDArray[np.uint8], matrix: Transform, size: Extent, beyond: int = IGNORE_LABEL
) -> NDArray[np.uint8]:
    """Labels, or a mask, as the nearest pixel has them.

    Args:
        labels: (h, w).
        matrix: from their pixels to those of the result.
        size: of the result.
        beyond: what lies beyond their edge.
    """
    cut = cv2.warpAffine(
        labels,
        on_pixels(matrix),
        (size.width, size.height),
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=beyond,
    )
    return np.asarray(cut, np.uint8)
