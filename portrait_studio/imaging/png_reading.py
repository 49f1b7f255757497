"""Reads PNG files of 8 and 16 bits, and all that they say beside their pixels (PNG 3rd edition)."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging import exif, iptc
from portrait_studio.imaging.decoding import Decoded, ImageFile, decode_with_pillow, of_channels
from portrait_studio.imaging.photo import Metadata
from portrait_studio.imaging.png_chunks import Chunk, Header, chunks_of, is_complete, rebuilt
from portrait_studio.messages import Message

_PIXELS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_MUST_BE_SOUND: Final = (b"IHDR", b"PLTE", b"tRNS")
TEXTS: Final = (b"tEXt", b"zTXt", b"iTXt")
COLOURS: Final = (b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI")
TIME: Final = b"tIME"
_KEPT: Final = (*TEXTS, *COLOURS, TIME)
_READ: Final = (b"iCCP", b"eXIf", b"pHYs")
_ANIMATION: Final = (b"acTL", b"fcTL", b"fdAT")
_UNTRUE: Final = (b"bKGD", b"hIST", b"sPLT", b"sBIT", b"IEND")
"""What is said of the palette or the depth that is written anew, and need not be told."""
_MOST_INFLATED: Final = 64 << 20
_XMP: Final = "XML:com.adobe.xmp"
_RAW_PROFILE: Final = "Raw profile type "
_GREY, _RGB, _GREY_OPACITY, _RGBA = 0, 2, 4, 6


class PngFile(ImageFile):
    """A PNG file; its chunks are read at once, its pixels when they are asked for."""

    def __init__(self, data: bytes, path: Path) -> None:
        """Read the chunks.

        Args:
            data: bytes of the file.
            path: where they are from.

        Raises:
            ImageFileError: it is damaged so that pixels are missing, or may be.
        """
        self._path = path
        self._chunks = chunks_of(data)
        header = Header.of(self._chunks)
        if header is None:
            raise _damaged(path)
        self._header = header
        self.width, self.height, self.bits = header.width, header.height, max(8, header.bits)
        names = {chunk.name for chunk in self._chunks}
        self.channels = 4 if header.colour in (_GREY_OPACITY, _RGBA) or b"tRNS" in names else 3
        self._described, self.notices = _described([chunk for chunk in self._chunks if chunk.is_sound])
        self.orientation = exif.orientation(self._described.exif)

    def decode(self) -> Decoded:
        """Decode the pixels; a damaged file whose pixels are all there is mended first."""
        pixels = [chunk for chunk in self._chunks if chunk.name in _PIXELS]
        hurt = {chunk.name for chunk in self._chunks if not chunk.is_sound}
        is_whole = not hurt and self._chunks[-1].name == b"IEND"
        # Pillow says itself whether anything is missing; libpng, on 16 bits, only on the terminal.
        may_lack_pixels = not is_whole or self.bits == 16
        if may_lack_pixels and (hurt.intersection(_MUST_BE_SOUND) or not is_complete(self._header, pixels)):
            raise _damaged(self._path)
        decoded = self._decoded(pixels)
        if is_whole:
            return decoded
        notice = Message("The file is damaged beside its pixels, which are all there; the rest was left out.")
        return replace(decoded, notices=(*decoded.notices, notice))

    def _decoded(self, pixels: list[Chunk]) -> Decoded:
        if self.bits < 16:
            with Image.open(io.BytesIO(rebuilt(pixels)), formats=["PNG"]) as image:
                return decode_with_pillow(image, self._path)
        # Pillow cuts 16-bit colour down to 8 bits.
        key = next((chunk.payload for chunk in pixels if chunk.name == b"tRNS"), None)
        samples = imagecodecs.png_decode(rebuilt(chunk for chunk in pixels if chunk.name != b"tRNS"))
        return _of_16_bits(samples.reshape(self.height, self.width, -1), key)

    def metadata(self) -> Metadata:
        """What the chunks say."""
        return self._described


def _damaged(path: Path) -> ImageFileError:
    return ImageFileError("{path} is damaged or cut off; fetch the file again from its source.", path=path)


def _of_16_bits(samples: NDArray[Any], key: bytes | None) -> Decoded:
    """(H, W, C) uint16, and the transparent colour, if any."""
    decoded = of_channels(samples)
    if decoded.alpha is not None or key is None or len(key) != 2 * samples.shape[2]:
        return decoded
    is_transparent = (samples == np.frombuffer(key, ">u2")).all(axis=2)
    return replace(decoded, alpha=np.where(is_transparent, np.uint16(0), np.uint16(65535)))


def _described(chunks: list[Chunk]) -> tuple[Metadata, tuple[Message, ...]]:
    metadata, kept = Metadata(source_format="PNG"), []
    for chunk in chunks:
        taken = _taken_text(metadata, *text_of(chunk)) if chunk.name in TEXTS else None
        if taken is not None:
            metadata = taken
        elif chunk.name in _KEPT:
            kept.append((chunk.name, chunk.payload))
    # Of two EXIF blocks or profiles the one in its own chunk counts.
    for chunk in chunks:
        metadata = _taken_chunk(metadata, chunk)
    return replace(metadata, png_chunks=tuple(kept)), tuple(_left_out(chunks, metadata))


def _taken_chunk(metadata: Metadata, chunk: Chunk) -> Metadata:
    if chunk.name == b"iCCP":
        return replace(metadata, icc=_inflated(chunk.payload.partition(b"\0")[2][1:]))
    if chunk.name == b"eXIf":
        return replace(metadata, exif=exif.bare(chunk.payload))
    if chunk.name == b"pHYs" and len(chunk.payload) == 9:
        x, y, unit = struct.unpack(">IIB", chunk.payload)
        return replace(metadata, dpi=(x * 0.0254, y * 0.0254) if unit == 1 else None)
    return metadata


def _left_out(chunks: list[Chunk], metadata: Metadata) -> Iterator[Message]:
    names = {chunk.name for chunk in chunks}
    if b"iCCP" in names and not metadata.icc:
        yield Message("The photo's colour profile is damaged and was left out.")
    if b"acTL" in names:
        yield Message("The file is animated; only its first picture is edited and saved.")
    if unknown := names.difference(_PIXELS, _KEPT, _READ, _ANIMATION, _UNTRUE):
        yield Message(
            "Data that only its own program understands was left out: {names}.",
            names=", ".join(sorted(name.decode("ascii") for name in unknown)),
        )


def text_of(chunk: Chunk) -> tuple[str, bytes]:
    """Keyword and text of a text chunk; the text empty where it is damaged or too long."""
    keyword, _, rest = chunk.payload.partition(b"\0")
    if chunk.name == b"zTXt":
        rest = _inflated(rest[1:])
    elif chunk.name == b"iTXt":
        is_compressed, packed = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
        rest = packed[-1] if len(packed) == 3 else b""
        rest = _inflated(rest) if is_compressed else rest
    return keyword.decode("latin-1"), rest


def _taken_text(metadata: Metadata, keyword: str, text: bytes) -> Metadata | None:
    """The metadata with a text that is EXIF, XMP, IPTC or a profile; None where it is a text and no more."""
    if keyword == _XMP:
        return replace(metadata, xmp=text)
    if not keyword.startswith(_RAW_PROFILE):
        return None
    kind, raw = keyword.removeprefix(_RAW_PROFILE).lower(), _raw_profile(text)
    if not raw:
        return None
    if kind == "exif" or (kind == "app1" and raw.startswith(exif.PREFIX)):
        return replace(metadata, exif=exif.bare(raw))
    if kind in ("xmp", "app1"):
        return replace(metadata, xmp=raw.rpartition(b"\0")[2] if kind == "app1" else raw)
    if kind in ("icc", "icm"):
        return replace(metadata, icc=metadata.icc or raw)
    if kind in ("iptc", "8bim"):
        found, photoshop = iptc.taken_apart(raw)
        return replace(metadata, iptc=found or raw, photoshop=photoshop)
    return None


def _raw_profile(text: bytes) -> bytes:
    """Bytes that ImageMagick and others write as digits: a name, a length, then hexadecimal."""
    words = text.split()
    try:
        return bytes.fromhex(b"".join(words[2:]).decode("ascii")) if len(words) > 2 else b""
    except ValueError:
        return b""


def _inflated(packed: bytes) -> bytes:
    """Unpacked, or empty where it is damaged or larger than any text or profile."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, _MOST_INFLATED)
    except zlib.error:
        return b""
    return data if unpacker.eof else b""
