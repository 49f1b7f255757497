"""Writes TIFF files of 8 and 16 bits with or without colour and opacity, and with all metadata (TIFF 6.0).

Pillow cannot write 16-bit colour and OpenCV no metadata; Pillow's directory of tags can hold it all.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from portrait_studio.imaging import exif
from portrait_studio.imaging.photo import Metadata

_STRIP_BYTES: Final = 4 << 20
_SUB_DIRECTORIES: Final = (34665, 34853)
"""EXIF and GPS."""
_STRUCTURAL: Final = frozenset(
    (
        *range(254, 263),
        266,
        273,
        *range(277, 282),
        284,
        *range(288, 292),
        301,
        *range(317, 348),
        *range(512, 533),
        700,
        34675,
    )
)
"""Tags that say how the pixels of another file lay in it, or that are written from elsewhere."""
_DEFLATE: Final = 8
_HORIZONTAL_DIFFERENCES: Final = 2


def write_tiff(file: BinaryIO, samples: NDArray[np.uint8] | NDArray[np.uint16], metadata: Metadata) -> None:
    """Write a TIFF file, compressed without loss.

    Args:
        file: open for writing, at its start.
        samples: (H, W, C) uint8 or uint16; C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA.
        metadata: profile, EXIF, XMP and resolution go into the file.

    Raises:
        OSError: the file cannot be written.
    """
    height, width, channels = samples.shape
    rows = max(1, _STRIP_BYTES // (width * channels * samples.dtype.itemsize))
    strips = [_strip(samples[top : top + rows]) for top in range(0, height, rows)]
    directory = _described(metadata)
    directory[256], directory[257] = width, height
    directory[258] = (samples.dtype.itemsize * 8,) * channels
    directory[259] = _DEFLATE
    directory[262] = 1 if channels < 3 else 2
    directory[277], directory[278] = channels, rows
    directory[284] = 1
    directory[317] = _HORIZONTAL_DIFFERENCES
    directory[339] = (1,) * channels
    if channels in (2, 4):
        directory[338] = 2
    sizes = [len(strip) for strip in strips]
    directory[279] = tuple(sizes)
    # Counted from the end of the directory; Pillow adds where that lies.
    directory[273] = tuple(int(start) for start in np.cumsum([0, *sizes[:-1]]))
    directory.save(file)
    for strip in strips:
        file.write(strip)


def holds_exif(exif_block: bytes) -> bool:
    """Whether an EXIF block is sound enough to be taken apart into the tags of a TIFF file."""
    try:
        _described(Metadata(exif=exif_block)).tobytes()
    except Exception:
        # Pillow raises nearly every type there is on values that do not fit their tags.
        return False
    return True


def _strip(samples: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    differences = samples.copy()
    differences[:, 1:] -= samples[:, :-1]
    return zlib.compress(differences.astype(samples.dtype.newbyteorder("<")).tobytes(), 6)


def _described(metadata: Metadata) -> ImageFileDirectory_v2:
    directory = ImageFileDirectory_v2()
    if metadata.exif:
        block = Image.Exif()
        block.load(exif.PREFIX + metadata.exif)
        for tag, value in block.items():
            if tag not in _SUB_DIRECTORIES and tag not in _STRUCTURAL:
                directory[tag] = value
        for tag in _SUB_DIRECTORIES:
            if entries := block.get_ifd(tag):
                directory[tag] = dict(entries)
    if metadata.dpi is not None:
        directory[282], directory[283], directory[296] = *metadata.dpi, 2
    if metadata.icc:
        directory[34675] = metadata.icc
    if metadata.xmp:
        directory[700] = metadata.xmp
    return directory
