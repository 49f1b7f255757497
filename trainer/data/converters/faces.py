"""Three sets of faces with five landmarks each: official portraits, a part of CelebA-HQ, and UTKFace.

The landmarks travel in the pack's JSON as `five`: right eye, left eye, nose, right and left corner of the
mouth (the person's own sides), x and y in pixels of the packed image, or null where no face was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, LABELS
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

FACE_SIDE: Final = 256
SMALL_FACE_SIDE: Final = 128

_HAIR: Final = LABELS.index("hair")


def read_five(path: Path) -> dict[str, PointArray]:
    """The five landmarks (5, 2) float32 of each photo, by file name, from a `landmarks.npz`.

    Raises:
        DataSetError: the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, five = arrays["names"], arrays["five"]
    except (OSError, ValueError, KeyError) as error:
        raise DataSetError(f"The landmarks {path} are missing or damaged; copy the data set anew.") from error
    if five.shape != (len(names), 5, 2):
        raise DataSetError(
            f"The landmarks {path} are {five.shape} instead of (N, 5, 2); copy the data set anew."
        )
    return {str(name): points.astype(np.float32) for name, points in zip(names, five, strict=True)}


def hair_labels(path: Path, image: ImageArray) -> LabelArray:
    """Label map (h, w) uint8 of a photo (h, w, 3): hair where the mask says so, unknown elsewhere."""
    if not path.is_file():
        return unknown_labels(image)
    mask = read_codes(path)
    require_same_size(mask, image)
    return np.where(mask > 0, np.uint8(_HAIR), np.uint8(IGNORE_LABEL)).astype(np.uint8)


def _samples(source: Source, skips: Skips, side: int) -> Iterator[tuple[Sample, Extras]]:
    five = read_five(source.folder / "landmarks.npz")
    for path in photo_files(source.folder, ".jpg"):
        with skipping(path.stem, skips):
            image = read_photo(path)
            labels = hair_labels(source.folder / "hair" / f"{path.stem}.png", image)
            sample, extras = packed_sample(
                f"{source.name}/{path.stem}", image, labels, unknown_keypoints(), side
            )
            yield sample, {**extras, "five": packed_five(five.get(path.name), image, sample.image)}


def packed_five(points: PointArray | None, image: ImageArray, packed: ImageArray) -> list[list[float]] | None:
    """Landmarks (5, 2) of a photo (h, w, 3) in pixels of the packed one, for JSON; None without any."""
    if points is None:
        return None
    moved = scale_points(points, (image.shape[1], image.shape[0]), (packed.shape[1], packed.shape[0]))
    return [[round(float(x), 2), round(float(y), 2)] for x, y in moved]


def convert_portraits(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the official portraits, at most 256 pixels, nothing labelled.

    Args:
        source: a folder with `*.jpg` and `landmarks.npz`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    return _samples(source, skips, FACE_SIDE)


def convert_celebahq(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of CelebA-HQ, at most 256 pixels, hair labelled by `hair/*.png`; else as the portraits."""
    return _samples(source, skips, FACE_SIDE)


def convert_utkface(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of UTKFace, at most 128 pixels; else as the portraits."""
    return _samples(source, skips, SMALL_FACE_SIDE)
