"""Writes a photo as JPEG, PNG, TIFF or WebP, with everything that the format can hold of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from PIL import Image

from portrait_studio.errors import ExportError, OptionError
from portrait_studio.imaging import exif, iptc
from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.colour import in_8_bits
from portrait_studio.imaging.fitting import fitted_metadata, without_place, without_words
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import ImageFormat, Metadata, Photo, Pixels, Plane
from portrait_studio.imaging.png import write_png
from portrait_studio.imaging.preparing import in_srgb, scaled_down
from portrait_studio.imaging.tiff import write_tiff
from portrait_studio.messages import Message

SUFFIXES: Final[dict[str, ImageFormat]] = {
    ".jpg": ImageFormat.JPEG,
    ".jpeg": ImageFormat.JPEG,
    ".jfif": ImageFormat.JPEG,
    ".jif": ImageFormat.JPEG,
    ".jpe": ImageFormat.JPEG,
    ".png": ImageFormat.PNG,
    ".tif": ImageFormat.TIFF,
    ".tiff": ImageFormat.TIFF,
    ".webp": ImageFormat.WEBP,
}

DEFAULT_JPEG_QUALITY: Final = 95
DEFAULT_WEBP_QUALITY: Final = 90

_LONGEST_SIDE: Final = {ImageFormat.JPEG: 65_500, ImageFormat.WEBP: 16_383}


@dataclass(frozen=True)
class ExportOptions:
    """How to write a photo.

    Attributes:
        format: None = what the file's suffix says.
        quality: 1..100 for JPEG and WebP (100 makes WebP lossless); None = the source's own compression for
            JPEG sources, else 95 for JPEG and 90 for WebP. PNG and TIFF are always lossless.
        keep_metadata: whether EXIF, XMP, IPTC and texts are written; the profile always is.
        keep_place: whether they may tell where the photo was taken.
        to_srgb: whether 8-bit colour is converted from the photo's profile to sRGB.
        longest_px: scale down to so many pixels on the longer side; None = as it is.
    """

    format: ImageFormat | None = None
    quality: int | None = None
    keep_metadata: bool = True
    keep_place: bool = True
    to_srgb: bool = False
    longest_px: int | None = None

    def __post_init__(self) -> None:
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise OptionError(
                "The quality must lie between 1 and 100, but is {quality}.", quality=self.quality
            )
        if self.longest_px is not None and self.longest_px < 1:
            raise OptionError(
                "A photo cannot be scaled to {longest_px} pixels; choose 1 or more.",
                longest_px=self.longest_px,
            )


@dataclass(frozen=True)
class WrittenPhoto:
    """What was written.

    Attributes:
        path: the file.
        format: its format.
        is_lossless: whether reading the file again gives the photo's pixels bit for bit.
        notices: sentences for the user about what the format could not hold.
        is_converted: whether the photo was scaled, or its colours converted, so that every pixel is new.
    """

    path: Path
    format: ImageFormat
    is_lossless: bool
    notices: tuple[str, ...]
    is_converted: bool = False


def format_of(path: Path) -> ImageFormat:
    """Format that the suffix of a file name stands for.

    Raises:
        ExportError: no format has this suffix.
    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise ExportError("{name} has no known ending; use .jpg, .png, .tif or .webp.", name=path.name)
    return found


def check_size(extent: Extent, chosen: ImageFormat) -> None:
    """Refuse what a format cannot hold.

    Raises:
        ExportError: a side has too many pixels.
    """
    longest = max(extent.width, extent.height)
    if longest > _LONGEST_SIDE.get(chosen, longest):
        raise ExportError(
            "{format} holds at most {most} pixels per side, the photo has {longest}; choose PNG or TIFF.",
            format=chosen.value,
            most=_LONGEST_SIDE[chosen],
            longest=longest,
        )


class Check(Protocol):
    """Looks at what was written before it takes its place, and may refuse it."""

    def __call__(self, given: Photo, data: bytes, path: Path, *, is_lossless: bool) -> None:
        """See `Proof.check`."""


