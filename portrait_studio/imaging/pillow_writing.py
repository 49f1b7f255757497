"""Writes JPEG, WebP and AVIF files with Pillow, with their metadata."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, BinaryIO, Final

from PIL import Image

from portrait_studio.imaging import exif, iptc
from portrait_studio.imaging.photo import Metadata, Pixels

DEFAULT_JPEG_QUALITY: Final = 95
DEFAULT_WEBP_QUALITY: Final = 90
LOSSLESS_WEBP_QUALITY: Final = 100
DEFAULT_AVIF_QUALITY: Final = 85


def write_jpeg(file: BinaryIO, samples: Pixels, metadata: Metadata, quality: int | None) -> None:
    """Write a JPEG file.

    Args:
        file: open for writing.
        samples: (H, W, C) uint8; C = 1 grey or 3 RGB.
        metadata: profile, EXIF, XMP, IPTC, Photoshop's resources, resolution and comment go into the file.
        quality: 1..100; None = compressed as the source was, if that was JPEG.

    Raises:
        OSError: the file cannot be written.
    """
    arguments = _common_arguments(metadata)
    if metadata.dpi is not None:
        arguments["dpi"] = metadata.dpi
    if metadata.comment:
        arguments["comment"] = metadata.comment
    if metadata.photoshop_block:
        content = iptc.PHOTOSHOP_PREFIX + metadata.photoshop_block
        arguments["extra"] = b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content
    source = metadata.jpeg
    if quality is not None or source is None:
        quality = quality or DEFAULT_JPEG_QUALITY
        arguments |= {"quality": quality, "subsampling": 0 if quality >= 90 else 2, "optimize": True}
    else:
        arguments |= {
            "subsampling": source.subsampling or 0,
            "progressive": source.is_progressive,
            "optimize": True,
        }
        arguments |= {"qtables": source.tables} if source.tables else {"quality": source.quality}
    _write(file, samples, "JPEG", arguments)


def write_webp(file: BinaryIO, samples: Pixels, metadata: Metadata, quality: int | None) -> None:
    """Write a WebP file.

    Args:
        file: open for writing.
        samples: (H, W, C) uint8; C = 3 RGB or 4 RGBA.
        metadata: profile, EXIF, XMP and resolution go into the file.
        quality: 1..100, the last one without loss; None = `DEFAULT_WEBP_QUALITY`.

    Raises:
        OSError: the file cannot be written.
    """
    quality = quality or DEFAULT_WEBP_QUALITY
    # "exact" keeps the colours under transparent pixels.
    arguments = {"lossless": quality == LOSSLESS_WEBP_QUALITY, "quality": quality, "exact": True}
    _write(file, samples, "WEBP", _common_arguments(_resolution_in_exif(metadata)) | arguments)


def write_avif(file: BinaryIO, samples: Pixels, metadata: Metadata, quality: int | None) -> None:
    """Write an AVIF file.

    Args:
        file: open for writing.
        samples: (H, W, C) uint8; C = 3 RGB or 4 RGBA.
        metadata: profile, EXIF, XMP and resolution go into the file.
        quality: 1..100, from 90 on with colours at full resolution; None = `DEFAULT_AVIF_QUALITY`.

    Raises:
        OSError: the file cannot be written.
    """
    quality = quality or DEFAULT_AVIF_QUALITY
    arguments = {"quality": quality, "subsampling": "4:4:4" if quality >= 90 else "4:2:0", "speed": 6}
    _write(file, samples, "AVIF", _common_arguments(_resolution_in_exif(metadata)) | arguments)


def _resolution_in_exif(metadata: Metadata) -> Metadata:
    """For formats that have no other place for it."""
    if metadata.dpi is None:
        return metadata
    return replace(metadata, exif=exif.with_resolution(metadata.exif, metadata.dpi))


def _common_arguments(metadata: Metadata) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if metadata.icc:
        arguments["icc_profile"] = metadata.icc
    if metadata.exif:
        arguments["exif"] = exif.PREFIX + metadata.exif
    if metadata.xmp:
        arguments["xmp"] = metadata.xmp
    return arguments


def _write(file: BinaryIO, samples: Pixels, kind: str, arguments: dict[str, Any]) -> None:
    image = Image.fromarray(samples[:, :, 0] if samples.shape[2] == 1 else samples)
    # In memory first: Pillow would turn a full disk into an error without a cause.
    buffer = io.BytesIO()
    image.save(buffer, kind, **arguments)
    file.write(buffer.getvalue())
