"""Reduces metadata to what the user wants of it and a file format can hold, and says what was lost."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Final

from portrait_studio.imaging import exif, iptc, xmp
from portrait_studio.imaging.photo import ImageFormat, Metadata
from portrait_studio.imaging.png_chunks import Chunk
from portrait_studio.imaging.png_reading import COLOURS, TEXTS, text_of
from portrait_studio.messages import Message

MARKER_BYTES: Final = 65_500
"""What fits into one JPEG marker segment beside its prefix."""

_SRGB_GAMMA: Final = 45455
_SRGB_POINTS: Final = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_SRGB_CODES: Final = b"\x01\x0d"
_TELLS_PLACE: Final = ("gps", "location", "latitude", "longitude", "city", "country")


def without_words(metadata: Metadata) -> Metadata:
    """Nothing but what the pixels need to be understood: profile, kind of colours, resolution."""
    colours = tuple((name, content) for name, content in metadata.png_chunks if name in COLOURS)
    bare = replace(metadata, exif=b"", xmp=b"", iptc=b"", photoshop=b"", comment=b"")
    return replace(bare, png_chunks=colours)


def without_place(metadata: Metadata) -> tuple[Metadata, list[Message]]:
    """Metadata that does not tell where the photo was taken, and sentences about what else had to go."""
    said: list[Message] = []
    packet = xmp.without_place(metadata.xmp)
    if metadata.xmp and not packet:
        said.append(Message("The photo's XMP data cannot be taken apart; it was left out with the place."))
    if exif.has_maker_note(metadata.exif):
        said.append(Message("The camera's own notes may tell the place; they were left out with it."))
    chunks = tuple(chunk for chunk in metadata.png_chunks if not _tells_place(*chunk))
    kept = replace(
        metadata,
        exif=exif.without_place(metadata.exif),
        iptc=iptc.without_place(metadata.iptc),
        xmp=packet,
        png_chunks=chunks,
    )
    return kept, said


def _tells_place(name: bytes, content: bytes) -> bool:
    keyword = text_of(Chunk(name, content))[0].lower() if name in TEXTS else ""
    return any(part in keyword for part in _TELLS_PLACE)


def fitted_metadata(metadata: Metadata, chosen: ImageFormat, said: list[str]) -> Metadata:
    """What a format can hold; sentences about the rest are added to `said`."""
    if chosen is ImageFormat.PNG:
        return metadata
    metadata = _without_png_chunks(metadata, chosen, said)
    if chosen is ImageFormat.JPEG:
        return _fitting_markers(metadata, said)
    if metadata.comment:
        said.append(_no_place(chosen, Message("the file's comment")))
    if chosen is ImageFormat.WEBP:
        if metadata.iptc or metadata.photoshop:
            said.append(_no_place(chosen, Message("IPTC and Photoshop's data")))
        if metadata.dpi is not None:
            metadata = replace(metadata, exif=exif.with_resolution(metadata.exif, metadata.dpi))
        metadata = replace(metadata, iptc=b"", photoshop=b"")
    return replace(metadata, comment=b"")


def _no_place(chosen: ImageFormat, what: str) -> Message:
    return Message("{format} has no place for {what}; it was left out.", format=chosen.value, what=what)


def _without_png_chunks(metadata: Metadata, chosen: ImageFormat, said: list[str]) -> Metadata:
    words = [chunk for chunk in metadata.png_chunks if chunk[0] not in COLOURS]
    if words:
        keywords = (text_of(Chunk(*chunk))[0] if chunk[0] in TEXTS else "tIME" for chunk in words)
        names = ", ".join(dict.fromkeys(keywords))
        said.append(_no_place(chosen, Message("the PNG file's texts ({names})", names=names)))
    colours = [chunk for chunk in metadata.png_chunks if chunk[0] in COLOURS]
    if not metadata.icc and not any(name == b"sRGB" for name, _ in colours):
        foreign = [name.decode("ascii") for name, content in colours if not _is_srgb(name, content)]
        if foreign:
            names = ", ".join(foreign)
            said.append(_no_place(chosen, Message("the PNG file's kind of colours ({names})", names=names)))
    return replace(metadata, png_chunks=())


def _is_srgb(name: bytes, content: bytes) -> bool:
    """Whether a chunk says what is so anyway where nothing is said."""
    if name == b"gAMA" and len(content) == 4:
        return abs(int.from_bytes(content, "big") - _SRGB_GAMMA) < 1000
    if name == b"cHRM" and len(content) == 32:
        return all(abs(a - b) < 200 for a, b in zip(struct.unpack(">8L", content), _SRGB_POINTS, strict=True))
    return name == b"cICP" and content.startswith(_SRGB_CODES)


def _fitting_markers(metadata: Metadata, said: list[str]) -> Metadata:
    """JPEG holds at most 64 KiB of EXIF, as much of XMP, of Photoshop's data and of the comment."""
    if len(metadata.exif) > MARKER_BYTES:
        said.append(Message("The photo's EXIF data is too long for JPEG and was left out."))
        metadata = replace(metadata, exif=b"")
    if len(metadata.xmp) > MARKER_BYTES:
        said.append(Message("The photo's XMP data is too long for JPEG and was left out."))
        metadata = replace(metadata, xmp=b"")
    if len(iptc.as_resource(metadata.iptc)) + len(metadata.photoshop) > MARKER_BYTES:
        said.append(Message("The photo's IPTC and Photoshop data is too long for JPEG and was left out."))
        metadata = replace(metadata, iptc=b"", photoshop=b"")
    if len(metadata.comment) > MARKER_BYTES:
        said.append(Message("The photo's comment is too long for JPEG and was left out."))
        metadata = replace(metadata, comment=b"")
    return metadata
