"""The directories of tags in a TIFF file or an EXIF block, as raw bytes (TIFF 6.0, section 2).

Nothing here raises because of damage: what does not lie inside the block is not there.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Order = Literal["<", ">"]
"""Byte order, as `struct` names it."""

SHORT: Final = 3
LONG: Final = 4
EXIF_DIRECTORY: Final = 0x8769
GPS_DIRECTORY: Final = 0x8825
INTEROPERABILITY_DIRECTORY: Final = 0xA005
SUB_DIRECTORIES: Final = (EXIF_DIRECTORY, GPS_DIRECTORY, INTEROPERABILITY_DIRECTORY)

_TYPE_BYTES: Final = {
    **{1: 1, 2: 1, SHORT: 2, LONG: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4},
    **{16: 8, 17: 8, 18: 8, 129: 1},
}
"""Size of one value by the number of its type: TIFF 6.0, BigTIFF (16 to 18), EXIF 3.0 (129)."""
_TO_CLASSIC: Final = {16: (LONG, "Q", "L"), 17: (9, "q", "l"), 18: (13, "Q", "L")}
"""What BigTIFF's types become in a classic block."""
_CODES: Final = {1: "B", SHORT: "H", LONG: "L", 13: "L", 16: "Q", 18: "Q"}


@dataclass(frozen=True)
class Tag:
    """One tag with its values as raw bytes, in the byte order of the block that it is from."""

    number: int
    kind: int
    count: int
    raw: bytes


@dataclass(frozen=True)
class DirectoryEntry:
    """Where one entry of a directory lies in its block, and where its values do."""

    tag: int
    kind: int
    count: int
    at: int
    start: int
    length: int


class TagBlock:
    """An EXIF block, or a whole TIFF file, classic or BigTIFF: a header and directories of tags."""

    def __init__(self, data: bytes | bytearray) -> None:
        """Args: the bytes, with the header first.

        Raises:
            ValueError: they do not begin like that.
        """
        self.data = data
        self.order: Order = "<" if data[:2] == b"II" else ">"
        kind = self._number("H", 2) if data[:2] in (b"II", b"MM") else None
        if kind not in (42, 43):
            raise ValueError("not an EXIF block")
        self.is_big = kind == 43
        self.first = self._number(*(("Q", 8) if self.is_big else ("L", 4))) or 0
        self._head, self._size = (8, 20) if self.is_big else (2, 12)

    def _number(self, code: str, at: int) -> int | None:
        try:
            return int(struct.unpack_from(self.order + code, self.data, at)[0])
        except (struct.error, OverflowError):
            return None

    def count(self, directory: int) -> int:
        """How many entries a directory says it has."""
        return self._number("Q" if self.is_big else "H", directory) or 0 if directory > 0 else 0

    def entries(self, directory: int) -> list[DirectoryEntry]:
        """The entries of a directory whose values lie inside the block."""
        begin = directory + self._head
        inside = max(0, (len(self.data) - begin) // self._size)
        places = range(begin, begin + self._size * min(self.count(directory), inside), self._size)
        found = (self._entry(at) for at in places)
        return [entry for entry in found if entry is not None]

    def _entry(self, at: int) -> DirectoryEntry | None:
        code, inline = ("Q", 8) if self.is_big else ("L", 4)
        tag, kind, count = self._number("H", at), self._number("H", at + 2), self._number(code, at + 4)
        if tag is None or kind not in _TYPE_BYTES or count is None:
            return None
        length, start = _TYPE_BYTES[kind] * count, at + 4 + inline
        if length > inline:
            start = self._number(code, start) or 0
        if start <= 0 or start + length > len(self.data):
            return None
        return DirectoryEntry(tag, kind, count, at, start, length)

    def pointer_to_next(self, directory: int) -> int:
        """Where the offset of the following directory is stored."""
        return directory + self._head + self._size * self.count(directory)

    def next(self, directory: int) -> int:
        """Offset of the following directory, 0 if there is none."""
        if directory <= 0:
            return 0
        return self._number("Q" if self.is_big else "L", self.pointer_to_next(directory)) or 0

    def raw(self, entry: DirectoryEntry) -> bytes:
        """The values of an entry."""
        return bytes(self.data[entry.start : entry.start + entry.length])

    def values(self, entry: DirectoryEntry) -> list[int]:
        """The values of an entry of whole numbers without sign; none of any other type."""
        code = _CODES.get(entry.kind)
        return (
            [] if code is None else list(struct.unpack(f"{self.order}{entry.count}{code}", self.raw(entry)))
        )

    def fractions(self, entry: DirectoryEntry) -> list[float]:
        """The values of an entry of fractions (RATIONAL); 0 / 0 is 0."""
        if entry.kind != 5:
            return []
        numbers = struct.unpack(f"{self.order}{2 * entry.count}L", self.raw(entry))
        return [
            top / bottom if bottom else 0.0 for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)
        ]

    def single(self, directory: int, tag: int) -> int | None:
        """The only value of a SHORT or LONG entry."""
        for entry in self.entries(directory):
            if entry.tag == tag and entry.count == 1 and (values := self.values(entry)):
                return values[0]
        return None

    def described(self, directory: int) -> dict[int, Tag]:
        """All tags of a directory by their number; those of BigTIFF's types as in classic blocks."""
        tags = (self._classic(entry) for entry in self.entries(directory))
        return {tag.number: tag for tag in tags if tag is not None}

    def _classic(self, entry: DirectoryEntry) -> Tag | None:
        raw = self.raw(entry)
        if entry.kind not in _TO_CLASSIC:
            return Tag(entry.tag, entry.kind, entry.count, raw)
        kind, wide, narrow = _TO_CLASSIC[entry.kind]
        try:
            values = struct.unpack(f"{self.order}{entry.count}{wide}", raw)
            return Tag(
                entry.tag, kind, entry.count, struct.pack(f"{self.order}{entry.count}{narrow}", *values)
            )
        except struct.error:
            return None


