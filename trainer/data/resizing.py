"""Photos, label maps and points at training size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.sample import ImageArray, LabelArray, PointArray


def fitted_size(width: int, height: int, long_side: int) -> tuple[int, int]:
    """Size (width, height) whose longer side is at most `long_side` pixels; never beyond the original."""
    scale = min(1.0, long_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shrink_image(image: ImageArray, size: tuple[int, int]) -> ImageArray:
    """Image (h, w, 3) uint8 averaged over areas to `size` (width, height)."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrink_labels(labels: LabelArray, size: tuple[int, int]) -> LabelArray:
    """Label map (h, w) uint8 at `size` (width, height): each pixel takes the code with most of its area."""
    if (labels.shape[1], labels.shape[0]) == size:
        return labels
    codes = np.unique(labels)
    best = np.zeros((size[1], size[0]), np.uint8)
    cover: NDArray[np.float32] = np.full((size[1], size[0]), -1.0, np.float32)
    for code in codes:
        share = cv2.resize((labels == code).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        larger = share > cover
        best[larger] = code
        cover[larger] = share[larger]
    return best


def scale_points(points: PointArray, size: tuple[int, int], new_size: tuple[int, int]) -> PointArray:
    """Points (n, 2 or more) float32, x, y first, from an image of `size` to `new_size` (width, height)."""
    moved = points.copy()
    moved[:, 0] *= new_size[0] / size[0]
    moved[:, 1] *= new_size[1] / size[1]
    return moved
