"""IPTC data (IIM 4.2) and the resources of Photoshop in which files keep it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PHOTOSHOP_PREFIX: Final = b"Photoshop 3.0\x00"

_IPTC: Final = 1028
_RENEWED: Final = frozenset((1005, 1033, 1036, 1039, _IPTC, 1058, 1059, 1060, 1061))
"""Resolution, thumbnails, profile, IPTC, EXIF, XMP and its digest: kept elsewhere, or not true any more."""
_PLACES: Final = frozenset((26, 27, 90, 92, 95, 100, 101))
"""Data sets of record 2 that name the place: locations, city, sublocation, state, country."""


@dataclass(frozen=True)
class _Resource:
    number: int
    packed: bytes
    data: bytes


def _resources(block: bytes) -> Iterator[_Resource]:
    """Photoshop's resources, as far as they can be read."""
    place = 0
    while block[place : place + 4] == b"8BIM" and place + 12 <= len(block):
        name = block[place + 6]
        at = place + 6 + name + 1 + (name + 1) % 2
        if at + 4 > len(block):
            return
        length = int.from_bytes(block[at : at + 4], "big")
        end = at + 4 + length
        if end > len(block):
            return
        packed = block[place:end] + bytes(length % 2)
        yield _Resource(int.from_bytes(block[place + 4 : place + 6], "big"), packed, block[at + 4 : end])
        place = end + length % 2


def taken_apart(block: bytes) -> tuple[bytes, bytes]:
    """IPTC data, and what else Photoshop's resources say that still holds after an edit.

    Args:
        block: resources, perhaps with the prefix that they have in JPEG files.
    """
    found = list(_resources(block.removeprefix(PHOTOSHOP_PREFIX)))
    iptc = b"".join(resource.data for resource in found if resource.number == _IPTC)
    return iptc, b"".join(resource.packed for resource in found if resource.number not in _RENEWED)


def as_resource(iptc: bytes) -> bytes:
    """IPTC data as a resource of Photoshop; empty if there is none."""
    if not iptc:
        return b""
    return b"8BIM" + struct.pack(">HHL", _IPTC, 0, len(iptc)) + iptc + bytes(len(iptc) % 2)


def without_place(iptc: bytes) -> bytes:
    """The data without the sets that name the place; what follows damage is left out."""
    kept = b""
    place = 0
    while place + 5 <= len(iptc) and iptc[place] == 0x1C:
        length, head = int.from_bytes(iptc[place + 3 : place + 5], "big"), 5
        if length & 0x8000:  # the length of the length
            head += length & 0x7FFF
            length = int.from_bytes(iptc[place + 5 : place + head], "big") if head <= 13 else len(iptc)
        end = place + head + length
        if end > len(iptc):
            break
        if iptc[place + 1] != 2 or iptc[place + 2] not in _PLACES:
            kept += iptc[place:end]
        place = end
    return kept
