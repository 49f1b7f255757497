"""LIP, single person (Gong et al. 2017): people cut from everyday photos, 20 labels, 16 joints."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import KEYPOINT_COUNT
from trainer.data.converters.lip_labels import to_codes
from trainer.data.converters.reading import (
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
from trainer.data.poses import forget_outside
from trainer.data.sample import Extras, PointArray, Sample, unknown_keypoints
from trainer.data.split import SPLITS

NAME: Final = "lip-single-person"

HIDDEN_CONFIDENCE: Final = 0.5
"""Confidence of joints that the annotators placed although something hides them."""


def places(archive: str, name: str) -> tuple[str, ...]:
    """Where a part of the set may lie: its archive unpacked here or in a folder of its own name, or loose."""
    return (f"{archive}/{name}", f"{archive}/{archive}/{name}", name)


def image_places(split: str) -> tuple[str, ...]:
    """Folders that may hold the photos of "train" or "val"."""
    return places("TrainVal_images", f"{split}_images")


def map_places(split: str) -> tuple[str, ...]:
    """Folders that may hold the label maps of "train" or "val"."""
    return places("TrainVal_parsing_annotations", f"{split}_segmentations")


def pose_places(split: str) -> tuple[str, ...]:
    """Places where the CSV file with the joints of "train" or "val" may lie."""
    return places("TrainVal_pose_annotations", f"lip_{split}_set.csv")


def read_joints(path: Path) -> dict[str, PointArray | None]:
    """Joints (16, 3) float32 by photo id: x, y in pixels, confidence; None where a row is damaged.

    A row reads "ID.jpg, x, y, v, x, y, v, ..." with v 1 = visible, 0 = hidden, and "nan" for joints outside.

    Raises:
        DataSetError: the file is missing or no such table.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {row[0].rpartition(".")[0]: _joints(row[1:]) for row in csv.reader(file) if row}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataSetError(
            f"The joints {path} are missing or damaged; unpack TrainVal_pose_annotations.zip of LIP anew."
        ) from error


def _joints(cells: list[str]) -> PointArray | None:
    try:
        rows = np.array([float(cell or "nan") for cell in cells], np.float32).reshape(KEYPOINT_COUNT, 3)
    except ValueError:
        return None
    known = np.isfinite(rows).all(axis=1) & (rows[:, 2] >= 0)
    confidence = np.where(rows[:, 2] > 0, 1.0, HIDDEN_CONFIDENCE)
    rows[:, 2] = confidence
    rows[~known] = 0
    return rows


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set in its own split.

    Args:
        source: a folder with the unpacked archives `TrainVal_images`, `TrainVal_parsing_annotations` and
            `TrainVal_pose_annotations`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    for split in SPLITS:
        joints = read_joints(source.part(*pose_places(split)))
        maps = source.part(*map_places(split))
        files = photo_files(source.part(*image_places(split)), ".jpg")
        note_orphans(maps, ".png", {path.stem for path in files}, skips)
        for path in files:
            with skipping(path.stem, skips):
                known = joints.get(path.stem)
                sample, extras = _sample(source.name, path, maps / f"{path.stem}.png", known)
                if known is None:
                    damaged = path.stem in joints
                    skips.note(path.stem, "its row of joints is damaged" if damaged else "no row of joints")
                yield sample, {**extras, "split": split}


def _sample(name: str, path: Path, label_map: Path, joints: PointArray | None) -> tuple[Sample, Extras]:
    image = read_photo(path)
    numbers = read_codes(label_map)
    require_same_size(numbers, image)
    known = unknown_keypoints() if joints is None else joints
    keypoints = forget_outside(known, image.shape[1], image.shape[0])
    return packed_sample(f"{name}/{path.stem}", image, to_codes(numbers, keypoints), keypoints)
