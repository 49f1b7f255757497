"""Fits metadata to an upright photo, to what the user wants and to a file format, and says what was lost."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from portrait_studio.imaging import exif, iptc, xmp
from portrait_studio.imaging.formats import FormatTraits
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata
from portrait_studio.imaging.png_reading import COLOURS, TEXTS
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


def metadata_to_write(
    metadata: Metadata,
    extent: Extent,
    traits: FormatTraits,
    *,
    keeps_any: bool = True,
    keeps_place: bool = True,
    source_type: str = "",
) -> tuple[Metadata, list[Message]]:
    """What a file will say beside its pixels: what the user wants of the metadata, and the format can hold.

    Args:
        metadata: of an upright photo.
        extent: size of the photo as it is written.
        traits: of the format.
        keeps_any: whether more is written than what the pixels need to be understood.
        keeps_place: whether it may tell where the photo was taken.
        source_type: IPTC's word for where the pixels are from, which is written in any case; or empty.

    Returns:
        The metadata, their profile still that of the photo, and sentences about what was left out.
    """
    given = metadata if keeps_any else _of_pixels(metadata)
    block, had_note = exif.block_to_write(given.exif, extent, keeps_place=keeps_place)
    packet = given.xmp if keeps_place else xmp.without_place(given.xmp)
    said: list[Message] = []
    if given.exif and not block:
        said.append(Message("The photo's EXIF data is damaged and was left out."))
    if given.xmp and not packet:
        said.append(Message("The photo's XMP data cannot be taken apart; it was left out with the place."))
    if had_note:
        said.append(Message("The camera's own notes may tell the place; they were left out with it."))
    if source_type:
        packet = xmp.with_source_type(packet, source_type)
    kept = replace(given, exif=block, xmp=packet)
    if not keeps_place:
        chunks = tuple(chunk for chunk in given.png_chunks if not _tells_place(*chunk))
        kept = replace(kept, iptc=iptc.without_place(given.iptc), png_chunks=chunks)
    return _fitted(kept, traits, said), said


def _of_pixels(metadata: Metadata) -> Metadata:
    """Nothing but what the pixels need to be understood: profile, kind of colours, resolution."""
    colours = tuple((name, content) for name, content in metadata.png_chunks if name in COLOURS)
    bare = replace(metadata, exif=b"", xmp=b"", iptc=b"", photoshop=b"", comment=b"")
    return replace(bare, png_chunks=colours)


def _tells_place(name: bytes, content: bytes) -> bool:
    return any(part in _keyword(name, content).lower() for part in _TELLS_PLACE)


def _keyword(name: bytes, content: bytes) -> str:
    """What a text chunk says that its text is; the name of any other chunk."""
    return content.partition(b"\0")[0].decode("latin-1") if name in TEXTS else name.decode("ascii")


def _fitted(metadata: Metadata, traits: FormatTraits, said: list[Message]) -> Metadata:
    """What a format can hold; sentences about the rest are added to `said`."""
    if "png_chunks" in traits.no_place_for:
        said += _lost_chunks(metadata, traits)
        metadata = replace(metadata, png_chunks=())
    if metadata.comment and "comment" in traits.no_place_for:
        said.append(_no_place(traits, Message("the file's comment")))
        metadata = replace(metadata, comment=b"")
    if metadata.photoshop_block and "iptc" in traits.no_place_for:
        said.append(_no_place(traits, Message("IPTC and Photoshop's data")))
        metadata = replace(metadata, iptc=b"", photoshop=b"")
    return metadata if traits.most_block_bytes is None else _in_blocks(metadata, traits, said)


def _in_blocks(metadata: Metadata, traits: FormatTraits, said: list[Message]) -> Metadata:
    """Without what is too long; JPEG holds at most 64 KiB of EXIF, of XMP, of Photoshop's data and so on."""
    blocks: tuple[tuple[bytes, dict[str, Any], Message], ...] = (
        (metadata.exif, {"exif": b""}, Message("EXIF data")),
        (metadata.xmp, {"xmp": b""}, Message("XMP data")),
        (metadata.photoshop_block, {"iptc": b"", "photoshop": b""}, Message("IPTC and Photoshop data")),
        (metadata.comment, {"comment": b""}, Message("comment")),
    )
    for block, nothing, what in blocks:
        if len(block) > (traits.most_block_bytes or 0):
            said.append(
                Message(
                    "The photo's {what} is too long for {format} and was left out.",
                    what=what,
                    format=traits.title,
                )
            )
            metadata = replace(metadata, **nothing)
    return metadata


def _no_place(traits: FormatTraits, what: str) -> Message:
    return Message("{format} has no place for {what}; it was left out.", format=traits.title, what=what)


def _lost_chunks(metadata: Metadata, traits: FormatTraits) -> Iterator[Message]:
    """What is lost with what only PNG files say."""
    words = [_keyword(*chunk) for chunk in metadata.png_chunks if chunk[0] not in COLOURS]
    if words:
        names = ", ".join(dict.fromkeys(words))
        yield _no_place(traits, Message("the PNG file's texts ({names})", names=names))
    colours = [chunk for chunk in metadata.png_chunks if chunk[0] in COLOURS]
    if not metadata.icc and not any(name == b"sRGB" for name, _ in colours):
        foreign = [name.decode("ascii") for name, content in colours if not _is_srgb(name, content)]
        if foreign:
            names = ", ".join(foreign)
            yield _no_place(traits, Message("the PNG file's kind of colours ({names})", names=names))


def _is_srgb(name: bytes, content: bytes) -> bool:
    """Whether a chunk says what is so anyway where nothing is said."""
    if name == b"gAMA" and len(content) == 4:
        return abs(int.from_bytes(content, "big") - _SRGB_GAMMA) < 1000
    if name == b"cHRM" and len(content) == 32:
        return all(abs(a - b) < 200 for a, b in zip(struct.unpack(">8L", content), _SRGB_POINTS, strict=True))
    return name == b"cICP" and content.startswith(_SRGB_CODES)
