"""What a batch did with each photo, in a JSON or CSV file that is written while it runs."""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from portrait_studio import __version__
from portrait_studio.errors import ExportError, OptionError, WeightsError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.json_text import as_float, as_int, as_list, as_object, as_text, parse_object
from portrait_studio.ordinary_file import read_file

if TYPE_CHECKING:
    from portrait_studio.cli.batch_plan import Item

VERSION: Final = 1
_FORMAT: Final = "portrait-studio batch report"
_HEAD_BYTES: Final = 200
_MOST_BYTES: Final = 1 << 30
_MOST_LINES: Final = 1_400_000
_MOST_LETTERS: Final = 100_000
_MOST_SECONDS: Final = 1e9
_PATIENCE: Final = 20.0
"""How many times as long as it took to write the report it stays as it is."""


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


@dataclass(frozen=True)
class Filled:
    """What became of one photo.

    Attributes:
        line: of the report.
        weights: SHA-256 of those that were used, by network name.
    """

    line: Line
    weights: dict[str, str] = field(default_factory=dict)

    def named_like(self, item: Item) -> Filled:
        """The same in the names that the user gave."""
        mask = str(item.mask or "") if self.line.mask else ""
        line = replace(self.line, photo=str(item.photo), output=str(item.output), mask=mask)
        return replace(self, line=line)


@dataclass
class BatchReport:
    """The file and its lines so far.

    Attributes:
        path: .json or .csv.
        weights: SHA-256 of the weights that were used, by network name.
    """

    path: Path
    weights: dict[str, str] = field(default_factory=dict)

    _lines: dict[int, Line] = field(default_factory=dict)
    _written_at: float = 0.0
    _spent_s: float = 0.0
    _is_written: bool = True

    def __post_init__(self) -> None:
        if self.path.suffix.lower() not in (".json", ".csv"):
            raise ExportError(f"{self.path.name} must end in .json or .csv, since a report is one of these.")

    @property
    def lines(self) -> list[Line]:
        """In the order of the photos, those that are done."""
        return [line for _, line in sorted(self._lines.items())]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._is_written:
            self._write()

    def add(self, number: int, filled: Filled) -> None:
        """Add a line and write the file: at once, or where it is long, at the latest when the block ends.

        Args:
            number: of the photo.
            filled: what became of it.

        Raises:
            ExportError: the file cannot be written.
            WeightsError: another machine has other weights.
        """
        for name, digest in filled.weights.items():
            if self.weights.setdefault(name, digest) != digest:
                raise WeightsError(f"The machines have different weights for {name}; give all the same.")
        self._lines[number] = filled.line
        self._is_written = False
        # All of it is written anew, which must not take the time that the photos need.
        if time.monotonic() - self._written_at >= _PATIENCE * self._spent_s:
            self._write()

    def _write(self) -> None:
        began = time.monotonic()
        text = self._csv() if self.path.suffix.lower() == ".csv" else self._json()
        with replacing(self.path) as file:
            # A name that is no text, which other systems may write, is told by its bytes.
            file.write(text.encode("utf-8", "backslashreplace"))
        self._is_written, self._written_at = True, time.monotonic()
        self._spent_s = self._written_at - began

    def count(self, outcome: Outcome) -> int:
        """How many photos ended like this."""
        return Counter(line.outcome for line in self._lines.values())[outcome.value]

    def summary(self) -> str:
        """One sentence over all photos."""
        counts = [f"{self.count(outcome)} {outcome.value}" for outcome in Outcome if self.count(outcome)]
        return f"{len(self._lines)} photos: {', '.join(counts)}; see {self.path}"

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


def read_report(path: Path) -> list[Line]:
    """The lines of a JSON report.

    Raises:
        FileError: it cannot be read.
        OptionError: it is no report.
    """
    try:
        content = parse_object(read_file(path, _MOST_BYTES))
        if content["format"] != _FORMAT or content["version"] != VERSION:
            raise ValueError("something else")
        return [_line(as_object(entry)) for entry in as_list(content["photos"], _MOST_LINES)]
    except (ValueError, KeyError) as error:
        raise OptionError(
            f"{path} is no report of a batch in JSON that this version reads; give the report.json among the"
            " results."
        ) from error


def _line(entry: Mapping[str, Any]) -> Line:
    photo, output, outcome, message = (
        as_text(entry[name], _MOST_LETTERS) for name in ("photo", "output", "outcome", "message")
    )
    holes, seconds = as_int(entry["holes"], 0, _MOST_LINES), as_float(entry["seconds"], 0.0, _MOST_SECONDS)
    return Line(photo, output, outcome, message, holes=holes, seconds=seconds)
