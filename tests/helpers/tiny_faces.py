"""Drawn faces whose 468 landmarks are known, for tests of the face completion stage."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from portrait_studio.networks.conventions import FACE
from portrait_studio.networks.face_completion import LANDMARKS
from trainer.data.converters.face_labels import LOWER_CONTOUR, UPPER_CONTOUR
from trainer.data.face_parts import POLYGONS
from trainer.data.pack_writer import write_packs
from trainer.data.sample import LabelArray, PointArray, Sample, unknown_keypoints
from trainer.data.split import Split

_CENTRES = {
    **{"nose": (0, 0.1), "right-brow": (-0.5, -0.45), "left-brow": (0.5, -0.45)},
    **{"right-eye": (-0.5, -0.2), "left-eye": (0.5, -0.2)},
    **{"upper-lip": (0, 0.6), "inner-mouth": (0, 0.6), "lower-lip": (0, 0.6)},
}
"""Middle of each part, in half face widths from the middle of the face."""
_CORNERS = {
    33: (-0.7, -0.2),
    133: (-0.3, -0.2),
    362: (0.3, -0.2),
    263: (0.7, -0.2),
    61: (-0.3, 0.6),
    291: (0.3, 0.6),
}


def drawn_mesh(x: float, y: float, half: float) -> PointArray:
    """Landmarks (468, 2) of an upright face about (x, y), `half` its width in pixels."""
    places = np.zeros((468, 2))
    for name, outline in POLYGONS.items():
        if name == "skin":
            continue
        angles = np.linspace(0, 2 * np.pi, len(outline), endpoint=False)
        ring = np.stack([0.22 * np.cos(angles), 0.1 * np.sin(angles)], axis=1)
        places[list(outline)] = np.array(_CENTRES[name]) + ring
    contour = LOWER_CONTOUR + UPPER_CONTOUR
    # From the person's left temple down around the chin and up to the right one.
    angles = np.linspace(0, 2 * np.pi, len(contour), endpoint=False)
    places[list(contour)] = np.stack([np.cos(angles), 1.2 * np.sin(angles)], axis=1)
    for index, place in _CORNERS.items():
        places[index] = place
    assert set(LANDMARKS) - set(np.flatnonzero(places.any(axis=1)).tolist()) <= {1}
    return (np.array([x, y]) + half * places).astype(np.float32)


def drawn_face(key: str, seed: int, side: int = 160) -> tuple[Sample, PointArray]:
    """A photo of one face with dark eyes and a red mouth, and its landmarks."""
    rng = np.random.default_rng(seed)
    mesh = drawn_mesh(side / 2 + rng.uniform(-8, 8), side / 2 + rng.uniform(-8, 8), side / 4)
    image = np.full((side, side, 3), rng.integers(40, 200, 3), np.uint8)
    labels: LabelArray = np.zeros((side, side), np.uint8)
    colours = {
        "skin": (210, 160, 130),
        "right-eye": (30, 30, 60),
        "left-eye": (30, 30, 60),
        "lower-lip": (170, 40, 50),
    }
    for name, colour in colours.items():
        polygon = np.rint(mesh[list(POLYGONS[name])]).astype(np.int32)
        cv2.fillPoly(image, [polygon], colour)
        if name == "skin":
            cv2.fillPoly(labels, [polygon], FACE)
    return Sample(key, image, labels, unknown_keypoints()), mesh


def write_faces(folder: Path, count: int = 4, name: str = "portraits", split: Split | None = "train") -> Path:
    """Pack `count` drawn faces, all of them for training or validation, or each as its name decides."""
    faces = [drawn_face(f"{name}/{index:03d}", index) for index in range(count)]
    write_packs([(sample, {"mesh": mesh}) for sample, mesh in faces], folder, name, split)
    return folder
