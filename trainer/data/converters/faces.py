"""Three sets of faces with five landmarks each: official portraits, a part of CelebA-HQ, and UTKFace.

The landmarks travel in the pack's JSON as `five`: right eye, left eye, nose, right and left corner of the
mouth (the person's own sides), x and y in pixels of the packed image, or null where no face was found. Where
the file of landmarks holds a `mesh` as well, it travels in a file of its own, and the labels of the face are
taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import HAIR
from trainer.data.converters.face_labels import MESH_POINTS, close_face_labels
from trainer.data.converters.reading import (
    Skips,
    packed_sample,
    photo_files,
    read_codes,
    read_photo,
    require_same_size,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.resizing import scale_points
from trainer.data.sample import (
    Extras,
    ImageArray,
    LabelArray,
    PointArray,
    Sample,
    unknown_keypoints,
    unknown_labels,
)

PORTRAITS: Final = "portraits"
CELEBAHQ: Final = "celebahq"
UTKFACE: Final = "utkface"

PORTRAIT_SIDE: Final = 320
FACE_SIDE: Final = 256
SMALL_FACE_SIDE: Final = 128


_LEAST_SCORE: Final = 0.5
"""Of the face detector and of its landmarks, both in [0, 1]."""


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Points of one face, in pixels.

    Attributes:
        five: (5, 2) float32 right eye, left eye, nose, right and left corner of the mouth.
        mesh: (468, 2) float32 of MediaPipe FaceMesh; None where the file has none, or its `score` is too low
            to go by.
    """

    five: PointArray
    mesh: PointArray | None


def read_landmarks(path: Path) -> dict[str, Landmarks]:
    """The landmarks of each photo, by file name, from a `landmarks.npz`.

    Raises:
        DataSetError: the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, five = arrays["names"], arrays["five"]
            mesh = arrays["mesh"] if "mesh" in arrays.files else None
            score = arrays["score"].min(axis=1) if "score" in arrays.files else np.ones(len(names))
    except (OSError, ValueError, KeyError) as error:
        raise DataSetError(f"The landmarks {path} are missing or damaged; copy the data set anew.") from error
    _require_points(path, "five", five, (len(names), 5, 2))
    if mesh is not None:
        _require_points(path, "mesh", mesh, (len(names), MESH_POINTS, 2))
    return {
        str(name): Landmarks(
            five[i].astype(np.float32),
            None if mesh is None or score[i] < _LEAST_SCORE else mesh[i].astype(np.float32),
        )
        for i, name in enumerate(names)
    }


def _require_points(path: Path, name: str, points: PointArray, shape: tuple[int, int, int]) -> None:
    if points.shape != shape:
        raise DataSetError(
            f"The landmarks {path} hold `{name}` as {points.shape} instead of {shape}; "
            "copy the data set anew."
        )


def face_labels(path: Path, image: ImageArray, face: Landmarks | None) -> LabelArray:
    """Label codes (h, w) uint8 of a photo (h, w, 3).

    Args:
        path: mask of the hair; need not exist.
        image: the photo.
        face: what was detected; without a mesh nothing but the hair is labelled.
    """
    hair = None
    if path.is_file():
        mask = read_codes(path)
        require_same_size(mask, image)
        hair = mask > 0
    if face is not None and face.mesh is not None:
        return close_face_labels(image.shape[:2], face.mesh, face.five, hair)
    labels = unknown_labels(image)
    if hair is not None:
        labels[hair] = HAIR
    return labels


def _samples(source: Source, skips: Skips, side: int) -> Iterator[tuple[Sample, Extras]]:
    faces = read_landmarks(source.folder / "landmarks.npz")
    for path in photo_files(source.folder, ".jpg"):
        with skipping(path.stem, skips):
            image = read_photo(path)
            face = faces.get(path.name)
            labels = face_labels(source.folder / "hair" / f"{path.stem}.png", image, face)
            sample, extras = packed_sample(
                f"{source.name}/{path.stem}", image, labels, unknown_keypoints(), side
            )
            five = packed_five(None if face is None else face.five, image, sample.image)
            mesh = packed_mesh(None if face is None else face.mesh, image, sample.image)
            yield sample, {**extras, "five": five, "mesh": mesh}


def packed_five(points: PointArray | None, image: ImageArray, packed: ImageArray) -> list[list[float]] | None:
    """Landmarks (5, 2) of a photo (h, w, 3) in pixels of the packed one, for JSON; None without any."""
    moved = packed_mesh(points, image, packed)
    return None if moved is None else [[round(float(x), 2), round(float(y), 2)] for x, y in moved]


def packed_mesh(points: PointArray | None, image: ImageArray, packed: ImageArray) -> PointArray | None:
    """Points (n, 2) of a photo (h, w, 3) in pixels of the packed one; None without any."""
    if points is None:
        return None
    return scale_points(points, (image.shape[1], image.shape[0]), (packed.shape[1], packed.shape[0]))


def convert_portraits(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the official portraits, at most 320 pixels; the lower face is labelled where it has a mesh.

    Args:
        source: a folder with `*.jpg` and `landmarks.npz`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    return _samples(source, skips, PORTRAIT_SIDE)


def convert_celebahq(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of CelebA-HQ, at most 256 pixels, labelled by mesh and `hair/*.png`."""
    return _samples(source, skips, FACE_SIDE)


def convert_utkface(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of UTKFace, at most 128 pixels, labelled as the portraits."""
    return _samples(source, skips, SMALL_FACE_SIDE)
