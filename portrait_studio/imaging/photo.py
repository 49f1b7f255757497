"""A photo in memory: upright pixels in their own bit depth, and what its file said about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.iptc import as_resource

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W, 3) RGB, uint8 or uint16."""

Plane = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W), uint8 or uint16: one channel, e.g. the opacity."""


@dataclass(frozen=True)
class JpegCoding:
    """How a JPEG file was compressed, so that it can be written in the same way again.

    Attributes:
        tables: quantisation tables of 64 numbers each, in Pillow's order; empty when they cannot be used
            again, as those of a CMYK file.
        subsampling: 0 = 4:4:4, 1 = 4:2:2, 2 = 4:2:0; None where Pillow cannot tell (grey, unusual factors).
        is_progressive: whether the file was progressive.
        quality: estimated quality in 1..100 on the scale of libjpeg, for the user to read.
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int | None
    is_progressive: bool
    quality: int


@dataclass(frozen=True)
class Metadata:
    """What travels with the pixels through an edit.

    Attributes:
        exif: EXIF block without its "Exif" prefix (it starts with the TIFF header), orientation 1; or empty.
        icc: colour profile that the pixels are in; or empty.
        xmp: XMP packet; or empty.
        dpi: resolution (x, y) in dots per inch; None when the file does not say.
        iptc: IPTC data (IIM 4.2); or empty.
        photoshop: other resources of Photoshop (paths, guides) as they lie in a file; or empty.
        comment: a JPEG or GIF file's comment; or empty.
        png_chunks: name and content of what only PNG files say: texts, time, kind of colours.
        source_format: Pillow's name of the file format that was read ("JPEG", "PNG", ...); empty if none.
        jpeg: how the source was compressed, for JPEG sources.
    """

    exif: bytes = b""
    icc: bytes = b""
    xmp: bytes = b""
    dpi: tuple[float, float] | None = None
    iptc: bytes = b""
    photoshop: bytes = b""
    comment: bytes = b""
    png_chunks: tuple[tuple[bytes, bytes], ...] = ()
    source_format: str = ""
    jpeg: JpegCoding | None = None

    @property
    def photoshop_block(self) -> bytes:
        """IPTC and Photoshop's other resources, as files keep them together; or empty."""
        return as_resource(self.iptc) + self.photoshop


@dataclass(frozen=True, eq=False)
class Photo:
    """One photo, upright.

    Attributes:
        pixels: (H, W, 3) RGB, uint8 or uint16, C-contiguous, not writeable; three equal channels for grey.
        alpha: (H, W) opacity in the same dtype, not premultiplied; None for an opaque photo.
        is_grey: whether the source has one colour channel; it is written back as such.
        metadata: what travels with the pixels.
        path: file it was read from; None for a picture from elsewhere (clipboard).
        notices: sentences for the user about what reading had to change.
        file: the bytes that it was read from, untouched; empty for a picture from elsewhere.
        page: number of the picture, from 1, in a file that holds several of which one can be chosen; else
            None.
    """

    pixels: Pixels
    alpha: Plane | None = None
    is_grey: bool = False
    metadata: Metadata = field(default_factory=Metadata)
    path: Path | None = None
    notices: tuple[str, ...] = ()
    file: bytes = field(default=b"", repr=False)
    page: int | None = None

    @property
    def extent(self) -> Extent:
        """Size in pixels, upright."""
        return Extent(self.pixels.shape[1], self.pixels.shape[0])

    @property
    def bits(self) -> int:
        """Bits per channel: 8 or 16."""
        return self.pixels.dtype.itemsize * 8

    @property
    def visible_pixels(self) -> Pixels:
        """(H, W, 3) for networks to see: the pixels without colours that are hidden by transparency."""
        return visible_colours(self.pixels, self.alpha)

    @property
    def samples(self) -> Pixels:
        """Channels as they lie in a file: (H, W, C) with C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA."""
        pixels = self.pixels
        if self.is_grey:
            # Exact for equal channels, so known pixels keep their bits; a coloured fill becomes its luma.
            pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[:, :, None]
        if self.alpha is None:
            return pixels
        return np.concatenate((pixels, self.alpha[:, :, None].astype(pixels.dtype)), axis=2)

    def with_pixels(self, pixels: Pixels) -> Photo:
        """The same photo with other pixels, (H, W, 3) of the same dtype and size."""
        return replace(self, pixels=pixels)


def visible_colours(pixels: Pixels, alpha: Plane | None) -> Pixels:
    """The picture with the colours of the nearest visible pixels where it is fully transparent.

    What lies under such pixels was never meant to be seen, and is often what was erased there.

    Args:
        pixels: (H, W, 3); not changed.
        alpha: (H, W) opacity; None = opaque.

    Returns:
        (H, W, 3), the same array where nothing is hidden, or all.
    """
    hidden = None if alpha is None else (alpha == 0).astype(np.uint8)
    if hidden is None or not 0 < cv2.countNonZero(hidden) < hidden.size:
        return pixels
    _, labels = cv2.distanceTransformWithLabels(
        hidden, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.zeros(int(labels.max()) + 1, np.int64)
    is_seen = hidden.ravel() == 0
    places[labels.ravel()[is_seen]] = np.flatnonzero(is_seen)
    shown = pixels.copy()
    shown[hidden != 0] = pixels.reshape(-1, 3)[places[labels[hidden != 0]]]
    return shown
