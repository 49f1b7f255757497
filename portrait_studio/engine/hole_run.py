"""What every stage that fills one hole is given, and where it leaves the pictures of its work."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.head_guess import HeadGuess
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.stage_pictures import eight_bits, full_picture
from portrait_studio.imaging.geometry import Bounds


@dataclass(frozen=True, eq=False)
class HoleRun:
    """One hole as it is filled.

    Attributes:
        run: the fill.
        bounds: the rectangle around the hole, in photo pixels.
        seed: start of its random numbers.
        heads: heads near it of which is known where they end.
        pictures: (h, w, 3) uint8 of the stages, by name; stages add to them where the request keeps them.
    """

    run: FillRun
    bounds: Bounds
    seed: int
    heads: tuple[HeadGuess, ...] = ()
    pictures: dict[str, NDArray[np.uint8]] = field(default_factory=dict)

    @property
    def request(self) -> CompletionRequest:
        """Photo, mask and options."""
        return self.run.request

    def own_and_other_holes(self, bounds: Bounds) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """This hole and all others inside a window, (h, w) uint8 each, nonzero = hole."""
        others = np.not_equal(self.request.mask[bounds.slices], 0).view(np.uint8)
        own = np.zeros(others.shape, np.uint8)
        inner = self.bounds.shifted(-bounds.left, -bounds.top).slices
        own[inner] = others[inner]
        others[inner] = 0
        return own, others

    def keep(self, name: str, picture: Floats) -> None:
        """Show (h, w, 3) float32 in [0, 1] as the picture of a stage."""
        if self.request.options.keep_stages:
            self.pictures[name] = eight_bits(picture)

    def keep_large(self, name: str, fill: Floats, region: Bounds, bounds: Bounds) -> None:
        """Show a fill over its region of the photo; see `full_picture`."""
        if self.request.options.keep_stages:
            self.pictures[name] = full_picture(self.request.image, fill, region, bounds)
