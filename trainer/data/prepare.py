"""From a data set's own layout to packs, with a report of what was left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, LABELS
from trainer.data.converters.reading import Skips
from trainer.data.converters.registry import converter_of
from trainer.data.packs import PackWriter

REPORT_NAME: Final = "report.json"
_REPORT_EVERY: Final = 50

Listener = Callable[[int], None]
"""Called from time to time with the number of photos converted so far."""


@dataclass(frozen=True)
class PrepareReport:
    """What became of a data set.

    Attributes:
        set_name: name of the set.
        train: photos packed for training.
        val: photos packed for validation.
        labelled: photos of which at least one pixel is labelled, be it partially.
        posed: photos with at least one known keypoint.
        skipped: reason by photo id.
        photos_with_label: number of photos that show each of the 18 labels.
    """

    set_name: str
    train: int
    val: int
    labelled: int
    posed: int
    skipped: dict[str, str]
    photos_with_label: dict[str, int]

    def text(self) -> str:
        """The report for people to read, one fact per line."""
        lines = [
            f"{self.set_name}: {self.train} to train, {self.val} to validate, {len(self.skipped)} left out",
            f"with labels {self.labelled}, with keypoints {self.posed}",
        ]
        shown = [f"{name} {count}" for name, count in self.photos_with_label.items() if count]
        lines += [f"photos by label: {', '.join(shown)}"] if shown else []
        lines += [f"left out {photo_id}: {reason}" for photo_id, reason in self.skipped.items()]
        return "\n".join(lines)


def prepare(
    set_name: str, source: Path, destination: Path, listener: Listener | None = None
) -> PrepareReport:
    """Convert a data set and write its packs and `report.json` to `destination`/`set_name`.

    Args:
        set_name: a name of `converters.registry`.
        source: folder of the set in its own layout.
        destination: folder of packs; an older version of the set is replaced when the new one is complete.
        listener: told how many photos are done.

    Raises:
        DataSetError: unknown set, layout not as expected, nothing converted, or destination not writable.
    """
    convert = converter_of(set_name)
    if not source.is_dir():
        raise DataSetError(f"The folder {source} does not exist; give the folder of the data set {set_name}.")
    skips = Skips()
    labelled = posed = done = 0
    seen = np.zeros(IGNORE_LABEL + 1, np.int64)
    with PackWriter(destination, set_name) as writer:
        for sample, extras in convert(source, skips):
            writer.add(sample, extras)
            codes = np.unique(sample.labels)
            seen[codes] += 1
            labelled += int((codes != IGNORE_LABEL).any())
            posed += int((sample.keypoints[:, 2] > 0).any())
            done += 1
            if listener is not None and done % _REPORT_EVERY == 0:
                listener(done)
        if not done:
            raise DataSetError(
                f"No photo of {set_name} in {source} can be used; the data set is not in its own layout."
            )
    photos_with_label = {name: int(seen[code]) for code, name in enumerate(LABELS)}
    counts = writer.counts
    report = PrepareReport(
        set_name, counts["train"], counts["val"], labelled, posed, skips.reasons, photos_with_label
    )
    path = destination / set_name / REPORT_NAME
    path.write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")
    return report
