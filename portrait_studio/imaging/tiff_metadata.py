"""What a TIFF file says beside its pixels, byte for byte, in the forms that other formats have for it."""

from __future__ import annotations

from collections.abc import Iterable

from portrait_studio.imaging.iptc import taken_apart
from portrait_studio.imaging.photo import Metadata
from portrait_studio.imaging.tag_block import (
    EXIF_DIRECTORY,
    GPS_DIRECTORY,
    INTEROPERABILITY_DIRECTORY,
    Tag,
    TagBlock,
    packed_block,
)
from portrait_studio.imaging.tiff import IPTC, PHOTOSHOP, PROFILE, STRUCTURAL, XMP


def read_tiff_metadata(
    data: bytes, directories: Iterable[int], left_out: frozenset[int] = STRUCTURAL
) -> Metadata:
    """Collect the metadata.

    Args:
        data: bytes of the file.
        directories: where those lie that describe the photo; what several say, the last one says.
        left_out: numbers of tags that describe how pixels lie in the file, and not the photo.
    """
    block = TagBlock(data)
    tags: dict[int, Tag] = {}
    for directory in directories:
        tags |= block.described(directory)
    below: dict[int, dict[int, Tag]] = {}
    for number in (EXIF_DIRECTORY, GPS_DIRECTORY):
        if at := _pointer(block, tags.get(number)):
            below[number] = block.described(at)
            # A pointer into the former file, to a note on which rules of naming that followed.
            below[number].pop(INTEROPERABILITY_DIRECTORY, None)
    described = {number: tag for number, tag in tags.items() if number not in left_out}
    iptc, photoshop = taken_apart(_raw(tags, PHOTOSHOP))
    return Metadata(
        exif=packed_block(block.order, described, below) if described or any(below.values()) else b"",
        icc=_raw(tags, PROFILE),
        xmp=_raw(tags, XMP).rstrip(b"\0"),
        iptc=_raw(tags, IPTC) or iptc,
        photoshop=photoshop,
        source_format="TIFF",
    )


def _raw(tags: dict[int, Tag], number: int) -> bytes:
    return tags[number].raw if number in tags else b""


def _pointer(block: TagBlock, tag: Tag | None) -> int:
    if tag is None or len(tag.raw) != 4:
        return 0
    return int.from_bytes(tag.raw, "little" if block.order == "<" else "big")
