"""The file formats that photos are written to: what each is called, what it can hold, and what writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Final

from portrait_studio.errors import ExportError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata, Pixels
from portrait_studio.imaging.pillow_writing import (
    DEFAULT_AVIF_QUALITY,
    DEFAULT_JPEG_QUALITY,
    DEFAULT_WEBP_QUALITY,
    LOSSLESS_WEBP_QUALITY,
    write_avif,
    write_jpeg,
    write_webp,
)
from portrait_studio.imaging.png import write_png
from portrait_studio.imaging.tiff import write_tiff
from portrait_studio.messages import Message

Writer = Callable[[BinaryIO, Pixels, Metadata, int | None], None]
"""Writes samples (H, W, C), C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA, and metadata at a quality."""

_LOSSLESS: Final = Message("Lossless: each untouched pixel is kept exactly.")


@dataclass(frozen=True)
class FormatTraits:
    """What a format can do.

    Attributes:
        title: its usual name.
        suffixes: of its files, in small letters; new files get the first one.
        write: writes a file.
        default_quality: 1..100, where the format has a quality; None = it is lossless.
        lossless_quality: the one that loses nothing; None = there is none.
        holds_16_bits: whether channels may have 16 bits; else they are rounded to 8.
        holds_opacity: whether there may be transparency; else the photo is laid on white.
        holds_grey: whether there may be one colour channel; else a grey photo has three.
        holds_deep_grey_opacity: whether grey of 16 bits may have opacity.
        checks_profile: whether a grey profile is forbidden for colours, and the other way round.
        longest_side: in pixels; None = as long as any photo.
        no_place_for: fields of `Metadata` that it cannot hold.
        most_block_bytes: of each part of the metadata; None = as many as there are.
        note: what the user should know of it.
    """

    title: str
    suffixes: tuple[str, ...]
    write: Writer
    default_quality: int | None = None
    lossless_quality: int | None = None
    holds_16_bits: bool = True
    holds_opacity: bool = True
    holds_grey: bool = True
    holds_deep_grey_opacity: bool = True
    checks_profile: bool = False
    longest_side: int | None = None
    no_place_for: frozenset[str] = frozenset()
    most_block_bytes: int | None = None
    note: Message = _LOSSLESS

    def is_lossless(self, quality: int | None) -> bool:
        """Whether it keeps every bit of 8-bit channels at a quality; None = the default one."""
        return self.default_quality is None or quality == self.lossless_quality is not None


class ImageFormat(Enum):
    """File formats that a photo can be written to."""

    JPEG = FormatTraits(
        "JPEG",
        (".jpg", ".jpeg", ".jfif", ".jif", ".jpe"),
        write_jpeg,
        default_quality=DEFAULT_JPEG_QUALITY,
        holds_16_bits=False,
        holds_opacity=False,
        longest_side=65_500,
        no_place_for=frozenset(("png_chunks",)),
        # What fits into one marker segment beside its prefix.
        most_block_bytes=65_500,
        note=Message("JPEG encodes every pixel anew. PNG and TIFF keep untouched ones exactly."),
    )
    PNG = FormatTraits(
        "PNG",
        (".png",),
        lambda file, samples, metadata, _: write_png(file, samples, metadata),
        checks_profile=True,
    )
    TIFF = FormatTraits(
        "TIFF",
        (".tif", ".tiff"),
        lambda file, samples, metadata, _: write_tiff(file, samples, metadata),
        # Few programs read it; RGBA keeps the same bits.
        holds_deep_grey_opacity=False,
        no_place_for=frozenset(("png_chunks", "comment")),
    )
    WEBP = FormatTraits(
        "WebP",
        (".webp",),
        write_webp,
        default_quality=DEFAULT_WEBP_QUALITY,
        lossless_quality=LOSSLESS_WEBP_QUALITY,
        holds_16_bits=False,
        holds_grey=False,
        longest_side=16_383,
        no_place_for=frozenset(("png_chunks", "comment", "iptc", "photoshop")),
        note=Message("100 writes lossless WebP."),
    )
    AVIF = FormatTraits(
        "AVIF",
        (".avif",),
        write_avif,
        default_quality=DEFAULT_AVIF_QUALITY,
        holds_16_bits=False,
        holds_grey=False,
        longest_side=65_535,
        no_place_for=frozenset(("png_chunks", "comment", "iptc", "photoshop")),
        note=Message(
            "AVIF encodes every pixel anew, into fewer bytes than JPEG."
            " PNG and TIFF keep untouched ones exactly."
        ),
    )


SUFFIXES: Final = {suffix: each for each in ImageFormat for suffix in each.value.suffixes}
"""The format of each ending, in small letters."""


def format_of(path: Path) -> ImageFormat:
    """Format that the suffix of a file name stands for.

    Raises:
        ExportError: no format has this suffix.
    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        endings = ", ".join(each.value.suffixes[0] for each in ImageFormat)
        raise ExportError(
            "{name} has no known ending; use one of these: {endings}.", name=path.name, endings=endings
        )
    return found


def check_size(extent: Extent, chosen: ImageFormat) -> None:
    """Refuse what a format cannot hold.

    Raises:
        ExportError: a side has too many pixels.
    """
    longest, most = max(extent.width, extent.height), chosen.value.longest_side
    if most is not None and longest > most:
        raise ExportError(
            "{format} holds at most {most} pixels per side, the photo has {longest}; choose PNG or TIFF.",
            format=chosen.value.title,
            most=most,
            longest=longest,
        )
