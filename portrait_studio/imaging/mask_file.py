"""Reads a mask from an image file, and writes one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from portrait_studio.imaging.formats import ImageFormat
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, check_extent
from portrait_studio.imaging.photo import Photo, Plane
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions, write_photo

_EXACT: Final = frozenset({"PNG", "TIFF", "BMP"})
"""File formats whose greys are meant, and not what a lossy compression made of black and white."""

_CLEAR_SHARE: Final = 0.9
"""Of the pixels of a mask so many are black or white."""


def read_mask(path: Path, extent: Extent, *, soft: bool = False) -> Mask:
    """Read a mask painted in any program.

    White on black is the rule: a pixel is hole where its luma is at least half of the full range. Where there
    are just two values, one of them black, the other is hole, however dark (0 and 1 are common). Where part
    of the file is transparent and what is not is black and white, transparent is black. Where what is not is
    of one brightness or of colours, the smaller part is hole: strokes on a transparent layer, or what was cut
    out of a picture, as programs want it that fill what is transparent.

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
    photo = read_photo(path, lambda found: check_extent(found, extent))
    half = 1 << (photo.bits - 1)
    keeps_grey = soft and photo.metadata.source_format in _EXACT
    return _cover(_meant(photo, half), half, keeps_grey)


def _meant(photo: Photo, half: int) -> Plane:
    """(H, W) bright where the hole is: luma, or opacity, or transparency."""
    luma: Plane = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    alpha = photo.alpha
    if alpha is None or not alpha.min() < half <= alpha.max():
        return luma
    is_opaque = alpha >= half
    if _is_black_and_white(luma[is_opaque], half):
        return np.minimum(luma, alpha)
    return alpha if 2 * np.count_nonzero(is_opaque) <= alpha.size else np.invert(alpha)


def _is_black_and_white(values: Plane, half: int) -> bool:
    """Whether both occur and little else: there is some in a mask's soft edges, and much in a photo."""
    dark, bright = (
        int(np.count_nonzero(part)) for part in (values < half // 4, values >= 2 * half - half // 4)
    )
    return min(dark, bright) > 0 and dark + bright >= _CLEAR_SHARE * values.size


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
