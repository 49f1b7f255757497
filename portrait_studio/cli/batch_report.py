"""What a batch did with each photo, in a JSON or CSV file that is complete after every photo."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Final

from portrait_studio import __version__
from portrait_studio.errors import ExportError
from portrait_studio.imaging.atomic import replacing

VERSION: Final = 1
_FORMAT: Final = "portrait-studio batch report"
_HEAD_BYTES: Final = 200


class Outcome(Enum):
    """What became of one photo."""

    DONE = "done"
    KEPT = "kept"
    NOTHING = "nothing to remove"
    FAILED = "failed"


@dataclass(frozen=True)
class Line:
    """One photo of the report.

    Attributes:
        photo: the source.
        output: the result; it exists when the outcome is "done" or "kept".
        outcome: value of an `Outcome`.
        message: why it failed, or what the result lost; empty when all is well.
        mask: the mask file; empty when the mask came from the parsing map.
        holes: how many were filled.
        seconds: how long it took.
        changed_outside: pixels changed outside the mask and its blend band; 0 unless the program is wrong.
        device: what it ran on.
    """

    photo: str
    output: str
    outcome: str
    message: str = ""
    mask: str = ""
    holes: int = 0
    seconds: float = 0.0
    changed_outside: int = 0
    device: str = ""


@dataclass
class BatchReport:
    """The file and its lines so far.

    Attributes:
        path: .json or .csv.
        lines: in the order of the photos.
        weights: SHA-256 of the weights that were used, by network name.
    """

    path: Path
    lines: list[Line] = field(default_factory=list)
    weights: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.suffix.lower() not in (".json", ".csv"):
            raise ExportError(f"{self.path.name} must end in .json or .csv, since a report is one of these.")

    def add(self, line: Line) -> None:
        """Add a line and write the file.

        Raises:
            ExportError: the file cannot be written.
        """
        self.lines.append(line)
        text = self._csv() if self.path.suffix.lower() == ".csv" else self._json()
        with replacing(self.path) as file:
            # A name that is no text, which other systems may write, is told by its bytes.
            file.write(text.encode("utf-8", "backslashreplace"))

    def count(self, outcome: Outcome) -> int:
        """How many photos ended like this."""
        return Counter(line.outcome for line in self.lines)[outcome.value]

    def summary(self) -> str:
        """One sentence over all photos."""
        counts = [f"{self.count(outcome)} {outcome.value}" for outcome in Outcome if self.count(outcome)]
        return f"{len(self.lines)} photos: {', '.join(counts)}; see {self.path}"

    def _json(self) -> str:
        content = {
            "format": _FORMAT,
            "version": VERSION,
            "program": __version__,
            "weights": self.weights,
            "photos": [asdict(line) for line in self.lines],
        }
        return json.dumps(content, indent=1) + "\n"

    def _csv(self) -> str:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, [f.name for f in fields(Line)])
        writer.writeheader()
        writer.writerows(asdict(line) for line in self.lines)
        return text.getvalue()


def check_is_report(path: Path) -> None:
    """Refuse to replace a JSON file that nobody named and that another program wrote.

    Raises:
        ExportError: it is there, and no report.
        OSError: it cannot be read.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if _FORMAT.encode() not in head:
        raise ExportError(f"{path} is no report of a batch, and would be lost; name another with --report.")
