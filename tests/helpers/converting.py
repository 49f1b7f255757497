"""Running a converter on a folder without writing packs."""

from __future__ import annotations

from pathlib import Path

from trainer.data.converters.reading import Skips
from trainer.data.converters.registry import data_set
from trainer.data.converters.source import Source
from trainer.data.sample import Extras, Sample

Converted = dict[str, tuple[Sample, Extras]]


def converted(name: str, folder: Path, poses: Path | None = None) -> tuple[Converted, dict[str, str]]:
    """Samples with their extras by photo id, and the reasons for those left out."""
    samples, skips = converted_with_notes(name, folder, poses)
    return samples, skips.reasons


def converted_with_notes(name: str, folder: Path, poses: Path | None = None) -> tuple[Converted, Skips]:
    """The same with everything that the converter noted."""
    skips, entry = Skips(), data_set(name)
    source = Source(entry.root(folder), name, poses)
    return {sample.photo_id: (sample, extras) for sample, extras in entry.convert(source, skips)}, skips