def header(order: Order) -> bytes:
    """The first 8 bytes of a classic block whose first directory follows at once."""
    return (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HL", 42, 8)


def number_tag(order: Order, number: int, kind: int, *values: int) -> Tag:
    """A tag of whole numbers."""
    return Tag(number, kind, len(values), struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values))


def fraction_tag(order: Order, number: int, value: float, denominator: int = 10_000) -> Tag:
    """A tag of one fraction (RATIONAL)."""
    return Tag(number, 5, 1, struct.pack(f"{order}2L", round(value * denominator), denominator))


def packed_directory(order: Order, tags: Sequence[Tag], at: int) -> bytes:
    """A directory, the last one of its chain, and behind it the values that do not fit into its entries.

    Args:
        order: byte order of `struct`, that of the tags.
        tags: at most one of each number.
        at: where in the block it will lie; even.
    """
    rows, values = [], b""
    behind = at + 2 + 12 * len(tags) + 4
    for tag in sorted(tags, key=lambda tag: tag.number):
        stored = tag.raw.ljust(4, b"\0")
        if len(tag.raw) > 4:
            stored = struct.pack(f"{order}L", behind + len(values))
            values += tag.raw + bytes(len(tag.raw) % 2)
        rows.append(struct.pack(f"{order}HHL", tag.number, tag.kind, tag.count) + stored)
    return struct.pack(f"{order}H", len(tags)) + b"".join(rows) + bytes(4) + values


def packed_block(order: Order, first: Mapping[int, Tag], below: Mapping[int, Mapping[int, Tag]]) -> bytes:
    """A block of its own.

    Args:
        order: byte order of `struct`, that of all tags.
        first: tags of the first directory by their number.
        below: those of the directories for which it has a tag, by that tag's number.
    """
    tags = {number: tag for number, tag in first.items() if number not in SUB_DIRECTORIES}
    tails: list[bytes] = []
    pointers = [number for number in below if below[number]]
    # Its length does not depend on the pointers' values.
    for number in pointers:
        tags[number] = number_tag(order, number, LONG, 0)
    end = 8 + len(packed_directory(order, list(tags.values()), 8))
    for number in pointers:
        tags[number] = number_tag(order, number, LONG, end)
        tails.append(packed_directory(order, list(below[number].values()), end))
        end += len(tails[-1])
    return header(order) + packed_directory(order, list(tags.values()), 8) + b"".join(tails)
