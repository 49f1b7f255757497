"""Decodes TIFF files of every layout, depth and compression that tifffile and imagecodecs know."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tifffile import TIFF, TiffFile, TiffPage

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.bit_depth import in_8_or_16_bits
from portrait_studio.imaging.decoding import (
    Decoded,
    ImageFile,
    decode_with_pillow,
    from_cmyk,
    of_channels,
    unpremultiplied,
)
from portrait_studio.imaging.exif import with_orientation_1
from portrait_studio.imaging.photo import Metadata, Pixels
from portrait_studio.imaging.tiff_metadata import read_tiff_metadata
from portrait_studio.imaging.tiff_pages import Pages, find_pages
from portrait_studio.messages import Message

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _SEPARATED, _YCBCR = 0, 1, 2, 3, 5, 6
_CHANNELS: Final = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _PALETTE: 1, _SEPARATED: 4, _YCBCR: 3}
_KINDS: Final = {4: "a mask", 8: "LAB", 9: "LAB", 10: "LAB", 32844: "LogL", 32845: "LogLuv"}
_OLD_JPEG, _JPEG = 6, 7
_ASSOCIATED, _UNASSOCIATED = 1, 2
_INK_SET, _LAYERS, _ORIENTATION = 332, 37724, 274
_CMYK: Final = 1
_LARGEST_TILE: Final = 1 << 26


class TiffImageFile(ImageFile):
    """A TIFF file; its directories are read at once, its pixels when they are asked for."""

    def __init__(self, data: bytes, path: Path, page: int | None = None) -> None:
        """Read the directories.

        Args:
            data: bytes of the file.
            path: where they are from.
            page: number of the picture; None = the first that is no preview.

        Raises:
            HoldsRawError: it is a raw photo.
            ImageFileError: it has no picture, or none of that number.
            Exception: of nearly any type, when the file is damaged.
        """
        self._data, self._path = data, path
        self._pages = find_pages(TiffFile(io.BytesIO(data)), path, page)
        main = self._pages.main
        self.page = self._pages.number if self._pages.count > 1 else None
        self.width, self.height = int(main.imagewidth), int(main.imagelength)
        self.channels = max(3, int(main.samplesperpixel))
        self.bits = max(8, _bits(main, path))
        self.orientation = _orientation(self._pages)
        self.notices = _left_out(self._pages)

    def decode(self) -> Decoded:
        """Decode the main picture."""
        page, kind = self._pages.main, int(self._pages.main.photometric)
        if _is_for_pillow(page):
            # Decoders differ, from version to version, in whether they turn a TIFF file; so none is told.
            data = with_orientation_1(self._data, page.offset)
            with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
                image.seek(page.treeindex[0])
                return decode_with_pillow(image, self._path)
        if kind not in _CHANNELS:
            raise _unlike_rgb(self._path, _KINDS.get(kind, str(kind)))
        samples = _samples(page, self._path)
        if kind == _PALETTE:
            return Decoded(_looked_up(samples[:, :, 0], page))
        whole, notices = in_8_or_16_bits(samples, _bits(page, self._path), self._path)
        decoded = self._coloured(kind, whole[:, :, : _CHANNELS[kind]])
        decoded = _with_opacity(decoded, page, whole)
        return replace(decoded, notices=(*notices, *decoded.notices))

    def _coloured(self, kind: int, samples: Pixels) -> Decoded:
        """RGB of (H, W, C) samples; C = 1, 3 or 4 inks."""
        if kind == _SEPARATED:
            return self._of_inks(samples)
        if kind == _WHITE_IS_ZERO:
            samples = np.iinfo(samples.dtype).max - samples
        return of_channels(samples)

    def _of_inks(self, inks: Pixels) -> Decoded:
        ink_set = self._pages.main.tags.get(_INK_SET)
        if inks.dtype != np.uint8 or (ink_set is not None and ink_set.value != _CMYK):
            raise ImageFileError(
                "{path} stores inks that are not 8-bit CMYK; convert it to RGB first.", path=self._path
            )
        return from_cmyk(Image.fromarray(np.ascontiguousarray(inks), "CMYK"), self.metadata().icc)

    def metadata(self) -> Metadata:
        """What the file says beside its pixels."""
        return read_tiff_metadata(self._data, (self._pages.first.offset, self._pages.main.offset))


def _orientation(pages: Pages) -> int:
    for page in (pages.main, pages.first):
        tag = page.tags.get(_ORIENTATION)
        if tag is not None and isinstance(tag.value, int) and 1 <= tag.value <= 8:
            return int(tag.value)
    return 1


def _left_out(pages: Pages) -> tuple[Message, ...]:
    notices: tuple[Message, ...] = ()
    if pages.count > 1:
        notices += (
            Message(
                "This is page {page} of the {count} in the file; the others are left out of what is saved.",
                page=pages.number,
                count=pages.count,
            ),
        )
    if _LAYERS in pages.main.tags:
        notices += (Message("The file holds layers; only their picture as a whole is edited and saved."),)
    return notices


def _is_for_pillow(page: TiffPage) -> bool:
    """What tifffile leaves as it is: chroma at half size outside JPEG, the JPEG of TIFF 6.0, inks in JPEG."""
    kind, compression = int(page.photometric), int(page.compression)
    if compression in (_OLD_JPEG, _JPEG):
        return compression == _OLD_JPEG or kind == _SEPARATED
    return kind == _YCBCR


def _bits(page: TiffPage, path: Path) -> int:
    bits = page.bitspersample
    depths = {bits} if isinstance(bits, int) else set(bits)
    if len(depths) != 1:
        raise ImageFileError(
            "{path} has channels of different depths; convert it to 8- or 16-bit RGB first.", path=path
        )
    return int(depths.pop())


def _unlike_rgb(path: Path, mode: str) -> ImageFileError:
    return ImageFileError(
        "{path} stores its pixels as {mode}; convert it to 8- or 16-bit RGB first.", path=path, mode=mode
    )


def _samples(page: TiffPage, path: Path) -> NDArray[Any]:
    """(H, W, C) as they lie in the file, of its own dtype.

    Raises:
        ImageFileError: part of it is missing, or it is compressed in a way that cannot be read.
    """
    if page.compression not in TIFF.DECOMPRESSORS:
        raise ImageFileError(
            "{path} is compressed in a way that this program cannot read (TIFF's number {number}); save it"
            " with LZW or ZIP first.",
            path=path,
            number=int(page.compression),
        )
    _check_segments(page)
    samples = page.asarray(maxworkers=1)
    if page.imagedepth != 1 or samples.dtype.kind not in "buif":
        raise _unlike_rgb(path, str(samples.dtype))
    if samples.dtype.kind == "b":
        samples = samples.view(np.uint8)
    if samples.ndim == 2:
        samples = samples[:, :, None]
    elif page.axes.startswith("S"):
        samples = np.moveaxis(samples, 0, 2)
    expected = (page.imagelength, page.imagewidth)
    if samples.shape[:2] != expected or samples.shape[2] < _CHANNELS[int(page.photometric)]:
        raise ValueError(f"{samples.shape} of {page.imagewidth} x {page.imagelength}")
    return samples


def _check_segments(page: TiffPage) -> None:
    """Refuse strips and tiles that lie outside the file, where tifffile gives zeros, and huge ones."""
    size, expected = page.parent.filehandle.size, int(np.prod(page.chunked))
    pairs = list(zip(page.dataoffsets, page.databytecounts, strict=True))[:expected]
    if len(pairs) < expected or any(at <= 0 or count <= 0 or at + count > size for at, count in pairs):
        raise ValueError("strips are missing")
    if page.is_tiled and int(page.tilewidth) * int(page.tilelength) > _LARGEST_TILE:
        raise ValueError(f"tiles of {page.tilewidth} x {page.tilelength}")


def _with_opacity(decoded: Decoded, page: TiffPage, samples: Pixels) -> Decoded:
    """With the opacity among (H, W, C) samples, if there is any.

    A fourth channel of RGB of which nothing is said is opacity: Pillow and OpenCV write it so.
    """
    colours = _CHANNELS[int(page.photometric)]
    others = samples.shape[2] - colours
    kinds = [int(kind) for kind in page.extrasamples][:others] or [_UNASSOCIATED][:others]
    notices = decoded.notices
    place = next((place for place, kind in enumerate(kinds) if kind in (_ASSOCIATED, _UNASSOCIATED)), None)
    if others > (place is not None):
        notices += (Message("A channel beside colour and opacity was left out."),)
    if place is None:
        return replace(decoded, notices=notices)
    alpha: NDArray[Any] = np.ascontiguousarray(samples[:, :, colours + place])
    if kinds[place] == _UNASSOCIATED:
        return replace(decoded, alpha=alpha, notices=notices)
    notices += (Message("The photo's colours were multiplied by their opacity; they are saved without."),)
    return replace(decoded, pixels=unpremultiplied(decoded.pixels, alpha), alpha=alpha, notices=notices)


def _looked_up(indices: NDArray[Any], page: TiffPage) -> NDArray[np.uint8]:
    if page.colormap is None:
        raise ValueError("a palette picture without its palette")
    colours = np.asarray(page.colormap).T
    # Some programs store 8 bits where 16 are meant.
    has_16_bits = colours.max(initial=0) > 255
    table: NDArray[np.uint8] = (colours >> (8 if has_16_bits else 0)).astype(np.uint8)
    return np.ascontiguousarray(table[indices])
