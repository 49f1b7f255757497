"""A loan: pixels of a reference, aligned with the photo and in its light, ready to be laid over a fill."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, to_float
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from portrait_studio.networks.conventions import FACE


@dataclass(frozen=True, eq=False)
class Loan:
    """What a reference shows where the photo has a hole.

    Attributes:
        bounds: the part of the photo that it lies over.
        colours: (h, w, 3) in the photo's dtype.
        share: (h, w) float32 in [0, 1], how much of each pixel it gives.
        labels: (h, w) uint8, what it shows; 255 = not known.
        cleared: (h, w) bool, where it shows that nobody is, without saying what is there; None = nowhere.
    """

    bounds: Bounds
    colours: Pixels
    share: Floats
    labels: NDArray[np.uint8]
    cleared: NDArray[np.bool_] | None = None

    @property
    def shows_face(self) -> bool:
        """Whether it gives any of a face."""
        return bool(((self.labels == FACE) & (self.share > 0.5)).any())

    def laid_over(self, fill: Floats, image: Pixels, region: Bounds, hole: NDArray[np.bool_]) -> Floats:
        """A fill with the loan in it.

        Args:
            fill: (h, w, 3) float32 in [0, 1] over `region`.
            image: (H, W, 3), the whole photo.
            region: where the fill lies in the photo.
            hole: (h, w) bool; all else stays as it is.
        """
        common = self.bounds.intersected(region)
        if common.is_empty:
            return fill
        own = common.shifted(-self.bounds.left, -self.bounds.top).slices
        inner = common.shifted(-region.left, -region.top).slices
        part = (self.share[own] * hole[inner])[..., None]
        result = fill.copy()
        result[inner] += (to_float(self.colours[own]) - result[inner]) * part
        return result

    def labels_in(self, hole: Bounds, mask: Mask, parsed: ParsedWindow) -> NDArray[np.uint8]:
        """What the hole shows with the loan in it, (hole.height, hole.width) uint8, 255 = as the parser says.

        Args:
            hole: rectangle around the hole, in photo pixels.
            mask: (H, W) uint8, nonzero = hole, over the whole photo.
            parsed: what the parser says about the surroundings of the hole.
        """
        labels = np.full((hole.height, hole.width), PREDICT, np.uint8)
        common = self.bounds.intersected(hole)
        if common.is_empty:
            return labels
        own = common.shifted(-self.bounds.left, -self.bounds.top).slices
        inner = common.shifted(-hole.left, -hole.top).slices
        labels[inner] = np.where(self.share[own] > 0.5, self.labels[own], np.uint8(PREDICT))
        if self.cleared is not None:
            labels[inner][self.cleared[own]] = 0
        labels[mask[hole.slices] == 0] = PREDICT
        return labels

    def covered(self, hole: Bounds, mask: Mask) -> float:
        """Share of a hole that it gives, in [0, 1]."""
        common = self.bounds.intersected(hole)
        own = common.shifted(-self.bounds.left, -self.bounds.top).slices
        given = self.share[own] * (mask[common.slices] != 0)
        return float(given.sum()) / max(1, cv2.countNonZero(mask[hole.slices]))
