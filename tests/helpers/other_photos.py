"""A drawn scene, and other photos of it: mirrored, nearer or further, in another light."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, warped

Image = NDArray[np.uint8]


def drawn_scene(seed: int = 3, width: int = 260, height: int = 340) -> Image:
    """Blots of many sizes and colours, (H, W, 3) uint8: much to be found again."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width, 3), 120, np.uint8)
    for _ in range(260):
        centre = int(rng.integers(width)), int(rng.integers(height))
        axes = int(rng.integers(3, 22)), int(rng.integers(3, 22))
        colour = tuple(int(value) for value in rng.integers(30, 225, 3))
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, cv2.FILLED, cv2.LINE_AA)
    return cv2.GaussianBlur(image, (0, 0), 0.8).astype(np.uint8)


def seen_again(
    scene: Image, scale: float = 0.8, *, is_mirrored: bool = True, light: float = 1.0
) -> tuple[Image, Transform]:
    """Another photo of a scene, and the transform from pixels of the scene to its pixels."""
    height, width = scene.shape[:2]
    across = -scale if is_mirrored else scale
    matrix = np.array([[across, 0.0, scale * width if is_mirrored else 0.0], [0.0, scale, 0.0]])
    size = Extent(round(scale * width), round(scale * height))
    picture = warped(scene, matrix, size).astype(np.float64) * light
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8), matrix
