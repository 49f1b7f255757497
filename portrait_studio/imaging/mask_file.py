"""Reads a mask from an image file, and writes one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, check_extent
from portrait_studio.imaging.photo import ImageFormat, Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions, write_photo


def read_mask(path: Path, extent: Extent) -> Mask:
    """Read a mask painted in any program.

    White on black is the rule: a pixel is hole where its luma is at least half of the full range. Two other
    kinds of file are understood: where the opacity varies (strokes on a transparent layer), what is at least
    half opaque is hole, whatever its colour; and where there are just two values, one of them black, the
    other is hole, however dark (0 and 1 are common).

    Args:
        path: any file that `read_photo` reads.
        extent: size of the photo, upright.

    Returns:
        (H, W) uint8, 0 or 255.

    Raises:
        ImageFileError: the file cannot be read.
        MaskError: it has another size than the photo.
    """
    photo = read_photo(path)
    check_extent(photo.extent, extent)
    half = 1 << (photo.bits - 1)
    if photo.alpha is not None and photo.alpha.min() < half <= photo.alpha.max():
        return np.where(photo.alpha >= half, np.uint8(HOLE), np.uint8(KNOWN))
    luma = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    brightest = int(luma.max())
    threshold = half
    if 0 < brightest < half and bool(((luma == 0) | (luma == brightest)).all()):
        threshold = brightest
    return np.where(luma >= threshold, np.uint8(HOLE), np.uint8(KNOWN))


def write_mask(mask: Mask, path: Path) -> None:
    """Write a mask as grey PNG, white = hole, whatever the suffix.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        path: file to create or replace.

    Raises:
        ExportError: the file cannot be written.
    """
    white = np.where(mask != 0, np.uint8(HOLE), np.uint8(KNOWN))
    photo = Photo(cv2.cvtColor(white, cv2.COLOR_GRAY2RGB), is_grey=True)
    write_photo(photo, path, ExportOptions(format=ImageFormat.PNG))
