"""Heatmaps of joints that the user put somewhere, as the parsing network reads them."""

from __future__ import annotations

import numpy as np
import torch

from portrait_studio.engine.request import Joints
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Extent
from portrait_studio.networks.conventions import (
    HEATMAP_SIGMA,
    HEATMAP_STRIDE,
    KEYPOINT_COUNT,
    MIRROR_KEYPOINTS,
)


def heatmap_size(size: Extent) -> Extent:
    """Size of the heatmaps of a window of that size."""
    return Extent(-(-size.width // HEATMAP_STRIDE), -(-size.height // HEATMAP_STRIDE))


def given_heatmaps(joints: Joints, window: Window, mirrored: bool) -> Floats:
    """Heatmaps of the user's joints as a window sees them, (h / 4, w / 4, 16), -1 where predicted.

    They are what the network was trained towards; a joint far outside the window is nowhere in it.
    """
    small, bounds = heatmap_size(window.size), window.bounds
    given = np.full((small.height, small.width, KEYPOINT_COUNT), -1.0, np.float32)
    rows, columns = np.mgrid[: small.height, : small.width].astype(np.float32)
    for joint, (x, y) in joints.items():
        across = (x - bounds.left) * window.size.width / bounds.width
        down = (y - bounds.top) * window.size.height / bounds.height
        if mirrored:
            across, joint = window.size.width - across, MIRROR_KEYPOINTS[joint]
        squared = (columns + 0.5 - across / HEATMAP_STRIDE) ** 2 + (rows + 0.5 - down / HEATMAP_STRIDE) ** 2
        given[..., joint] = np.exp(-squared / (2 * HEATMAP_SIGMA**2))
    return given


def padded(given: Floats, picture: torch.Tensor) -> Floats:
    """The same as large as the network makes them of a padded picture (1, 3, H, W)."""
    height, width = picture.shape[2] // HEATMAP_STRIDE, picture.shape[3] // HEATMAP_STRIDE
    padding = ((0, height - given.shape[0]), (0, width - given.shape[1]), (0, 0))
    return np.pad(given, padding, constant_values=-1.0)
