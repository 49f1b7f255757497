"""Writes a map of small numbers as an indexed PNG, whose palette shows it in colours in any viewer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.imaging.atomic import Opening, replacing


def write_indexed_png(
    indices: NDArray[np.uint8],
    palette: Sequence[tuple[int, int, int]],
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
