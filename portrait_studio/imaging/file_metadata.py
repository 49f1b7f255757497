"""What a photo file says beside its pixels: EXIF, XMP, colour profile, resolution, JPEG tables."""

from __future__ import annotations

import re
from typing import Final

from PIL import Image, JpegImagePlugin

from portrait_studio.imaging import exif
from portrait_studio.imaging.photo import JpegCoding, Metadata

_DESCRIPTIVE_TAGS: Final = (269, 270, 271, 272, 274, 305, 306, 315, 316, 33432, 34665, 34853)
"""Tags of a TIFF file's directory that describe the photo, not how its pixels lie in the file."""

_STANDARD_LUMINANCE_SUM: Final = 3688
"""Sum of the luminance table of the JPEG standard (ITU-T T.81, table K.1), which libjpeg calls quality 50."""


def read_metadata(image: Image.Image, exif_block: bytes, orientation: int) -> Metadata:
    """Collect the metadata of an image whose pixels were loaded.

    Args:
        image: as Pillow opened it.
        exif_block: what `read_exif` found.
        orientation: 1..8, how the pixels lie in the file.
    """
    return Metadata(
        exif=exif_block,
        icc=_as_bytes(image.info.get("icc_profile")),
        xmp=_xmp(image),
        dpi=_dpi(image, swapped=orientation >= 5),
        source_format="JPEG" if image.format == "MPO" else image.format or "",
        jpeg=_jpeg_coding(image),
    )


def _as_bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8")
    return bytes(value) if isinstance(value, bytes | bytearray) else b""


def read_exif(image: Image.Image) -> bytes:
    """EXIF block of an image whose pixels were loaded, without its prefix; for TIFF, made from its tags."""
    if image.format != "TIFF":
        return _as_bytes(image.info.get("exif")).removeprefix(exif.PREFIX)
    kept = Image.Exif()
    source = image.getexif()
    for tag in _DESCRIPTIVE_TAGS:
        if tag in source:
            kept[tag] = dict(source.get_ifd(tag)) if tag in (34665, 34853) else source[tag]
    return kept.tobytes().removeprefix(exif.PREFIX) if len(kept) else b""


def _xmp(image: Image.Image) -> bytes:
    packet = _as_bytes(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))
    packet = re.sub(rb'(tiff:Orientation=")[2-8](")', rb"\g<1>1\2", packet)
    return re.sub(rb"(<tiff:Orientation>)[2-8](</tiff:Orientation>)", rb"\g<1>1\2", packet)


def _dpi(image: Image.Image, swapped: bool) -> tuple[float, float] | None:
    try:
        x, y = (float(value) for value in image.info.get("dpi", ()))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (0 < x < 1e6 and 0 < y < 1e6):
        return None
    return (y, x) if swapped else (x, y)


def _jpeg_coding(image: Image.Image) -> JpegCoding | None:
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or not image.quantization:
        return None
    tables = tuple(tuple(image.quantization[key]) for key in sorted(image.quantization))
    sampling = JpegImagePlugin.get_sampling(image)
    return JpegCoding(
        tables=tables if image.mode in ("L", "RGB") else (),
        subsampling=sampling if sampling in (0, 1, 2) else None,
        is_progressive=bool(image.info.get("progressive")),
        quality=estimated_quality(tables[0]),
    )


def estimated_quality(table: tuple[int, ...]) -> int:
    """Quality in 1..100 whose luminance table libjpeg would scale to about the given one."""
    scale = 100.0 * sum(table) / _STANDARD_LUMINANCE_SUM
    quality = (200.0 - scale) / 2.0 if scale <= 100.0 else 5000.0 / scale
    return round(min(100.0, max(1.0, quality)))
