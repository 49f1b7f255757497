"""Horses and cows with part labels (Wang and Yuille 2015): PASCAL VOC photos, PASCAL-Part, Animal-Pose.

Horse-Cow chose the most visible animal of photos whose parts PASCAL-Part outlines. So does this converter,
from the published annotations: the largest animal of each photo, with a margin. Joints are Animal-Pose's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.io
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINTS
from trainer.data.converters.reading import (
    PERSON,
    DamagedPhotoError,
    Skips,
    packed_sample,
    photo_files,
    read_photo,
    require_same_size,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.mappings import ANIMAL_JOINTS, PASCAL_ANIMALS, code_of
from trainer.data.poses import forget_outside
from trainer.data.sample import Extras, LabelArray, PointArray, Sample, unknown_keypoints

NAME: Final = "horse-cow"

IMAGES: Final = ("JPEGImages", "VOC2010/JPEGImages", "VOCdevkit/VOC2010/JPEGImages")
PARTS: Final = ("Annotations_Part", "trainval/Annotations_Part")
KEYPOINTS_NAME: Final = "keypoints.json"

ANIMALS: Final = ("horse", "cow")
MARGIN_SHARE: Final = 0.15
SMALLEST_SIDE: Final = 64

Points = dict[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Animal:
    """One horse or cow of a photo.

    Attributes:
        mask: (h, w) where it is.
        parts: masks (h, w) by name of PASCAL-Part.
    """

    mask: NDArray[np.bool_]
    parts: dict[str, NDArray[np.bool_]]


def read_animals(path: Path) -> list[Animal]:
    """Horses and cows of an annotation of PASCAL-Part, largest first.

    Raises:
        DamagedPhotoError: the file cannot be read, or names a part that horses and cows do not have.
    """
    try:
        objects = _listed(scipy.io.loadmat(path, simplify_cells=True)["anno"]["objects"])
        animals = [_animal(entry) for entry in objects if entry["class"] in ANIMALS]
    except DamagedPhotoError:
        raise
    except Exception as error:  # scipy raises many kinds for a damaged file
        raise DamagedPhotoError(f"annotation cannot be read ({type(error).__name__})") from error
    return sorted(animals, key=lambda animal: -int(animal.mask.sum()))


def _listed(entry: Any) -> list[dict[str, Any]]:
    """MATLAB's struct arrays as a list, whatever their length."""
    return [entry] if isinstance(entry, dict) else list(entry)


def _animal(entry: dict[str, Any]) -> Animal:
    known = dict(PASCAL_ANIMALS)
    parts = {str(part["part_name"]): np.asarray(part["mask"]) > 0 for part in _listed(entry["parts"])}
    unknown = sorted(parts.keys() - known.keys())
    if unknown:
        raise DamagedPhotoError(f"annotation names the part {unknown[0]!r}")
    return Animal(np.asarray(entry["mask"]) > 0, parts)


def to_codes(animals: list[Animal]) -> LabelArray:
    """Codes (h, w) uint8 of the first animal; nothing is known of the others, all else is background."""
    chosen = animals[0]
    codes = np.where(chosen.mask, np.uint8(PERSON), np.uint8(0)).astype(np.uint8)
    for part, ours in PASCAL_ANIMALS:
        if part in chosen.parts:
            codes[chosen.parts[part]] = code_of(ours)
    for other in animals[1:]:
        codes[other.mask & ~chosen.mask] = IGNORE_LABEL
    return codes


def read_animal_pose(path: Path) -> dict[str, list[Points]]:
    """Named points of each animal by photo id, from the `keypoints.json` of Animal-Pose.

    Raises:
        DataSetError: the file is damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = {
            entry["id"]: entry["keypoints"] for entry in content["categories"] if entry["name"] in ANIMALS
        }
        found: dict[str, list[Points]] = {}
        for entry in content["annotations"]:
            if entry["category_id"] in names:
                photo_id = Path(content["images"][str(entry["image_id"])]).stem
                points = zip(names[entry["category_id"]], entry["keypoints"], strict=False)
                found.setdefault(photo_id, []).append({name: (x, y) for name, (x, y, seen) in points if seen})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DataSetError(
            f"The points {path} are damaged; download keypoints.json of Animal-Pose anew."
        ) from error
    return found


def to_keypoints(candidates: list[Points], mask: NDArray[np.bool_]) -> PointArray:
    """Keypoints (16, 3) of the animal with most points on a mask (h, w); unknown where half lie beside it."""
    if not candidates:
        return unknown_keypoints()
    shares = [_share_on(mask, points) for points in candidates]
    best = int(np.argmax(shares))
    keypoints = unknown_keypoints()
    for joint, sources in ANIMAL_JOINTS.items():
        known = [candidates[best][name] for name in sources if name in candidates[best]]
        if known and shares[best] > 0.5:
            keypoints[KEYPOINTS.index(joint)] = (*np.mean(known, axis=0), 1.0)
    return keypoints


def _share_on(mask: NDArray[np.bool_], points: Points) -> float:
    """Share of points that lie on a mask."""
    height, width = mask.shape
    inside = [(int(x), int(y)) for x, y in points.values() if 0 <= x < width and 0 <= y < height]
    return sum(bool(mask[y, x]) for x, y in inside) / max(1, len(points))


def _around(mask: NDArray[np.bool_]) -> Bounds:
    """Bounds of a mask with a margin, within the photo."""
    ys, xs = np.nonzero(mask)
    left, top, right, bottom = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
    if min(right - left, bottom - top) < SMALLEST_SIDE:
        raise DamagedPhotoError(f"its largest animal is smaller than {SMALLEST_SIDE} pixels")
    margin = round(MARGIN_SHARE * max(right - left, bottom - top))
    height, width = mask.shape
    return Bounds(
        max(0, int(left) - margin),
        max(0, int(top) - margin),
        min(width, int(right) + margin),
        min(height, int(bottom) + margin),
    )


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set: one animal for each photo that shows any.

    Args:
        source: a folder with `JPEGImages/*.jpg` of PASCAL VOC 2010, `Annotations_Part/*.mat` and, for
            keypoints, `keypoints.json`.
        skips: receives what is left out; photos without horse and cow are none of the set and not mentioned.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    path = source.folder / KEYPOINTS_NAME
    points = read_animal_pose(path) if path.exists() else {}
    images = source.part(*IMAGES)
    for annotation in photo_files(source.part(*PARTS), ".mat"):
        with skipping(annotation.stem, skips):
            animals = read_animals(annotation)
            if animals:
                image = images / f"{annotation.stem}.jpg"
                yield _sample(source.name, image, animals, points.get(annotation.stem, []))


def _sample(name: str, path: Path, animals: list[Animal], points: list[Points]) -> tuple[Sample, Extras]:
    image = read_photo(path)
    codes = to_codes(animals)
    require_same_size(codes, image)
    part = _around(animals[0].mask)
    keypoints = to_keypoints(points, animals[0].mask)
    keypoints[keypoints[:, 2] > 0, :2] -= (part.left, part.top)
    keypoints = forget_outside(keypoints, part.width, part.height)
    return packed_sample(f"{name}/{path.stem}", image[part.slices], codes[part.slices], keypoints)
