"""Decodes one opened picture into arrays of its own bit depth, as they lie in the file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.photo import Pixels, Plane
from portrait_studio.messages import Message

_ROWS_AT_A_TIME: Final = 64


@dataclass(frozen=True, eq=False)
class Decoded:
    """Pixels as they lie in the file, before they are turned upright."""

    pixels: Pixels
    alpha: Plane | None = None
    is_grey: bool = False
    icc: bytes | None = None
    notices: tuple[Message, ...] = ()


def has_16_bits(image: Image.Image, data: bytes) -> bool:
    """Whether a picture, opened from those bytes, stores 16 bits per channel."""
    if image.format == "PNG":
        return data[24] == 16
    if image.format == "TIFF":
        tags = getattr(image, "tag_v2", {})
        return set(tags.get(258, (1,))) == {16} and set(tags.get(339, (1,))) == {1}
    return False


def decode_16_bit(image: Image.Image, data: bytes, path: Path) -> Decoded:
    """Decode with OpenCV, since Pillow cuts 16-bit colour down to 8 bits.

    Raises:
        ImageFileError: the picture is damaged, or its colour is not RGB.
    """
    if image.format == "PNG":
        # Pillow raises where OpenCV complains on the terminal, and finds metadata that follows the pixels.
        image.load()
    tags = getattr(image, "tag_v2", {})
    # Pillow's mode does not tell: it opens 16-bit grey with opacity as RGBA.
    is_grey = data[25] in (0, 4) if image.format == "PNG" else tags.get(262) in (0, 1)
    if tags.get(262, 2) not in (0, 1, 2):
        raise ImageFileError(
            "{path} stores 16-bit colour that is not RGB; convert it to 16-bit RGB first.", path=path
        )
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16 or decoded.shape[:2] != (image.height, image.width):
        raise ImageFileError("{path} is damaged or cut off; fetch the file again from its source.", path=path)
    if decoded.ndim == 2:
        return Decoded(cv2.cvtColor(decoded, cv2.COLOR_GRAY2RGB), is_grey=True)
    if decoded.shape[2] == 3:
        return Decoded(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), is_grey=is_grey)
    alpha = np.ascontiguousarray(decoded[:, :, 3])
    pixels: NDArray[np.uint16] = cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGB)
    if tags.get(338) in (1, (1,)):
        pixels = _unpremultiplied(pixels, alpha)
    return Decoded(pixels, alpha, is_grey)


def _unpremultiplied(pixels: NDArray[np.uint16], alpha: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Undo TIFF's "associated alpha"; (H, W, 3) and (H, W) uint16 -> (H, W, 3) uint16."""
    opacity = np.maximum(alpha, 1)[:, :, None].astype(np.uint64)
    scaled = (pixels.astype(np.uint64) * 65535 + opacity // 2) // opacity
    return cast(NDArray[np.uint16], np.minimum(scaled, 65535).astype(np.uint16))


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
        return _from_cmyk(image)
    if image.mode in ("F", "LAB", "HSV"):
        raise ImageFileError(
            "{path} stores its pixels as {mode}; convert it to 8- or 16-bit RGB first.",
            path=path,
            mode=image.mode,
        )
    if image.has_transparency_data:
        rgba = _array_of(image, "RGBA")
        alpha = np.ascontiguousarray(rgba[:, :, 3])
        return Decoded(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), alpha)
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


def _from_cmyk(image: Image.Image) -> Decoded:
    """Convert to sRGB through the file's own profile, else by Pillow's plain formula."""
    profile = image.info.get("icc_profile")
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
