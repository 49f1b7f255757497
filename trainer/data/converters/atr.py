"""ATR (Liang et al. 2015): street photos with the 18 labels that this project uses; the paper's first set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trainer.data.converters.reading import (
    Skips,
    apply_table,
    note_orphans,
    packed_sample,
    photo_files,
    pose_keypoints,
    read_codes,
    read_photo,
    require_same_size,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.mappings import ATR
from trainer.data.sample import Extras, Sample

NAME: Final = "atr"

IMAGES: Final = "JPEGImages"
MAPS: Final = ("SegmentationClassAug", "SegmentationClass")


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set, one in ten of which validates (the paper drew a random tenth as well).

    Args:
        source: a folder with `JPEGImages/*.jpg`, `SegmentationClassAug/*.png` and poses that another model
            wrote, since the set has none.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    poses = source.poses()
    maps = source.part(*MAPS)
    files = photo_files(source.folder / IMAGES, ".jpg", ".jpeg", ".png")
    note_orphans(maps, ".png", {path.stem for path in files}, skips)
    for path in files:
        with skipping(path.stem, skips):
            image = read_photo(path)
            labels = apply_table(read_codes(maps / f"{path.stem}.png"), ATR)
            require_same_size(labels, image)
            keypoints = pose_keypoints(poses.get(path.stem), image)
            yield packed_sample(f"{source.name}/{path.stem}", image, labels, keypoints, source.long_side)
