"""How well parts and landmarks of faces are found: Dice coefficients, distances (Liao et al. 2018, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.collaborative import COLLABORATIVE_SIDE, FIVE_POINTS
from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.face_completion import FACE_PARTS

_PARTS: Final = len(FACE_PARTS)


@dataclass(eq=False)
class DiceCount:
    """Pixels by part over all pictures: in both maps, and in either of them."""

    both: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_PARTS, np.int64))
    either: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_PARTS, np.int64))

    def add(
        self, truth: NDArray[np.uint8], told: NDArray[np.uint8], where: NDArray[np.bool_] | None = None
    ) -> None:
        """Count the pixels of one picture.

        Args:
            truth: (H, W) index into `FACE_PARTS`, 255 = unknown, which is not counted.
            told: (H, W) index into `FACE_PARTS`.
            where: (H, W) bool, what is counted; None = all.
        """
        counted = truth != IGNORE_LABEL if where is None else (truth != IGNORE_LABEL) & where
        right, answer = truth[counted], told[counted]
        self.both += np.bincount(right[right == answer], minlength=_PARTS)
        self.either += np.bincount(right, minlength=_PARTS) + np.bincount(answer, minlength=_PARTS)

    @property
    def by_part(self) -> dict[str, float]:
        """Dice coefficient 2 |A and B| / (|A| + |B|) by part; parts that never occur are missing."""
        rows = zip(FACE_PARTS, self.both.tolist(), self.either.tolist(), strict=True)
        return {name: 2 * both / either for name, both, either in rows if either}


@dataclass(eq=False)
class PointErrors:
    """Distances of landmarks from their places, in pixels of a window of 128."""

    errors: list[NDArray[np.float64]] = field(default_factory=list)
    hidden: list[NDArray[np.bool_]] = field(default_factory=list)

    def add(self, truth: NDArray[np.floating], told: NDArray[np.floating], mask: NDArray[np.uint8]) -> None:
        """Measure one picture.

        Args:
            truth: (5, 2) x, y in pixels.
            told: the same.
            mask: (S, S) uint8, nonzero = hidden.
        """
        side = mask.shape[0]
        places = np.clip(np.floor(truth).astype(int), 0, side - 1)
        self.errors.append(np.hypot(*(told - truth).T) * COLLABORATIVE_SIDE / side)
        self.hidden.append(mask[places[:, 1], places[:, 0]] > 0)

    @property
    def by_point(self) -> dict[str, float]:
        """Mean distance by name of the landmark; empty without pictures."""
        if not self.errors:
            return {}
        return dict(zip(FIVE_POINTS, np.mean(self.errors, axis=0).tolist(), strict=True))

    @property
    def where_hidden(self) -> float | None:
        """Mean distance of those that a hole hides; None where there is none."""
        if not self.errors or not np.any(self.hidden):
            return None
        return float(np.stack(self.errors)[np.stack(self.hidden)].mean())
