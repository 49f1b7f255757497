"""VITON and VITON-HD: three-quarter bodies with machine-made maps of LIP's labels and OpenPose's points."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINTS
from trainer.data.converters.lip_labels import to_codes
from trainer.data.converters.reading import (
    DamagedPhotoError,
    Skips,
    note_orphans,
    packed_sample,
    photo_files,
    read_codes,
    read_photo,
    require_same_size,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.mappings import LIP, VITON_HD, LabelTable
from trainer.data.poses import OPENPOSE18_COUNT, OPENPOSE25_COUNT, forget_outside, lip_from_openpose
from trainer.data.sample import Extras, LabelArray, PointArray, Sample

NAME: Final = "viton"
HD_NAME: Final = "viton-hd"

IMAGES: Final = "image"
PARSES: Final = ("image-parse", "image-parse-v3")
POSES: Final = ("pose", "openpose_json", "openpose-json")

_NECK_WIDTH_SHARE: Final = 0.42
"""Width of the bands along neck and shoulders that are left unknown, in shoulder widths."""


def forget_neck(codes: LabelArray, keypoints: PointArray) -> LabelArray:
    """The map (h, w) uint8 with "nothing is known" where background lies between head and shoulders.

    The set's maps call the neck and bare shoulders background. The region is the triangle of the
    shoulders and the upper neck, and a band along the neck and the shoulders.
    """
    names = ("upper-neck", "thorax", "left-shoulder", "right-shoulder")
    points = np.stack([keypoints[KEYPOINTS.index(name)] for name in names])
    if points[:, 2].min() <= 0:
        return codes
    neck, thorax, left, right = np.round(points[:, :2]).astype(np.int32)
    width = max(1, round(_NECK_WIDTH_SHARE * float(np.hypot(*(left - right)))))
    region = np.zeros(codes.shape, np.uint8)
    cv2.fillPoly(region, [np.stack([left, neck, right])], 1)
    for start, end in ((neck, thorax), (left, right)):
        cv2.line(region, start.tolist(), end.tolist(), 1, width)
    return np.where((region > 0) & (codes == 0), np.uint8(IGNORE_LABEL), codes).astype(np.uint8)


def read_openpose(path: Path) -> PointArray:
    """Points (18 or 25, 3) float32 of the first person of an OpenPose JSON: x, y in pixels, confidence."""
    try:
        people = json.loads(path.read_text(encoding="utf-8"))["people"]
        if not people:
            return np.zeros((OPENPOSE18_COUNT, 3), np.float32)
        return _points(people[0])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedPhotoError("pose is missing or cannot be read") from error


def _points(person: dict[str, Any]) -> PointArray:
    values = person["pose_keypoints_2d"] if "pose_keypoints_2d" in person else person["pose_keypoints"]
    points = np.asarray(values, np.float32).reshape(-1, 3)
    if len(points) not in (OPENPOSE18_COUNT, OPENPOSE25_COUNT):
        raise ValueError(f"{len(points)} points")
    return points


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of VITON; photos of a `train` and a `test` folder keep that split.

    Args:
        source: a folder, or folders `train` and `test`, with `image/*.jpg`, `image-parse/*.png` and
            `pose/*_keypoints.json`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    return _samples(source, skips, LIP, neck_is_known=False)


def convert_hd(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of VITON-HD, whose folders are called `image-parse-v3` and `openpose_json`; else as VITON."""
    return _samples(source, skips, VITON_HD, neck_is_known=True)


def _samples(
    source: Source, skips: Skips, table: LabelTable, *, neck_is_known: bool
) -> Iterator[tuple[Sample, Extras]]:
    for part, extras in _parts(source):
        files = photo_files(part.folder / IMAGES, ".jpg", ".png")
        note_orphans(part.part(*PARSES), ".png", {path.stem for path in files}, skips)
        for path in files:
            with skipping(path.stem, skips):
                sample, size = _sample(part, path, table, neck_is_known=neck_is_known)
                yield sample, {**size, **extras}


def _parts(source: Source) -> Iterator[tuple[Source, Extras]]:
    """The folder itself, or its `train` and `test` with the split that they stand for."""
    if (source.folder / IMAGES).is_dir():
        yield source, {}
        return
    found = [(name, split) for name, split in (("train", "train"), ("test", "val")) if _has(source, name)]
    if not found:
        raise DataSetError(f"No folder {IMAGES} in {source.folder}; the data set is incomplete.")
    for name, split in found:
        yield Source(source.folder / name, source.name), {"split": split}


def _has(source: Source, name: str) -> bool:
    return (source.folder / name / IMAGES).is_dir()


def _sample(part: Source, path: Path, table: LabelTable, *, neck_is_known: bool) -> tuple[Sample, Extras]:
    image = read_photo(path)
    numbers = read_codes(part.part(*PARSES) / f"{path.stem}.png")
    require_same_size(numbers, image)
    points = read_openpose(part.part(*POSES) / f"{path.stem}_keypoints.json")
    keypoints = forget_outside(lip_from_openpose(points), image.shape[1], image.shape[0])
    labels = to_codes(numbers, keypoints, table)
    if not neck_is_known:
        labels = forget_neck(labels, keypoints)
    return packed_sample(f"{part.name}/{path.stem}", image, labels, keypoints)
