"""Scenes without people: background everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from trainer.data.converters.reading import Skips, packed_sample, photo_files, read_photo, skipping
from trainer.data.converters.source import Source
from trainer.data.sample import Extras, Sample, unknown_keypoints

NAME: Final = "backgrounds"


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set.

    Args:
        source: a folder with `*.jpg`.
        skips: receives what is left out.

    Raises:
        DataSetError: the folder holds no photos.
    """
    for path in photo_files(source.folder, ".jpg"):
        with skipping(path.stem, skips):
            image = read_photo(path)
            labels = np.zeros(image.shape[:2], np.uint8)
            yield packed_sample(
                f"{source.name}/{path.stem}", image, labels, unknown_keypoints(), source.long_side
            )
