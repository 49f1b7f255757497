"""A hidden eye from the one in sight: mirrored and laid into the redrawn face as one rigid piece.

The face completion network knows where the hidden eye is and how light falls there, and paints it softly.
The other eye has the person's own lashes, iris and brow. Its light follows what was redrawn around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.align_face import AlignedFace
from portrait_studio.engine.redraw_face import share_of_face
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, WindowPixels, to_float
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.imaging.similarity import Transform, composed, inverted, transformed, translation, warped
from portrait_studio.networks.face_completion import LANDMARKS, MIRROR_LANDMARKS

_EYES: Final = ((0, 1), (3, 2))
"""Places in `LANDMARKS` of the outer and inner corner of the right and the left eye."""
_BROWS: Final = (LANDMARKS.index(105), LANDMARKS.index(334))
_NOSE: Final = LANDMARKS.index(1)

_REACH: Final = (0.95, 0.8)
"""Half width and half height of a piece with eye and brow, in widths of the eye."""
_OPENING: Final = (0.65, 0.42)
"""The same of the eye alone, whose colours are not compared."""
_BROW_SHARE: Final = 0.3
"""How far from the eye to the brow the middle of a piece lies."""
_EVEN: Final = 0.35
"""Standard deviation, in widths of the eye, of the blur over differences of colour."""
_LIGHT: Final = (0.4, 2.0)
"""How much darker and lighter a piece may become."""
_MOST_HIDDEN: Final = 0.02
"""Share of a piece that may be hidden."""
_LEAST_LOST: Final = 0.4
"""Share of an eye that has to be hidden."""
_MOST_TURNED: Final = 0.22
"""How far the nose's tip may lie beside the middle of the eyes, in their distance."""
_MOST_RATIO: Final = 1.3
"""Of the widths of both eyes."""


@dataclass(frozen=True, eq=False)
class EyeCopy:
    """How one eye becomes the other.

    Attributes:
        matrix: from photo pixels to photo pixels, mirrored.
        centre: (2,) x, y of the piece where it is laid, in photo pixels.
        eye: (2,) of the eye in it.
        width: of the eye in photo pixels.
        angle: degrees by which the eyes' line is turned clockwise.
    """

    matrix: Transform
    centre: NDArray[np.float64]
    eye: NDArray[np.float64]
    width: float
    angle: float

    @property
    def bounds(self) -> Bounds:
        """Around the piece where it is laid."""
        left, top = np.floor(self.centre - self.width * 1.3)
        right, bottom = np.ceil(self.centre + self.width * 1.3)
        return Bounds(int(left), int(top), int(right), int(bottom))

    def ellipse(self, centre: NDArray[np.float64], reach: tuple[float, float], bounds: Bounds) -> Floats:
        """(h, w) in [0, 1] over a part of the photo, 1 inside, with a soft edge."""
        turn = np.radians(self.angle)
        x = np.arange(bounds.left, bounds.right) + 0.5 - centre[0]
        y = (np.arange(bounds.top, bounds.bottom) + 0.5 - centre[1])[:, None]
        along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        far = np.hypot(along / (reach[0] * self.width), across / (reach[1] * self.width))
        return np.asarray(np.clip((1.0 - far) / 0.25, 0.0, 1.0), np.float32)


def eye_copy(image: Pixels, mask: NDArray[np.uint8], face: AlignedFace) -> EyeCopy | None:
    """Which eye can be copied to where; None unless just one is hidden and the face looks ahead.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        face: the aligned window.
    """
    points = transformed(inverted(face.matrix), face.landmarks)
    corners = [points[list(pair)] for pair in _EYES]
    middles = [pair.mean(0) for pair in corners]
    widths = [float(np.hypot(*(pair[1] - pair[0]))) for pair in corners]
    between = middles[1] - middles[0]
    apart = float(np.hypot(*between))
    beside = float((points[_NOSE] - (middles[0] + middles[1]) / 2) @ between) / max(apart, 1e-6) ** 2
    if min(widths) < 4 or max(widths) / min(widths) > _MOST_RATIO or abs(beside) > _MOST_TURNED:
        return None
    angle = float(np.degrees(np.arctan2(between[1], between[0])))
    photo = Bounds.of(extent_of(image))
    mirror = _mirrored(points)
    for target, source in ((0, 1), (1, 0)):
        up = _BROW_SHARE * (points[_BROWS[target]] - middles[target])
        matrix = mirror.copy()
        matrix[:, 2] += middles[target] - transformed(mirror, middles[source][None])[0]
        copy = EyeCopy(matrix, middles[target] + up, middles[target], widths[source], angle)
        origin = transformed(inverted(matrix), copy.centre[None])[0]
        there = EyeCopy(inverted(matrix), origin, middles[source], widths[source], angle)
        if there.bounds.intersected(photo) != there.bounds or copy.bounds.intersected(photo).is_empty:
            continue
        lost = _hidden_share(mask, copy, copy.eye, _OPENING)
        if lost >= _LEAST_LOST and _hidden_share(mask, there, origin, _REACH) <= _MOST_HIDDEN:
            return copy
    return None


