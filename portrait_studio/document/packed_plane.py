"""Masks and maps as text for JSON: the part that is not zero, as PNG."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Annotated, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import ProjectError
from portrait_studio.imaging.canvas_extension import MOST_PIXELS
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import mask_bounds
from portrait_studio.json_dataclass import Codec, nested, optional, whole
from portrait_studio.json_text import as_text

_MOST_LETTERS: Final = 64 << 20
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = b"\x00\x00\x00\rIHDR"
_GREY_OF_8_BITS: Final = b"\x08\x00\x00\x00\x00"
"""Depth, colour, packing, filters, and no interlacing."""
_CHUNKS: Final = {b"IHDR", b"IDAT", b"IEND"}
_HEAD_LETTERS: Final = 44
"""Of base64, for the signature and the whole header."""


_PNG: Final = Codec(lambda value: _checked_png(as_text(value, _MOST_LETTERS)))
_PLACE: Final = whole(0, MOST_PIXELS)


@dataclass(frozen=True)
class PackedPlane:
    """The part of (H, W) uint8 that is not zero.

    Attributes:
        left: where it begins, in pixels.
        top: the same.
        png: base64 of a grey PNG.
    """

    left: Annotated[int, _PLACE]
    top: Annotated[int, _PLACE]
    png: Annotated[str, _PNG]

    @property
    def extent(self) -> Extent:
        """Size of the part."""
        return _extent_of(base64.b64decode(self.png[:_HEAD_LETTERS]))

    def check_inside(self, whole: Extent) -> None:
        """Make sure that the part lies inside a plane of that size. Raises: ValueError: it does not."""
        part = self.extent
        if self.left + part.width > whole.width or self.top + part.height > whole.height:
            raise ValueError("outside the photo")


PACKED_PLANE: Final = optional(nested(PackedPlane))
"""One in JSON, or none; its picture is judged, but not unpacked."""


def pack_plane(plane: NDArray[np.uint8]) -> PackedPlane | None:
    """Pack (H, W) uint8; None when all of it is zero."""
    bounds = mask_bounds(plane)
    if bounds.is_empty:
        return None
    _, data = cv2.imencode(".png", plane[bounds.slices])
    return PackedPlane(bounds.left, bounds.top, base64.b64encode(data.tobytes()).decode("ascii"))


def unpack_plane(packed: PackedPlane | None, extent: Extent) -> NDArray[np.uint8]:
    """Unpack into (H, W) uint8 of that size.

    Raises:
        ValueError: it does not fit.
        ProjectError: its picture proves to be damaged.
    """
    plane = np.zeros((extent.height, extent.width), np.uint8)
    if packed is None:
        return plane
    packed.check_inside(extent)
    data = np.frombuffer(base64.b64decode(packed.png), np.uint8)
    part = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if part is None or part.shape != (packed.extent.height, packed.extent.width):
        raise ProjectError("A mask or map in the record is damaged; export the record again.")
    height, width = part.shape
    plane[packed.top : packed.top + height, packed.left : packed.left + width] = part
    return plane


def _checked_png(png: str) -> str:
    """The same base64, if it is of a whole grey PNG of 8 bits with nothing in it but pixels.

    Raises:
        ValueError: it is something else.
    """
    data = base64.b64decode(png, validate=True)
    _extent_of(data)
    place, kinds = len(_SIGNATURE), set()
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8].ljust(8, b"\0"))
        body, end = data[place + 4 : place + 8 + length], place + 12 + length
        if kind not in _CHUNKS or data[end - 4 : end] != struct.pack(">I", zlib.crc32(body)):
            raise ValueError("a damaged picture")
        place = end
        kinds.add(kind)
    if kinds != _CHUNKS:
        raise ValueError("half a picture")
    return png


def _extent_of(data: bytes) -> Extent:
    """From the header of a grey PNG of 8 bits. Raises: ValueError: it is something else, or too large."""
    if data[:16] != _SIGNATURE + _HEADER or data[24:29] != _GREY_OF_8_BITS:
        raise ValueError("no grey PNG of 8 bits")
    width, height = struct.unpack(">II", data[16:24])
    if not 0 < width * height <= MOST_PIXELS:
        raise ValueError("too many pixels")
    return Extent(width, height)
