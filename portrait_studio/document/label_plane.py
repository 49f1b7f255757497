"""Labels that the user wants, kept in a plane: a label + 1, so that 0 means that none is wanted there.

So they are undone, saved, and carried along by another canvas like a mask, and nothing painted takes no
memory. Everywhere else labels are themselves, and 255 = predict; here alone one becomes the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.packed_plane import PackedPlane, pack_plane, unpack_plane
from portrait_studio.imaging.geometry import Extent


def value_of_label(label: int) -> int:
    """What stands in the plane for a label."""
    return label + 1


def label_of_value(value: int) -> int:
    """The label that a value of the plane, not 0, stands for."""
    return value - 1


def read_labels(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) uint8 labels, 255 = predict, of a plane."""
    return plane - np.uint8(1)


def pack_labels(labels: NDArray[np.uint8] | None) -> PackedPlane | None:
    """Pack (H, W) uint8 labels, 255 = predict; None where all are to be predicted."""
    return None if labels is None else pack_plane(labels + np.uint8(1))


def unpack_labels(packed: PackedPlane | None, extent: Extent) -> NDArray[np.uint8] | None:
    """(H, W) uint8 labels of that size, 255 = predict; None = predict all.

    Raises:
        ValueError: they do not fit.
        ProjectError: their picture proves to be damaged.
    """
    return None if packed is None else read_labels(unpack_plane(packed, extent))