def write_photo(
    photo: Photo,
    path: Path,
    options: ExportOptions | None = None,
    opening: Opening = replacing,
    check: Check | None = None,
) -> WrittenPhoto:
    """Write a photo; the file appears complete or not at all.

    Args:
        photo: pixels, opacity and metadata to write.
        path: file to create or replace; its suffix names the format unless the options do.
        options: how to write.
        opening: how the file takes its place.
        check: looks at it before.

    Raises:
        ExportError: unknown format, folder missing, target protected, disk full, or too large for the format.
    """
    options = options or ExportOptions()
    chosen = options.format or format_of(path)
    given = photo
    if options.longest_px is not None:
        photo = scaled_down(photo, options.longest_px)
    check_size(photo.extent, chosen)
    fitted, notices = _fitted(photo, chosen, options)
    is_lossless = chosen in (ImageFormat.PNG, ImageFormat.TIFF) or (
        chosen is ImageFormat.WEBP and options.quality == 100
    )
    try:
        with opening(path) as file:
            if chosen is ImageFormat.PNG:
                write_png(file, _samples(fitted), fitted.metadata)
            elif chosen is ImageFormat.TIFF:
                write_tiff(file, _samples(fitted), fitted.metadata)
            else:
                # In memory first: Pillow would turn a full disk into an error without a cause.
                file.write(_ENCODERS[chosen](fitted, options))
            if check is not None:
                file.flush()
                check(fitted, Path(file.name).read_bytes(), path, is_lossless=is_lossless)
    except MemoryError as error:
        raise ExportError(
            "There is not enough memory to write {path}; close other programs first.", path=path
        ) from error
    is_converted = photo is not given or (options.to_srgb and fitted.metadata.icc != given.metadata.icc)
    is_lossless = is_lossless and not is_converted and fitted.bits == photo.bits
    return WrittenPhoto(path, chosen, is_lossless, notices, is_converted)


def encoded_png(photo: Photo) -> bytes:
    """A photo as the bytes of a PNG file, with all its pixels, opacity and metadata."""
    buffer = io.BytesIO()
    write_png(buffer, _samples(photo), photo.metadata)
    return buffer.getvalue()


def _fitted(photo: Photo, chosen: ImageFormat, options: ExportOptions) -> tuple[Photo, tuple[str, ...]]:
    """Reduce the photo to what the format can hold, and say what was lost."""
    metadata, notices = _wanted(photo, options)
    pixels, alpha = photo.pixels, photo.alpha
    if chosen in _ENCODERS and photo.bits == 16:
        notices.append(
            Message("{format} holds 8 bits per channel; the photo's 16 were rounded.", format=chosen.value)
        )
        pixels, alpha = in_8_bits(pixels), None if alpha is None else in_8_bits(alpha)
    if options.to_srgb:
        converted, problem = in_srgb(replace(photo, pixels=pixels, metadata=metadata))
        pixels, metadata = converted.pixels, converted.metadata
        notices += [problem] if problem else []
    if chosen is ImageFormat.JPEG and alpha is not None:
        notices.append(Message("JPEG holds no transparency; the photo was laid on white."))
        pixels, alpha = _on_white(pixels, alpha), None
    metadata = fitted_metadata(metadata, chosen, notices)
    # WebP has no grey, and few programs read 16-bit grey with opacity from TIFF; RGBA keeps the same bits.
    has_grey = chosen is not ImageFormat.WEBP and (
        chosen is not ImageFormat.TIFF or alpha is None or photo.bits == 8
    )
    is_grey = photo.is_grey and has_grey
    if chosen is ImageFormat.PNG or is_grey != photo.is_grey:
        metadata = _fitting_profile(metadata, not is_grey, notices)
    return replace(photo, is_grey=is_grey, pixels=pixels, alpha=alpha, metadata=metadata), tuple(notices)


