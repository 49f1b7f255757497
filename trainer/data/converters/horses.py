"""Weizmann horses (Borenstein and Ullman 2004): photos with silhouettes, for the experiment with animals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from trainer.data.converters.reading import (
    PERSON,
    Skips,
    packed_sample,
    photo_files,
    read_codes,
    read_photo,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.sample import Extras, Sample, unknown_keypoints

NAME: Final = "horses"


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set: 0 and "any part of the person", here of the horse.

    Args:
        source: a folder with `photos/*.jpg` and `masks/*.png`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    for path in photo_files(source.folder / "photos", ".jpg"):
        with skipping(path.stem, skips):
            figure = read_codes(source.folder / "masks" / f"{path.stem}.png") > 0
            labels = np.where(figure, np.uint8(PERSON), np.uint8(0)).astype(np.uint8)
            yield packed_sample(f"{source.name}/{path.stem}", read_photo(path), labels, unknown_keypoints())
