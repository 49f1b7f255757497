"""Parts and landmarks of faces, drawn for sample sheets."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.face_completion import FACE_PART_COLOURS


def colour_parts(parts: Tensor, stride: int = 1) -> NDArray[np.uint8]:
    """Part codes (N, h, w) as pictures (N, stride h, stride w, 3); unknown grey."""
    table = np.full((256, 3), 128, np.uint8)
    table[: len(FACE_PART_COLOURS)] = FACE_PART_COLOURS
    large = functional.interpolate(parts[:, None].float(), scale_factor=stride)[:, 0]
    return np.asarray(table[large.cpu().numpy().astype(np.uint8)])


def draw_points(pictures: NDArray[np.uint8], points: Tensor) -> NDArray[np.uint8]:
    """Pictures (N, H, W, 3) with white dots at points (N, K, 2)."""
    drawn = pictures.copy()
    for picture, places in zip(drawn, points.float().cpu().numpy(), strict=True):
        for x, y in places:
            cv2.circle(picture, (int(x), int(y)), 1, (255, 255, 255), -1)
    return drawn
