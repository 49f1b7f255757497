"""Reads any photo file into upright RGB pixels of its own bit depth, or says in a sentence why it cannot."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import numpy as np
from PIL import Image

from portrait_studio.errors import FileError, ImageFileError, MaskError
from portrait_studio.imaging.decoding import MAX_PIXELS, MOST_BYTES, Decoded, ImageFile, check_page
from portrait_studio.imaging.formats import SUFFIXES
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.jpeg_reading import JpegFile
from portrait_studio.imaging.metadata_fitting import upright_metadata
from portrait_studio.imaging.photo import Metadata, Photo, Pixels
from portrait_studio.imaging.pillow_reading import PillowFile
from portrait_studio.imaging.png_chunks import SIGNATURE
from portrait_studio.imaging.png_reading import PngFile
from portrait_studio.ordinary_file import open_file, read_file

MAX_BYTES: Final = 800_000_000
"""Of all samples, colour in three channels; decoding takes about twice as much for a while."""

_OTHER_SUFFIXES: Final = (
    *(".apng", ".bmp", ".gif", ".mpo", ".pbm", ".pgm", ".pnm", ".ppm", ".tga"),
    *(".heic", ".heif", ".hif", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".jxl"),
)
RAW_SUFFIXES: Final = (
    *(
        ".3fr",
        ".arw",
        ".cr2",
        ".cr3",
        ".crw",
        ".dng",
        ".erf",
        ".iiq",
        ".kdc",
        ".mef",
        ".mos",
        ".mrw",
        ".nef",
        ".nrw",
    ),
    *(".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
)
"""Of camera raw files."""

SUFFIXES_READ: Final = frozenset((*SUFFIXES, *_OTHER_SUFFIXES, *RAW_SUFFIXES))
"""Endings of photo files, in small letters; JPEG XL needs the extra `jxl`."""

_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""Of files of ISO 23008-12, in their first box; AVIF files, which may begin like `mif1`, are Pillow's."""

_TIFF_BEGINNINGS: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_JPEG_XL_BEGINNINGS: Final = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a")
_RAW_BEGINNINGS: Final = (b"IIRO", b"IIRS", b"MMOR", b"IIU\x00", b"FUJIFILMCCD-RAW", b"\x00MRM", b"FOVb")
"""Of Olympus, Panasonic, Fujifilm, Minolta and Sigma; other raw files begin like TIFF."""
_CANON_RAW: Final = ((8, b"CR\x02"), (4, b"ftypcrx "), (6, b"HEAPCCDR"))
"""Where in the file what stands."""

# Pillow's own limits are lower than photos are large today, and its warning is no sentence for a user.
# `_check_size` enforces MAX_PIXELS instead, before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None


def read_photo(path: Path, check: Callable[[Extent], None] | None = None, page: int | None = None) -> Photo:
    """Read a photo; of an animation the first picture, of a file of several pages the first unless told.

    Args:
        path: the file.
        check: called with the size of the upright photo before its pixels are decoded; may refuse it.
        page: number, from 1, of a TIFF file's picture; None = the first that is no preview.

    Returns:
        The photo with all eight EXIF orientations resolved: pixels upright, orientation tag 1.

    Raises:
        ImageFileError: the file is missing, unreadable, empty, damaged, no image or too large, or has no such
            page.
    """
    return decode_photo(_read_bytes(path), path, check, page)


def count_pictures(path: Path) -> int:
    """How many pictures a file holds of which one can be chosen; 1 of all but TIFF, and where unreadable."""
    try:
        with open_file(path, MOST_BYTES) as file:
            is_tiff = file.read(4) in _TIFF_BEGINNINGS
    except (FileError, OSError):
        return 1
    if not is_tiff:
        return 1
    # Loaded for TIFF files only; see below.
    from portrait_studio.imaging.tiff_pages import count_pages

    return count_pages(path)


