"""How well keypoints are found: share within half a head of the truth (PCKh, Andriluka et al. 2014)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import KEYPOINT_COUNT, KEYPOINTS

_HEAD_TOP = KEYPOINTS.index("head-top")
_NECK = KEYPOINTS.index("upper-neck")
_VISIBLE = 0.5


class KeypointScore:
    """Hits and trials by keypoint over a set of photos."""

    def __init__(self, tolerance: float = 0.5) -> None:
        """Begin without photos.

        Args:
            tolerance: largest error that counts as a hit, in head lengths (head top to upper neck).
        """
        self._tolerance = tolerance
        self._hits: NDArray[np.int64] = np.zeros(KEYPOINT_COUNT, np.int64)
        self._trials: NDArray[np.int64] = np.zeros(KEYPOINT_COUNT, np.int64)

    def add(
        self,
        truth: NDArray[np.float32],
        predicted: NDArray[np.float32],
        inside: NDArray[np.bool_] | None = None,
    ) -> None:
        """Count one photo; it is passed over when the head is not visible, since there is no measure then.

        Args:
            truth: (16, 3) x, y in pixels and confidence; below 0.5 a point is not counted.
            predicted: (16, 2) x, y in the same pixels.
            inside: (16,) bool, which points to count; None = all.
        """
        visible = truth[:, 2] >= _VISIBLE
        head = float(np.hypot(*(truth[_HEAD_TOP, :2] - truth[_NECK, :2])))
        if not (visible[_HEAD_TOP] and visible[_NECK]) or head <= 0:
            return
        counted = visible if inside is None else visible & inside
        error = np.hypot(*(truth[:, :2] - predicted).T)
        self._trials += counted
        self._hits += counted & (error <= self._tolerance * head)

    @property
    def per_keypoint(self) -> dict[str, float]:
        """Share of hits in [0, 1] by keypoint; those never counted are missing."""
        rows = zip(KEYPOINTS, self._hits, self._trials, strict=True)
        return {name: float(hits / trials) for name, hits, trials in rows if trials > 0}

    @property
    def mean(self) -> float:
        """Share of hits over all counted points; NaN when none was counted."""
        trials = int(self._trials.sum())
        return float(self._hits.sum() / trials) if trials else float("nan")


def peaks(heatmaps: NDArray[np.floating]) -> NDArray[np.float32]:
    """Where each heatmap is highest, as (K, 2) float32 x, y in [0, 1] of its width and height.

    Args:
        heatmaps: (K, h, w) floats; the centre of pixel (0, 0) lies at (0.5 / w, 0.5 / h).
    """
    count, height, width = heatmaps.shape
    best = heatmaps.reshape(count, -1).argmax(axis=1)
    return np.stack([(best % width + 0.5) / width, (best // width + 0.5) / height], axis=1).astype(np.float32)
