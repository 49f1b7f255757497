"""Label maps shown with a palette: over a photo, or as an indexed PNG that any viewer shows in colours."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.geometry import Extent
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


def labels_in(labels: NDArray[np.uint8]) -> list[int]:
    """The labels that occur; without the import that numpy's `unique` begins with."""
    return [int(label) for label in np.flatnonzero(np.bincount(labels.ravel(), minlength=256))]


def enlarge_labels(labels: NDArray[np.uint8], size: Extent) -> NDArray[np.uint8]:
    """Resize a parsing map with smooth outlines instead of staircases.

    Args:
        labels: (h, w) uint8.
        size: wanted size in pixels.

    Returns:
        (size.height, size.width) uint8.
    """
    best = np.zeros((size.height, size.width), np.uint8)
    enlarged = np.zeros_like(best)
    for label in labels_in(labels):
        share = cv2.resize(
            np.where(labels == label, np.uint8(255), np.uint8(0)),
            (size.width, size.height),
            interpolation=cv2.INTER_LINEAR,
        )
        wins = share > best
        best[wins] = share[wins]
        enlarged[wins] = label
    return enlarged


def write_indexed_png(
    indices: NDArray[np.uint8],
    palette: Palette,
    path: Path,
    opening: Opening = replacing,
) -> None:
    """Write an indexed PNG; reading it without its palette gives the indices back.

    Args:
        indices: (H, W) uint8, each below the length of the palette.
        palette: RGB colours, 0..255 each, at most 256 of them.
        path: file to create or replace.
        opening: how the file takes its place.

    Raises:
        ExportError: the file cannot be written.
    """
    image = Image.fromarray(np.ascontiguousarray(indices))
    image.putpalette([channel for colour in palette for channel in colour])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    with opening(path) as file:
        file.write(buffer.getvalue())


def _table(palette: Palette) -> NDArray[np.uint8]:
    table = np.zeros((256, 3), np.uint8)
    table[: len(palette)] = palette
    return table
