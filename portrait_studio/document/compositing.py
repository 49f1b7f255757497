"""Laying what was computed, or saved, over the arrays of a document; each says what was there before."""

from __future__ import annotations

from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.deltas import Editable, Piece, Plane, PlaneName
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.imaging import mask_shapes, masks
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Pixels

Before = list[tuple[Piece, Plane]]
"""Rectangles in the order of the edit, and what they held before it."""

FILL_PLANES: Final = (PlaneName.IMAGE, PlaneName.MASK, PlaneName.FILLED)
"""What a fill changes."""


class FilledCrop(Protocol):
    """The crop that changed for one hole; the engine's `FilledRegion` is one."""

    @property
    def bounds(self) -> Bounds:
        """Where the crop lies in the photo."""

    @property
    def pixels(self) -> Pixels:
        """(h, w, 3) RGB in the photo's dtype."""

    @property
    def changed(self) -> NDArray[np.uint8]:
        """(h, w) uint8, nonzero where the crop is to replace the photo."""


def check_fill(fill: FilledCrop, image: Pixels) -> None:
    """Make sure that a crop lies inside (H, W, 3) pixels and has their dtype.

    Raises:
        ValueError: it does not.
    """
    expected, extent = (fill.bounds.height, fill.bounds.width), masks.extent_of(image)
    fits = fill.bounds.intersected(Bounds.of(extent)) == fill.bounds
    if not fits or fill.pixels.shape != (*expected, 3) or fill.changed.shape != expected:
        raise ValueError(f"the filled crop at {fill.bounds} does not fit the photo of {extent}")
    if fill.pixels.dtype != image.dtype:
        raise ValueError(f"the filled crop is {fill.pixels.dtype}, the photo {image.dtype}")


def composite_fill(
    document: Editable, fill: FilledCrop, canvas: Bounds, blank: Mask | None, over: MaskedImage | None
) -> Before:
    """Put a filled crop in place and take the mask away there.

    Args:
        document: whose arrays are changed.
        fill: a crop inside the canvas.
        canvas: in photo pixels.
        blank: (H, W) uint8 over the canvas, not zero where nothing can shine through a soft mask.
        over: what it is laid over where that is not what is there now.
    """
    changed, place = fill.changed != 0, fill.bounds.shifted(canvas.left, canvas.top)
    crops = {name: document.region(name, place) for name in FILL_PLANES}
    before: Before = [(Piece(name, place), crop.copy()) for name, crop in crops.items()]
    inner = fill.bounds.slices
    mask = cast(Mask, crops[PlaneName.MASK]) if over is None else over.mask[inner]
    if blank is not None:
        mask = np.maximum(mask, blank[inner])
    share, pixels = mask_shapes.fill_share(mask, changed), fill.pixels
    if share is not None:
        below = crops[PlaneName.IMAGE] if over is None else over.image[inner]
        pixels = mask_shapes.mixed(below, fill.pixels, share)
    np.copyto(crops[PlaneName.IMAGE], pixels, where=changed[:, :, None])
    crops[PlaneName.FILLED][changed] = masks.HOLE
    crops[PlaneName.MASK][changed] = masks.KNOWN
    return before
