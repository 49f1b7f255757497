"""Cases to measure completion on: photos of which a part is hidden and known.

`paper` and `natural` draw the holes at random, but from the photo's name alone: the same photo always gets
the same hole, on every machine and whatever else is measured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.reading import read_photo
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS
from trainer.data.augment import whole_squash
from trainer.data.converters.reading import DamagedPhotoError, read_codes
from trainer.data.converters.reading import read_photo as read_stored_photo
from trainer.data.holes import Mask, Person, body_rectangle, person_of, shapes_of, silhouette, strokes
from trainer.data.packs import PackedSet
from trainer.data.resizing import scale_points
from trainer.data.sample import Sample

PAPER_SIDE = 256
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

MASK_SUFFIX = "_mask.png"
LABELS_SUFFIX = "_labels.png"
PHOTO_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")

_NATURAL_SHARE = (0.02, 0.08)
_NATURAL_EDGES = (0.2, 0.4)


@dataclass(frozen=True, eq=False)
class Case:
    """A photo with a hole whose content is known.

    Attributes:
        name: unique among the cases measured together.
        image: (H, W, 3) uint8 RGB, the truth.
        mask: (H, W) uint8, 255 = hole.
        labels: (H, W) uint8 codes, the true parsing map; None when unknown.
        keypoints: (16, 3) float32 x, y, confidence; None when unknown.
        kind: how the hole was drawn, e.g. "rectangle".
    """

    name: str
    image: NDArray[np.uint8]
    mask: Mask
    labels: NDArray[np.uint8] | None = None
    keypoints: NDArray[np.float32] | None = None
    kind: str = ""


def paper_cases(photos: PackedSet, limit: int | None = None) -> Iterator[Case]:
    """The whole photo squashed to 256x256, one rectangle of 64 to 128 pixels over the body (Wu et al., IV).

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.

    Raises:
        DataSetError: no photo has full labels.
    """
    for index in measurable(photos, limit):
        sample = whole_squash(photos[index], PAPER_SIDE)
        mask = body_rectangle(person_of(sample.labels), generator_of("paper", sample.key))
        yield _case(sample, mask, "rectangle")


def natural_cases(
    photos: PackedSet, limit: int | None = None, source: Mapping[str, Path] | None = None
) -> Iterator[Case]:
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
        sample = photos[index]
        if source is not None:
            sample = at_source_size(sample, source)
        rng = generator_of("natural", sample.key)
        others = order[place + 1 :] + order[:place]
        draw = (_rectangle, _strokes, _silhouette)[int(rng.integers(3))]
        mask, kind = draw(person_of(sample.labels), rng, photos, others)
        yield _case(sample, mask, kind)


def folder_cases(folder: Path, limit: int | None = None) -> Iterator[Case]:
    """Photos NAME.png (or JPEG, WebP, TIFF) of any size with NAME_mask.png, perhaps NAME_labels.png.

    Args:
        folder: where they lie.
        limit: at most so many, in the order of their names.

    Raises:
        DataSetError: there are none, or one does not fit together.
        ImageFileError: one cannot be read.
    """
    masks = sorted(folder.glob(f"*{MASK_SUFFIX}"))
    if not masks:
        raise DataSetError(
            f"No cases in {folder}; put photos NAME.png and their masks NAME{MASK_SUFFIX} there."
        )
    for path in masks[:limit]:
        yield _read_case(path, path.name.removesuffix(MASK_SUFFIX))


def measurable(photos: PackedSet, limit: int | None) -> list[int]:
    """Positions of the photos with a person and full labels, in the order of their names' hashes."""
    partial = photos.label_shares[:, LABEL_COUNT:].sum(axis=1)
    full = photos.label_shares[:, :LABEL_COUNT].sum(axis=1)
    person = photos.label_shares[:, 1:LABEL_COUNT].sum(axis=1)
    found = [int(i) for i in np.flatnonzero((partial == 0) & (full > 0.99) & (person > 0.01))]
    if not found:
        raise DataSetError(
            "No photo of the split has full labels; prepare a set that has, such as clothing-co-parsing."
        )
    return sorted(found, key=lambda index: _digest("order", photos.photos[index].key))[:limit]


def generator_of(protocol: str, key: str) -> np.random.Generator:
    """The source of chance that belongs to one photo "set/id" in one protocol."""
    return np.random.default_rng(_digest(protocol, key))


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


def at_source_size(sample: Sample, source: Mapping[str, Path]) -> Sample:
    """The sample with its photo as it was before packing; labels and keypoints are scaled to it."""
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


def _digest(protocol: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{protocol}:{key.partition('/')[2]}".encode()).digest()[:8], "big")


_Draw = Callable[[Person, np.random.Generator, PackedSet, list[int]], tuple[Mask, str]]


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


def _case(sample: Sample, mask: Mask, kind: str) -> Case:
    return Case(sample.photo_id, sample.image, mask, sample.labels, sample.keypoints, kind)


def _read_case(mask_path: Path, name: str) -> Case:
    candidates = [mask_path.with_name(name + suffix) for suffix in PHOTO_SUFFIXES]
    photo_path = next((path for path in candidates if path.is_file()), None)
    if photo_path is None:
        raise DataSetError(
            f"There is a mask {mask_path} but no photo {candidates[0].name} beside it; add the photo."
        )
    image, mask = _eight_bits(photo_path), _eight_bits(mask_path).max(axis=2)
    mask = np.where(mask > 127, 255, 0).astype(np.uint8)
    labels_path = mask_path.with_name(name + LABELS_SUFFIX)
    labels = _read_labels(labels_path) if labels_path.is_file() else None
    for other, path in ((mask, mask_path), (labels, labels_path)):
        if other is not None and other.shape != image.shape[:2]:
            raise DataSetError(f"{path} has another size than {photo_path}; make both the same size.")
    if not mask.any() or mask.all():
        raise DataSetError(f"{mask_path} must hide a part of the photo, neither nothing nor all of it.")
    return Case(name, image, mask, labels, None, "given")


def _read_labels(path: Path) -> NDArray[np.uint8]:
    try:
        return read_codes(path)
    except DamagedPhotoError as error:
        raise DataSetError(f"{path}: {error}; write it as an indexed or grey 8-bit PNG.") from error


def _eight_bits(path: Path) -> NDArray[np.uint8]:
    pixels = read_photo(path).pixels
    if pixels.dtype == np.uint16:
        return np.asarray((pixels.astype(np.uint32) + 128) // 257, np.uint8)
    return np.asarray(pixels, np.uint8)
