"""What is copied: the shoe in sight, and what of its leg is just above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.mates.feet import GARMENTS, LEGS, Feet, box_of
from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Bounds

_LEG: Final = 1.0
"""How much of the leg is taken along, in long sides of the shoe."""
_FADING: Final = 0.25
"""Over how much of it the leg fades out at its upper end, in the same unit."""
_LEAST_PART: Final = 0.2
"""Share of what is copied below which a part of it that hangs on nothing is left out."""
_BESIDE: Final = 0.6
"""How far a leg may stand out on both sides of its shoe, in the same unit."""


@dataclass(frozen=True, eq=False)
class ShoePiece:
    """A shoe with a part of its leg, over the window of the feet.

    Attributes:
        labels: (h, w) uint8, 0 = not of the piece.
        shoe: the smallest rectangle around the shoe, in pixels of the window.
        area: of the shoe, in the same pixels.
    """

    labels: NDArray[np.uint8]
    shoe: Bounds
    area: int

    @property
    def length(self) -> int:
        """Long side of the shoe, in pixels of the window."""
        return max(self.shoe.width, self.shoe.height)

    @property
    def opacity(self) -> Floats:
        """(h, w) float32 in [0, 1]; the leg fades out at its upper end."""
        rows = np.arange(self.labels.shape[0])[:, None] + 0.5
        above = (rows - self.shoe.top) / self.length + _LEG
        return np.asarray((self.labels > 0) * np.clip(above / _FADING, 0.0, 1.0), np.float32)


def cut_piece(feet: Feet) -> ShoePiece:
    """The mate and its leg, as far as both are in sight."""
    box = box_of(feet.mate)
    length = max(box.width, box.height)
    rows, columns = np.indices(feet.hole.shape)
    beside = round(_BESIDE * length)
    leg = np.isin(feet.labels, (*LEGS, *GARMENTS)) & _nearer_to_mate(feet)
    leg &= (rows >= box.top - round(_LEG * length)) & (rows < box.bottom)
    leg &= (columns >= box.left - beside) & (columns < box.right + beside)
    part = (leg | feet.mate) & ~feet.holes
    numbers = cv2.connectedComponents(part.astype(np.uint8), connectivity=4)[1]
    shares = np.bincount(numbers[feet.mate]) / np.count_nonzero(feet.mate)
    shares[0] = 0.0
    # Two feet of another photo may stand apart; crumbs of one stay behind.
    own = np.isin(numbers, np.flatnonzero(shares >= _LEAST_PART))
    return ShoePiece(np.where(own, feet.labels, np.uint8(0)), box, int(np.count_nonzero(feet.mate)))


def _nearer_to_mate(feet: Feet) -> NDArray[np.bool_]:
    """(h, w) bool: columns nearer to the mate than to the hidden shoe, whose leg must not come along."""
    columns = np.arange(feet.hole.shape[1])
    across = feet.hidden.sum(0)
    if not across.any():
        return np.ones(feet.hole.shape, np.bool_)
    other = float((across * columns).sum() / across.sum())
    own = float(np.nonzero(feet.mate)[1].mean())
    return np.broadcast_to(np.abs(columns - own) < np.abs(columns - other), feet.hole.shape)
