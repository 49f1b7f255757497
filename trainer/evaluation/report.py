"""What was measured, as one value that is written as JSON and read back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.atomic import replacing
from trainer.evaluation.candidates import CandidateRow
from trainer.evaluation.compare import PairedComparison, compare_all, compare_by_kind
from trainer.evaluation.cost import Cost
from trainer.evaluation.covered_faces import FaceRow
from trainer.evaluation.damage import DamageRow
from trainer.evaluation.distribution import Distribution
from trainer.evaluation.parsers import RELEASED, ParserFigures, ParserTally, per_label_figures
from trainer.evaluation.passers_by import PassersByFigures
from trainer.evaluation.people import PeopleRow
from trainer.evaluation.scoring import Score, Tally
from trainer.evaluation.targets import QualityTarget, targets_of
from trainer.evaluation.things import ThingRow, thing_row

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Report:
    """One evaluation.

    Attributes:
        protocol: name of the protocol, or "cases".
        data: name of the sets, or of the folder of cases.
        cases: number of cases.
        device: what our methods ran on.
        weights: SHA-256 of each weights file by network name.
        scores: mean figures by title of the method.
        missing: why a method or parser has no figures, by title.
        parsing: of the map that guided the fills: "mean_iou", "mean_iou_in_hole", "per_label"; empty without
            labels.
        pckh: share of keypoints found within half a head; None without keypoints.
        parsers: Table II by name of the parser.
        distribution: Frechet distances; None when not measured.
        comparisons: whether one method is better than another.
        targets: the project's floors and aims, as far as this protocol can judge them.
        cost: of the released networks; None when unknown.
        things: how exactly things were found in loose masks.
        by_kind: mean figures by kind of hole, then by title of the method.
        people: how many people were found.
        passers_by: what came of taking them away; None where that was not asked for.
        damage: how much damage was found.
        costs: of what each method used, by its title; empty unless all methods were asked for.
        kind_comparisons: of the default with every other method, by kind of hole; empty as well.
        candidates: how each kind of candidate compares with the first one.
        faces: what collaborative networks know of parts and landmarks.
    """

    protocol: str
    data: str
    cases: int
    device: str
    weights: dict[str, str]
    scores: dict[str, Score]
    missing: dict[str, str]
    parsing: dict[str, Any]
    pckh: float | None
    parsers: dict[str, ParserFigures] = field(default_factory=dict)
    distribution: Distribution | None = None
    comparisons: list[PairedComparison] = field(default_factory=list)
    targets: list[QualityTarget] = field(default_factory=list)
    cost: Cost | None = None
    things: list[ThingRow] = field(default_factory=list)
    by_kind: dict[str, dict[str, Score]] = field(default_factory=dict)
    people: list[PeopleRow] = field(default_factory=list)
    passers_by: PassersByFigures | None = None
    damage: list[DamageRow] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)
    kind_comparisons: dict[str, list[PairedComparison]] = field(default_factory=dict)
    candidates: list[CandidateRow] = field(default_factory=list)
    faces: list[FaceRow] = field(default_factory=list)

    @property
    def headline(self) -> str:
        """What was measured on what, in one line."""
        where = f" on {self.device}" if self.device else ""
        return f"{self.protocol}, {self.cases} cases of {self.data}{where}"


@dataclass(frozen=True)
class Measured:
    """What an evaluation gathers before it is summed up.

    Attributes:
        tally: scores of the methods.
        parsers: one per row of Table II.
        distribution: Frechet distances; None when not measured.
        cost: of the released networks; None when unknown.
        costs: of what each method used, by its title, where every method was asked for.
    """

    tally: Tally
    parsers: list[ParserTally] = field(default_factory=list)
    distribution: Distribution | None = None
    cost: Cost | None = None
    costs: dict[str, Cost] = field(default_factory=dict)


def summed_up(measured: Measured, protocol: str, data: str) -> Report:
    """The report of one evaluation.

    Args:
        measured: what was gathered.
        protocol: name of the protocol, or "cases".
        data: name of the sets, or of the folder of cases.
    """
    tally = measured.tally
    pckh = tally.keypoints.mean
    figures = {parser.name: parser.figures() for parser in measured.parsers}
    known = {name: one for name, one in figures.items() if one is not None}
    scores, comparisons = tally.means(), compare_all(tally.scores, len(tally.cases))
    by_kind = tally.means_by_kind()
    kinds = compare_by_kind(tally.scores, [kind for _, kind in tally.cases])
    return Report(
        protocol,
        data,
        len(tally.cases),
        tally.device,
        tally.weights,
        scores,
        tally.missing | {one.title: one.missing for one in measured.parsers if one.missing},
        _parsing_figures(tally),
        None if math.isnan(pckh) else pckh,
        known,
        measured.distribution,
        comparisons,
        targets_of(protocol, scores, comparisons, known.get(RELEASED), measured.cost, by_kind),
        measured.cost,
        by_kind=by_kind,
        costs=measured.costs,
        kind_comparisons=kinds if measured.costs else {},
    )


def write_json(report: Report, tally: Tally, path: Path) -> None:
    """Write the report and the figures of every case.

    Raises:
        ExportError: the file cannot be written.
    """
    titles = [title for title, scores in tally.scores.items() if len(scores) == len(tally.cases)]
    per_case = [
        {"case": name, "kind": kind, "scores": {title: asdict(tally.scores[title][i]) for title in titles}}
        for i, (name, kind) in enumerate(tally.cases)
    ]
    content = {"format": FORMAT_VERSION, **asdict(report), "per_case": per_case}
    with replacing(path) as file:
        file.write((json.dumps(content, indent=1) + "\n").encode())


def read_json(path: Path) -> Report:
    """Read a report back; what reports of earlier versions lack is left empty.

    Raises:
        DataSetError: the file is missing, damaged or of another version.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT_VERSION:
            raise DataSetError(
                f"The metrics {path} are of another version; measure anew with 'evaluate --json'."
            )
        values = {one.name: content[one.name] for one in fields(Report) if one.name in content}
        return Report(**{name: _revived(name, value) for name, value in values.items()})
    except OSError as error:
        raise DataSetError(
            f"There are no metrics in {path}; make them with 'evaluate --json {path}'."
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise DataSetError(f"The metrics {path} are damaged; measure anew with 'evaluate --json'.") from error


_VALUES: dict[str, Callable[..., Any]] = {
    "scores": Score,
    "parsers": ParserFigures,
    "distribution": Distribution,
    "comparisons": PairedComparison,
    "targets": QualityTarget,
    "cost": Cost,
    "things": thing_row,
    "people": PeopleRow,
    "passers_by": PassersByFigures,
    "damage": DamageRow,
    "costs": Cost,
    "candidates": CandidateRow,
    "faces": FaceRow,
}
"""Class of the values of each field that holds more than plain JSON."""


def _revived(name: str, value: Any) -> Any:
    """A field of the report from its JSON: alone, in a list, or in a table."""
    if name == "by_kind":
        return {kind: _revived("scores", means) for kind, means in value.items()}
    if name == "kind_comparisons":
        return {kind: _revived("comparisons", rows) for kind, rows in value.items()}
    make = _VALUES.get(name)
    if make is None or value is None:
        return value
    if isinstance(value, list):
        return [make(**one) for one in value]
    if name in ("scores", "parsers", "costs"):
        return {title: make(**one) for title, one in value.items()}
    return make(**value)


def _parsing_figures(tally: Tally) -> dict[str, Any]:
    if not (tally.whole.labelled_in_full and tally.hole.labelled_in_full):
        return {}
    per_label = per_label_figures(tally.whole, tally.hole)
    return {"mean_iou": tally.whole.mean_iou, "mean_iou_in_hole": tally.hole.mean_iou, "per_label": per_label}
