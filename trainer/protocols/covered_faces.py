"""Protocol `covered-faces`: faces in place with the holes of Liao et al. 2018 (4.1 and table 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.data.face_windows import FaceWindow
from trainer.data.holes import Mask, random_noise, random_pattern, rectangle_around
from trainer.data.loose_faces import framed, loose_window
from trainer.data.packs import PackedSet
from trainer.data.sample import PointArray
from trainer.protocols.case import Case, generator_of, with_landmarks

COVERED_FACES: Final = "covered-faces"
"""Name of the protocol."""

_PLACES: Final[dict[str, tuple[float, float]]] = {
    "O1 left eye": (40, 32),
    "O2 right eye": (40, 32),
    "O3 upper face": (72, 40),
    "O4 left half": (40, 72),
    "O5 right half": (40, 72),
    "O6 lower face": (64, 44),
}
"""Width and height of each hole in 75ths of the face's width. The paper has left and right; here they are the
person's own. It gives 40 x 48 pixels as a mean size, and no places."""

BLOCKS: Final = (*_PLACES, "block")
"""Kinds that hide a rectangle, for which the networks of the paper's tables were trained."""

KINDS: Final = (*BLOCKS, "pattern", "noise")

_UNIT: Final = 75
_DOWN: Final = 8
"""So far below the mouth the lower face has its middle, in the same unit."""


@dataclass(frozen=True, eq=False)
class FaceCase:
    """A case with what is known of the face.

    Attributes:
        case: window (S, S) of a face with a part of it hidden.
        parts: (S, S) uint8 index into `FACE_PARTS`, 255 = unknown.
        points: (5, 2) float32 `FIVE_POINTS`, in pixels of the window.
    """

    case: Case
    parts: NDArray[np.uint8]
    points: PointArray


def covered_face_cases(photos: PackedSet, side: int, limit: int | None = None) -> Iterator[FaceCase]:
    """Every face with every kind of hole.

    Args:
        photos: packed photos, of which those with landmarks are taken.
        side: of the windows in pixels.
        limit: at most so many faces; which ones, the names' hashes decide.

    Raises:
        DataSetError: no photo has landmarks.
    """
    nothing = np.zeros((side, side), np.uint8)
    for index in with_landmarks(photos)[:limit]:
        mesh, sample = photos.mesh(index), photos[index]
        assert mesh is not None
        matrix = framed(mesh, sample.labels.shape, side)
        window = loose_window(sample, mesh, matrix, side, nothing)
        width = float(np.ptp(mesh[:, 0])) * float(matrix[0, 0])
        for kind in KINDS:
            hole = hole_of(kind, window, width, generator_of(f"{COVERED_FACES} {kind}", sample.key))
            case = Case(f"{sample.photo_id} {kind}", window.sample.image, hole, kind=kind)
            yield FaceCase(case, window.parts, window.landmarks)


def hole_of(kind: str, window: FaceWindow, width: float, rng: np.random.Generator) -> Mask:
    """A hole of one of `KINDS`, (S, S) uint8, 255 = hidden.

    Args:
        kind: which.
        window: of the face.
        width: of the face in pixels of the window.
        rng: source of all chance of blocks, patterns and noise.
    """
    shape = window.mask.shape
    if kind == "pattern":
        return random_pattern(shape, rng)
    if kind == "noise":
        return random_noise(shape, rng)
    if kind == "block":
        half = shape[0] // 2
        point = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        return rectangle_around(point, (half, half), (shape[0], shape[1]), rng)
    unit = width / _UNIT
    (x, y), size = _middle(kind, window.landmarks, unit), np.array(_PLACES[kind]) * unit
    mask = np.zeros(shape, np.uint8)
    low = np.maximum(0, np.rint(np.array([x, y]) - size / 2).astype(int))
    high = np.rint(np.array([x, y]) + size / 2).astype(int)
    mask[low[1] : max(low[1] + 1, high[1]), low[0] : max(low[0] + 1, high[0])] = 255
    return mask


def _middle(kind: str, points: PointArray, unit: float) -> PointArray:
    """Middle (2,) of a hole at a place of the face."""
    right_eye, left_eye = points[0], points[1]
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    aside = np.array([_PLACES["O4 left half"][0] / 2 * unit * np.sign(left_eye[0] - right_eye[0]), 0.0])
    face = (eyes + mouth) / 2
    places: dict[str, PointArray] = {
        "O1 left eye": left_eye,
        "O2 right eye": right_eye,
        "O3 upper face": eyes,
        "O4 left half": face + aside,
        "O5 right half": face - aside,
        "O6 lower face": mouth + np.array([0.0, _DOWN * unit]),
    }
    return places[kind]
