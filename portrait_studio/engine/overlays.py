"""What is laid over a fill: a shoe copied from the other one, or what another photo lends."""

from __future__ import annotations

from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask

_STEEPNESS: Final = 1.6
"""How many times as steep a softened outline is as the blur by itself makes it."""


def soft_edged(share: Floats, soft_px: float) -> Floats:
    """A share (h, w) in [0, 1], 1 inside an outline and 0 outside, with that outline softened.

    Args:
        share: how much of each pixel an overlay gives.
        soft_px: standard deviation of the blur.
    """
    soft = cv2.GaussianBlur(share, (0, 0), soft_px)
    return np.asarray(np.clip((soft - 0.5) * _STEEPNESS + 0.5, 0.0, 1.0), np.float32)


class Overlay(Protocol):
    """Pixels at one place in a hole, and what they show."""

    @property
    def shows_face(self) -> bool:
        """Whether it gives any of a face, which no network is to paint over then."""
        ...

    def laid_over(self, fill: Floats, image: Pixels, region: Bounds, hole: NDArray[np.bool_]) -> Floats:
        """A fill with this in it.

        Args:
            fill: (h, w, 3) float32 in [0, 1] over `region`.
            image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
            region: where the fill lies in the photo.
            hole: (h, w) bool; all else stays as it is.
        """
        ...

    def labels_in(self, hole: Bounds, mask: Mask, parsed: ParsedWindow) -> NDArray[np.uint8]:
        """What the hole shows with this in it, (hole.height, hole.width) uint8, 255 = as the parser says.

        Args:
            hole: rectangle around the hole, in photo pixels.
            mask: (H, W) uint8, nonzero = hole, over the whole photo.
            parsed: what the parser says about the surroundings of the hole.
        """
        ...