def decode_photo(
    data: bytes, path: Path, check: Callable[[Extent], None] | None = None, page: int | None = None
) -> Photo:
    """Decode the bytes of a photo file; see `read_photo`.

    Args:
        data: the bytes.
        path: the file that they are of.
        check: called with the size of the upright photo before its pixels are decoded; may refuse it.
        page: number of the picture; None = the first that is no preview.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata; a photo whose pixels can be read is a good photo.
            warnings.simplefilter("ignore")
            return replace(_photo(data, path, check, page), file=data)
    except (ImageFileError, MaskError):
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


def _open(data: bytes, path: Path, page: int | None) -> ImageFile:
    """Read the header only."""
    is_raw = data.startswith(_RAW_BEGINNINGS) or any(data[at:].startswith(name) for at, name in _CANON_RAW)
    if data.startswith(_TIFF_BEGINNINGS) and not is_raw:
        return _tiff_or_raw_file(data, path, page)
    if page is not None:
        check_page(page, 1, path)
    return _raw_file(data, path) if is_raw else _of_one_picture(data, path)


def _of_one_picture(data: bytes, path: Path) -> ImageFile:
    if data.startswith(SIGNATURE[:4]):
        return PngFile(data, path)
    if _is_heic(data):
        from portrait_studio.imaging.heic_reading import HeicFile

        return HeicFile(data, path)
    if data.startswith(_JPEG_XL_BEGINNINGS):
        from portrait_studio.imaging.jpeg_xl import JpegXlFile

        return JpegXlFile(data, path)
    return JpegFile(data, path) if data.startswith(b"\xff\xd8") else PillowFile(data, path)


def _is_heic(data: bytes) -> bool:
    """Whether a file begins like a HEIC or HEIF file whose pictures are not AVIF."""
    if data[4:8] != b"ftyp" or data[8:12] not in _HEIC_BRANDS:
        return False
    size = int.from_bytes(data[:4], "big")
    return b"avif" not in data[8 : min(size, 256)]


def _raw_file(data: bytes, path: Path) -> ImageFile:
    # LibRaw takes a tenth of a second to load, and few photos need it.
    from portrait_studio.imaging.raw_reading import RawFile

    return RawFile(data, path)


def _tiff_or_raw_file(data: bytes, path: Path, page: int | None) -> ImageFile:
    # tifffile takes a quarter of a second to load, and few photos are TIFF files.
    from portrait_studio.imaging.tiff_decoding import TiffImageFile
    from portrait_studio.imaging.tiff_pages import HoldsRawError

    try:
        return TiffImageFile(data, path, page)
    except HoldsRawError:
        if page is not None:
            check_page(page, 1, path)
        return _raw_file(data, path)


def _check_size(picture: ImageFile, path: Path) -> None:
    width, height = picture.width, picture.height
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
    if width * height * picture.channels * -(-picture.bits // 8) > MAX_BYTES:
        raise ImageFileError(
            "{path} is {width} x {height} pixels of {bits} bits in {channels} channels, more than the {most}"
            " megabytes that can be opened; scale it down or save it with 8 bits first.",
            path=path,
            width=width,
            height=height,
            bits=picture.bits,
            channels=picture.channels,
            most=MAX_BYTES // 1_000_000,
        )


def _photo(data: bytes, path: Path, check: Callable[[Extent], None] | None, page: int | None) -> Photo:
    picture = _open(data, path, page)
    _check_size(picture, path)
    if check is not None:
        check(picture.extent)
    decoded = picture.decode()
    if decoded.pixels.shape != (picture.height, picture.width, 3):
        raise ValueError(f"{decoded.pixels.shape} of {picture.width} x {picture.height}")
    metadata, damages = upright_metadata(
        picture.metadata(), picture.extent, is_turned=picture.orientation >= 5
    )
    notices = (*picture.notices, *decoded.notices, *damages)
    photo = _upright_photo(replace(decoded, notices=notices), metadata, picture.orientation, path)
    return replace(photo, page=picture.page)


def _upright_photo(decoded: Decoded, metadata: Metadata, orientation: int, path: Path) -> Photo:
    pixels = _turned(decoded.pixels, orientation)
    pixels.setflags(write=False)
    alpha = None if decoded.alpha is None else _turned(decoded.alpha, orientation)
    if alpha is not None:
        alpha.setflags(write=False)
    if decoded.icc is not None:
        metadata = replace(metadata, icc=decoded.icc)
    return Photo(pixels, alpha, decoded.is_grey, metadata, path, tuple(dict.fromkeys(decoded.notices)))


def _turned(array: Pixels, orientation: int) -> Pixels:
    """Turn an array (H, W) or (H, W, 3) upright; EXIF 2.3, tag 0x0112."""
    turned = array if orientation < 5 else array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    return cast(Pixels, np.ascontiguousarray(turned))
