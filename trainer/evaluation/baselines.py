"""Completions that know nothing of people, to compare with.

Each takes an image (H, W, 3) uint8 RGB and a mask (H, W) uint8, nonzero = hole, and returns a new image of
the same shape and type that equals the old one outside the hole.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]

_TELEA_RADIUS = 5
_PATCH_RADIUS = 3


def mean_fill(image: Image, mask: Mask) -> Image:
    """The hole in the mean colour of the known region (middle grey when nothing is known)."""
    known = image[mask == 0]
    filled = image.copy()
    filled[mask > 0] = np.rint(known.mean(axis=0)).astype(np.uint8) if known.size else 128
    return filled


def edge_replication(image: Image, mask: Mask) -> Image:
    """Every hole pixel as the nearest known one (middle grey when none is): extends borders."""
    hole = (mask > 0).astype(np.uint8)
    if hole.all():
        return np.full_like(image, 128)
    _, nearest = cv2.distanceTransformWithLabels(
        hole, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    # Known pixels carry the numbers by which hole pixels name them.
    colours = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    colours[nearest[hole == 0]] = image[hole == 0]
    return _outside_kept(image, colours[nearest], mask)


def telea(image: Image, mask: Mask) -> Image:
    """OpenCV's fast marching (Telea 2004, "An image inpainting technique based on ... fast marching")."""
    filled = cv2.inpaint(image, (mask > 0).astype(np.uint8), _TELEA_RADIUS, cv2.INPAINT_TELEA)
    return _outside_kept(image, filled, mask)


def patchmatch_is_installed() -> bool:
    """Whether the optional package pypatchmatch can be used."""
    return find_spec("patchmatch") is not None and bool(_patchmatch().patchmatch_available)


def patchmatch(image: Image, mask: Mask) -> Image:
    """PatchMatch (Barnes et al. 2009) of the package pypatchmatch, patches of 7x7, the same result each time.

    Raises:
        OptionError: the package is not installed.
    """
    if not patchmatch_is_installed():
        raise OptionError("PatchMatch is not installed; install it with 'pip install pypatchmatch'.")
    library = _patchmatch()
    library.set_random_seed(0)
    hole = np.where(mask > 0, 255, 0).astype(np.uint8)
    return _outside_kept(
        image, library.inpaint(np.ascontiguousarray(image), hole, patch_size=_PATCH_RADIUS), mask
    )


def _patchmatch() -> Any:
    # Imported when needed, since the package is optional.
    return import_module("patchmatch.patch_match")


def _outside_kept(image: Image, filled: Image, mask: Mask) -> Image:
    kept: Image = np.where(mask[..., None] > 0, filled, image)
    return kept