def _wanted(photo: Photo, options: ExportOptions) -> tuple[Metadata, list[str]]:
    """What the user wants to be written of the metadata, and sentences about what went with the rest."""
    metadata = replace(photo.metadata, exif=exif.upright(photo.metadata.exif, photo.extent))
    if not options.keep_metadata:
        return without_words(metadata), []
    said: list[str] = []
    if photo.metadata.exif and not metadata.exif:
        said.append(Message("The photo's EXIF data is damaged and was left out."))
    if not options.keep_place:
        metadata, more = without_place(metadata)
        said += more
    return metadata, said


def _on_white(pixels: Pixels, alpha: Plane) -> Pixels:
    """Lay (H, W, 3) with opacity (H, W) on white, both uint8, rounded."""
    opacity = alpha[:, :, None].astype(np.uint16)
    laid: Pixels = ((pixels * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    return laid


def _fitting_profile(metadata: Metadata, has_colour: bool, notices: list[str]) -> Metadata:
    """The profile of a grey device says nothing about a colour picture; PNG forbids both mismatches."""
    wanted = b"RGB " if has_colour else b"GRAY"
    if metadata.icc and metadata.icc[16:20] != wanted:
        notices.append(Message("The photo's colour profile does not fit this format and was left out."))
        return replace(metadata, icc=b"")
    return metadata


def _samples(photo: Photo) -> Pixels:
    """Channels as they lie in a file: (H, W, C) with C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA."""
    pixels = photo.pixels
    if photo.is_grey:
        # Exact for equal channels, so known pixels keep their bits; a coloured fill becomes its luma.
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[:, :, None]
    if photo.alpha is None:
        return pixels
    return np.concatenate((pixels, photo.alpha[:, :, None].astype(pixels.dtype)), axis=2)


def _pillow_image(photo: Photo) -> Image.Image:
    samples = _samples(photo)
    return Image.fromarray(samples[:, :, 0] if samples.shape[2] == 1 else samples)


def _common_arguments(metadata: Metadata) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if metadata.icc:
        arguments["icc_profile"] = metadata.icc
    if metadata.exif:
        arguments["exif"] = exif.PREFIX + metadata.exif
    if metadata.xmp:
        arguments["xmp"] = metadata.xmp
    return arguments


def _encoded_jpeg(photo: Photo, options: ExportOptions) -> bytes:
    arguments = _common_arguments(photo.metadata)
    if photo.metadata.dpi is not None:
        arguments["dpi"] = photo.metadata.dpi
    if photo.metadata.comment:
        arguments["comment"] = photo.metadata.comment
    if resources := iptc.as_resource(photo.metadata.iptc) + photo.metadata.photoshop:
        content = iptc.PHOTOSHOP_PREFIX + resources
        arguments["extra"] = b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content
    source = photo.metadata.jpeg
    if options.quality is not None or source is None:
        quality = options.quality or DEFAULT_JPEG_QUALITY
        arguments |= {"quality": quality, "subsampling": 0 if quality >= 90 else 2, "optimize": True}
    else:
        arguments |= {
            "subsampling": source.subsampling or 0,
            "progressive": source.is_progressive,
            "optimize": True,
        }
        arguments |= {"qtables": source.tables} if source.tables else {"quality": source.quality}
    buffer = io.BytesIO()
    _pillow_image(photo).save(buffer, "JPEG", **arguments)
    return buffer.getvalue()


def _encoded_webp(photo: Photo, options: ExportOptions) -> bytes:
    arguments = _common_arguments(photo.metadata)
    quality = options.quality or DEFAULT_WEBP_QUALITY
    # "exact" keeps the colours under transparent pixels.
    arguments |= {"lossless": quality == 100, "quality": quality, "exact": True}
    buffer = io.BytesIO()
    _pillow_image(photo).save(buffer, "WEBP", **arguments)
    return buffer.getvalue()


_ENCODERS: Final[dict[ImageFormat, Callable[[Photo, ExportOptions], bytes]]] = {
    ImageFormat.JPEG: _encoded_jpeg,
    ImageFormat.WEBP: _encoded_webp,
}
