"""Reads the chunks of a PNG file, and mends what can be mended without touching a pixel (PNG 3rd edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Channels by the colour type."""
_PASSES: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""Adam7: first column and row of each pass, and its steps."""
_PORTION: Final = 1 << 20


@dataclass(frozen=True)
class Chunk:
    """One chunk; `is_sound` says whether its checksum is right."""

    name: bytes
    payload: bytes
    is_sound: bool = True

    @property
    def packed(self) -> bytes:
        """As it lies in a file."""
        checksum = zlib.crc32(self.payload, zlib.crc32(self.name))
        return struct.pack(">I", len(self.payload)) + self.name + self.payload + struct.pack(">I", checksum)


@dataclass(frozen=True)
class Header:
    """What IHDR says."""

    width: int
    height: int
    bits: int
    colour: int
    is_interlaced: bool

    @classmethod
    def of(cls, chunks: Iterable[Chunk]) -> Header | None:
        """From the first chunk; None where that is none."""
        first = next(iter(chunks), None)
        if first is None or first.name != b"IHDR" or len(first.payload) != 13:
            return None
        width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", first.payload)
        return cls(width, height, bits, colour, interlaced == 1) if colour in _CHANNELS else None

    @property
    def channels(self) -> int:
        """Channels as they lie in the file."""
        return _CHANNELS[self.colour]

    @property
    def raw_bytes(self) -> int:
        """Bytes of all rows, each with the number of its filter."""
        if not self.is_interlaced:
            return self._rows(self.width, self.height)
        sizes = (
            ((self.width - x + across - 1) // across, (self.height - y + down - 1) // down)
            for x, y, across, down in _PASSES
        )
        return sum(self._rows(width, height) for width, height in sizes if width > 0 and height > 0)

    def _rows(self, width: int, height: int) -> int:
        return height * (1 + (width * self.channels * self.bits + 7) // 8)


def chunks_of(data: bytes) -> list[Chunk]:
    """All chunks as far as the file goes; one that is cut off, or a name that cannot be, ends them."""
    return list(_chunks(data))


def _chunks(data: bytes) -> Iterator[Chunk]:
    place = len(SIGNATURE)
    while place + 8 <= len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        end = place + 8 + length
        if not name.isalpha():
            return
        payload = data[place + 8 : end]
        checksum = int.from_bytes(data[end : end + 4], "big")
        is_whole = end + 4 <= len(data)
        is_sound = is_whole and zlib.crc32(payload, zlib.crc32(name)) == checksum
        # The pixels may be all there although their last chunk is cut off: zlib will say.
        if is_whole or name == b"IDAT":
            yield Chunk(name, payload, is_sound)
        if name == b"IEND":
            return
        place = end + 4


def is_complete(header: Header, chunks: Iterable[Chunk]) -> bool:
    """Whether zlib finds all pixels, and its own checksum of them right; a portion at a time."""
    unpacker, expected, found = zlib.decompressobj(), header.raw_bytes, 0
    for chunk in chunks:
        pending = chunk.payload if chunk.name == b"IDAT" else b""
        while pending and not unpacker.eof and found <= expected:
            try:
                found += len(unpacker.decompress(pending, _PORTION))
            except zlib.error:
                return False
            pending = unpacker.unconsumed_tail
    while not unpacker.eof and found <= expected and (rest := unpacker.decompress(b"", _PORTION)):
        found += len(rest)
    return unpacker.eof and found >= expected


def rebuilt(chunks: Iterable[Chunk]) -> bytes:
    """A file of these chunks with right checksums and an end."""
    kept = [chunk.packed for chunk in chunks if chunk.name != b"IEND"]
    return b"".join((SIGNATURE, *kept, Chunk(b"IEND", b"").packed))