def lay_eye(fill: WindowPixels, image: Pixels, face: AlignedFace, copy: EyeCopy) -> Floats:
    """A fill (h, w, 3) with an eye laid into its hole, as far as there is face.

    Args:
        fill: the fill with the redrawn face, the photo elsewhere, at full resolution.
        image: (H, W, 3) RGB, uint8 or uint16: the photo.
        face: the aligned window.
        copy: the eye.
    """
    bounds = copy.bounds.intersected(fill.window.bounds)
    laid = fill.colours.copy()
    if bounds.is_empty:
        return laid
    inner = bounds.shifted(-fill.window.bounds.left, -fill.window.bounds.top).slices
    before = laid[inner]
    piece = _piece(image, copy, bounds)
    shown = copy.ellipse(copy.centre, _REACH, bounds) * share_of_face(face, bounds)
    weight = shown * fill.hole[inner]
    ring = shown * (1 - copy.ellipse(copy.eye, _OPENING, bounds)) + 1e-3
    piece = piece * _gain(before, piece, ring, _EVEN * copy.width)
    laid[inner] = np.clip(before + (piece - before) * weight[..., None], 0.0, 1.0)
    return laid


def _gain(wanted: Floats, piece: Floats, weight: Floats, blur_px: float) -> Floats:
    """By how much a piece (h, w, 3) is darker than wanted, blurred over where it counts."""
    light, own = (cv2.GaussianBlur(one * weight[..., None], (0, 0), blur_px) for one in (wanted, piece))
    return np.asarray(np.clip((light + 1e-3) / (own + 1e-3), *_LIGHT), np.float32)


def _piece(image: Pixels, copy: EyeCopy, bounds: Bounds) -> Floats:
    """The mirrored photo over a part of itself: (h, w, 3) in [0, 1]."""
    corners = transformed(
        inverted(copy.matrix),
        np.array([[x, y] for x in (bounds.left, bounds.right) for y in (bounds.top, bounds.bottom)]),
    )
    (left, top), (right, bottom) = np.floor(corners.min(0)) - 2, np.ceil(corners.max(0)) + 2
    source = Bounds(int(left), int(top), int(right), int(bottom)).intersected(Bounds.of(extent_of(image)))
    to_photo = translation(source.left, source.top)
    to_bounds = translation(-bounds.left, -bounds.top)
    matrix = composed(to_bounds, composed(copy.matrix, to_photo))
    return warped(to_float(image[source.slices]), matrix, bounds.extent)


def _mirrored(points: NDArray[np.float64]) -> Transform:
    """The reflection of the photo that brings the face's landmarks nearest to their mirror images."""
    z = points @ (1, 1j)
    source, target = np.conj(z - z.mean()), z[list(MIRROR_LANDMARKS)] - z.mean()
    factor = np.vdot(source, target)
    factor /= abs(factor)
    linear = np.array([[factor.real, factor.imag], [factor.imag, -factor.real]])
    middle = points.mean(0)
    return np.column_stack([linear, middle - linear @ middle])


def _hidden_share(
    mask: NDArray[np.uint8], copy: EyeCopy, centre: NDArray[np.float64], reach: tuple[float, float]
) -> float:
    bounds = copy.bounds.intersected(Bounds(0, 0, mask.shape[1], mask.shape[0]))
    weight = copy.ellipse(centre, reach, bounds)
    return float(weight[mask[bounds.slices] > 0].sum() / max(float(weight.sum()), 1e-6))
