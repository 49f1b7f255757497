"""Reads any photo file into upright RGB pixels of its own bit depth, or says in a sentence why it cannot."""

from __future__ import annotations

import importlib
import io
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import numpy as np
from PIL import Image, UnidentifiedImageError

from portrait_studio.errors import FileError, ImageFileError
from portrait_studio.imaging import exif
from portrait_studio.imaging.decoding import Decoded, decode_16_bit, decode_with_pillow, has_16_bits
from portrait_studio.imaging.file_metadata import read_exif, read_metadata
from portrait_studio.imaging.photo import Metadata, Photo, Pixels
from portrait_studio.ordinary_file import read_file

MAX_PIXELS: Final = 250_000_000
"""Larger pictures are refused: they are mistakes or attacks, and would need several gigabytes of memory."""

MOST_BYTES: Final = 1 << 30
"""Of a photo file: `MAX_PIXELS` uncompressed in 8 bits, and the largest that cameras write in 16."""

FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "PPM", "TGA", "JPEG2000", "AVIF", "HEIF")
"""Pillow's names of what is read; others (EPS, for one, starts another program) are left alone."""

_HEIC_SUFFIXES: Final = frozenset((".heic", ".heif", ".hif"))
_COMMON_SUFFIXES: Final = frozenset((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif"))
_JPEG_SUFFIXES: Final = frozenset((".jfif", ".jpe", ".jif", ".mpo"))
_RARE_SUFFIXES: Final = frozenset((".apng", ".avif", ".pbm", ".pgm", ".pnm", ".ppm", ".tga"))
_JPEG_2000_SUFFIXES: Final = frozenset((".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"))
SUFFIXES_READ: Final = (
    _COMMON_SUFFIXES | _JPEG_SUFFIXES | _RARE_SUFFIXES | _JPEG_2000_SUFFIXES | _HEIC_SUFFIXES
)
"""Endings of photo files, in small letters; HEIC needs the package pillow-heif."""

_TIFF_BEGINNINGS: Final = (b"II*\x00", b"MM\x00*")
_BEGINNINGS: Final = (b"\xff\xd8", b"\x89PNG", *_TIFF_BEGINNINGS, b"RIFF", b"GIF8", b"BM")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1")

# Pillow's own limits are lower than photos are large today, and its warning is no sentence for a user.
# `_open` enforces MAX_PIXELS instead, before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None


def read_photo(path: Path) -> Photo:
    """Read a photo; of an animation or a file of several pages, the first.

    Returns:
        The photo with all eight EXIF orientations resolved: pixels upright, orientation tag 1.

    Raises:
        ImageFileError: the file is missing, unreadable, empty, damaged, no image or too large.
    """
    return decode_photo(_read_bytes(path), path)


def decode_photo(data: bytes, path: Path) -> Photo:
    """Decode the bytes of a photo file; see `read_photo`. Args: the bytes; the file that they are of."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata; a photo whose pixels can be read is a good photo.
            warnings.simplefilter("ignore")
            return replace(_photo(data, path), file=data)
    except ImageFileError:
        raise
    except MemoryError as error:
        raise ImageFileError(
            "There is not enough memory to open {path}; close other programs or scale the photo down first.",
            path=path,
        ) from error
    except Exception as error:
        # Pillow's plug-ins raise nearly every type there is on damaged data.
        raise ImageFileError(
            "{path} is damaged or cut off; fetch the file again from its source.", path=path
        ) from error


def _read_bytes(path: Path) -> bytes:
    try:
        data = read_file(path, MOST_BYTES)
    except FileError as error:
        raise ImageFileError(error.message) from error
    if not data:
        raise ImageFileError("{path} is empty (0 bytes); fetch the file again from its source.", path=path)
    return data


def _open(data: bytes, path: Path) -> Image.Image:
    """Read the header only, and refuse what is too large before any pixel is decoded."""
    Image.init()
    with suppress(ImportError):
        # Not a dependency: it ships an HEVC decoder, whose patents not everyone may use.
        importlib.import_module("pillow_heif").register_heif_opener()
    known: list[str] = [name for name in FORMATS if name in Image.OPEN]
    try:
        image = Image.open(io.BytesIO(data), formats=known)
    except UnidentifiedImageError as error:
        if data.startswith(_BEGINNINGS):
            raise ImageFileError(
                "{path} is damaged or cut off; fetch the file again from its source.", path=path
            ) from error
        if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
            raise ImageFileError(
                "{path} is a HEIC photo; install the package pillow-heif, or convert it to JPEG first.",
                path=path,
            ) from error
        raise ImageFileError(
            "{path} is not a picture that this program can read; use JPEG, PNG, TIFF, WebP, BMP or GIF.",
            path=path,
        ) from error
    width, height = image.size
    if width < 1 or height < 1:
        raise ImageFileError(
            "{path} has no pixels ({width} x {height}); choose another photo.",
            path=path,
            width=width,
            height=height,
        )
    if width * height > MAX_PIXELS:
        raise ImageFileError(
            "{path} is {width} x {height} pixels, more than the {most} megapixels that"
            " can be opened; scale it down first.",
            path=path,
            width=width,
            height=height,
            most=MAX_PIXELS // 1_000_000,
        )
    return image


def _photo(data: bytes, path: Path) -> Photo:
    orientation = 1
    if data.startswith(_TIFF_BEGINNINGS) and (orientation := exif.orientation(data)) != 1:
        # Decoders differ, from version to version, in whether they turn a TIFF file; so none is told.
        data = exif.with_orientation_1(data)
    with _open(data, path) as image:
        if has_16_bits(image, data):
            decoded = decode_16_bit(image, data, path)
        else:
            decoded = decode_with_pillow(image, path)
        # Only now: some formats (PNG) reveal their metadata after the pixels.
        block = read_exif(image)
        if image.format != "TIFF":
            orientation = exif.orientation(block)
        return _upright_photo(decoded, read_metadata(image, block, orientation), orientation, path)


def _upright_photo(decoded: Decoded, metadata: Metadata, orientation: int, path: Path) -> Photo:
    pixels = _turned(decoded.pixels, orientation)
    pixels.setflags(write=False)
    alpha = None if decoded.alpha is None else _turned(decoded.alpha, orientation)
    if alpha is not None:
        alpha.setflags(write=False)
    if decoded.icc is not None:
        metadata = replace(metadata, icc=decoded.icc)
    photo = Photo(pixels, alpha, decoded.is_grey, metadata, path, decoded.notices)
    return replace(photo, metadata=replace(metadata, exif=exif.upright(metadata.exif, photo.extent)))


def _turned(array: Pixels, orientation: int) -> Pixels:
    """Turn an array (H, W) or (H, W, 3) upright; EXIF 2.3, tag 0x0112."""
    turned = array if orientation < 5 else array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    return cast(Pixels, np.ascontiguousarray(turned))
