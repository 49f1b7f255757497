"""An edit as layers, for programs that go on from it: the original, what was filled, and where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np

from portrait_studio.document.document import Document
from portrait_studio.errors import ExportError
from portrait_studio.imaging import xmp
from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.masks import Mask, mask_bounds
from portrait_studio.imaging.open_raster import Layer, write_open_raster
from portrait_studio.imaging.photo import Metadata, Photo, Pixels, Plane

NAMES: Final = ("Where it was filled", "Fill", "Original")


def export_layers(document: Document, path: Path, opening: Opening = replacing) -> None:
    """Write an OpenRaster file: where it was filled (switched off), the fill with its opacity, the original.

    The layers that are switched on give the result bit for bit where the photo is opaque. Their names are
    English in any language, so that scripts find them.

    Args:
        document: what is edited.
        path: file to create or replace.
        opening: how the file takes its place.

    Raises:
        ExportError: a part of the canvas is blank, or the file cannot be written.
    """
    if document.has_blank:
        raise ExportError("The new part of the canvas is not filled yet; fill it first, or undo it.")
    merged, canvas = document.edited_photo, document.canvas
    if document.filled.any():
        marked = xmp.with_source_type(merged.metadata.xmp, xmp.PARTLY_GENERATED)
        merged = replace(merged, metadata=replace(merged.metadata, xmp=marked))
    shape = Metadata(icc=merged.metadata.icc)
    original = replace(document.photo, metadata=shape)
    layers = [
        *_fill_layers(merged, document.filled, shape),
        Layer(NAMES[2], original, -canvas.left, -canvas.top),
    ]
    with opening(path) as file:
        write_open_raster(file, merged, layers)


def _fill_layers(merged: Photo, filled: Mask, shape: Metadata) -> list[Layer]:
    bounds = mask_bounds(filled)
    if bounds.is_empty:
        return []
    inside = filled[bounds.slices] != 0
    full = np.iinfo(merged.pixels.dtype).max
    opacity = np.full(inside.shape, full, merged.pixels.dtype)
    if merged.alpha is not None:
        opacity = merged.alpha[bounds.slices].astype(merged.pixels.dtype)
    alpha = np.where(inside, opacity, 0).astype(merged.pixels.dtype)
    pixels = np.ascontiguousarray(merged.pixels[bounds.slices])
    fill = Photo(cast(Pixels, pixels), cast(Plane, alpha), merged.is_grey, shape)
    white = cv2.cvtColor(np.where(filled != 0, 255, 0).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    where = Photo(white, is_grey=True)
    return [
        Layer(NAMES[0], where, is_shown=False),
        Layer(NAMES[1], fill, bounds.left, bounds.top),
    ]
