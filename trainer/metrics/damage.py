"""How well an answer agrees with where damage was drawn, at every threshold at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.damage import DAMAGED, UNDECIDED

TOLERANCE_PX: Final = 2
"""So far from the damage an answer is right, and so far from an answer damage is found."""

_LEVELS: Final = 256

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DamageScore:
    """Pixels of one picture by the level, 0 to 255, of the answer: all arrays are (256,) int64.

    Attributes:
        damage: damaged pixels, by the highest level within the tolerance.
        right: pixels within the tolerance of damage, by their own level.
        wrong: all others whose truth is known.
    """

    damage: Counts
    right: Counts
    wrong: Counts

    def recall(self, threshold: float) -> float:
        """Share of the damaged pixels that are found at a threshold in [0, 1]."""
        return _above(self.damage, threshold) / max(1, int(self.damage.sum()))

    def precision(self, threshold: float) -> float:
        """Share of what is found at a threshold that is damage; 1 where nothing is found."""
        right, wrong = _above(self.right, threshold), _above(self.wrong, threshold)
        return right / (right + wrong) if right + wrong else 1.0

    def flagged(self, threshold: float) -> float:
        """Share of the sound pixels that are taken for damage at a threshold."""
        return _above(self.wrong, threshold) / max(1, int(self.wrong.sum()))


def damage_score(levels: NDArray[np.uint8], truth: NDArray[np.uint8]) -> DamageScore:
    """Count the pixels of one picture.

    Args:
        levels: (H, W) uint8 answer, 255 = surely damaged.
        truth: (H, W) uint8 codes of `trainer.data.damage`.
    """
    damage = (truth == DAMAGED).astype(np.uint8)
    side = 2 * TOLERANCE_PX + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    highest = cv2.dilate(levels, around)
    near = cv2.dilate(damage, around) > 0
    return DamageScore(
        _counted(highest[damage > 0]),
        _counted(levels[near]),
        _counted(levels[~near & (truth != UNDECIDED)]),
    )


def _counted(levels: NDArray[np.integer]) -> Counts:
    return np.bincount(levels.ravel(), minlength=_LEVELS).astype(np.int64)


def _above(counts: Counts, threshold: float) -> int:
    return int(counts[np.arange(_LEVELS) >= 255 * threshold].sum())
