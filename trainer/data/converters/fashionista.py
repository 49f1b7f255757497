"""Fashionista: street photos with eight coarse values, each of which stands for a set of the 18 labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.networks.conventions import LABELS
from trainer.data.converters.reading import (
    DamagedPhotoError,
    Skips,
    packed_sample,
    photo_files,
    pose_keypoints,
    read_codes,
    read_photo,
    skipping,
)
from trainer.data.poses import read_blazepose
from trainer.data.sample import Extras, LabelArray, Sample

NAME: Final = "fashionista"

SKIN, SHOE, SKIRT_OR_DRESS, OTHER = 19, 20, 21, 22

VALUE_CODES: Final[tuple[int, ...]] = (
    LABELS.index("background"),
    SKIN,
    LABELS.index("hair"),
    LABELS.index("upper-clothes"),
    SHOE,
    LABELS.index("pants"),
    SKIRT_OR_DRESS,
    OTHER,
)
"""Code of each of the eight values.

0 background, 1 skin, 2 hair, 3 tops, 4 shoes, 5 pants, 6 dress or skirt, 7 other.
"""

WRONG_MAPS: Final = frozenset(("0077", "0123", "0590"))


def to_codes(values: LabelArray) -> LabelArray:
    """Label codes (h, w) uint8 for a map of the set's values 0-7 (h, w) uint8.

    Raises:
        DamagedPhotoError: a value above 7.
    """
    if values.max(initial=0) >= len(VALUE_CODES):
        raise DamagedPhotoError(f"label map holds the value {values.max()} instead of 0-7")
    return np.asarray(np.array(VALUE_CODES, np.uint8)[values], np.uint8)


def convert(source: Path, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set.

    Args:
        source: folder with `photos/*.webp`, `labels/*.png`, `blazepose.json`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    poses = read_blazepose(source / "blazepose.json")
    for path in photo_files(source / "photos", ".webp"):
        with skipping(path.stem, skips):
            if path.stem in WRONG_MAPS:
                raise DamagedPhotoError("its label map is wrong")
            image = read_photo(path)
            labels = to_codes(read_codes(source / "labels" / f"{path.stem}.png"))
            yield packed_sample(
                f"{NAME}/{path.stem}", image, labels, pose_keypoints(poses.get(path.stem), image)
            )
