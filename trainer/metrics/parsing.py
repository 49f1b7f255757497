"""How well a parsing map agrees with the true one: intersection over union, and pixel accuracy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS, OPEN_LABELS
from trainer.data.label_sets import label_sets

_LEAST_KNOWN = 0.9
"""Share of the pixels whose label must be known exactly: even full maps have thin unknown borders."""


class ParsingConfusion:
    """Counts of (true, predicted) labels over a set of photos.

    Pixels whose true label is not known exactly (partial codes and 255) are left out.
    """

    def __init__(self) -> None:
        """Start with no pixels counted."""
        self._counts: NDArray[np.int64] = np.zeros((LABEL_COUNT, LABEL_COUNT), np.int64)
        self._seen = 0

    def add(
        self, truth: NDArray[np.uint8], predicted: NDArray[np.uint8], region: NDArray[np.uint8] | None = None
    ) -> None:
        """Count one photo.

        Args:
            truth: (H, W) uint8 codes.
            predicted: (H, W) uint8 labels below 18.
            region: (H, W) uint8, nonzero where to count; None = everywhere.

        Raises:
            OptionError: the shapes differ or a predicted label does not exist.
        """
        _check_maps(truth, predicted)
        looked_at = np.ones(truth.shape, np.bool_) if region is None else region > 0
        self._seen += int(np.count_nonzero(looked_at))
        counted = looked_at & (truth < LABEL_COUNT)
        found = predicted[counted].astype(np.int64)
        pairs = truth[counted].astype(np.int64) * LABEL_COUNT + found
        self._counts += np.bincount(pairs, minlength=LABEL_COUNT**2).reshape(LABEL_COUNT, LABEL_COUNT)

    @property
    def counts(self) -> NDArray[np.int64]:
        """(18, 18) int64 pixel counts [true, predicted]."""
        return self._counts.copy()

    @property
    def per_label(self) -> dict[str, float]:
        """Intersection over union in [0, 1] by label; labels in neither truth nor prediction are missing."""
        inside = np.diag(self._counts)
        union = self._counts.sum(axis=0) + self._counts.sum(axis=1) - inside
        return {name: float(i / u) for name, i, u in zip(LABELS, inside, union, strict=True) if u > 0}

    @property
    def mean_iou(self) -> float:
        """Mean of `per_label`; NaN when nothing was counted."""
        values = list(self.per_label.values())
        return float(np.mean(values)) if values else float("nan")

    @property
    def labelled_in_full(self) -> bool:
        """Whether nearly all pixels were known exactly, and some were a part of a person.

        Silhouettes and photos labelled in part have no mean IoU that means anything.
        """
        return bool(self._counts[1:].any()) and int(self._counts.sum()) >= _LEAST_KNOWN * self._seen


class PixelAccuracy:
    """Share of the pixels whose label is right, over a set of photos.

    Where only a set of labels is known, each of its members is right, so that photos labelled in part count.
    The larger the sets the easier it is: figures of different photos do not compare.
    """

    def __init__(self) -> None:
        """Start with no pixels counted."""
        self._right = self._known = 0
        self._members = label_sets().numpy() > 0

    def add(
        self, truth: NDArray[np.uint8], predicted: NDArray[np.uint8], region: NDArray[np.uint8] | None = None
    ) -> None:
        """Count one photo.

        Args:
            truth: (H, W) uint8 codes; 255 is left out.
            predicted: (H, W) uint8 labels below 18.
            region: (H, W) uint8, nonzero where to count; None = everywhere.

        Raises:
            OptionError: the shapes differ or a predicted label does not exist.
        """
        _check_maps(truth, predicted)
        counted = truth < len(self._members)
        if region is not None:
            counted &= region > 0
        self._known += int(np.count_nonzero(counted))
        self._right += int(np.count_nonzero(self._members[truth[counted], predicted[counted]]))

    @property
    def share(self) -> float:
        """Right pixels by known ones in [0, 1]; NaN when none is known."""
        return self._right / self._known if self._known else float("nan")


class FigureOverlap:
    """How well figure and ground are told apart, over a set of photos.

    Sets of labels count as figure, but for those that leave it open.
    """

    def __init__(self) -> None:
        """Start with no pixels counted."""
        self._inside = self._union = 0

    def add(
        self, truth: NDArray[np.uint8], predicted: NDArray[np.uint8], region: NDArray[np.uint8] | None = None
    ) -> None:
        """Count one photo.

        Args:
            truth: (H, W) uint8 codes; those that leave it open are left out.
            predicted: (H, W) uint8 labels.
            region: (H, W) uint8, nonzero where to count; None = everywhere.
        """
        counted = ~np.isin(truth, OPEN_LABELS)
        if region is not None:
            counted &= region > 0
        true, found = (truth != 0) & counted, (predicted != 0) & counted
        self._inside += int(np.count_nonzero(true & found))
        self._union += int(np.count_nonzero(true | found))

    @property
    def iou(self) -> float:
        """Intersection over union of the figures in [0, 1]; NaN when there is none."""
        return self._inside / self._union if self._union else float("nan")


def _check_maps(truth: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> None:
    if truth.shape != predicted.shape:
        raise OptionError(f"Label maps of different sizes: {truth.shape} and {predicted.shape}.")
    highest = int(predicted.max(initial=0))
    if highest >= LABEL_COUNT:
        raise OptionError(f"A predicted parsing map holds {highest}, but labels end at {LABEL_COUNT - 1}.")
