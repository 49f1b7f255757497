"""Which pixels of a head hair and forehead may be made of: hair that is hair, skin without eyes and mouth.

The parsing map is coarse where a head is small: of what it calls hair some is skin at the hairline, and a
face has eyes, brows and lips, which patches turn into cracks of a forehead. Colours tell them apart.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.emblems import stands_out
from portrait_studio.engine.resample import Floats
from portrait_studio.networks.conventions import FACE, HAIR

Flags = NDArray[np.bool_]

_LIGHTNESS: Final = 0.5
"""How much a difference in lightness counts against one in colour: faces are light and dark."""
_SKIN: Final = 9.0
"""Distance in Lab from the colour of most of a face from which on a pixel is no skin."""
_NEARER: Final = 0.7
"""Of the distance from the colour of the hair, below which that from skin must be for hair to be skin."""
_APART: Final = 12.0
"""Distance of both colours from which on they can be told apart at all."""
_MOST_MISTAKEN: Final = 0.7
_SAME: Final = 6.0
"""The same below which hair is skin."""
_LEAST_PX: Final = 24
_LEAST_BROWS_PX: Final = 4
_DARK_BROWN: Final = (0.2, 0.15, 0.13)
"""The commonest colour of hair."""
_DARK: Final = 0.6
"""Of the brightness of a face, below which brows are."""
_RIM_PX: Final = 1
"""How far around what is no skin nothing is taken either, since edges are mixtures."""


def unlike_parts(picture: Floats, labels: NDArray[np.uint8], known: Flags, rim_px: int = 1) -> Flags:
    """What of hair and face, by their labels, is something else by its colour.

    Args:
        picture: (h, w, 3) RGB in [0, 1], of one head.
        labels: (h, w) uint8 parsing map.
        known: (h, w) bool, where the picture shows the photo.
        rim_px: how far off outlines of the labels may be.

    Returns:
        (h, w) bool, nowhere but in known hair and face.
    """
    lab = _in_lab(picture)
    colours = _less_by_light(lab)
    face, hair = known & (labels == FACE), known & (labels == HAIR)
    unlike = np.zeros(known.shape, np.bool_)
    if np.count_nonzero(face) < _LEAST_PX:
        return unlike
    skin = np.median(colours[face], axis=0)
    from_skin = np.linalg.norm(colours - skin, axis=2)
    odd = cv2.dilate((face & (from_skin > _SKIN)).astype(np.uint8), _square(_RIM_PX)) > 0
    unlike |= odd & face
    inner = cv2.erode(hair.astype(np.uint8), _square(rim_px))
    if np.count_nonzero(inner) < _LEAST_PX:
        # The rim of a parsing map is the ground behind as often as hair.
        unlike |= hair
    else:
        # What has none of the common colours is a collar or the ground.
        unlike[hair] |= stands_out(lab[hair])
        own = np.median(colours[hair], axis=0)
        if np.linalg.norm(own - skin) > _APART:
            from_own = np.linalg.norm(colours - own, axis=2)
            mistaken = hair & (from_skin < np.minimum(_SKIN, _NEARER * from_own))
            mistaken = hair & (cv2.dilate(mistaken.astype(np.uint8), _square(_RIM_PX)) > 0)
            # Where hardly any hair is left, hair has the colour of skin.
            if np.count_nonzero(mistaken) < _MOST_MISTAKEN * np.count_nonzero(hair):
                unlike |= mistaken
    return unlike


def shows_no_hair(picture: Floats, labels: NDArray[np.uint8], known: Flags) -> bool:
    """Whether a head shows no hair, or only what has the colour of its skin.

    Args:
        picture: (h, w, 3) RGB in [0, 1], of one head.
        labels: (h, w) uint8 parsing map.
        known: (h, w) bool, where the picture shows the photo.
    """
    face, hair = known & (labels == FACE), known & (labels == HAIR)
    if np.count_nonzero(hair) < _LEAST_PX or np.count_nonzero(face) < _LEAST_PX:
        return bool(face.any())
    colours = _less_by_light(_in_lab(picture))
    apart = np.median(colours[hair], axis=0) - np.median(colours[face], axis=0)
    return bool(np.linalg.norm(apart) < _SAME)


def brow_colour(picture: Floats, labels: NDArray[np.uint8], known: Flags) -> Floats:
    """A colour (3,) for hair of which nothing shows: of brows and lashes, else dark brown.

    Args:
        picture: (h, w, 3) RGB in [0, 1], of one head.
        labels: (h, w) uint8 parsing map.
        known: (h, w) bool, where the picture shows the photo.
    """
    face = known & (labels == FACE)
    dark = face & unlike_parts(picture, labels, known)
    if face.any():
        usual = float(np.median(picture[face].mean(1)))
        dark &= picture.mean(2) < _DARK * usual
    if np.count_nonzero(dark) < _LEAST_BROWS_PX:
        return np.array(_DARK_BROWN, np.float32)
    return np.asarray(np.median(picture[dark], axis=0), np.float32)


def _in_lab(picture: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture, np.float32), cv2.COLOR_RGB2LAB), np.float32)


def _less_by_light(lab: Floats) -> Floats:
    """Lab colours (h, w, 3) in which a difference in lightness counts less."""
    return lab * np.array((_LIGHTNESS, 1, 1), np.float32)


def _square(reach: int) -> NDArray[np.uint8]:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
