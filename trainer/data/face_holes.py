"""Holes over a face as users paint them, drawn from its landmarks: eleven kinds in equal shares.

All functions take `mesh`, the 468 points (x, y) of MediaPipe FaceMesh in pixels of the picture, and return
masks (H, W) uint8, 255 = hole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.converters.face_labels import LOWER_CONTOUR, UPPER_CONTOUR
from trainer.data.sample import PointArray

Mask = NDArray[np.uint8]
Points = NDArray[np.float64]

_EYES: Final = ((33, 133), (362, 263))
_MOUTH: Final = (61, 291)
_LIPS: Final = (0, 17, 61, 291, 39, 269, 91, 321)
_BRIDGE, _TIP, _CHIN, _TOP = 168, 1, 152, 10
_WINGS: Final = (98, 327)
_CHEEKS: Final = (234, 454)
_COVER: Final = (168, 122, 50, 234, 132, 58, 172, 136, 150, 149, 176, 148, 152)
_COVER_LEFT: Final = (377, 400, 378, 379, 365, 397, 288, 361, 454, 280, 351)
_BROWS: Final = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)


def sample_face_hole(
    mesh: PointArray, shape: tuple[int, int], rng: np.random.Generator, kind: str | None = None
) -> Mask:
    """A hole of a random kind, somewhat larger or smaller than the thing, never empty.

    Args:
        mesh: (468, 2).
        shape: (H, W) of the picture.
        rng: source of all chance.
        kind: one of `FACE_HOLES`; None draws one.
    """
    face = _Face(np.asarray(mesh, np.float64))
    chosen = kind or list(FACE_HOLES)[int(rng.integers(len(FACE_HOLES)))]
    mask = np.zeros(shape, np.uint8)
    FACE_HOLES[chosen](mask, face, rng)
    grow = round(float(rng.uniform(0, 0.08)) * face.unit)
    if grow:
        mask = np.asarray(
            cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1,) * 2)), np.uint8
        )
    if not mask.any():
        _box(mask, face.middle, (face.unit, face.unit), 0.0)
    return mask


class _Face:
    """Places of a face that holes are drawn from."""

    def __init__(self, mesh: Points) -> None:
        self.mesh = mesh
        self.eyes = [mesh[list(pair)].mean(0) for pair in _EYES]
        self.mouth = mesh[list(_MOUTH)].mean(0)
        self.middle = (self.eyes[0] + self.eyes[1] + 2 * self.mouth) / 4
        down = self.mouth - (self.eyes[0] + self.eyes[1]) / 2
        self.unit = max(float(np.hypot(*(self.eyes[1] - self.eyes[0]))), float(np.hypot(*down)))
        self.down = down / max(1e-6, float(np.hypot(*down)))
        self.angle = float(np.degrees(np.arctan2(-self.down[0], self.down[1])))
        """Degrees by which the face is turned clockwise."""

    @property
    def across(self) -> Points:
        """Direction from the person's right to the left eye, upright to `down`."""
        return np.array([self.down[1], -self.down[0]])


