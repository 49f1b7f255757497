"""Which data sets can be prepared, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from portrait_studio.errors import DataSetError
from trainer.data.converters import (
    backgrounds,
    clothing_co_parsing,
    faces,
    fashionista,
    horses,
    silhouette_sets,
    viton,
)
from trainer.data.converters.reading import Skips
from trainer.data.sample import Extras, Sample

Converter = Callable[[Path, Skips], Iterator[tuple[Sample, Extras]]]
"""Yields the samples of a set in its own layout and notes what it leaves out."""

CONVERTERS: Final[dict[str, Converter]] = {
    clothing_co_parsing.NAME: clothing_co_parsing.convert,
    fashionista.NAME: fashionista.convert,
    silhouette_sets.FASHION550K: silhouette_sets.convert_fashion550k,
    silhouette_sets.LIP: silhouette_sets.convert_lip,
    viton.NAME: viton.convert,
    faces.PORTRAITS: faces.convert_portraits,
    faces.CELEBAHQ: faces.convert_celebahq,
    faces.UTKFACE: faces.convert_utkface,
    horses.NAME: horses.convert,
    backgrounds.NAME: backgrounds.convert,
}


def converter_of(set_name: str) -> Converter:
    """The converter of a set; DataSetError naming the known sets when there is none."""
    if set_name not in CONVERTERS:
        raise DataSetError(f'Unknown data set "{set_name}"; known are {", ".join(sorted(CONVERTERS))}.')
    return CONVERTERS[set_name]
