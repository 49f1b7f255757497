"""Pictures of what the stages made, as the window's stage panel shows them: 8 bits, on request only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, strips
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.geometry import Bounds


def full_picture(image: Pixels, fill: Floats, region: Bounds, bounds: Bounds) -> NDArray[np.uint8]:
    """A picture of a stage at full resolution.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        fill: (h, w, 3) float32 in [0, 1], what lies over the region.
        region: where, in the photo.
        bounds: what is shown.

    Returns:
        (bounds.height, bounds.width, 3) uint8.
    """
    picture = in_8_bits(image[bounds.slices]).copy()
    inner = region.intersected(bounds)
    source = fill[inner.shifted(-region.left, -region.top).slices]
    target = picture[inner.shifted(-bounds.left, -bounds.top).slices]
    for rows in strips(inner.height):
        target[rows] = eight_bits(source[rows])
    return picture


def eight_bits(picture: Floats) -> NDArray[np.uint8]:
    """Values in [0, 1], rounded to uint8."""
    return np.asarray(np.rint(np.clip(picture, 0.0, 1.0) * 255.0), dtype=np.uint8)
