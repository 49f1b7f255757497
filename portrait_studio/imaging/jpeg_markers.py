"""Walks through the marker segments of a JPEG file (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

EOI: Final = 0xD9
SOS: Final = 0xDA
APP0: Final = 0xE0
COMMENT: Final = 0xFE
FRAMES: Final = frozenset(
    (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7)
)
"""Markers that begin a frame and say its size; 0xF7 is that of JPEG-LS."""

_ALONE: Final = frozenset((0x01, *range(0xD0, SOS)))
"""Markers without a length."""
_IN_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""The first marker behind the data of a scan: no stuffed byte, no restart."""
_PICTURE: Final = re.compile(rb"\xff\xd8\xff[\xc0-\xc2\xc4\xdb\xdd\xe0-\xef\xfe]", re.DOTALL)


@dataclass(frozen=True)
class Segment:
    """One marker segment.

    Attributes:
        marker: the second byte of its marker.
        start: where the marker lies.
        end: behind its payload; of a scan behind its header.
        payload: what follows the length.
    """

    marker: int
    start: int
    end: int
    payload: bytes


def segments(data: bytes | bytearray, start: int = 0) -> Iterator[Segment]:
    """All segments of the picture that begins at `start`; ends with the end marker or where there is none."""
    place = start
    while True:
        while data[place : place + 2] == b"\xff\xff":  # fill bytes
            place += 1
        if place + 2 > len(data) or data[place] != 0xFF:
            return
        marker = data[place + 1]
        if marker in _ALONE:
            yield Segment(marker, place, place + 2, b"")
            if marker == EOI:
                return
            place += 2
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if end < place + 4 or end > len(data):
            return
        yield Segment(marker, place, end, bytes(data[place + 4 : end]))
        place = end
        if marker == SOS:
            found = _IN_SCAN.search(data, end)
            if found is None:
                return
            place = found.start()


def blank_pictures(data: bytearray) -> None:
    """Overwrite every JPEG picture that lies in other data with zeros, in place."""
    place = 0
    while (found := _PICTURE.search(data, place)) is not None:
        last = 0
        for segment in segments(data, found.start()):
            last = segment.end
            if segment.marker == EOI:
                break
        else:
            # Damaged or cut off: as far as an end marker, else all.
            end = data.find(b"\xff\xd9", last)
            last = len(data) if end < 0 else end + 2
        data[found.start() : last] = bytes(last - found.start())
        place = last
