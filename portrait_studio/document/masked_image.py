"""What a document shows at one moment, for the engine to fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portrait_studio.imaging.masks import Mask, mask_bounds
from portrait_studio.imaging.photo import Pixels


@dataclass(frozen=True, eq=False)
class MaskedImage:
    """A photo and its mask as they were at one moment.

    Attributes:
        image: (H, W, 3) RGB in the photo's dtype; not to be written to.
        mask: (H, W) uint8, 0..255; 255 where the canvas is blank.
        blank: (H, W) uint8, 255 where the canvas showed neither photo nor fill; None where that was nowhere.
    """

    image: Pixels
    mask: Mask
    blank: Mask | None = None

    @classmethod
    def of(cls, image: Pixels, mask: Mask, blank: Mask | None) -> MaskedImage:
        """With all masked that is blank. The mask is taken over."""
        if blank is not None:
            new = mask_bounds(blank).slices
            np.maximum(mask[new], blank[new], out=mask[new])
        return cls(image, mask, blank)
