"""How another photo of the same scene lies over this one: SIFT features and a homography by USAC.

Lowe 2004 for the features, in the form of Arandjelovic and Zisserman 2012; Barath et al. 2019 (MAGSAC++) for
the choice among their matches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import shrink_or_enlarge
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.homography import Homography, as_homography, is_sound, moved, scale_at
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.imaging.similarity import Transform, fit_similarity, transformed

_LONG_PX: Final = 1100
"""Long side, at most, at which features are looked for."""
_LEAST_LONG_PX: Final = 700
"""And at least: a smaller photo is enlarged for it, twice at most."""
_MOST_FEATURES: Final = 4000
_CONTRAST: Final = 0.02
_RATIO: Final = 0.8
_TOLERANCE_PX: Final = 3.0
"""Distance of a match from its place up to which it counts, at the size of the features."""
_ROUNDS: Final = 10_000
_CERTAINTY: Final = 0.9999
_LEAST_MATCHES: Final = 14
_LEAST_SCALE, _MOST_SCALE = 0.2, 5.0
_RIGID_PX: Final = 1.5
"""Median distance up to which a similarity says enough: beyond the matches it is the surer one."""


@dataclass(frozen=True, eq=False)
class Features:
    """What of a photo can be found again.

    Attributes:
        extent: of the photo.
        scale: pixels of the size at which it was looked at, per pixel of the photo.
        points: (n, 2) x, y in pixels of the photo.
        descriptors: (n, 128) float32 of length 1.
    """

    extent: Extent
    scale: float
    points: NDArray[np.float64]
    descriptors: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Registration:
    """Where a reference lies over the photo.

    Attributes:
        matrix: from pixels of the reference to pixels of the photo.
        points: (n, 2) x, y in pixels of the photo, where both are seen to show the same.
    """

    matrix: Homography
    points: NDArray[np.float64]


def find_features(image: Pixels, hidden: Mask | None = None) -> Features:
    """The features of a photo.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        hidden: (H, W) uint8, nonzero = not looked at; None = all is.
    """
    extent = extent_of(image)
    long = max(extent.width, extent.height)
    scale = min(_LONG_PX / long, max(1.0, min(2.0, _LEAST_LONG_PX / long)))
    size = Extent(max(1, round(extent.width * scale)), max(1, round(extent.height * scale)))
    seen = cv2.cvtColor(in_8_bits(cast(Pixels, shrink_or_enlarge(image, size))), cv2.COLOR_RGB2GRAY)
    known = None
    if hidden is not None:
        holes = np.asarray(shrink_or_enlarge((hidden != 0).astype(np.uint8) * 255, size), np.uint8)
        # A feature beside a hole would see into it.
        known = cv2.erode((holes == 0).astype(np.uint8) * 255, np.ones((7, 7), np.uint8))
    finder = cv2.SIFT.create(nfeatures=_MOST_FEATURES, contrastThreshold=_CONTRAST)
    points, descriptors = finder.detectAndCompute(seen, known)
    if descriptors is None or not points:
        return Features(extent, scale, np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    places = (np.array([point.pt for point in points]) + 0.5) * (
        extent.width / size.width,
        extent.height / size.height,
    )
    total = np.maximum(np.abs(descriptors).sum(1, keepdims=True), np.float32(1e-6))
    return Features(extent, scale, places, np.sqrt(descriptors / total).astype(np.float32))


@dataclass(frozen=True, eq=False)
class FeatureMatches:
    """Features of a reference and of the photo that look alike.

    Attributes:
        photo: features of its known part.
        reference: features of the whole reference.
        pairs: (n, 2) numbers of features of the reference and of the photo.
    """

    photo: Features
    reference: Features
    pairs: NDArray[np.int64]

    def within(self, bounds: Bounds) -> FeatureMatches:
        """Those that lie in a part of the photo."""
        x, y = self.photo.points[self.pairs[:, 1]].T
        inside = (x >= bounds.left) & (x < bounds.right) & (y >= bounds.top) & (y < bounds.bottom)
        return replace(self, pairs=self.pairs[inside])


def match(photo: Features, reference: Features) -> FeatureMatches:
    """Features of a photo's known part that are found again in a reference."""
    return FeatureMatches(photo, reference, _matches(reference.descriptors, photo.descriptors))


def register(matches: FeatureMatches) -> Registration | None:
    """Where a reference lies over the photo; None where they do not show the same from one place."""
    photo, reference, pairs = matches.photo, matches.reference, matches.pairs
    if len(pairs) < _LEAST_MATCHES:
        return None
    source, target = reference.points[pairs[:, 0]], photo.points[pairs[:, 1]]
    tolerance = _TOLERANCE_PX / photo.scale
    matrix, chosen = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, tolerance, maxIters=_ROUNDS, confidence=_CERTAINTY
    )
    if matrix is None:
        return None
    inside = chosen.ravel() != 0
    if _different_places(target[inside], tolerance) < _LEAST_MATCHES:
        return None
    rigid = _rigid(source[inside], target[inside])
    error = np.linalg.norm(transformed(rigid, source[inside]) - target[inside], axis=1)
    if float(np.median(error)) * photo.scale <= _RIGID_PX:
        matrix = as_homography(rigid)
    middle = reference.points[pairs[inside, 0]].mean(0)
    scale = scale_at(matrix, float(middle[0]), float(middle[1]))
    if not _LEAST_SCALE <= scale <= _MOST_SCALE or not is_sound(matrix, Bounds.of(reference.extent)):
        return None
    near = np.linalg.norm(moved(matrix, source) - target, axis=1) <= tolerance
    return Registration(np.asarray(matrix, np.float64), target[near])


def _matches(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n, 2) numbers of descriptors that are each other's nearest, and clearly nearer than the next."""
    if len(source) < 2 or len(target) < 2:
        return np.zeros((0, 2), np.int64)
    alike = source @ target.T
    best = alike.argmax(1)
    rows = np.arange(len(source))
    first = alike[rows, best]
    is_mutual = alike.argmax(0)[best] == rows
    alike[rows, best] = -1.0
    second = alike.max(1)
    # Of unit vectors: squared distance = 2 - 2 x cosine.
    clear = (1.0 - first) <= _RATIO**2 * (1.0 - second)
    kept = np.flatnonzero(is_mutual & clear)
    return np.column_stack([kept, best[kept]])


def _different_places(points: NDArray[np.float64], apart: float) -> int:
    """How many points there are, those at one place counted once."""
    return len(np.unique(np.floor(points / max(apart, 1e-9)), axis=0))


def _rigid(source: NDArray[np.float64], target: NDArray[np.float64]) -> Transform:
    """The similarity between matches, those that lie far off counted little."""
    matrix = fit_similarity(source, target)
    for _ in range(5):
        error = np.linalg.norm(transformed(matrix, source) - target, axis=1)
        near = error <= max(float(np.median(error)), 1e-9)
        if np.count_nonzero(near) < 3:
            break
        matrix = fit_similarity(source[near], target[near])
    return matrix
