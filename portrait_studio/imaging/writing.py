"""Writes a photo to a file of any format, with everything that the format can hold of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from portrait_studio.errors import ExportError, OptionError
from portrait_studio.imaging import xmp
from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.content_credentials import Credentials, signed
from portrait_studio.imaging.conversion import fitted_photo, scaled_down
from portrait_studio.imaging.formats import ImageFormat, check_size, format_of
from portrait_studio.imaging.metadata_fitting import metadata_to_write
from portrait_studio.imaging.photo import Photo


@dataclass(frozen=True)
class ExportOptions:
    """How to write a photo.

    Attributes:
        format: None = what the file's suffix says.
        quality: 1..100, for formats that have one; None = the source's own compression for JPEG sources that
            stay JPEG, else the format's default.
        keep_metadata: whether EXIF, XMP, IPTC and texts are written; the profile always is.
        keep_place: whether they may tell where the photo was taken.
        to_srgb: whether 8-bit colour is converted from the photo's profile to sRGB.
        longest_px: scale down to so many pixels on the longer side; None = as it is.
        says_generated: whether the file says that a trained network made some of its pixels, where that is
            so; also where no other metadata are written.
        credentials: who signs the file as Content Credentials; None = nobody.
    """

    format: ImageFormat | None = None
    quality: int | None = None
    keep_metadata: bool = True
    keep_place: bool = True
    to_srgb: bool = False
    longest_px: int | None = None
    says_generated: bool = True
    credentials: Credentials | None = None

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


class Check(Protocol):
    """Looks at what was written before it takes its place, and may refuse it."""

    def __call__(self, given: Photo, data: bytes, path: Path, *, is_lossless: bool) -> None:
        """See `ExportCheck.check`."""


def write_photo(
    photo: Photo,
    path: Path,
    options: ExportOptions | None = None,
    opening: Opening = replacing,
    check: Check | None = None,
    *,
    made: Sequence[str] = (),
) -> WrittenPhoto:
    """Write a photo; the file appears complete or not at all.

    Args:
        photo: pixels, opacity and metadata to write.
        path: file to create or replace; its suffix names the format unless the options do.
        options: how to write.
        opening: how the file takes its place.
        check: looks at it before.
        made: what a trained network made of the pixels, in sentences; empty = nothing.

    Raises:
        ExportError: unknown format, folder missing, target protected, disk full, or too large for the format.
        OptionError: it is to be signed, but the package is missing, or certificate or key are of no use.
    """
    options = options or ExportOptions()
    chosen = options.format or format_of(path)
    extent = photo.extent.shrunk_to(options.longest_px)
    check_size(extent, chosen)
    metadata, notices = metadata_to_write(
        photo.metadata,
        extent,
        chosen.value,
        keeps_any=options.keep_metadata,
        keeps_place=options.keep_place,
        source_type=xmp.PARTLY_GENERATED if made and options.says_generated else "",
    )
    scaled = scaled_down(replace(photo, metadata=metadata), options.longest_px)
    fitted, losses = fitted_photo(scaled, chosen.value, to_srgb=options.to_srgb)
    is_lossless = chosen.value.is_lossless(options.quality)
    try:
        with opening(path) as file:
            chosen.value.write(file, fitted.samples, fitted.metadata, options.quality)
            if options.credentials is not None:
                _sign(file, photo, chosen, options.credentials, made)
            if check is not None:
                file.flush()
                check(fitted, Path(file.name).read_bytes(), path, is_lossless=is_lossless)
    except MemoryError as error:
        raise ExportError(
            "There is not enough memory to write {path}; close other programs first.", path=path
        ) from error
    is_converted = extent != photo.extent or (options.to_srgb and fitted.metadata.icc != photo.metadata.icc)
    is_lossless = is_lossless and not is_converted and fitted.bits == photo.bits
    return WrittenPhoto(path, chosen, is_lossless, (*notices, *losses), is_converted)


def _sign(
    file: BinaryIO, photo: Photo, chosen: ImageFormat, credentials: Credentials, made: Sequence[str]
) -> None:
    """Put Content Credentials into a file that is written already."""
    file.flush()
    data = Path(file.name).read_bytes()
    whole = signed(data, chosen.value.title.lower(), photo, credentials, made)
    file.seek(0)
    file.write(whole)
    file.truncate()
