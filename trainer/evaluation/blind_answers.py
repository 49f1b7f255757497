"""Whose fill is on which side of a blind sheet, and what somebody who did not know chose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.atomic import replacing
from trainer.evaluation.tables import Table
from trainer.metrics.binomial import wilson_interval

ANSWERS_FILE: Final = "answers.json"
FORMAT_VERSION: Final = 1

LEFT, RIGHT, EQUAL = "left", "right", "equal"

_CHOICE: Final = re.compile(r"(\d{1,6})[\s:.]+([a-z]+)")
_ALL: Final = "all"


@dataclass(frozen=True)
class BlindPair:
    """One pair of a sheet.

    Attributes:
        number: on the sheet, from 1.
        case: name of the case.
        kind: how its hole was drawn.
        ours: "left" or "right".
    """

    number: int
    case: str
    kind: str
    ours: str


@dataclass(frozen=True)
class BlindAnswers:
    """All pairs of a folder of blind sheets.

    Attributes:
        protocol: name of the protocol, or "cases".
        data: name of the sets, or of the folder of cases.
        ours: name of the method that is judged.
        rival: name of the method that it stands against.
        weights: SHA-256 of each weights file of ours by network name.
        pairs: in the order of their numbers.
    """

    protocol: str
    data: str
    ours: str
    rival: str
    weights: dict[str, str]
    pairs: tuple[BlindPair, ...]


@dataclass(frozen=True)
class Preference:
    """How often ours was chosen in a group of pairs.

    Attributes:
        group: kind of hole, or "all".
        ours: pairs in which ours was chosen.
        rival: pairs in which the rival was chosen.
        equal: pairs without a preference.
    """

    group: str
    ours: int
    rival: int
    equal: int

    @property
    def decided(self) -> int:
        """Pairs with a preference."""
        return self.ours + self.rival

    @property
    def share(self) -> float | None:
        """Share of ours among the pairs with a preference; None where there is none."""
        return self.ours / self.decided if self.decided else None


def write_answers(answers: BlindAnswers, folder: Path) -> None:
    """Write the answers beside their sheets.

    Raises:
        ExportError: the file cannot be written.
    """
    with replacing(folder / ANSWERS_FILE) as file:
        file.write((json.dumps({"format": FORMAT_VERSION, **asdict(answers)}, indent=1) + "\n").encode())


def read_answers(folder: Path) -> BlindAnswers:
    """Read the answers of a folder of sheets.

    Raises:
        DataSetError: they are missing, damaged or of another version.
    """
    path = folder / ANSWERS_FILE
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if content.pop("format") != FORMAT_VERSION:
            raise DataSetError(f"{path} is of another version; write the sheets anew.")
        pairs = tuple(BlindPair(**one) for one in content.pop("pairs"))
        answers = BlindAnswers(**content, pairs=pairs)
    except OSError as error:
        raise DataSetError(f"There are no blind sheets in {folder}; write them with 'blind'.") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DataSetError(f"The answers {path} are damaged; write the sheets anew.") from error
    if any(pair.ours not in (LEFT, RIGHT) for pair in pairs):
        raise DataSetError(f"The answers {path} are damaged; write the sheets anew.")
    return answers


def read_choices(path: Path, answers: BlindAnswers) -> dict[int, str]:
    """What was chosen, by number of the pair: "1 left, 2 right, 3 equal", on as many lines as one likes.

    Args:
        path: text file.
        answers: of the sheets that were looked at.

    Raises:
        DataSetError: the file cannot be read, holds something else, an unknown pair, or one twice.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataSetError(f"The choices {path} cannot be read; write '1 left, 2 right, 3 equal'.") from error
    numbers = {pair.number for pair in answers.pairs}
    choices: dict[int, str] = {}
    for part in filter(None, (part.strip().lower() for part in re.split(r"[,;\n]", text))):
        found = _CHOICE.fullmatch(part)
        if found is None or found[2] not in (LEFT, RIGHT, EQUAL):
            raise DataSetError(f"{part[:40]!r} is no choice; write '1 left', '1 right' or '1 equal'.")
        number = int(found[1])
        if number not in numbers or number in choices:
            why = "is chosen twice" if number in choices else "is on none of the sheets"
            raise DataSetError(f"Pair {number} {why}; mend {path}.")
        choices[number] = found[2]
    return choices


def preferences(answers: BlindAnswers, choices: Mapping[int, str]) -> list[Preference]:
    """How often ours was chosen: of all pairs that were judged, then by kind of hole if there are several."""
    judged = [(pair, choices[pair.number]) for pair in answers.pairs if pair.number in choices]
    kinds = list(dict.fromkeys(pair.kind for pair, _ in judged))
    groups = {_ALL: judged}
    if len(kinds) > 1:
        groups |= {kind: [one for one in judged if one[0].kind == kind] for kind in kinds}
    return [
        Preference(
            name,
            sum(choice == pair.ours for pair, choice in group),
            sum(choice not in (pair.ours, EQUAL) for pair, choice in group),
            sum(choice == EQUAL for _, choice in group),
        )
        for name, group in groups.items()
    ]


def preference_table(answers: BlindAnswers, choices: Mapping[int, str]) -> Table:
    """The share of ours with its 95 % interval, over all pairs and by kind of hole."""
    ours, rival = answers.ours, answers.rival
    rows = [["hole", f"{ours} better", f"{rival} better", "equal", f"share of {ours}", "95 % interval"]]
    for one in preferences(answers, choices):
        share = interval = "-"
        if one.share is not None:
            low, high = wilson_interval(one.ours, one.decided)
            share, interval = f"{one.share:.2f}", f"{low:.2f} to {high:.2f}"
        rows.append([one.group, str(one.ours), str(one.rival), str(one.equal), share, interval])
    title = f"{ours} against {rival}, {answers.protocol} of {answers.data}, "
    title += f"{len(choices)} of {len(answers.pairs)} pairs judged without knowing whose is which"
    note = "Share: among the pairs with a preference; interval: binomial, after Wilson (1927)."
    return Table(title, rows, [note])
