"""From a data set's own layout to packs, with checks and a report of what was left out."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, LABELS
from trainer.data.converters.reading import BODY_SIDE, Skips
from trainer.data.converters.registry import data_set
from trainer.data.converters.source import Source
from trainer.data.pack_writer import PackWriter
from trainer.data.sample import Extras, Sample
from trainer.data.sides import SideCheck

REPORT_NAME: Final = "report.json"
_REPORT_EVERY: Final = 50
_NAMED: Final = 5
_COMPLETE_SHARE: Final = 0.99

Listener = Callable[[int], None]
"""Called from time to time with the number of photos converted so far."""


@dataclass(frozen=True)
class PrepareReport:
    """What became of a data set.

    Attributes:
        set_name: name of the packed set.
        train: photos packed for training.
        val: photos packed for validation.
        labelled: photos of which at least one pixel is labelled, be it partially.
        posed: photos with at least one known keypoint.
        skipped: reason by photo id.
        notes: remark by id of a photo that was kept although something about it is missing.
        photos_with_label: number of photos that show each of the 18 labels.
        expected: photos of the complete set; None where there is no such number.
        sides: whether labels and poses agree on left and right; "" where that cannot be checked.
    """

    set_name: str
    train: int
    val: int
    labelled: int
    posed: int
    skipped: dict[str, str]
    notes: dict[str, str]
    photos_with_label: dict[str, int]
    expected: int | None
    sides: str

    def text(self) -> str:
        """The report for people to read, one fact per line; ids of a reason are named up to five."""
        lines = [
            f"{self.set_name}: {self.train} to train, {self.val} to validate, {len(self.skipped)} left out",
            f"with labels {self.labelled}, with keypoints {self.posed}",
        ]
        found = self.train + self.val + len(self.skipped)
        if self.expected is not None and found < _COMPLETE_SHARE * self.expected:
            lines.append(f"the complete set has {self.expected} photos: some seem to be missing")
        shown = [f"{name} {count}" for name, count in self.photos_with_label.items() if count]
        lines += [f"photos by label: {', '.join(shown)}"] if shown else []
        lines += [self.sides] if self.sides else []
        lines += _grouped("left out", self.skipped) + _grouped("kept", self.notes)
        return "\n".join(lines)


def _grouped(verb: str, reasons: dict[str, str]) -> list[str]:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for photo_id, reason in reasons.items():
        ids[reason].append(photo_id)
    return [
        f"{verb} {len(names)}: {reason} ({', '.join(names[:_NAMED])}{', ...' if len(names) > _NAMED else ''})"
        for reason, names in ids.items()
    ]


class _Counts:
    """What the report counts, sample by sample."""

    def __init__(self) -> None:
        self.labelled = self.posed = self.done = 0
        self.seen = np.zeros(IGNORE_LABEL + 1, np.int64)
        self.sides = SideCheck()

    def add(self, sample: Sample) -> None:
        codes = np.unique(sample.labels)
        self.seen[codes] += 1
        self.labelled += int((codes != IGNORE_LABEL).any())
        self.posed += int((sample.keypoints[:, 2] > 0).any())
        self.sides.add(sample)
        self.done += 1


def prepare(
    set_name: str,
    source: Path,
    destination: Path,
    listener: Listener | None = None,
    *,
    name: str | None = None,
    poses: Path | None = None,
    long_side: int = BODY_SIDE,
) -> PrepareReport:
    """Convert a data set and write its packs and `report.json` to `destination`/`name`.

    Photos whose pixels the set holds twice are packed once, so that none is trained on and validated with.

    Args:
        set_name: a name of `converters.registry`.
        source: folder of the set in its own layout.
        destination: folder of packs; an older version of the set is replaced when the new one is complete.
        listener: told how many photos are done.
        name: name of the packed set; the set's own by default.
        poses: poses that another model wrote; `blazepose.json` in the set's folder by default.
        long_side: see `converters.source.Source`.

    Raises:
        DataSetError: unknown set, layout not as expected, nothing converted, or destination not writable.
    """
    entry = data_set(set_name)
    packed_name = _checked_name(name or entry.name)
    where = Source(entry.root(source), packed_name, poses, long_side)
    skips, counts = Skips(), _Counts()
    with PackWriter(destination, packed_name) as writer:
        for sample, extras in _without_repeats(entry.convert(where, skips), skips):
            writer.add(sample, extras)
            counts.add(sample)
            if listener is not None and counts.done % _REPORT_EVERY == 0:
                listener(counts.done)
        if not counts.done:
            raise DataSetError(_nothing_usable(set_name, source, skips))
    report = PrepareReport(
        packed_name,
        writer.counts["train"],
        writer.counts["val"],
        counts.labelled,
        counts.posed,
        skips.reasons,
        skips.notes,
        {label: int(counts.seen[code]) for code, label in enumerate(LABELS)},
        entry.photos,
        counts.sides.text(),
    )
    path = destination / packed_name / REPORT_NAME
    path.write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")
    return report


def _checked_name(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise DataSetError(
            f'The name "{name}" may hold letters, digits, "-" and "_" only; choose another one.'
        )
    return name


def _without_repeats(
    samples: Iterator[tuple[Sample, Extras]], skips: Skips
) -> Iterator[tuple[Sample, Extras]]:
    first: dict[bytes, str] = {}
    for sample, extras in samples:
        content = sample.image.tobytes() + str(sample.image.shape).encode()
        digest = hashlib.blake2b(content, digest_size=16).digest()
        if digest in first:
            skips.add(sample.photo_id, f"the same photo as {first[digest]}")
            continue
        first[digest] = sample.photo_id
        yield sample, extras


def _nothing_usable(set_name: str, source: Path, skips: Skips) -> str:
    reasons = list(skips.reasons.items())
    why = f" (the first: {reasons[0][0]}, {reasons[0][1]})" if reasons else ""
    return f"No photo of {set_name} in {source} can be used{why}; the data set is not in its own layout."
