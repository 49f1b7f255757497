"""Fashionista: street photos with eight coarse values, each of which stands for a set of the 18 labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trainer.data.converters.reading import (
    DamagedPhotoError,
    Skips,
    apply_table,
    packed_sample,
    photo_files,
    pose_keypoints,
    read_codes,
    read_photo,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.mappings import FASHIONISTA
from trainer.data.sample import Extras, Sample

NAME: Final = "fashionista"

WRONG_MAPS: Final = frozenset(("0077", "0123", "0590"))


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set.

    Args:
        source: a folder with `photos/*.webp`, `labels/*.png`, `blazepose.json`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    poses = source.poses(required=True)
    for path in photo_files(source.folder / "photos", ".webp"):
        with skipping(path.stem, skips):
            if path.stem in WRONG_MAPS:
                raise DamagedPhotoError("its label map is wrong")
            image = read_photo(path)
            labels = apply_table(read_codes(source.folder / "labels" / f"{path.stem}.png"), FASHIONISTA)
            keypoints = pose_keypoints(poses.get(path.stem), image)
            yield packed_sample(f"{source.name}/{path.stem}", image, labels, keypoints, source.long_side)
