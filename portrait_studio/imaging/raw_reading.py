"""Develops camera raw files with LibRaw (package rawpy): white balance of the camera, sRGB, 16 bits."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import rawpy
from numpy.typing import NDArray
from PIL import Image, ImageCms
from tifffile import TiffFile

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging import exif
from portrait_studio.imaging.decoding import MAX_PIXELS, MOST_BYTES, Decoded, ImageFile
from portrait_studio.imaging.photo import Metadata
from portrait_studio.imaging.tiff import STRUCTURAL
from portrait_studio.imaging.tiff_metadata import read_tiff_metadata
from portrait_studio.messages import Message
from portrait_studio.ordinary_file import read_file

_FILTER_TAGS: Final = frozenset((*range(33421, 33423), *range(50706, 52600)))
"""Of the colour filter and of DNG (Adobe's specification 1.7): they say how to develop the file."""
_CLIPPED: Final = 0.001
"""Share of the brightest samples that may become white when the brightness is chosen."""


class RawFile(ImageFile):
    """A raw file; LibRaw turns its pixels upright itself."""

    bits = 16

    def __init__(self, data: bytes, path: Path) -> None:
        """Read the header.

        Args:
            data: bytes of the file.
            path: where they are from.

        Raises:
            ImageFileError: LibRaw does not know the camera or its way of packing.
        """
        self._data, self._path = data, path
        try:
            self._raw = rawpy.imread(io.BytesIO(data))
        except rawpy.LibRawError as error:
            raise raw_photo_error(path) from error
        sizes = self._raw.sizes
        self.width, self.height = int(sizes.iwidth), int(sizes.iheight)
        if sizes.flip in (5, 6):
            self.width, self.height = self.height, self.width
        self.notices = (
            Message(
                "The raw photo was developed with the camera's own white balance; for another look,"
                " develop it in a raw converter and open its TIFF."
            ),
        )

    def decode(self) -> Decoded:
        """Develop the photo."""
        try:
            pixels = self._raw.postprocess(
                use_camera_wb=True,
                output_bps=16,
                output_color=rawpy.ColorSpace.sRGB,
                auto_bright_thr=_CLIPPED,
            )
        except rawpy.LibRawError as error:
            raise raw_photo_error(self._path) from error
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        return Decoded(np.ascontiguousarray(pixels), icc=profile)

    def metadata(self) -> Metadata:
        """EXIF of the file or, where it is no TIFF, of the preview in it."""
        found = Metadata()
        with suppress(Exception):
            found = _of_tiff(self._data) if self._data[:2] in (b"II", b"MM") else _of_preview(self._raw)
        return Metadata(exif=found.exif, xmp=found.xmp, iptc=found.iptc, source_format="raw")


def raw_preview(path: Path) -> NDArray[np.uint8]:
    """Develop a raw file at half its size, in a tenth of the time.

    Args:
        path: the file.

    Returns:
        (h, w, 3) sRGB, upright.

    Raises:
        FileError: it cannot be read.
        rawpy.LibRawError: LibRaw does not know the camera or its way of packing.
    """
    with rawpy.imread(io.BytesIO(read_file(path, MOST_BYTES))) as raw:
        if int(raw.sizes.iwidth) * int(raw.sizes.iheight) > MAX_PIXELS:
            raise raw_photo_error(path)
        small: NDArray[np.uint8] = raw.postprocess(
            use_camera_wb=True, half_size=True, output_color=rawpy.ColorSpace.sRGB, auto_bright_thr=_CLIPPED
        )
    return small


def raw_photo_error(path: Path) -> ImageFileError:
    """What to say of a raw file that cannot be developed."""
    return ImageFileError(
        "{path} is a raw photo of a kind that this program cannot develop; save it as TIFF or JPEG in a raw"
        " converter first.",
        path=path,
    )


def _of_tiff(data: bytes) -> Metadata:
    with TiffFile(io.BytesIO(data)) as file:
        return read_tiff_metadata(data, (file.pages.first.offset,), STRUCTURAL | _FILTER_TAGS)


def _of_preview(raw: Any) -> Metadata:
    preview = raw.extract_thumb()
    if preview.format is not rawpy.ThumbFormat.JPEG:
        return Metadata()
    with Image.open(io.BytesIO(preview.data), formats=["JPEG"]) as image:
        return Metadata(exif=exif.bare(image.info.get("exif") or b""), xmp=image.info.get("xmp") or b"")