def _glasses(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    width, height = rng.uniform(0.62, 0.95) * face.unit, rng.uniform(0.4, 0.75) * face.unit
    for eye in face.eyes:
        centre = eye + 0.06 * face.unit * face.down
        if rng.random() < 0.5:
            _ellipse(mask, centre, (width, height), face.angle)
        else:
            _box(mask, centre, (width, height), face.angle)
    thickness = rng.uniform(0.08, 0.3) * face.unit
    _line(mask, face.eyes, thickness)
    if rng.random() < 0.6:
        for eye, cheek in zip(face.eyes, _CHEEKS, strict=True):
            _line(mask, [eye, face.mesh[cheek] - 0.12 * face.unit * face.down], thickness)


def _eye(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    size = rng.uniform(0.5, 0.95) * face.unit, rng.uniform(0.35, 0.8) * face.unit
    centre = face.eyes[int(rng.integers(2))] + rng.normal(0, 0.06, 2) * face.unit
    _blob(mask, centre, size, face.angle + rng.normal(0, 12), rng)


def _mouth(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    lips = face.mesh[list(_LIPS)]
    width = float(np.ptp(lips @ face.across)) + rng.uniform(0.05, 0.5) * face.unit
    height = float(np.ptp(lips @ face.down)) + rng.uniform(0.1, 0.5) * face.unit
    centre = lips.mean(0) + rng.normal(0, 0.05, 2) * face.unit
    _blob(mask, centre, (width, height), face.angle + rng.normal(0, 8), rng)


def _nose(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    bridge, tip = face.mesh[_BRIDGE], face.mesh[_TIP]
    height = float(np.hypot(*(tip - bridge))) * rng.uniform(0.8, 1.6)
    width = float(np.hypot(*(face.mesh[_WINGS[0]] - face.mesh[_WINGS[1]]))) * rng.uniform(1.2, 2.4)
    centre = bridge + rng.uniform(0.5, 0.85) * (tip - bridge)
    _blob(mask, centre, (width, height), face.angle + rng.normal(0, 8), rng)


def _cover(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    """What doctors wear: from the nose's bridge or tip to below the chin."""
    outline = face.mesh[list(_COVER + _COVER_LEFT)].copy()
    outline[0] += rng.uniform(0, 0.75) * (face.mesh[_TIP] - face.mesh[_BRIDGE])
    chin = face.mesh[_CHIN]
    outline = chin + (outline - chin) * rng.uniform(0.9, 1.1) + rng.uniform(0, 0.15) * face.unit * face.down
    _fill(mask, cv2.convexHull(outline.astype(np.float32))[:, 0])


def _half(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    """One side of the face, up to a line near its middle."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    centre = face.middle + rng.normal(0, 0.15) * face.unit * face.across
    turn = face.angle + rng.normal(0, 10)
    reach = rng.uniform(1.2, 3.0) * face.unit
    height = rng.uniform(2.2, 4.5) * face.unit
    _box(mask, centre + side * reach / 2 * face.across, (reach, height), turn)


def _phone(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    """A thing with two long sides before a part of the face."""
    width = rng.uniform(0.7, 1.5) * face.unit
    centre = face.middle + rng.normal(0, 0.55, 2) * face.unit
    _box(mask, centre, (width, width * rng.uniform(1.5, 2.3)), face.angle + rng.normal(0, 35))


def _strand(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    """One to three bent strokes from the forehead down, as hair falls."""
    for _ in range(int(rng.integers(1, 4))):
        start = face.mesh[_TOP] + rng.normal(0, 0.5) * face.unit * face.across
        length = rng.uniform(1.0, 2.6) * face.unit
        bend, lean = rng.normal(0, 0.5), rng.normal(0, 0.35)
        t = np.linspace(0, 1, 12)[:, None]
        path = start + t * length * face.down + (lean * t + bend * t * (1 - t)) * face.unit * face.across
        _line(mask, list(path), rng.uniform(0.08, 0.3) * face.unit)


def _forehead(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    """From the brows, or below them, up into the hair."""
    brows = face.mesh[list(_BROWS)] + rng.uniform(-0.15, 0.3) * face.unit * face.down
    top = face.mesh[list(UPPER_CONTOUR)] - rng.uniform(0, 0.5) * face.unit * face.down
    _fill(mask, cv2.convexHull(np.concatenate([brows, top]).astype(np.float32))[:, 0])


def _whole(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    outline = face.mesh[list(LOWER_CONTOUR + UPPER_CONTOUR)]
    centre = outline.mean(0)
    _fill(mask, centre + (outline - centre) * rng.uniform(0.8, 1.15))


def _rectangle(mask: Mask, face: _Face, rng: np.random.Generator) -> None:
    centre = face.middle + rng.normal(0, 0.7, 2) * face.unit
    _box(mask, centre, tuple(rng.uniform(0.5, 2.0, 2) * face.unit), rng.uniform(0, 90))


FACE_HOLES: Final[dict[str, Callable[[Mask, _Face, np.random.Generator], None]]] = {
    "glasses": _glasses,
    "eye": _eye,
    "mouth": _mouth,
    "cover": _cover,
    "half": _half,
    "phone": _phone,
    "strand": _strand,
    "forehead": _forehead,
    "nose": _nose,
    "whole": _whole,
    "rectangle": _rectangle,
}
"""Kinds of holes; "cover" lies over mouth and nose, "whole" over all of the face."""


def _blob(
    mask: Mask, centre: Points, size: tuple[float, float], angle: float, rng: np.random.Generator
) -> None:
    if rng.random() < 0.3:
        _box(mask, centre, size, angle)
    else:
        _ellipse(mask, centre, size, angle)


def _ellipse(mask: Mask, centre: Points, size: tuple[float, float], angle: float) -> None:
    cv2.ellipse(mask, (tuple(centre), tuple(size), float(angle)), 255, -1)


def _box(mask: Mask, centre: Points, size: tuple[float, ...], angle: float) -> None:
    _fill(mask, cv2.boxPoints((tuple(centre), (size[0], size[1]), float(angle))))


def _line(mask: Mask, points: list[Points], thickness: float) -> None:
    path = np.rint(np.stack(points)).astype(np.int32)
    cv2.polylines(mask, [path], isClosed=False, color=255, thickness=max(2, round(thickness)))


def _fill(mask: Mask, polygon: NDArray[np.floating]) -> None:
    cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], 255)
