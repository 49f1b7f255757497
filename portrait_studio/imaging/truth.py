"""Keeps of a file's metadata what is true of an upright, edited photo, and says what it could not keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from portrait_studio.imaging import exif, xmp
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata
from portrait_studio.messages import Message

_MOST_DPI: Final = 1e6


def still_true(
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
