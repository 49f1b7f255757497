"""Face part maps: polygons over the 468 points of MediaPipe FaceMesh, hair from a label map."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import HAIR, IGNORE_LABEL
from portrait_studio.networks.face_completion import FACE_PARTS
from trainer.data.converters.face_labels import LOWER_CONTOUR, UPPER_CONTOUR
from trainer.data.mappings import code_of
from trainer.data.sample import LabelArray, PointArray

_NOT_HAIR: Final = (0, code_of("no-hair"))

_UPPER_LIP: Final = (
    *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    *(308, 415, 310, 311, 312, 13, 82, 81, 80, 191, 78),
)
_INNER_MOUTH: Final = (
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
    *(415, 310, 311, 312, 13, 82, 81, 80, 191),
)
_LOWER_LIP: Final = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95, 78),
)

POLYGONS: Final[dict[str, tuple[int, ...]]] = {
    "skin": LOWER_CONTOUR + UPPER_CONTOUR,
    "nose": (168, 122, 174, 198, 49, 48, 64, 98, 97, 2, 326, 327, 294, 278, 279, 420, 399, 351),
    "right-brow": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    "left-brow": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    "right-eye": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "left-eye": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    "upper-lip": _UPPER_LIP,
    "inner-mouth": _INNER_MOUTH,
    "lower-lip": _LOWER_LIP,
}
"""Points around each part, painted in this order."""

_SHIFT: Final = 4
"""Binary digits of the fractions of a pixel that polygons are drawn with."""


def face_parts(mesh: PointArray, labels: LabelArray, stride: int = 1) -> NDArray[np.uint8]:
    """Part codes (h, w) uint8, an index into `FACE_PARTS`, 255 = unknown.

    Around the face, background is known only where the label map tells hair from other things.

    Args:
        mesh: (468, 2) x, y in pixels of the label map.
        labels: (h stride, w stride) label codes of the same picture.
        stride: pixels of the label map per pixel of the part map.
    """
    coarse = labels[stride // 2 :: stride, stride // 2 :: stride]
    parts = np.full(coarse.shape, IGNORE_LABEL, np.uint8)
    parts[np.isin(coarse, _NOT_HAIR)] = FACE_PARTS.index("background")
    # Points count pixel centres at + 0.5, drawing at whole numbers.
    points = np.rint((mesh / stride - 0.5) * 2**_SHIFT).astype(np.int32)
    for name, outline in POLYGONS.items():
        cv2.fillPoly(parts, [points[list(outline)]], FACE_PARTS.index(name), shift=_SHIFT)
    parts[coarse == HAIR] = FACE_PARTS.index("hair")
    return parts
