"""Label maps shown with a palette."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.photo import Pixels

Palette = Sequence[tuple[int, int, int]]
"""RGB colour of each label, 0..255."""


def label_picture(labels: NDArray[np.uint8], palette: Palette) -> NDArray[np.uint8]:
    """Colour of each pixel's label.

    Args:
        labels: (H, W) uint8 label indices; those beyond the palette become black.
        palette: colour of each label.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    return _table(palette)[labels]


def label_overlay(
    pixels: Pixels, labels: NDArray[np.uint8], palette: Palette, opacity: float = 0.5
) -> NDArray[np.uint8]:
    """Lay the colours of a label map over a photo; label 0 (background) stays as it is.

    Args:
        pixels: (H, W, 3) RGB, uint8 or uint16.
        labels: (h, w) uint8 label indices over the same area, scaled to the photo's size unmixed.
        palette: colour of each label.
        opacity: 0 = photo alone, 1 = colours alone.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    base = in_8_bits(pixels)
    size = (base.shape[1], base.shape[0])
    scaled = (
        labels
        if labels.shape == base.shape[:2]
        else cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    )
    mixed: NDArray[np.uint8] = cv2.addWeighted(
        base, 1.0 - opacity, label_picture(scaled, palette), opacity, 0.0
    )
    return np.where((scaled > 0)[:, :, None], mixed, base)


def _table(palette: Palette) -> NDArray[np.uint8]:
    table = np.zeros((256, 3), np.uint8)
    table[: len(palette)] = palette
    return table
