"""How well a parsing map agrees with the true one: intersection over union by label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import (
    IGNORE_LABEL,
    LABEL_COUNT,
    LABELS,
    OPEN_LABELS,
    PARTIAL_LABELS,
)


def _members() -> NDArray[np.bool_]:
    """(25, 18): which labels each code of a training map allows."""
    members = np.eye(LABEL_COUNT + len(PARTIAL_LABELS), LABEL_COUNT, dtype=np.bool_)
    for code, labels in PARTIAL_LABELS.items():
        members[code, list(labels)] = True
    return members


_MEMBERS = _members()

_LEAST_KNOWN = 0.9


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
        if truth.shape != predicted.shape:
            raise OptionError(f"Label maps of different sizes: {truth.shape} and {predicted.shape}.")
        looked_at = np.ones(truth.shape, np.bool_) if region is None else region > 0
        self._seen += int(np.count_nonzero(looked_at))
        counted = looked_at & (truth < LABEL_COUNT)
        found = predicted[counted].astype(np.int64)
        if found.size and found.max() >= LABEL_COUNT:
            raise OptionError(
                f"A predicted parsing map holds {found.max()}, but labels end at {LABEL_COUNT - 1}."
            )
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
    def tells_labels(self) -> bool:
        """Whether nearly all pixels were known exactly, and some were a part of a person.

        Silhouettes and photos labelled in part have no mean IoU that means anything.
        """
        return bool(self._counts[1:].any()) and int(self._counts.sum()) >= _LEAST_KNOWN * self._seen


class PixelAccuracy:
    """Share of the pixels whose label is right, over a set of photos.

    Where only a set of labels is known, each of its members is right, so that photos labelled in part count.
    """

    def __init__(self) -> None:
        """Start with no pixels counted."""
        self._right = self._known = 0

    def add(
        self, truth: NDArray[np.uint8], predicted: NDArray[np.uint8], region: NDArray[np.uint8] | None = None
    ) -> None:
        """Count one photo.

        Args:
            truth: (H, W) uint8 codes; 255 is left out.
            predicted: (H, W) uint8 labels below 18.
            region: (H, W) uint8, nonzero where to count; None = everywhere.
        """
        counted = truth != IGNORE_LABEL
        if region is not None:
            counted &= region > 0
        self._known += int(np.count_nonzero(counted))
        self._right += int(np.count_nonzero(_MEMBERS[truth[counted], predicted[counted]]))

    @property
    def share(self) -> float:
        """Right pixels by known ones in [0, 1]; NaN when none is known."""
        return self._right / self._known if self._known else float("nan")


class FigureOverlap:
    """How well figure and ground are told apart, over a set of photos; sets of labels count as figure."""

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
