"""What a detected face says about the labels of a close portrait: the pose of a body says nothing there.

Sources are the 468 points of MediaPipe FaceMesh (Kartynnik et al. 2019) and a mask of the hair.

Without a mask nothing above the eyes is taken for a face, since a fringe may hang there. With one, every
other pixel is "anything but hair"; and above the mouth, at some distance from face and hair, it is
background, but only where hair borders on the forehead, since otherwise there may be a hat. Where glasses may
sit and below the chin only a set of labels is known.
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

_EYES_BY_CHIN: Final = 0.54
"""Distance between the eyes of a face seen from the front, by that from the eyes to the chin."""

_GLASSES: Final = 0.8
"""Height of the band over both eyes, in distances between them; the next two: as seen from the front."""

_BESIDE: Final = 0.3
"""How far from face and hair the background begins."""

_DOUBT: Final = 0.08
"""How far beside the mask there may still be strands of hair."""

_NECK: Final = 0.15
"""Rows below the chin that are skin of the neck, in distances from the eyes to the chin."""

_ABOVE: Final = 0.25
"""How far above the forehead hair is looked for, in the same."""

_LEAST_HAIR: Final = 0.7
"""Share of the points there that lie on hair, unless there may be a hat."""


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
    down = mesh[_CHIN] - five[:2].mean(0)
    neck = np.stack([*mesh[list(_BESIDE_CHIN)], *(mesh[list(reversed(_BESIDE_CHIN))] + _NECK * down)])
    contour = mesh[list(LOWER_CONTOUR if hair is None else LOWER_CONTOUR + UPPER_CONTOUR)]
    # Nose and cheek of a turned face lie outside the contour.
    face = _filled(shape, cv2.convexHull(mesh.round().astype(np.int32)))
    codes = np.full(shape, IGNORE_LABEL, np.uint8)
    if hair is not None:
        unit = max(_between(five), _EYES_BY_CHIN * float(np.hypot(*down)))
        codes[~_grown(hair, _DOUBT * unit)] = code_of("no-hair")
        if _share_of_hair(hair, mesh[list(UPPER_CONTOUR)] - _ABOVE * down) >= _LEAST_HAIR:
            mouth = max(0, round(float(five[3:, 1].min())))
            codes[_outside(~_grown(face | hair, _BESIDE * unit), mouth)] = code_of("background")
    codes[_filled(shape, neck)] = code_of("skin")
    codes[_filled(shape, contour)] = code_of("face")
    codes[_over_the_eyes(shape, five) & face] = code_of("any-part")
    if hair is not None:
        codes[hair] = code_of("hair")
    return codes


def _between(five: PointArray) -> float:
    return float(np.hypot(*(five[0] - five[1])))


def _filled(shape: tuple[int, int], polygon: NDArray[np.generic]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.asarray(polygon, np.float64).round().astype(np.int32)], 1)
    return mask > 0


def _over_the_eyes(shape: tuple[int, int], five: PointArray) -> NDArray[np.bool_]:
    """Where glasses may sit."""
    mask = np.zeros(shape, np.uint8)
    right, left = ((int(x), int(y)) for x, y in five[:2].round())
    cv2.line(mask, right, left, 1, max(1, round(_GLASSES * _between(five))))
    return mask > 0


def _grown(mask: NDArray[np.bool_], distance: float) -> NDArray[np.bool_]:
    """Mask (h, w) with all that lies no further from it, in pixels."""
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3) <= distance)


def _outside(beside: NDArray[np.bool_], lowest: int) -> NDArray[np.bool_]:
    """The parts of a mask (h, w) above a row that reach the photo's edge: islands lie on the head."""
    upper = beside.astype(np.uint8)
    upper[lowest:] = 0
    _, parts = cv2.connectedComponents(upper, connectivity=4)
    touching = np.unique(np.concatenate([parts[0], parts[:, 0], parts[:, -1]]))
    return np.isin(parts, touching[touching > 0])


def _share_of_hair(hair: NDArray[np.bool_], points: PointArray) -> float:
    """Share of points (n, 2) that lie on the hair, of those within the photo; 0 where none does."""
    x, y = np.floor(points).astype(int).T
    within = (x >= 0) & (x < hair.shape[1]) & (y >= 0) & (y < hair.shape[0])
    return float(hair[y[within], x[within]].mean()) if within.any() else 0.0
