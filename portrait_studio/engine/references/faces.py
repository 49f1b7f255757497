"""A face from another photo: laid over this one by landmarks, where the head is turned alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.align_face import WINDOW, AlignedFace, SeenFace, hidden
from portrait_studio.engine.face_label import LabelledFace, lost_face
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.redraw_face import LEAST_FACE_PX, turn_of_head
from portrait_studio.engine.references.light import settle_light
from portrait_studio.engine.references.loans import Loan
from portrait_studio.engine.references.views import View
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, resize_mask, to_depth, to_float
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.homography import Homography, as_homography, warped_through
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.similarity import composed, fit_similarity, inverted, transformed
from portrait_studio.networks.conventions import FACE, LABELS
from portrait_studio.networks.face_completion import FACE_PARTS

AlignFace = Callable[[Pixels, Mask, LabelledFace, float], tuple[SeenFace, AlignedFace] | None]
"""Finds the aligned window of a face in a picture with a hole; None where it cannot."""

_SUNGLASSES: Final = LABELS.index("sunglasses")
_BESIDE: Final = (FACE_PARTS.index("background"), FACE_PARTS.index("hair"))
_MOST_APART_PX: Final = 6.0
"""Root mean square distance of the landmarks of two heads, in window pixels, up to which they are turned
alike."""
_AGAINST_MIRROR_PX: Final = 0.7
"""A face is not the same on both sides."""
_LEAST_SEEN: Final = 6
"""Landmarks outside the hole from which on they alone say where the face lies."""
_LEAST_COMPARED: Final = 120
"""Pixels of the window in which both show skin, for their light to be compared."""
_MOST_DIFFERENT: Final = 0.09
"""Mean difference of their colours after that."""
_MOST_DIFFERENT_ANYWHERE: Final = 0.2
"""The same for all but a twentieth of it."""
_LEAST_CORRELATION: Final = 0.6
_MOST_GLASSES: Final = 0.03
"""Amount of sunglasses on the reference's people, by that of their faces."""
_SOFT: Final = 0.02
"""Standard deviation of the soft edge, in long sides of the face."""


@dataclass(frozen=True, eq=False)
class _Pair:
    """The face of the photo, and that of a reference.

    Attributes:
        view: the reference.
        face: where the parser sees the photo's.
        seen: its surroundings, hole included.
        own: its aligned window.
        other: the aligned window of the reference's.
    """

    view: View
    face: LabelledFace
    seen: SeenFace
    own: AlignedFace
    other: AlignedFace

    @property
    def visible(self) -> NDArray[np.bool_]:
        """(17,) bool: landmarks of the photo's that the hole does not hide."""
        holes = hidden(self.seen, self.own.matrix)
        side = WINDOW.width
        x, y = np.clip(self.own.landmarks, 0, side - 1).astype(int).T
        return np.asarray(~holes[y, x], np.bool_)

    @property
    def apart_px(self) -> float:
        """How differently the heads are turned, in window pixels."""
        there = self._fitted(self.other.landmarks, self.own.landmarks)
        compared = self.visible if np.count_nonzero(self.visible) >= _LEAST_SEEN else np.ones(17, np.bool_)
        away = ((there - self.own.landmarks) ** 2).sum(1)[compared]
        return float(np.sqrt(away.mean()))

    def _fitted(self, points: NDArray[np.float64], towards: NDArray[np.float64]) -> NDArray[np.float64]:
        seen = self.visible
        if np.count_nonzero(seen) < _LEAST_SEEN:
            return points
        return transformed(fit_similarity(points[seen], towards[seen]), points)

    @property
    def matrix(self) -> Homography:
        """From pixels of the reference to pixels of the photo."""
        back = inverted(self.own.matrix)
        seen = self.visible
        inner = composed(back, self.other.matrix)
        if np.count_nonzero(seen) >= _LEAST_SEEN:
            fit = fit_similarity(self.other.landmarks[seen], self.own.landmarks[seen])
            inner = composed(back, composed(fit, self.other.matrix))
        return as_homography(inner)


def loan_of_face(
    image: Pixels, mask: Mask, hole: Bounds, closer: ParsedWindow, views: tuple[View, ...], align: AlignFace
) -> Loan | None:
    """What a reference gives a hole by showing the same face.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        hole: rectangle around the hole, in photo pixels.
        closer: what the parser says about the surroundings of the hole.
        views: the reference as it is, and mirrored.
        align: finds aligned windows.

    Returns:
        None where the hole hides nothing of a face, the reference shows none that is turned alike, or it
        wears glasses.
    """
    own_hole = np.zeros_like(mask)
    own_hole[hole.slices] = mask[hole.slices]
    window = closer.window
    face = lost_face(closer, resize_mask(own_hole[window.bounds.slices], window.size))
    if face is None or face.side < LEAST_FACE_PX:
        return None
    found = align(image, mask, face, turn_of_head(closer))
    if found is None:
        return None
    pairs = [pair for view in views if (pair := _paired(face, found, view, align)) is not None]
    likely = [(pair.apart_px + number * _AGAINST_MIRROR_PX, pair) for number, pair in enumerate(pairs)]
    apart, best = min(likely, key=lambda one: one[0], default=(np.inf, None))
    if best is None or apart > _MOST_APART_PX:
        return None
    return _loan(image, mask, hole, best)


