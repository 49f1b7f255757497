"""Fits metadata to an upright photo, to what the user wants and to a file format, and says what was lost."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Final

from portrait_studio.imaging import exif, iptc, xmp
from portrait_studio.imaging.formats import FormatTraits
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.png_chunks import Chunk
from portrait_studio.imaging.png_reading import COLOURS, TEXTS, text_of
from portrait_studio.messages import Message

_MOST_DPI: Final = 1e6
_SRGB_GAMMA: Final = 45455
_SRGB_POINTS: Final = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_SRGB_CODES: Final = b"\x01\x0d"
_TELLS_PLACE: Final = ("gps", "location", "latitude", "longitude", "city", "country")


def upright_metadata(
    metadata: Metadata, extent: Extent, *, is_turned: bool
) -> tuple[Metadata, tuple[Message, ...]]:
    """Reset the orientation and drop small pictures, which would still show what an edit removes.

    Args:
        metadata: as the file has it.
        extent: size of the photo, upright.
        is_turned: whether a row of the file is a column of the photo.

    Returns:
        The metadata, and sentences about what was damaged.
    """
    said: list[Message] = []
    damaged = exif.unreadable_entries(metadata.exif) if metadata.exif else 0
    if damaged is None:
        said.append(Message("The photo's EXIF data is damaged and was left out."))
    elif damaged == 1:
        said.append(Message("One damaged entry of the photo's EXIF data was left out."))
    elif damaged:
        said.append(Message("{count} damaged entries of the photo's EXIF data were left out.", count=damaged))
    packet = xmp.upright(metadata.xmp)
    if metadata.xmp and not packet:
        said.append(Message("The photo's XMP data is damaged and was left out."))
    dpi = metadata.dpi or exif.resolution(metadata.exif)
    if dpi is not None and not all(0 < value < _MOST_DPI for value in dpi):
        dpi = None
    if dpi is not None and is_turned:
        dpi = dpi[::-1]
    kept = replace(metadata, exif=exif.upright(metadata.exif, extent), xmp=packet, dpi=dpi)
    return kept, tuple(said)


def wanted_metadata(photo: Photo, *, keeps_any: bool, keeps_place: bool) -> tuple[Metadata, list[str]]:
    """What the user wants to be written of a photo's metadata.

    Args:
        photo: upright.
        keeps_any: whether more is written than what the pixels need to be understood.
        keeps_place: whether it may tell where the photo was taken.

    Returns:
        The metadata, and sentences about what went with the rest.
    """
    metadata = replace(photo.metadata, exif=exif.upright(photo.metadata.exif, photo.extent))
    if not keeps_any:
        return _of_pixels(metadata), []
    said: list[str] = []
    if photo.metadata.exif and not metadata.exif:
        said.append(Message("The photo's EXIF data is damaged and was left out."))
    if not keeps_place:
        metadata, more = without_place(metadata)
        said += more
    return metadata, said


def _of_pixels(metadata: Metadata) -> Metadata:
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


def fitted_metadata(metadata: Metadata, traits: FormatTraits, said: list[str]) -> Metadata:
    """What a format can hold; sentences about the rest are added to `said`."""
    if "png_chunks" in traits.no_place_for:
        metadata = _without_png_chunks(metadata, traits, said)
    if traits.most_block_bytes is not None:
        metadata = _in_blocks(metadata, traits, traits.most_block_bytes, said)
    if metadata.comment and "comment" in traits.no_place_for:
        said.append(_no_place(traits, Message("the file's comment")))
        metadata = replace(metadata, comment=b"")
    if (metadata.iptc or metadata.photoshop) and "iptc" in traits.no_place_for:
        said.append(_no_place(traits, Message("IPTC and Photoshop's data")))
        metadata = replace(metadata, iptc=b"", photoshop=b"")
    if metadata.dpi is not None and "dpi" in traits.no_place_for:
        metadata = replace(metadata, exif=exif.with_resolution(metadata.exif, metadata.dpi))
    return metadata


def _no_place(traits: FormatTraits, what: str) -> Message:
    return Message("{format} has no place for {what}; it was left out.", format=traits.title, what=what)


def _without_png_chunks(metadata: Metadata, traits: FormatTraits, said: list[str]) -> Metadata:
    words = [chunk for chunk in metadata.png_chunks if chunk[0] not in COLOURS]
    if words:
        keywords = (text_of(Chunk(*chunk))[0] if chunk[0] in TEXTS else "tIME" for chunk in words)
        names = ", ".join(dict.fromkeys(keywords))
        said.append(_no_place(traits, Message("the PNG file's texts ({names})", names=names)))
    colours = [chunk for chunk in metadata.png_chunks if chunk[0] in COLOURS]
    if not metadata.icc and not any(name == b"sRGB" for name, _ in colours):
        foreign = [name.decode("ascii") for name, content in colours if not _is_srgb(name, content)]
        if foreign:
            names = ", ".join(foreign)
            said.append(_no_place(traits, Message("the PNG file's kind of colours ({names})", names=names)))
    return replace(metadata, png_chunks=())


def _is_srgb(name: bytes, content: bytes) -> bool:
    """Whether a chunk says what is so anyway where nothing is said."""
    if name == b"gAMA" and len(content) == 4:
        return abs(int.from_bytes(content, "big") - _SRGB_GAMMA) < 1000
    if name == b"cHRM" and len(content) == 32:
        return all(abs(a - b) < 200 for a, b in zip(struct.unpack(">8L", content), _SRGB_POINTS, strict=True))
    return name == b"cICP" and content.startswith(_SRGB_CODES)


def _in_blocks(metadata: Metadata, traits: FormatTraits, most: int, said: list[str]) -> Metadata:
    """Without what is too long; JPEG holds at most 64 KiB of EXIF, of XMP, of Photoshop's data and so on."""
    title = traits.title
    if len(metadata.exif) > most:
        said.append(Message("The photo's EXIF data is too long for {format} and was left out.", format=title))
        metadata = replace(metadata, exif=b"")
    if len(metadata.xmp) > most:
        said.append(Message("The photo's XMP data is too long for {format} and was left out.", format=title))
        metadata = replace(metadata, xmp=b"")
    if len(iptc.as_resource(metadata.iptc)) + len(metadata.photoshop) > most:
        said.append(
            Message(
                "The photo's IPTC and Photoshop data is too long for {format} and was left out.", format=title
            )
        )
        metadata = replace(metadata, iptc=b"", photoshop=b"")
    if len(metadata.comment) > most:
        said.append(Message("The photo's comment is too long for {format} and was left out.", format=title))
        metadata = replace(metadata, comment=b"")
    return metadata
