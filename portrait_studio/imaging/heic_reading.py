"""Reads HEIC and HEIF files, the photos of most phones, with libheif (package pi-heif), in 8 or 16 bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pi_heif

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging import exif
from portrait_studio.imaging.bit_depth import in_8_or_16_bits
from portrait_studio.imaging.decoding import Decoded, ImageFile, of_channels, unpremultiplied
from portrait_studio.imaging.photo import Metadata
from portrait_studio.messages import Message

_SRGB_PRIMARIES: Final = 1
_UNSAID_PRIMARIES: Final = 2


class HeicFile(ImageFile):
    """A HEIC or HEIF file; libheif turns its pixels upright itself."""

    def __init__(self, data: bytes, path: Path) -> None:
        """Read the header.

        Args:
            data: bytes of the file.
            path: where they are from.

        Raises:
            ImageFileError: it is damaged.
        """
        try:
            pictures = pi_heif.open_heif(data, convert_hdr_to_8bit=False)
        except Exception as error:
            raise ImageFileError(
                "{path} is damaged or cut off; fetch the file again from its source.", path=path
            ) from error
        self._path = path
        self._picture = pictures[pictures.primary_index]
        self._info: dict[str, Any] = self._picture.info
        self.width, self.height = self._picture.size
        self._stored_bits = int(self._info.get("bit_depth") or 8)
        self.bits = 8 if self._stored_bits <= 8 else 16
        self.channels = 4 if self._picture.has_alpha else 3
        self.notices = self._left_out(len(pictures))

    def _left_out(self, count: int) -> tuple[Message, ...]:
        said: list[Message] = []
        if count > 1:
            said.append(
                Message(
                    "The file holds {count} pictures; only the main one is edited and saved.", count=count
                )
            )
        kinds = {"urn:com:apple:photo:2020:aux:hdrgainmap": Message("its brightness map for HDR screens")}
        parts = [kinds[name] for name in self._info.get("aux") or {} if name in kinds]
        parts += [Message("its depth map")] if self._info.get("depth_images") else []
        said += [Message("The photo is edited and saved without {what}.", what=part) for part in parts]
        primaries = (self._info.get("nclx_profile") or {}).get("color_primaries", _SRGB_PRIMARIES)
        if not self._info.get("icc_profile") and primaries not in (_SRGB_PRIMARIES, _UNSAID_PRIMARIES):
            said.append(Message("The photo's colours are of another kind than sRGB; they may look pale."))
        return tuple(said)

    def decode(self) -> Decoded:
        """Decode the main picture."""
        # A copy: the picture's memory goes with it.
        samples = np.array(self._picture).reshape(self.height, self.width, -1)
        # libheif hands 10 and 12 bits out as the upper part of 16.
        spare = 8 * samples.dtype.itemsize - self._stored_bits
        whole, notices = in_8_or_16_bits(samples >> spare, self._stored_bits, self._path)
        decoded = replace(of_channels(whole), notices=notices)
        if decoded.alpha is None or not self._picture.premultiplied_alpha:
            return decoded
        return replace(decoded, pixels=unpremultiplied(decoded.pixels, decoded.alpha))

    def metadata(self) -> Metadata:
        """EXIF, XMP and profile."""
        return Metadata(
            exif=exif.bare(self._info.get("exif") or b""),
            icc=self._info.get("icc_profile") or b"",
            xmp=self._info.get("xmp") or b"",
            source_format="HEIF",
        )
