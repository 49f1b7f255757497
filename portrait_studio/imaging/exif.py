"""Changes an EXIF block in place, so that the rest (GPS, maker notes) stays as it was, byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from portrait_studio.imaging.geometry import Extent

PREFIX = b"Exif\x00\x00"
_ORIENTATION = 0x0112
_EXIF_DIRECTORY = 0x8769
_GPS_DIRECTORY = 0x8825
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Size of one value by the number of its type (TIFF 6.0, section 2)."""
_WIDTH = 0xA002
_HEIGHT = 0xA003
_THUMBNAIL_OFFSET = 0x0201
_THUMBNAIL_LENGTH = 0x0202
_SHORT = 3
_LONG = 4


@dataclass(frozen=True)
class _Entry:
    """One SHORT or LONG entry of a directory: its tag, type, and where its value lies in the block."""

    tag: int
    kind: int
    at: int


class _Block:
    """An EXIF block: a TIFF header and directories of tags."""

    def __init__(self, data: bytes | bytearray) -> None:
        self.data = data
        self._order = "<" if data[:2] == b"II" else ">"
        if data[:2] not in (b"II", b"MM") or self._read("H", 2) != 42:
            raise ValueError("not an EXIF block")

    def _read(self, code: str, at: int) -> int:
        return int(struct.unpack_from(self._order + code, self.data, at)[0])

    def _write(self, code: str, at: int, value: int) -> None:
        assert isinstance(self.data, bytearray)
        struct.pack_into(self._order + code, self.data, at, value)

    def first_directory(self) -> int:
        return self._read("L", 4)

    def pointer_to_next(self, directory: int) -> int:
        """Where the offset of the following directory is stored."""
        return directory + 2 + 12 * self._read("H", directory)

    def entries(self, directory: int) -> Iterator[_Entry]:
        for index in range(self._read("H", directory)):
            at = directory + 2 + 12 * index
            entry = _Entry(self._read("H", at), self._read("H", at + 2), at + 8)
            if entry.kind in (_SHORT, _LONG) and self._read("L", at + 4) == 1:
                yield entry

    def value(self, entry: _Entry) -> int:
        return self._read("H" if entry.kind == _SHORT else "L", entry.at)

    def set_value(self, entry: _Entry, value: int) -> None:
        if entry.kind == _LONG or value <= 0xFFFF:
            self._write("H" if entry.kind == _SHORT else "L", entry.at, value)

    def blank_directory(self, directory: int) -> None:
        """Overwrite the entries of a directory and their values with zeros, and leave it empty."""
        assert isinstance(self.data, bytearray)
        count = self._read("H", directory)
        for at in range(directory + 2, directory + 2 + 12 * count, 12):
            length = _TYPE_BYTES.get(self._read("H", at + 2), 1) * self._read("L", at + 4)
            start = self._read("L", at + 8)
            if length > 4 and start + length <= len(self.data):
                self.data[start : start + length] = bytes(length)
        end = min(len(self.data), directory + 2 + 12 * count)
        self.data[directory:end] = bytes(end - directory)

    def drop_thumbnail(self) -> None:
        """Cut the second directory off and blank the small picture: it would still show what was removed."""
        pointer = self.pointer_to_next(self.first_directory())
        second = self._read("L", pointer)
        if second == 0:
            return
        found = {entry.tag: self.value(entry) for entry in self.entries(second)}
        start, length = found.get(_THUMBNAIL_OFFSET, 0), found.get(_THUMBNAIL_LENGTH, 0)
        if start > 0 and start + length <= len(self.data) and isinstance(self.data, bytearray):
            self.data[start : start + length] = bytes(length)
        self._write("L", pointer, 0)


def without_place(exif: bytes) -> bytes:
    """The block with everything blanked that its GPS directory says; other bytes stay as they are.

    Returns:
        A block of the same length; empty when the given one is damaged beyond reading.
    """
    if not exif:
        return exif
    try:
        block = _Block(bytearray(exif))
        for entry in block.entries(block.first_directory()):
            if entry.tag == _GPS_DIRECTORY:
                block.blank_directory(block.value(entry))
    except (ValueError, struct.error):
        return b""
    return bytes(block.data)


def orientation(exif: bytes) -> int:
    """Orientation tag of a block (or of a whole TIFF file), 1..8; 1 when there is none or it is damaged."""
    try:
        block = _Block(exif)
        for entry in block.entries(block.first_directory()):
            if entry.tag == _ORIENTATION:
                value = block.value(entry)
                return value if 1 <= value <= 8 else 1
    except (ValueError, struct.error):
        return 1
    return 1


def with_orientation_1(tiff: bytes) -> bytes:
    """The same TIFF file (or block) with its orientation tag, if any, set to 1."""
    block = _Block(bytearray(tiff))
    for entry in block.entries(block.first_directory()):
        if entry.tag == _ORIENTATION:
            block.set_value(entry, 1)
    return bytes(block.data)


def upright(exif: bytes, extent: Extent) -> bytes:
    """The block for an upright, edited photo: orientation 1, its new size, no thumbnail.

    Args:
        exif: block that starts with the TIFF header; may be empty or damaged.
        extent: size of the photo that the block will describe.

    Returns:
        A block of the same length; empty when the given one is damaged beyond reading.
    """
    try:
        block = _Block(bytearray(exif))
        first = block.first_directory()
        directories = [first]
        for entry in block.entries(first):
            if entry.tag == _ORIENTATION:
                block.set_value(entry, 1)
            elif entry.tag == _EXIF_DIRECTORY:
                directories.append(block.value(entry))
        for entry in (entry for directory in directories for entry in block.entries(directory)):
            if entry.tag == _WIDTH:
                block.set_value(entry, extent.width)
            elif entry.tag == _HEIGHT:
                block.set_value(entry, extent.height)
        block.drop_thumbnail()
    except (ValueError, struct.error):
        return b""
    return bytes(block.data)
