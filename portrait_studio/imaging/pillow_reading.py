"""Reads what Pillow opens beside JPEG, PNG and TIFF: WebP, AVIF, JPEG 2000, GIF, BMP, PPM, TGA."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging import exif
from portrait_studio.imaging.decoding import Decoded, ImageFile, decode_with_pillow
from portrait_studio.imaging.deep_decoding import decode_deep, deep_kind
from portrait_studio.imaging.photo import Metadata
from portrait_studio.messages import Message

FORMATS: Final = ("WEBP", "BMP", "GIF", "PPM", "TGA", "JPEG2000", "AVIF")
"""Pillow's names of what is read; others (EPS, for one, starts another program) are left alone."""

_BEGINNINGS: Final = (b"RIFF", b"GIF8", b"BM")
_OPAQUE_MODES: Final = ("RGB", "L", "1", "CMYK", "I;16", "I", "F")


class PillowFile(ImageFile):
    """A file that Pillow opened."""

    def __init__(self, data: bytes, path: Path) -> None:
        """Let Pillow read the header.

        Args:
            data: bytes of the file.
            path: where they are from.

        Raises:
            ImageFileError: it is no picture.
        """
        self._data, self._path = data, path
        self._image = _opened(data, path)
        self._deep = deep_kind(data, self._image.format or "")
        self.width, self.height = self._image.size
        self.bits = 8 if self._deep is None else max(9, self._deep.bits)
        self.channels = 3 if self._image.mode in _OPAQUE_MODES else 4
        self.orientation = exif.orientation(self._exif)
        if getattr(self._image, "is_animated", False):
            self.notices += (Message("The file holds several pictures; only the first is edited and saved."),)

    @property
    def _exif(self) -> bytes:
        return exif.bare(_as_bytes(self._image.info.get("exif")))

    def decode(self) -> Decoded:
        """Decode the first picture."""
        if self._deep is not None:
            return decode_deep(self._deep, self._data, self._path)
        with self._image:
            return decode_with_pillow(self._image, self._path)

    def metadata(self) -> Metadata:
        """What Pillow found."""
        return metadata_of(self._image)


def metadata_of(image: Image.Image) -> Metadata:
    """What Pillow found in a file beside its pixels."""
    info = image.info
    return Metadata(
        exif=exif.bare(_as_bytes(info.get("exif"))),
        icc=_as_bytes(info.get("icc_profile")),
        xmp=_as_bytes(info.get("xmp") or info.get("XML:com.adobe.xmp")),
        dpi=_dpi(info.get("dpi")),
        comment=_as_bytes(info.get("comment")),
        source_format=image.format or "",
    )


def _opened(data: bytes, path: Path) -> Image.Image:
    Image.init()
    known: list[str] = [name for name in FORMATS if name in Image.OPEN]
    try:
        return Image.open(io.BytesIO(data), formats=known)
    except UnidentifiedImageError as error:
        if data.startswith(_BEGINNINGS):
            raise ImageFileError(
                "{path} is damaged or cut off; fetch the file again from its source.", path=path
            ) from error
        raise ImageFileError(
            "{path} is not a picture that this program can read; use JPEG, PNG, TIFF, WebP, BMP or GIF.",
            path=path,
        ) from error


def _as_bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8")
    return bytes(value) if isinstance(value, bytes | bytearray) else b""


def _dpi(value: object) -> tuple[float, float] | None:
    try:
        x, y = (float(number) for number in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return x, y
