"""What was found damaged in a photo, and the mask that follows from it; without torch, so at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.things import USUAL_THRESHOLD
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, extent_of, grow

_RIM_SHARE: Final = 0.0008
"""Of the photo's longer side: what is left of a scratch gives its colour to the fill."""


@dataclass(frozen=True, eq=False)
class DamageFound:
    """What the network says about a photo.

    Attributes:
        probability: (H, W) uint8, 255 = surely damaged, such that at `USUAL_THRESHOLD` the released network
            flags as many pixels of a sound photo as is put up with.
    """

    probability: NDArray[np.uint8]

    def mask(self, threshold: float = USUAL_THRESHOLD, grow_px: int | None = None) -> Mask:
        """(H, W) uint8, 255 where damage is at least so probable, and on its rim.

        Args:
            threshold: probability in (0, 1).
            grow_px: width of the rim in pixels; None = as suits the photo's size.
        """
        found = np.where(self.probability >= 255 * threshold, np.uint8(HOLE), np.uint8(KNOWN))
        return grow(found, rim_of(extent_of(found)) if grow_px is None else grow_px)


def rim_of(photo: Extent) -> int:
    """Width in pixels of the rim that damage is masked with in a photo of that size."""
    return max(1, round(_RIM_SHARE * max(photo.width, photo.height)))
