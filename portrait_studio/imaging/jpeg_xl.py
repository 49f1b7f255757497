"""Reads JPEG XL files (ISO/IEC 18181) with the plug-in of the extra `jxl`; their size is known before."""

from __future__ import annotations

import importlib
import io
from pathlib import Path
from typing import Final

from PIL import Image

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.decoding import Decoded, ImageFile, decode_with_pillow
from portrait_studio.imaging.photo import Metadata
from portrait_studio.imaging.pillow_reading import metadata_of
from portrait_studio.messages import Message

_CODESTREAM: Final = b"\xff\x0a"
_BITS_OF_SIDE: Final = (9, 13, 18, 30)
_RATIOS: Final = (None, (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_MOST_BOXES: Final = 100


class JpegXlFile(ImageFile):
    """A JPEG XL file; the decoder turns its pixels upright itself."""

    channels = 4
    """It cannot be told before the file is decoded."""

    def __init__(self, data: bytes, path: Path) -> None:
        """Read the header.

        Args:
            data: bytes of the file.
            path: where they are from.

        Raises:
            ImageFileError: the plug-in is not installed.
            ValueError: the file is damaged.
        """
        self._data, self._metadata = data, Metadata(source_format="JXL")
        self.width, self.height = jpeg_xl_size(data)
        try:
            # Not a dependency, since its licence is the GPL: who installs the extra has chosen it.
            importlib.import_module("pillow_jxl")
        except ImportError as error:
            raise ImageFileError(
                "{path} is a JPEG XL photo; install portrait-studio[jxl], or convert it to PNG first.",
                path=path,
            ) from error
        self._path = path
        self.notices = (Message("JPEG XL is edited with 8 bits per channel."),)

    def decode(self) -> Decoded:
        """Decode the picture; the plug-in does so as soon as it opens the file."""
        with Image.open(io.BytesIO(self._data), formats=["JXL"]) as image:
            decoded = decode_with_pillow(image, self._path)
            self._metadata = metadata_of(image)
        self.height, self.width = decoded.pixels.shape[:2]
        return decoded

    def metadata(self) -> Metadata:
        """EXIF and profile."""
        return self._metadata


def jpeg_xl_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the picture lies in the file (18181-1, annex D.2; containers: 18181-2).

    Raises:
        ValueError: there is no code stream in the file.
    """
    bits = _Bits(_codestream(data)[2:])
    is_small = bits.take(1)
    height = _side(bits, is_small=is_small == 1)
    ratio = _RATIOS[bits.take(3)]
    if ratio is None:
        return _side(bits, is_small=is_small == 1), height
    return height * ratio[0] // ratio[1], height


class _Bits:
    """Takes numbers out of bytes, the lowest bit first."""

    def __init__(self, data: bytes) -> None:
        self._number, self._left = int.from_bytes(data[:16], "little"), 8 * min(16, len(data))

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("the header is cut off")
        value = self._number & ((1 << count) - 1)
        self._number >>= count
        self._left -= count
        return value


def _side(bits: _Bits, *, is_small: bool) -> int:
    if is_small:
        return 8 * (bits.take(5) + 1)
    return bits.take(_BITS_OF_SIDE[bits.take(2)]) + 1


def _codestream(data: bytes) -> bytes:
    """The beginning of the code stream: the file itself, or what lies in the first box for it."""
    if data.startswith(_CODESTREAM):
        return data[:32]
    at = 0
    for _ in range(_MOST_BOXES):
        size, name, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        # A box of parts begins with the number of the part.
        start = at + head + (4 if name == b"jxlp" else 0)
        if name in (b"jxlc", b"jxlp") and data[start : start + 2] == _CODESTREAM:
            return data[start : start + 32]
        if size < head:
            break
        at += size
    raise ValueError("there is no code stream")
