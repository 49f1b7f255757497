"""One training photo with what is known about it: the value that packs hold and that tasks receive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINT_COUNT

ImageArray = NDArray[np.uint8]
LabelArray = NDArray[np.uint8]
PointArray = NDArray[np.float32]

Extras = Mapping[str, Any]
"""What a set knows beside image, labels and keypoints, as JSON values but for `mesh`.

`original_size`, `five` landmarks of a face, `mesh`: its points (468, 2) by MediaPipe FaceMesh, an array,
`split` where the set divides itself into "train" and "val", `shown`: names of the labels that the photo may
show, where tags say so.
"""


@dataclass(frozen=True, eq=False)
class Sample:
    """A photo of a data set.

    Attributes:
        key: "set/id", unique over all sets; decides the split.
        image: (h, w, 3) uint8 RGB.
        labels: (h, w) uint8: labels 0-17, codes of sets of labels 18-25 (`PARTIAL_LABELS`), 255 = unknown.
        keypoints: (16, 3) float32 in the order of `KEYPOINTS`: x, y in pixels of the image, confidence in
            [0, 1]; confidence 0 = unknown (then x and y mean nothing).
    """

    key: str
    image: ImageArray
    labels: LabelArray
    keypoints: PointArray

    @property
    def set_name(self) -> str:
        """Name of the data set."""
        return self.key.partition("/")[0]

    @property
    def photo_id(self) -> str:
        """Name of the photo within its set."""
        return self.key.partition("/")[2]


def unknown_labels(image: ImageArray) -> LabelArray:
    """Label map (h, w) uint8 that says nothing about an image (h, w, 3)."""
    return np.full(image.shape[:2], IGNORE_LABEL, np.uint8)


def unknown_keypoints() -> PointArray:
    """Keypoints (16, 3) float32 with confidence 0 throughout."""
    return np.zeros((KEYPOINT_COUNT, 3), np.float32)
