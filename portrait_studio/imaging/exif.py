"""Changes an EXIF block in place, so that the rest (GPS, maker notes) stays as it was, byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.jpeg_markers import blank_pictures
from portrait_studio.imaging.tag_block import (
    GPS_DIRECTORY,
    LONG,
    SHORT,
    SUB_DIRECTORIES,
    DirectoryEntry,
    Order,
    Tag,
    TagBlock,
    fraction_tag,
    header,
    number_tag,
    packed_directory,
)

PREFIX: Final = b"Exif\x00\x00"
RESOLUTION: Final = (282, 283)
UNIT: Final = 296
INCHES: Final = 2

_CENTIMETRES: Final = 3
_ORIENTATION: Final = 0x0112
_MAKER_NOTE: Final = 0x927C
_WIDTH: Final = 0xA002
_HEIGHT: Final = 0xA003
_THUMBNAIL: Final = (0x0201, 0x0202)
_STRIPS: Final = (273, 279)
_GEO_TIFF: Final = frozenset((33550, 33922, 34264, 34735, 34736, 34737))
"""Where on the earth the pixels of a map lie."""
_DEEPEST: Final = 8
"""So many directories at most are followed; a block has four."""


def bare(block: bytes) -> bytes:
    """The block without its prefix, however often it is there."""
    while block.startswith(PREFIX):
        block = block.removeprefix(PREFIX)
    return block


class _Editable(TagBlock):
    """A block that is changed in place."""

    data: bytearray

    def __init__(self, data: bytes) -> None:
        super().__init__(bytearray(data))

    def set_number(self, directory: int, tag: int, value: int) -> None:
        for entry in self.entries(directory):
            fits = entry.kind == LONG or (entry.kind == SHORT and value <= 0xFFFF)
            if entry.tag == tag and entry.count == 1 and fits:
                self._pack("L" if entry.kind == LONG else "H", entry.start, value)

    def _pack(self, code: str, at: int, value: int) -> None:
        struct.pack_into(self.order + code, self.data, at, value)

    def keep_only(self, directory: int, kept: list[DirectoryEntry]) -> None:
        """Leave other entries out of a directory; nothing else moves."""
        after = self.next(directory)
        rows = b"".join(bytes(self.data[entry.at : entry.at + 12]) for entry in kept)
        packed = struct.pack(f"{self.order}H", len(kept)) + rows
        packed += struct.pack(f"{self.order}L", after if after < len(self.data) else 0)
        if directory + len(packed) <= len(self.data):
            self.data[directory : directory + len(packed)] = packed

    def end_chain(self, directory: int) -> None:
        """Let no directory follow this one."""
        at = self.pointer_to_next(directory)
        if at + 4 <= len(self.data):
            self._pack("L", at, 0)

    def blank(self, start: int, length: int) -> None:
        """Overwrite bytes with zeros, as far as they lie inside the block and behind its header."""
        start, end = max(8, start), min(len(self.data), start + length)
        self.data[start:end] = bytes(max(0, end - start))

    def blank_directory(self, directory: int) -> None:
        """Overwrite the entries of a directory and their values with zeros, and leave it empty."""
        for entry in self.entries(directory):
            self.blank(entry.start, entry.length)
        self.blank(directory, 2 + 12 * self.count(directory))


def _directories(block: TagBlock) -> Iterator[int]:
    """The first directory and those below it, as far as they lie inside the block."""
    found = [block.first]
    for directory in found:
        if 8 <= directory <= len(block.data) - 2:
            yield directory
            below = (block.single(directory, tag) for tag in SUB_DIRECTORIES)
            found += [at for at in below if at is not None and at not in found]
        if len(found) >= _DEEPEST:
            return


def _sound_entries(block: TagBlock, directory: int) -> list[DirectoryEntry]:
    """The entries that can be read, and whose own directories, where they name any, lie inside the block."""
    sound = []
    for entry in block.entries(directory):
        values = block.values(entry) if entry.tag in SUB_DIRECTORIES else []
        if entry.tag not in SUB_DIRECTORIES or (len(values) == 1 and 8 <= values[0] <= len(block.data) - 2):
            sound.append(entry)
    return sound


def unreadable_entries(exif: bytes) -> int | None:
    """How many entries of a block are damaged; None where it cannot be read at all."""
    try:
        block = TagBlock(exif)
    except ValueError:
        return None
    directories = list(_directories(block))
    if block.is_big or not directories:
        return None
    missing = (block.count(at) - len(_sound_entries(block, at)) for at in directories)
    return sum(max(0, number) for number in missing)


def orientation(exif: bytes) -> int:
    """Orientation tag of a block, 1..8; 1 when there is none or it is damaged."""
    try:
        block = TagBlock(exif)
    except ValueError:
        return 1
    value = block.single(block.first, _ORIENTATION)
    return value if value is not None and 1 <= value <= 8 else 1


def with_orientation_1(tiff: bytes, directory: int | None = None) -> bytes:
    """The same TIFF file (or block) with the orientation tag of a directory, if it has one, set to 1.

    Args:
        tiff: the bytes.
        directory: where the directory lies; None = the first one.
    """
    block = _Editable(tiff)
    block.set_number(block.first if directory is None else directory, _ORIENTATION, 1)
    return bytes(block.data)


def resolution(exif: bytes) -> tuple[float, float] | None:
    """Resolution (x, y) in dots per inch; None where the block does not say."""
    try:
        block = TagBlock(exif)
    except ValueError:
        return None
    found = {entry.tag: entry for entry in block.entries(block.first)}
    unit = block.single(block.first, UNIT) or INCHES
    if unit not in (INCHES, _CENTIMETRES) or not all(tag in found for tag in RESOLUTION):
        return None
    x, y = (sum(block.fractions(found[tag])[:1]) for tag in RESOLUTION)
    scale = 2.54 if unit == _CENTIMETRES else 1.0
    return x * scale, y * scale


def with_resolution(exif: bytes, dpi: tuple[float, float]) -> bytes:
    """The block with another resolution, (x, y) in dots per inch; a new one where there was none.

    The first directory is written anew behind the others, since there is no room for entries where it is.
    """
    try:
        block = TagBlock(exif)
    except ValueError:
        block = TagBlock(header("<") + bytes(6))
    tags = block.described(block.first)
    for number, value in zip(RESOLUTION, dpi, strict=True):
        tags[number] = fraction_tag(block.order, number, value)
    tags[UNIT] = number_tag(block.order, UNIT, SHORT, INCHES)
    return with_first_directory(bytes(block.data), tags)


def with_first_directory(exif: bytes, tags: dict[int, Tag]) -> bytes:
    """The block with another first directory; everything else stays where it is."""
    order: Order = "<" if exif[:2] == b"II" else ">"
    at = len(exif) + len(exif) % 2
    moved = exif[:4] + struct.pack(f"{order}L", at) + exif[8:].ljust(at - 8, b"\0")
    return moved + packed_directory(order, list(tags.values()), at)


def upright(exif: bytes, extent: Extent) -> bytes:
    """The block for an upright, edited photo: orientation 1, its new size, no thumbnails, nothing damaged.

    Thumbnails and previews, in a second directory or in the maker note, would still show what was removed.

    Args:
        exif: block that starts with the TIFF header; may be empty or damaged.
        extent: size of the photo that the block will describe.

    Returns:
        A block of the same length; empty when the given one is damaged beyond reading.
    """
    return block_to_write(exif, extent)[0]


def block_to_write(exif: bytes, extent: Extent, *, keeps_place: bool = True) -> tuple[bytes, bool]:
    """The block as `upright` makes it, and perhaps without what tells where the photo was taken.

    Returns:
        The block, and whether the camera's own notes had to go with the place.
    """
    try:
        block = _Editable(exif)
    except ValueError:
        return b"", False
    directories = list(_directories(block))
    if block.is_big or not directories:
        return b"", False
    for directory in directories:
        sound = _sound_entries(block, directory)
        if len(sound) != block.count(directory):
            block.keep_only(directory, sound)
        block.set_number(directory, _WIDTH, extent.width)
        block.set_number(directory, _HEIGHT, extent.height)
    block.set_number(block.first, _ORIENTATION, 1)
    _drop_thumbnail(block)
    blank_pictures(block.data)
    had_note = not keeps_place and _drop_place(block)
    return bytes(block.data), had_note


def _drop_place(block: _Editable) -> bool:
    """Blank what tells where the photo was taken; whether a maker note was among it.

    Some cameras name the town in theirs, and only its maker knows where.
    """
    had_note = False
    for directory in list(_directories(block)):
        if directory == block.first and (gps := block.single(directory, GPS_DIRECTORY)) is not None:
            block.blank_directory(gps)
        entries = block.entries(directory)
        told = [entry for entry in entries if entry.tag in _GEO_TIFF or entry.tag == _MAKER_NOTE]
        for entry in told:
            block.blank(entry.start, entry.length)
        if told:
            block.keep_only(directory, [entry for entry in entries if entry not in told])
            had_note |= any(entry.tag == _MAKER_NOTE for entry in told)
    return had_note


def _drop_thumbnail(block: _Editable) -> None:
    """Blank the small picture of the second directory, whether JPEG or strips, and cut that directory off."""
    second = block.next(block.first)
    if second == 0:
        return
    found = {entry.tag: block.values(entry) for entry in block.entries(second)}
    for starts, lengths in (_THUMBNAIL, _STRIPS):
        for start, length in zip(found.get(starts, ()), found.get(lengths, ()), strict=False):
            block.blank(start, length)
    block.end_chain(block.first)
