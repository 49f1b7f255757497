"""Writes TIFF files of 8 and 16 bits with or without colour and opacity, and with all metadata (TIFF 6.0).

Pillow cannot write 16-bit colour and OpenCV no metadata. An EXIF block is the beginning of a TIFF file
itself: it is written as it is, so that what points into it still does; pixels and another directory follow.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging import exif
from portrait_studio.imaging.photo import Metadata
from portrait_studio.imaging.tag_block import (
    LONG,
    SHORT,
    Order,
    Tag,
    TagBlock,
    fraction_tag,
    header,
    number_tag,
    packed_directory,
)

XMP: Final = 700
IPTC: Final = 33723
PHOTOSHOP: Final = 34377
PROFILE: Final = 34675
STRUCTURAL: Final = frozenset(
    (
        *range(254, 269),
        273,
        *range(277, 282),
        284,
        *range(288, 294),
        297,
        300,
        317,
        *range(320, 348),
        *range(512, 522),
        530,
        531,
        559,
        *(XMP, IPTC, PHOTOSHOP, PROFILE),
        37724,
    )
)
"""Tags that say how the pixels of another file lay in it, hold its layers, or are written from elsewhere."""

_STRIP_BYTES: Final = 4 << 20
_DEFLATE: Final = 8
_HORIZONTAL_DIFFERENCES: Final = 2
_BYTE, _UNDEFINED = 1, 7


def write_tiff(file: BinaryIO, samples: NDArray[np.uint8] | NDArray[np.uint16], metadata: Metadata) -> None:
    """Write a TIFF file, compressed without loss.

    Args:
        file: open for writing, at its start.
        samples: (H, W, C) uint8 or uint16; C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA.
        metadata: profile, EXIF, XMP, IPTC, Photoshop's resources and resolution go into the file.

    Raises:
        OSError: the file cannot be written.
    """
    order, described = _described(metadata)
    place = file.write(metadata.exif or header(order))
    starts, lengths = [], []
    for strip in _strips(samples, order):
        place += file.write(bytes(place % 2))
        starts.append(place)
        lengths.append(file.write(strip))
        place += lengths[-1]
    place += file.write(bytes(place % 2))
    tags = described | {tag.number: tag for tag in _structure(samples, order, starts, lengths)}
    file.write(packed_directory(order, list(tags.values()), place))
    file.seek(4)
    file.write(struct.pack(f"{order}L", place))


def _strips(samples: NDArray[np.uint8] | NDArray[np.uint16], order: Order) -> Iterator[bytes]:
    rows = _rows(samples)
    for top in range(0, len(samples), rows):
        strip = samples[top : top + rows]
        differences = strip.copy()
        differences[:, 1:] -= strip[:, :-1]
        yield zlib.compress(differences.astype(strip.dtype.newbyteorder(order)).tobytes(), 6)


def _rows(samples: NDArray[np.uint8] | NDArray[np.uint16]) -> int:
    return max(1, _STRIP_BYTES // int(samples[0].nbytes))


def _structure(
    samples: NDArray[np.uint8] | NDArray[np.uint16], order: Order, starts: list[int], lengths: list[int]
) -> Iterator[Tag]:
    height, width, channels = samples.shape
    shorts = {
        258: (samples.dtype.itemsize * 8,) * channels,
        259: (_DEFLATE,),
        262: (1 if channels < 3 else 2,),
        277: (channels,),
        284: (1,),
        317: (_HORIZONTAL_DIFFERENCES,),
        339: (1,) * channels,
    }
    if channels in (2, 4):
        shorts[338] = (2,)
    yield from (number_tag(order, number, SHORT, *values) for number, values in shorts.items())
    longs = {256: (width,), 257: (height,), 273: starts, 278: (_rows(samples),), 279: lengths}
    yield from (number_tag(order, number, LONG, *values) for number, values in longs.items())


def _described(metadata: Metadata) -> tuple[Order, dict[int, Tag]]:
    """Byte order of the file, and what it says beside the pixels."""
    order: Order = "<"
    tags: dict[int, Tag] = {}
    if metadata.exif:
        block = TagBlock(metadata.exif)
        order, tags = block.order, block.described(block.first)
        tags = {number: tag for number, tag in tags.items() if number not in STRUCTURAL}
    if metadata.dpi is not None:
        for number, value in zip(exif.RESOLUTION, metadata.dpi, strict=True):
            tags[number] = fraction_tag(order, number, value)
        tags[exif.UNIT] = number_tag(order, exif.UNIT, SHORT, exif.INCHES)
    held = {XMP: metadata.xmp, IPTC: metadata.iptc, PHOTOSHOP: metadata.photoshop, PROFILE: metadata.icc}
    for number, data in held.items():
        if data:
            tags[number] = Tag(number, _BYTE if number in (XMP, PHOTOSHOP) else _UNDEFINED, len(data), data)
    return order, tags
