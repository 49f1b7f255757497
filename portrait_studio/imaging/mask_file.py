"""Reads a mask from an image file, and writes one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, check_extent
from portrait_studio.imaging.photo import ImageFormat, Photo, Plane
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions, write_photo

_EXACT: Final = frozenset({"PNG", "TIFF", "BMP"})
"""File formats whose greys are meant, and not what a lossy compression made of black and white."""


def read_mask(path: Path, extent: Extent, *, soft: bool = False) -> Mask:
    """Read a mask painted in any program.

    White on black is the rule: a pixel is hole where its luma is at least half of the full range. Two other
    kinds of file are understood: where the opacity varies (strokes on a transparent layer), what is at least
    half opaque is hole, whatever its colour; and where there are just two values, one of them black, the
    other is hole, however dark (0 and 1 are common).

    Args:
        path: any file that `read_photo` reads.
        extent: size of the photo, upright.
        soft: keep what lies between black and white, as soft edges, in formats that lose nothing.

    Returns:
        (H, W) uint8, 0 or 255; where soft, 0..255: the share of the fill in each pixel.

    Raises:
        ImageFileError: the file cannot be read.
        MaskError: it has another size than the photo.
    """
    photo = read_photo(path)
    check_extent(photo.extent, extent)
    half = 1 << (photo.bits - 1)
    keeps_grey = soft and photo.metadata.source_format in _EXACT
    if photo.alpha is not None and photo.alpha.min() < half <= photo.alpha.max():
        return _cover(photo.alpha, half, keeps_grey)
    return _cover(cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY), half, keeps_grey)


def _cover(plane: Plane, half: int, keeps_grey: bool) -> Mask:
    """What a channel says; a background that is not quite black means that no grey is a share."""
    brightest = int(plane.max())
    if brightest > 0 and bool(((plane == 0) | (plane == brightest)).all()):
        return np.where(plane > 0, np.uint8(HOLE), np.uint8(KNOWN))
    if keeps_grey and plane.min() == 0:
        return np.asarray(plane // (plane.dtype.type(half // 128)), dtype=np.uint8)
    return np.where(plane >= half, np.uint8(HOLE), np.uint8(KNOWN))


def write_mask(mask: Mask, path: Path) -> None:
    """Write a mask as grey PNG, white = hole, whatever the suffix.

    Args:
        mask: (H, W) uint8, 0..255: the share of the fill in each pixel.
        path: file to create or replace.

    Raises:
        ExportError: the file cannot be written.
    """
    photo = Photo(cv2.cvtColor(mask, cv2.COLOR_GRAY2RGB), is_grey=True)
    write_photo(photo, path, ExportOptions(format=ImageFormat.PNG))
