"""A picture from which somebody is wiped away: nothing of them is left to be seen, and no edge of what comes.

It is for networks that look at what stays. What is put there is no fill: the colours around, the smoother the
farther away (pull and push, Gortler et al. 1996).
"""

from __future__ import annotations

from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, shrink_or_enlarge, to_depth, to_float
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.masks import extent_of

_MOST_PX: Final = 1024
"""Longer side of the picture in which the colours are spread; they are smooth anyway."""


def wiped(image: Pixels, hidden: NDArray[np.bool_]) -> Pixels:
    """The picture with smooth colours from around where something is hidden.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16; not changed.
        hidden: (H, W) bool.

    Returns:
        A new picture of the same type; the same one where nothing is hidden, or everything.
    """
    if not hidden.any() or hidden.all():
        return image
    photo = extent_of(image)
    share = min(1.0, _MOST_PX / max(photo.width, photo.height))
    size = Extent(max(1, round(photo.width * share)), max(1, round(photo.height * share)))
    known = 1 - np.asarray(shrink_or_enlarge(hidden.astype(np.float32), size), np.float32)
    small = to_float(cast(Pixels, shrink_or_enlarge(image, size)))
    # A pixel that holds anything of what is hidden would spread it.
    spread = _spread(small, (known >= 1).astype(np.float32))
    smooth = cast(Pixels, shrink_or_enlarge(to_depth(spread, image), photo))
    return cast(Pixels, np.where(hidden[..., None], smooth, image))


def _spread(picture: Floats, weight: Floats) -> Floats:
    """(h, w, 3), the picture where the weight (h, w) is not 0, and elsewhere what a coarser one says."""
    if weight.all() or max(weight.shape) <= 2:
        total = float(weight.sum())
        mean = (picture * weight[..., None]).sum((0, 1)) / total if total else picture.mean((0, 1))
        return np.asarray(np.where(weight[..., None] > 0, picture, mean), np.float32)
    height, width = weight.shape
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse_weight = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(picture * weight[..., None], half, interpolation=cv2.INTER_AREA)
    coarse /= np.maximum(coarse_weight, 1e-6)[..., None]
    below = _spread(np.asarray(coarse, np.float32), (coarse_weight > 0).astype(np.float32))
    fine = cv2.resize(below, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(weight[..., None] > 0, picture, fine), np.float32)
