"""From a file whose header was read to arrays of its own bit depth, as they lie in the file."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata, Pixels, Plane
from portrait_studio.messages import Message

MAX_PIXELS: Final = 250_000_000
"""Larger pictures are refused: they are mistakes or attacks, and would need several gigabytes of memory."""

MOST_BYTES: Final = 1 << 30
"""Of a photo file: `MAX_PIXELS` uncompressed in 8 bits, and the largest that cameras write in 16."""
MOST_PAGES: Final = 200
"""Of a file; what comes after them is not looked at."""

_ROWS_AT_A_TIME: Final = 64


@dataclass(frozen=True, eq=False)
class Decoded:
    """Pixels as they lie in the file, before they are turned upright."""

    pixels: Pixels
    alpha: Plane | None = None
    is_grey: bool = False
    icc: bytes | None = None
    notices: tuple[Message, ...] = ()


class ImageFile(ABC):
    """One picture of a file whose header was read, of which no pixel is decoded yet.

    Attributes:
        width: in pixels, as it lies in the file.
        height: in pixels, as it lies in the file.
        channels: 3, or 4 with opacity; more where the file has more.
        bits: per channel, 8 or more.
        orientation: 1..8, how the pixels lie in the file (EXIF 2.3, tag 0x0112).
        notices: sentences about what the file holds that is left out, or is damaged.
        page: number of the picture, from 1, in a file that holds several of which one can be chosen; else
            None.
    """

    width: int
    height: int
    channels: int = 3
    bits: int = 8
    orientation: int = 1
    notices: tuple[Message, ...] = ()
    page: int | None = None

    @property
    def extent(self) -> Extent:
        """Size in pixels, upright."""
        across, down = (self.width, self.height) if self.orientation < 5 else (self.height, self.width)
        return Extent(across, down)

    @abstractmethod
    def decode(self) -> Decoded:
        """Decode the pixels, as they lie in the file.

        Raises:
            ImageFileError: they are stored in a way of which RGB cannot be made faithfully.
            Exception: of nearly any type, when the picture is damaged.
        """

    @abstractmethod
    def metadata(self) -> Metadata:
        """What the file says beside its pixels; called after `decode`."""


def check_page(page: int, count: int, path: Path) -> None:
    """Make sure that a file has a picture of a number.

    Args:
        page: the number, from 1.
        count: how many pictures can be chosen from.
        path: the file.

    Raises:
        ImageFileError: there is none.
    """
    if count == 1 and page != 1:
        raise ImageFileError(
            "{path} is opened as one picture: there is no page {page}.", path=path, page=page
        )
    if not 1 <= page <= count:
        raise ImageFileError(
            "{path} has no page {page}; choose one from 1 to {count}.", path=path, page=page, count=count
        )


def of_channels(samples: NDArray[Any]) -> Decoded:
    """Colour and opacity of (H, W, C) uint8 or uint16: C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA."""
    channels = samples.shape[2]
    alpha = np.ascontiguousarray(samples[:, :, -1]) if channels in (2, 4) else None
    if channels < 3:
        grey = np.ascontiguousarray(samples[:, :, 0])
        return Decoded(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), alpha, is_grey=True)
    return Decoded(np.ascontiguousarray(samples[:, :, :3]), alpha)


def unpremultiplied(pixels: Pixels, alpha: Plane) -> Pixels:
    """Undo TIFF's "associated alpha"; (H, W, 3) and (H, W) -> (H, W, 3), all uint8 or uint16, rounded."""
    full, divided = int(np.iinfo(pixels.dtype).max), np.empty_like(pixels)
    for top in range(0, len(pixels), _ROWS_AT_A_TIME):
        rows = slice(top, top + _ROWS_AT_A_TIME)
        opacity = np.maximum(alpha[rows], 1)[:, :, None].astype(np.uint64)
        scaled = (pixels[rows].astype(np.uint64) * np.uint64(full) + opacity // 2) // opacity
        divided[rows] = np.minimum(scaled, full)
    return divided


def decode_with_pillow(image: Image.Image, path: Path) -> Decoded:
    """Decode what has 8 bits per channel, or is grey.

    Raises:
        ImageFileError: pixels are stored in a way of which RGB cannot be made faithfully.
        Exception: of nearly any type, when the picture is damaged.
    """
    image.load()
    if image.mode in ("1", "L", "LA", "La"):
        return _grey(image)
    if image.mode == "I" or image.mode.startswith("I;16"):
        return _deep_grey(image, path)
    if image.mode == "CMYK":
        return from_cmyk(image, image.info.get("icc_profile"))
    if image.mode in ("F", "LAB", "HSV"):
        raise ImageFileError(
            "{path} stores its pixels as {mode}; convert it to 8- or 16-bit RGB first.",
            path=path,
            mode=image.mode,
        )
    if image.has_transparency_data:
        return Decoded(*_with_opacity(image))
    return Decoded(_array_of(image, "RGB"))


def _array_of(image: Image.Image, mode: str) -> NDArray[np.uint8]:
    """(H, W[, C]) uint8 of a picture in another mode, or its own.

    Taken over a few rows at a time: Pillow hands out a whole picture as many small strings and joins them, so
    that all of it is there twice and takes longer.
    """
    converted = image if image.mode == mode else image.convert(mode)
    width, height = converted.size
    channels = len(converted.getbands())
    array = np.empty((height, width) if channels == 1 else (height, width, channels), np.uint8)
    for top in range(0, height, _ROWS_AT_A_TIME):
        bottom = min(height, top + _ROWS_AT_A_TIME)
        array[top:bottom] = np.asarray(converted.crop((0, top, width, bottom)))
    return array


def _with_opacity(image: Image.Image) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(H, W, 3) and (H, W) uint8; a few rows at a time, so that a large picture is not there three times."""
    width, height = image.size
    pixels, alpha = np.empty((height, width, 3), np.uint8), np.empty((height, width), np.uint8)
    for top in range(0, height, _ROWS_AT_A_TIME):
        bottom = min(height, top + _ROWS_AT_A_TIME)
        rgba = np.asarray(image.crop((0, top, width, bottom)).convert("RGBA"))
        pixels[top:bottom], alpha[top:bottom] = rgba[:, :, :3], rgba[:, :, 3]
    return pixels, alpha


def _grey(image: Image.Image) -> Decoded:
    if image.has_transparency_data:
        both = _array_of(image, "LA")
        grey, alpha = np.ascontiguousarray(both[:, :, 0]), np.ascontiguousarray(both[:, :, 1])
        return Decoded(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), alpha, is_grey=True)
    return Decoded(cv2.cvtColor(_array_of(image, "L"), cv2.COLOR_GRAY2RGB), is_grey=True)


def _deep_grey(image: Image.Image, path: Path) -> Decoded:
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise ImageFileError(
            "{path} has more than 16 bits per pixel; convert it to 16-bit grey first.", path=path
        )
    return Decoded(cv2.cvtColor(values.astype(np.uint16), cv2.COLOR_GRAY2RGB), is_grey=True)


def from_cmyk(image: Image.Image, profile: bytes | None) -> Decoded:
    """Convert to sRGB through the file's own profile, else by Pillow's plain formula."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    notice = Message("The photo was CMYK; it is edited and saved as sRGB.")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
            if converted is not None:
                return Decoded(_array_of(converted, "RGB"), icc=srgb.tobytes(), notices=(notice,))
        except (ImageCms.PyCMSError, OSError):
            notice = Message(
                "The photo was CMYK with a damaged profile; it is edited as sRGB and colours may differ."
            )
    return Decoded(_array_of(image, "RGB"), icc=srgb.tobytes(), notices=(notice,))
