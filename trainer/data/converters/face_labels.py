"""What a detected face says about the labels of a close portrait: the pose of a body says nothing there.

Sources are the 468 points of MediaPipe FaceMesh (Kartynnik et al. 2019) and a mask of the hair. Without a
mask nothing above the eyes is taken for a face, since a fringe may hang there; where glasses may sit and
below the chin only a set of labels is known.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import IGNORE_LABEL
from trainer.data.mappings import code_of
from trainer.data.sample import LabelArray, PointArray

MESH_POINTS: Final = 468

LOWER_CONTOUR: Final = (
    *(356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152),
    *(148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127),
)
UPPER_CONTOUR: Final = (162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389)
"""The contour: from the person's left temple around the chin to the right one, then over the forehead."""

_BESIDE_CHIN: Final = (176, 400)
_CHIN: Final = 152

_GLASSES: Final = 0.8
"""Height of the band over both eyes, in distances between them."""

_NECK: Final = 0.15
"""Rows below the chin that are skin of the neck, in distances from the eyes to the chin."""


def close_face_labels(
    shape: tuple[int, int], mesh: PointArray, five: PointArray, hair: NDArray[np.bool_] | None
) -> LabelArray:
    """Label codes (h, w) uint8 of a photo that one face fills, unknown (255) wherever the face says nothing.

    Args:
        shape: (h, w) of the photo.
        mesh: (468, 2) x, y in pixels, in MediaPipe's order.
        five: (5, 2) eyes, nose and corners of the mouth.
        hair: (h, w) mask of the hair, or None if there is none.
    """
    eyes = five[:2].mean(0)
    down = mesh[_CHIN] - eyes
    neck = np.stack([*mesh[list(_BESIDE_CHIN)], *(mesh[list(reversed(_BESIDE_CHIN))] + _NECK * down)])
    contour = mesh[list(LOWER_CONTOUR if hair is None else LOWER_CONTOUR + UPPER_CONTOUR)]
    codes = np.full(shape, IGNORE_LABEL, np.uint8)
    cv2.fillPoly(codes, [neck.round().astype(np.int32)], code_of("skin"))
    cv2.fillPoly(codes, [contour.round().astype(np.int32)], code_of("face"))
    right, left = ((int(x), int(y)) for x, y in five[:2].round())
    band = max(1, round(_GLASSES * float(np.hypot(*(five[0] - five[1])))))
    cv2.line(codes, right, left, code_of("any-part"), band)
    if hair is not None:
        codes[hair] = code_of("hair")
    return codes
