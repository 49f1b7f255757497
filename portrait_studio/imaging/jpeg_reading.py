"""Reads JPEG files, and all that they say beside their pixels (ITU-T T.81, EXIF, JFIF, XMP)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import cv2
import imagecodecs
import numpy as np
from PIL import Image, JpegImagePlugin

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging import exif, iptc, jpeg_markers
from portrait_studio.imaging.bit_depth import in_8_or_16_bits
from portrait_studio.imaging.decoding import Decoded, ImageFile, decode_with_pillow
from portrait_studio.imaging.jpeg_markers import Segment, segments
from portrait_studio.imaging.photo import JpegCoding, Metadata
from portrait_studio.messages import Message

XMP_PREFIX: Final = b"http://ns.adobe.com/xap/1.0/\x00"
_MORE_XMP: Final = b"http://ns.adobe.com/xmp/extension/\x00"
_PROFILE_PREFIX: Final = b"ICC_PROFILE\x00"
_MORE_PICTURES: Final = b"MPF\x00"
_SILENT: Final = ((0xE0, b""), (0xE2, _PROFILE_PREFIX), (0xE2, _MORE_PICTURES), (0xEE, b"Adobe"))
"""Of how the file is built: JFIF with its thumbnail, profile, list of further pictures, kind of colour."""

_LOSSLESS, _LOSSLESS_ARITHMETIC, _JPEG_LS = 0xC3, 0xCB, 0xF7
_PROGRESSIVE: Final = (0xC2, 0xCA)
_MOST_SCANS: Final = 16
_MOST_SCANNED_PIXELS: Final = 1_000_000_000
"""More scans than usual are read where together they pass over no more pixels; empty ones take as long."""
_JUNK: Final = tuple(bytes((value,)) * 64 for value in (0xAA, 0xF0, 0x80, 0xFE, 0x35))
"""Whatever code a decoder waits for, some of these are another one than nothing is."""
_LEAST_TRAILER: Final = 1024
_STANDARD_LUMINANCE_SUM: Final = 3688
"""Sum of the luminance table of the JPEG standard (ITU-T T.81, table K.1), which libjpeg calls quality 50."""


@dataclass(frozen=True)
class _Frame:
    """What the frame header says."""

    marker: int
    bits: int
    height: int
    width: int
    components: tuple[int, ...]

    @classmethod
    def of(cls, segment: Segment) -> _Frame:
        payload = segment.payload
        height, width = (int.from_bytes(payload[at : at + 2], "big") for at in (1, 3))
        return cls(segment.marker, payload[0], height, width, tuple(payload[6::3][: payload[5]]))


class JpegFile(ImageFile):
    """A JPEG file; its segments are read at once, its pixels when they are asked for."""

    def __init__(self, data: bytes, path: Path) -> None:
        """Read the segments.

        Args:
            data: bytes of the file.
            path: where they are from.

        Raises:
            ImageFileError: it has no header, or more scans than any photo.
        """
        self._data, self._path = data, path
        self._segments = list(segments(data))
        frame = next((_Frame.of(found) for found in self._segments if _begins_frame(found)), None)
        if frame is None:
            raise _damaged(path)
        self._frame = frame
        self.width, self.height, self.bits = frame.width, frame.height, max(8, frame.bits)
        self._scans = [found for found in self._segments if found.marker == jpeg_markers.SOS]
        self.orientation = exif.orientation(self._described.exif)
        self.notices = tuple(self._left_out())

    def decode(self) -> Decoded:
        """Decode the pixels; where only the end marker is missing, with one."""
        self._check_scans()
        if self._frame.marker in (_LOSSLESS, _LOSSLESS_ARITHMETIC, _JPEG_LS):
            raise ImageFileError(
                "{path} is a lossless JPEG, of a kind that this program cannot read; save it as PNG or TIFF"
                " first.",
                path=self._path,
            )
        if self._frame.bits > 8:
            return self._of_12_bits()
        if self._segments[-1].marker == jpeg_markers.EOI:
            with Image.open(io.BytesIO(self._data), formats=["JPEG"]) as image:
                return decode_with_pillow(image, self._path)
        return self._without_end()

    def _check_scans(self) -> None:
        count = len(self._scans)
        if count > _MOST_SCANS and count * self.width * self.height > _MOST_SCANNED_PIXELS:
            raise ImageFileError(
                "{path} goes over its pixels {count} times, as no photo does; fetch the file again from its"
                " source.",
                path=self._path,
                count=count,
            )

    def _of_12_bits(self) -> Decoded:
        samples = imagecodecs.jpeg8_decode(self._data)
        if samples.ndim == 3 and samples.shape[2] != 3:
            raise ImageFileError(
                "{path} stores inks that are not 8-bit CMYK; convert it to RGB first.", path=self._path
            )
        pixels, notices = in_8_or_16_bits(samples, self._frame.bits, self._path)
        if pixels.ndim == 2:
            return Decoded(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), is_grey=True, notices=notices)
        return Decoded(pixels, notices=notices)

    def _without_end(self) -> Decoded:
        """Decode a file without its end marker, if nothing else is missing.

        libjpeg says only on the terminal that it made pixels up. But those depend on what follows the data,
        and pixels that are there do not.
        """
        cut = self._data.rstrip(b"\xff")
        decoded = self._decoded(cut + b"\xff\xd9")
        others = (self._decoded(cut + junk + b"\xff\xd9") for junk in _JUNK)
        if not self._has_all_coefficients() or not all(
            np.array_equal(decoded.pixels, other.pixels) for other in others
        ):
            raise _damaged(self._path)
        notice = Message("The file lacks its end, but all its pixels are there.")
        return replace(decoded, notices=(*decoded.notices, notice))

    def _decoded(self, data: bytes) -> Decoded:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            return decode_with_pillow(image, self._path)

    def _has_all_coefficients(self) -> bool:
        """Whether the scans bring each component's mean values, and what they begin, to the last bit."""
        missing: dict[tuple[int, int], int] = {}
        for scan in self._scans:
            count, payload = scan.payload[0], scan.payload
            first, last, precision = payload[1 + 2 * count : 4 + 2 * count]
            if self._frame.marker not in _PROGRESSIVE:
                first, last, precision = 0, 63, 0
            for component in payload[1 : 1 + 2 * count : 2]:
                for coefficient in range(first, min(last, 63) + 1):
                    missing[component, coefficient] = precision & 15
        return not any(missing.values()) and all(
            (component, coefficient) in missing
            for component in self._frame.components
            for coefficient in (0, 63)
        )

    def metadata(self) -> Metadata:
        """What the segments say."""
        return self._described

    @cached_property
    def _described(self) -> Metadata:
        exif_block = self._payload(0xE1, exif.PREFIX)
        found, photoshop = iptc.taken_apart(b"".join(self._payloads(0xED, iptc.PHOTOSHOP_PREFIX)))
        comments = [found.payload for found in self._segments if found.marker == jpeg_markers.COMMENT]
        return Metadata(
            exif=exif.bare(exif_block),
            icc=_profile(self._payloads(0xE2, _PROFILE_PREFIX)),
            xmp=self._payload(0xE1, XMP_PREFIX),
            dpi=self._density(),
            iptc=found,
            photoshop=photoshop,
            comment=b"\n".join(comments),
            source_format="JPEG",
            jpeg=self._coding(),
        )

    def _payloads(self, marker: int, prefix: bytes) -> list[bytes]:
        """What follows a prefix in all segments that begin with it."""
        return [
            found.payload[len(prefix) :]
            for found in self._segments
            if found.marker == marker and found.payload.startswith(prefix)
        ]

    def _payload(self, marker: int, prefix: bytes) -> bytes:
        return next(iter(self._payloads(marker, prefix)), b"")

    def _density(self) -> tuple[float, float] | None:
        for payload in self._payloads(jpeg_markers.APP0, b"JFIF\x00"):
            if len(payload) >= 7 and payload[2] in (1, 2):
                scale = 1.0 if payload[2] == 1 else 2.54
                x, y = (int.from_bytes(payload[at : at + 2], "big") * scale for at in (3, 5))
                return x, y
        return None

    def _coding(self) -> JpegCoding | None:
        if self.bits != 8:
            return None
        with Image.open(io.BytesIO(self._data), formats=["JPEG"]) as image:
            return _jpeg_coding(image)

    def _left_out(self) -> list[Message]:
        said = [
            Message("Extended XMP data, such as a depth map or another picture, was left out.")
            for _ in self._payloads(0xE1, _MORE_XMP)[:1]
        ]
        known = {
            (0xE1, exif.PREFIX),
            (0xE1, XMP_PREFIX),
            (0xE1, _MORE_XMP),
            (0xED, iptc.PHOTOSHOP_PREFIX),
            *_SILENT,
        }
        unknown = {
            f"APP{found.marker - jpeg_markers.APP0}"
            for found in self._segments
            if jpeg_markers.APP0 <= found.marker <= 0xEF
            and not any(found.marker == mark and found.payload.startswith(prefix) for mark, prefix in known)
        }
        if unknown:
            names = ", ".join(sorted(unknown))
            said.append(
                Message("Data that only its own program understands was left out: {names}.", names=names)
            )
        rest = self._data[self._segments[-1].end :].strip(b"\0\xff")
        least = 1 if self._payloads(0xE2, _MORE_PICTURES) else _LEAST_TRAILER
        if self._segments[-1].marker == jpeg_markers.EOI and len(rest) >= least:
            said.append(
                Message(
                    "What follows the picture in its file, such as a video or more pictures, was left out."
                )
            )
        return said


def _begins_frame(segment: Segment) -> bool:
    return segment.marker in jpeg_markers.FRAMES and len(segment.payload) >= 6


def _damaged(path: Path) -> ImageFileError:
    return ImageFileError("{path} is damaged or cut off; fetch the file again from its source.", path=path)


def _profile(parts: Sequence[bytes]) -> bytes:
    """A profile of its parts, which begin with their number and how many there are; empty if one lacks."""
    numbered = {part[0]: part[2:] for part in parts if len(part) > 2}
    count = parts[0][1] if parts and len(parts[0]) > 1 else 0
    is_whole = bool(numbered) and all(number in numbered for number in range(1, count + 1))
    return b"".join(numbered[number] for number in range(1, count + 1)) if is_whole else b""


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
