"""Protocols that keep the photo's own shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import LABELS
from portrait_studio.networks.face import FACE_WINDOW
from trainer.data.converters.reading import DamagedPhotoError
from trainer.data.converters.reading import read_photo as read_stored_photo
from trainer.data.holes import Mask, Person, body_rectangle, person_of, shapes_of, silhouette, strokes
from trainer.data.packs import PackedSet
from trainer.data.resizing import scale_points
from trainer.data.sample import PointArray, Sample
from trainer.data.samplers import face_position
from trainer.protocols.case import Case, case_of, first_cases, generator_of, measurable, with_face

THINGS = tuple(
    LABELS.index(name)
    for name in (
        "hat",
        "left-leg",
        "right-leg",
        "left-arm",
        "right-arm",
        "bag",
        "scarf",
        "left-shoe",
        "right-shoe",
    )
)
"""Labels whose silhouettes hide a person in `natural`: things and limbs."""
FACE_HOLE = 32
"""Side of a face hole in the face network's window of 64 pixels (Wu et al., section III.D)."""

Sources = Mapping[str, Path] | None
"""File of each photo id at its original size; None = photos are taken at the size of the packs."""

_NATURAL_SHARE = (0.02, 0.08)
_NATURAL_EDGES = (0.2, 0.4)
_LEAST_FACE_HOLE_PX = 8


def natural_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[Case]:
    """Photos in their own shape; hidden by a rectangle, by strokes, or by a thing or limb from another photo.

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo has full labels, or the file of one is missing or of another photo.
    """
    order = measurable(photos, None)
    for place, index in enumerate(order[:limit]):
        sample = at_source_size(photos[index], source)
        rng = generator_of("natural", sample.key)
        others = order[place + 1 :] + order[:place]
        draw = (_rectangle, _strokes, _silhouette)[int(rng.integers(3))]
        mask, kind = draw(person_of(sample.labels), rng, photos, others)
        yield case_of(sample, mask, kind)


def face_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[Case]:
    """Photos in their own shape with half of a face hidden: a square of 32 where the face's window has 64.

    Args:
        photos: packed photos, of which those with a known face are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo has a known face of enough pixels, or the file of one is missing.
    """
    lacking = "The faces of the split are too small to measure; measure with --source."
    return first_cases(_face_cases(photos, source), limit, lacking)


def _face_cases(photos: PackedSet, source: Sources) -> Iterator[Case]:
    for index in with_face(photos):
        packed, five = photos[index], photos.five(index)
        sample = at_source_size(packed, source)
        if five is not None:
            five = scale_points(five, packed.labels.shape[::-1], sample.labels.shape[::-1])
        mask = _face_hole(sample, five, generator_of("face", sample.key))
        if mask is not None:
            yield case_of(sample, mask, "face")


def source_files(folder: Path) -> dict[str, Path]:
    """Photo files below a data set's folder by photo id (the name without suffix).

    Raises:
        DataSetError: there are none.
    """
    files = {
        path.stem: path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in (".jpg", ".jpeg", ".webp")
    }
    if not files:
        raise DataSetError(
            f"No photos in {folder}; give the folder of the data set that the packs were made from."
        )
    return files


def at_source_size(sample: Sample, source: Sources) -> Sample:
    """The sample with its photo as it was before packing; labels and keypoints are scaled to it.

    Args:
        sample: a packed photo.
        source: file of each photo id at its original size; None leaves the sample as it is packed.

    Raises:
        DataSetError: its file is missing, damaged, or of another photo.
    """
    if source is None:
        return sample
    path = source.get(sample.photo_id)
    if path is None:
        raise DataSetError(
            f"The source of {sample.key} is missing; give the folder that the packs were made from."
        )
    try:
        image = read_stored_photo(path)
    except DamagedPhotoError as error:
        raise DataSetError(f"{path}: {error}; copy the data set anew.") from error
    size, packed = (image.shape[1], image.shape[0]), (sample.image.shape[1], sample.image.shape[0])
    if abs(size[0] * packed[1] - size[1] * packed[0]) > 1.5 * max(size):
        raise DataSetError(
            f"{path} has another shape than the packed photo {sample.key}; prepare the set anew."
        )
    labels: NDArray[np.uint8] = cv2.resize(sample.labels, size, interpolation=cv2.INTER_NEAREST_EXACT)
    return replace(sample, image=image, labels=labels, keypoints=scale_points(sample.keypoints, packed, size))


def _rectangle(
    person: Person, rng: np.random.Generator, photos: PackedSet, others: list[int]
) -> tuple[Mask, str]:
    width = person.shape[1]
    low, high = (max(1, round(share * width)) for share in _NATURAL_EDGES)
    return body_rectangle(person, rng, (low, high)), "rectangle"


def _strokes(
    person: Person, rng: np.random.Generator, photos: PackedSet, others: list[int]
) -> tuple[Mask, str]:
    return strokes(person, rng, _NATURAL_SHARE), "strokes"


def _silhouette(
    person: Person, rng: np.random.Generator, photos: PackedSet, others: list[int]
) -> tuple[Mask, str]:
    """The first other photo with a fitting thing or limb lends its silhouette; without any: strokes."""
    for other in others:
        shapes = shapes_of(photos[other].labels, THINGS)
        if not shapes:
            continue
        mask = silhouette(shapes[int(rng.integers(len(shapes)))], person, rng, _NATURAL_SHARE)
        if np.count_nonzero(mask) >= _NATURAL_SHARE[0] / 2 * mask.size:
            return mask, "silhouette"
    return _strokes(person, rng, photos, others)


def _face_hole(sample: Sample, five: PointArray | None, rng: np.random.Generator) -> Mask | None:
    """A square about the middle of the face; None where it would be tiny."""
    (x, y), side = face_position(sample, five)
    length = round(side * FACE_HOLE / FACE_WINDOW)
    if length < _LEAST_FACE_HOLE_PX:
        return None
    # The hole's middle strays by up to an eighth of the window, so that no two faces lose quite the same.
    left, top = (round(middle + rng.uniform(-0.125, 0.125) * side - length / 2) for middle in (x, y))
    mask = np.zeros(sample.labels.shape, np.uint8)
    mask[max(0, top) : max(0, top + length), max(0, left) : max(0, left + length)] = 255
    return mask if mask.any() else None
