"""Whether a set's labels and its poses mean the same by left and right: a check of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from portrait_studio.networks.conventions import KEYPOINTS, LABELS
from trainer.data.sample import LabelArray, Sample

_PAIRS: Final = (("arm", "elbow"), ("leg", "knee"), ("shoe", "ankle"))
_FEWEST_PIXELS: Final = 8
_ENOUGH_PAIRS: Final = 20
_DOUBTFUL_SHARE: Final = 0.75


@dataclass
class SideCheck:
    """Counts pairs of limbs whose labels lie nearer to the joints of their own side, and all pairs.

    Attributes:
        agreeing: pairs of which left lies by left and right by right.
        pairs: pairs of labels of which both, and both their joints, are known.
    """

    agreeing: int = 0
    pairs: int = 0

    def add(self, sample: Sample) -> None:
        """Count the pairs of a photo."""
        for part, joint in _PAIRS:
            joints = [sample.keypoints[KEYPOINTS.index(f"{side}-{joint}")] for side in ("left", "right")]
            centres = [_centre(sample.labels, LABELS.index(f"{side}-{part}")) for side in ("left", "right")]
            if min(point[2] for point in joints) <= 0 or any(centre is None for centre in centres):
                continue
            offsets = np.array([[np.hypot(*(c - j[:2])) for j in joints] for c in centres])
            self.pairs += 1
            self.agreeing += int(np.trace(offsets) <= np.trace(offsets[:, ::-1]))

    def text(self) -> str:
        """One line for the report, "" where nothing could be checked; says so when sides seem swapped."""
        if not self.pairs:
            return ""
        line = f"left and right of labels and poses agree in {self.agreeing} of {self.pairs} pairs of limbs"
        if self.pairs >= _ENOUGH_PAIRS and self.agreeing < _DOUBTFUL_SHARE * self.pairs:
            line += ": labels or poses seem to swap the sides; look at them before you train"
        return line


def _centre(labels: LabelArray, label: int) -> np.ndarray | None:
    ys, xs = np.nonzero(labels == label)
    return None if len(xs) < _FEWEST_PIXELS else np.array([xs.mean(), ys.mean()])
