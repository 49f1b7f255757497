"""Masks and maps as text for JSON: the part that is not zero, as PNG."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import mask_bounds


@dataclass(frozen=True)
class PackedPlane:
    """The part of (H, W) uint8 that is not zero.

    Attributes:
        left: where it begins, in pixels.
        top: the same.
        png: base64 of a grey PNG.
    """

    left: int
    top: int
    png: str

    @classmethod
    def from_json(cls, entry: dict[str, Any] | None) -> PackedPlane | None:
        """From what `dataclasses.asdict` and JSON made of one, or of none.

        Raises:
            KeyError, TypeError, ValueError: it is damaged.
        """
        return None if entry is None else cls(int(entry["left"]), int(entry["top"]), str(entry["png"]))


def pack_plane(plane: NDArray[np.uint8]) -> PackedPlane | None:
    """Pack (H, W) uint8; None when all of it is zero."""
    bounds = mask_bounds(plane)
    if bounds.is_empty:
        return None
    _, data = cv2.imencode(".png", plane[bounds.slices])
    return PackedPlane(bounds.left, bounds.top, base64.b64encode(data.tobytes()).decode("ascii"))


def unpack_plane(packed: PackedPlane | None, extent: Extent) -> NDArray[np.uint8]:
    """Unpack into (H, W) uint8 of that size.

    Raises:
        ValueError: it is damaged or does not fit.
        cv2.error: it is damaged.
    """
    plane = np.zeros((extent.height, extent.width), np.uint8)
    if packed is None:
        return plane
    data = np.frombuffer(base64.b64decode(packed.png, validate=True), np.uint8)
    part = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if part is None or part.ndim != 2:
        raise ValueError("no picture")
    height, width = part.shape
    left, top = packed.left, packed.top
    if left < 0 or top < 0 or left + width > extent.width or top + height > extent.height:
        raise ValueError("outside the photo")
    plane[top : top + height, left : left + width] = part
    return plane
