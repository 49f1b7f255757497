"""How far the colours of a thing reach beyond its outline: of what is out of focus, much farther than a rim.

A hole whose edge still holds some of a dark coat is filled darker than what surrounds it: a grey ghost. So it
is measured how much of the thing's own colour is left at each distance from its outline.
"""

from __future__ import annotations

from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, shrink_or_enlarge, to_float
from portrait_studio.imaging.geometry import Extent

_SIDE_PX: Final = 480
"""Longer side of the picture in which edges are measured."""

_FARTHEST: Final = 0.09
"""Of the thing's longer side: so far away nothing of it is left, and no colour of it is looked for."""

_LEFT: Final = 0.08
_FALLS: Final = 0.02
_AHEAD: Final = 3
"""Share of the thing's own colour that may be left; and by how much it still falls over so many pixels where
the edge has not ended yet: what stays the same is the ground's own likeness."""

_INSIDE_PX: Final = 3.0
"""How far inside the outline the thing has its own colour."""

_LEAST_FAR_PX: Final = 8
_COLUMNS: Final = 512
_LEAST_PX: Final = 40
"""Places without which nothing is said about a distance."""


def soft_edge_px(image: Pixels, inside: NDArray[np.bool_]) -> int:
    """Width of the rim in which a thing's colours are mixed with those of what is behind it.

    Args:
        image: (h, w, 3) RGB, uint8 or uint16, the thing and its surroundings.
        inside: (h, w) bool, where the thing is.

    Returns:
        Pixels of the image; 0 where the outline is sharp, or nothing can be said.
    """
    height, width = inside.shape
    scale = float(min(1.0, _SIDE_PX / max(height, width)))
    size = Extent(max(1, round(width * scale)), max(1, round(height * scale)))
    picture = to_float(cast(Pixels, shrink_or_enlarge(image, size)))
    thing = np.asarray(shrink_or_enlarge(inside.astype(np.float32), size)) >= 0.5
    rows, columns = np.flatnonzero(thing.any(1)), np.flatnonzero(thing.any(0))
    if not rows.size or thing.all():
        return 0
    longer = float(max(np.ptp(rows), np.ptp(columns)))
    farthest = max(_LEAST_FAR_PX, round(_FARTHEST * longer))
    left = _left_at(picture, thing, farthest)
    mixed = farthest - _AHEAD
    for before in range(mixed):
        if left[before] < _LEFT or left[before] - left[before + _AHEAD] < _FALLS:
            mixed = before
            break
    return round(mixed / scale)


def _left_at(picture: Floats, thing: NDArray[np.bool_], farthest: int) -> list[float]:
    """Which share of the thing's colour is left 1, 2, ... pixels beside it."""
    away = cv2.distanceTransform((~thing).astype(np.uint8), cv2.DIST_L2, 5)
    smooth = cv2.GaussianBlur(away - cv2.distanceTransform(thing.astype(np.uint8), cv2.DIST_L2, 5), (0, 0), 2)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    length = np.maximum(np.hypot(across, down), 1e-6)
    ys, xs = np.nonzero((away > 0) & (away <= farthest))
    distance = away[ys, xs]
    step = np.stack([across[ys, xs], down[ys, xs]]) / length[ys, xs]
    places = np.stack([xs, ys]).astype(np.float32)
    far, own = places + step * (farthest - distance), places - step * (distance + np.float32(_INSIDE_PX))
    beyond, inner = _at(picture, far), _at(picture, own)
    valid = _is_in(far, thing.shape) & _is_in(own, thing.shape) & ~_nearest(thing, far)
    contrast = (inner - beyond) * valid[:, None]
    mixed = ((picture[ys, xs] - beyond) * contrast).sum(1)
    full = (contrast**2).sum(1)
    ring = np.ceil(distance).astype(np.intp)
    counts = np.bincount(ring, valid, farthest + 2)
    shares = np.bincount(ring, mixed, farthest + 2) / np.maximum(np.bincount(ring, full, farthest + 2), 1e-6)
    return [float(shares[d]) if counts[d] >= _LEAST_PX else 0.0 for d in range(1, farthest + 1)]


def _at(picture: Floats, places: Floats) -> Floats:
    """Colours (n, 3) at places (2, n) x, y."""
    count = places.shape[1]
    # OpenCV takes no map that is longer than 32,767.
    x, y = (np.resize(np.asarray(each, np.float32), (-(-count // _COLUMNS), _COLUMNS)) for each in places)
    seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen.reshape(-1, 3)[:count], np.float32)


def _is_in(places: Floats, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    x, y = places
    return np.asarray((x >= 0) & (y >= 0) & (x <= shape[1] - 1) & (y <= shape[0] - 1))


def _nearest(flags: NDArray[np.bool_], places: Floats) -> NDArray[np.bool_]:
    x, y = (
        np.clip(np.rint(each), 0, most - 1).astype(np.intp)
        for each, most in zip(places, flags.shape[::-1], strict=True)
    )
    return np.asarray(flags[y, x])