def _paired(
    face: LabelledFace, found: tuple[SeenFace, AlignedFace], view: View, align: AlignFace
) -> _Pair | None:
    parsed = view.parsed
    everywhere = np.ones(parsed.labels.shape, np.bool_)
    other = lost_face(parsed, everywhere)
    if other is None or other.side < LEAST_FACE_PX:
        return None
    glasses, skin = (float(parsed.probabilities[..., label].sum()) for label in (_SUNGLASSES, FACE))
    if glasses > _MOST_GLASSES * skin:
        return None
    nothing = np.zeros(view.image.shape[:2], np.uint8)
    aligned = align(view.image, nothing, other, turn_of_head(parsed))
    return None if aligned is None else _Pair(view, face, *found, aligned[1])


def _loan(image: Pixels, mask: Mask, hole: Bounds, pair: _Pair) -> Loan | None:
    bounds = _box(pair.face).intersected(hole)
    around = _box(pair.face).intersected(Bounds(0, 0, image.shape[1], image.shape[0]))
    if bounds.is_empty or around.is_empty:
        return None
    matrix = pair.matrix
    placed = np.array([[1.0, 0, -around.left], [0, 1.0, -around.top], [0, 0, 1.0]])
    colours = to_float(cast(Pixels, warped_through(pair.view.image, placed @ matrix, around.extent)))
    theirs = _is_face(pair.other, placed @ matrix @ as_homography(inverted(pair.other.matrix)), around)
    ours = _is_face(pair.own, placed @ as_homography(inverted(pair.own.matrix)), around)
    known = mask[around.slices] == 0
    compared = theirs & ours & cv2.erode(known.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.bool_)
    if np.count_nonzero(compared) < _LEAST_COMPARED:
        return None
    photo = to_float(image[around.slices])
    light = settle_light(colours, photo, around, compared)
    lit = light.on(colours, around)
    if not look_alike(lit, photo, compared, pair.face.side):
        return None
    takes = theirs & ours & ~known
    sigma = max(1.0, _SOFT * pair.face.side)
    share = cv2.GaussianBlur((takes | (known & theirs)).astype(np.float32), (0, 0), sigma)
    share = np.asarray(np.clip(2 * share - 1, 0.0, 1.0) * ~known, np.float32)
    inner = bounds.shifted(-around.left, -around.top).slices
    labels = np.full(bounds.extent.area, FACE, np.uint8).reshape(bounds.height, bounds.width)
    return Loan(bounds, to_depth(lit[inner], image), np.ascontiguousarray(share[inner]), labels)


def look_alike(one: Floats, other: Floats, compared: NDArray[np.bool_], side: float) -> bool:
    """Whether two faces, (h, w, 3) in the same light, look the same where both are seen, glasses too."""
    sigma = max(1.0, _SOFT * side)
    first, second = (cv2.GaussianBlur(picture, (0, 0), sigma)[compared] for picture in (one, other))
    apart = np.abs(first - second).mean(1)
    if float(apart.mean()) > _MOST_DIFFERENT or float(np.quantile(apart, 0.95)) > _MOST_DIFFERENT_ANYWHERE:
        return False
    grey, others = first.mean(1), second.mean(1)
    spread = float(grey.std() * others.std())
    common = float(((grey - grey.mean()) * (others - others.mean())).mean())
    return spread > 0 and common / spread >= _LEAST_CORRELATION


def _is_face(face: AlignedFace, matrix: Homography, bounds: Bounds) -> NDArray[np.bool_]:
    """(h, w) bool: where a face is, neither hair nor ground.

    Args:
        face: its aligned window.
        matrix: from pixels of the window to those of the part.
        bounds: of the part.
    """
    likely = np.asarray(1.0 - face.parts[list(_BESIDE)].sum(0), np.float32)
    side = WINDOW.width / likely.shape[0]
    inside = warped_through(likely, matrix @ np.diag([side, side, 1.0]), bounds.extent, cv2.BORDER_CONSTANT)
    return np.asarray(inside > 0.5, np.bool_)


def _box(face: LabelledFace) -> Bounds:
    """Around a face, with some room."""
    half_x, half_y = 0.75 * face.width, 0.75 * face.height
    return Bounds(
        round(face.x - half_x), round(face.y - half_y), round(face.x + half_x), round(face.y + half_y)
    )
