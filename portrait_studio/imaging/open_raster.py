"""Writes layers as an OpenRaster file, which GIMP, Krita and MyPaint open (freedesktop.org 0.0.6)."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final
from xml.sax.saxutils import quoteattr

from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.conversion import scaled_down
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.png import encoded_png

SUFFIX: Final = ".ora"
_THUMBNAIL_PX: Final = 256


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer.

    Attributes:
        name: for the user to read.
        picture: its pixels, opacity and profile.
        left: where it begins on the canvas, in pixels; may lie outside.
        top: likewise.
        is_shown: whether it is switched on.
    """

    name: str
    picture: Photo
    left: int = 0
    top: int = 0
    is_shown: bool = True


def write_open_raster(file: BinaryIO, merged: Photo, layers: Sequence[Layer]) -> None:
    """Write a file of layers.

    Args:
        file: open for writing.
        merged: what the layers look like together, of the canvas's size, with the metadata of the whole.
        layers: the uppermost first.

    Raises:
        OSError: the file cannot be written.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # The first entry, and not compressed: by it programs know the file.
        archive.writestr("mimetype", "image/openraster")
        archive.writestr("stack.xml", _stack(merged, layers), zipfile.ZIP_DEFLATED)
        for number, layer in enumerate(layers):
            archive.writestr(_entry(number), encoded_png(layer.picture))
        archive.writestr("mergedimage.png", encoded_png(merged))
        archive.writestr("Thumbnails/thumbnail.png", encoded_png(_thumbnail(merged)))


def _entry(number: int) -> str:
    return f"data/layer{number}.png"


def _stack(merged: Photo, layers: Sequence[Layer]) -> str:
    extent = merged.extent
    rows = [
        f"<layer name={quoteattr(layer.name)} src={quoteattr(_entry(number))} x={quoteattr(str(layer.left))}"
        f' y={quoteattr(str(layer.top))} opacity="1.0" composite-op="svg:src-over"'
        f' visibility="{"visible" if layer.is_shown else "hidden"}"/>'
        for number, layer in enumerate(layers)
    ]
    head = f'<image version="0.0.6" w="{extent.width}" h="{extent.height}"><stack>'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(rows) + "</stack></image>"


def _thumbnail(merged: Photo) -> Photo:
    """At most 256 pixels on a side, in 8 bits, without metadata but for the profile."""
    small = scaled_down(merged, _THUMBNAIL_PX)
    alpha = None if small.alpha is None else in_8_bits(small.alpha)
    bare = replace(small.metadata, exif=b"", xmp=b"", iptc=b"", photoshop=b"", comment=b"", png_chunks=())
    return replace(small, pixels=in_8_bits(small.pixels), alpha=alpha, metadata=bare)
