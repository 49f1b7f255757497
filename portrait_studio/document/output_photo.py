"""The photo that a document would write: its pixels on the canvas, with opacity and metadata to match."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast

import numpy as np

from portrait_studio.imaging import exif
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo, Pixels, Plane

_ROWS_AT_A_TIME: Final = 256


def output_photo(photo: Photo, pixels: Pixels, alpha: Plane | None, canvas: Bounds) -> Photo:
    """The photo with other pixels, perhaps of another canvas.

    Args:
        photo: as it was read.
        pixels: (canvas.height, canvas.width, 3) in its dtype.
        alpha: (canvas.height, canvas.width) opacity; None = opaque.
        canvas: in photo pixels.
    """
    metadata = photo.metadata
    if metadata.exif and canvas != Bounds.of(photo.extent):
        metadata = replace(metadata, exif=exif.upright(metadata.exif, canvas.extent))
    whole = cast(Pixels, np.ascontiguousarray(pixels))
    return replace(photo, pixels=whole, alpha=alpha, metadata=metadata)


def count_changed(photo: Pixels, pixels: Pixels, canvas: Bounds, allowed: Mask) -> int:
    """Count pixels of the photo that differ where nothing was allowed to change them.

    Args:
        photo: (H, W, 3) as it was read.
        pixels: (canvas.height, canvas.width, 3), the present ones.
        canvas: in photo pixels.
        allowed: uint8 over the canvas, not zero where pixels may differ.
    """
    seen = canvas.intersected(Bounds(0, 0, photo.shape[1], photo.shape[0]))
    inner = seen.shifted(-canvas.left, -canvas.top).slices
    original, current, excused = photo[seen.slices], pixels[inner], allowed[inner]
    count = 0
    for top in range(0, len(current), _ROWS_AT_A_TIME):
        rows = slice(top, top + _ROWS_AT_A_TIME)
        differs = (original[rows] != current[rows]).any(axis=2)
        count += int(np.count_nonzero(differs & (excused[rows] == 0)))
    return count
