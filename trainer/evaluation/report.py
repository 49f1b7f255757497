"""What was measured, as JSON for programs and as tables for people."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.networks.conventions import LABELS
from trainer.evaluation.scoring import Score, Tally

FORMAT_VERSION = 1
FIGURES: dict[str, tuple[str, str]] = {
    "l1_in_hole": ("L1 in hole", "{:.2f}"),
    "psnr": ("PSNR", "{:.2f}"),
    "psnr_in_hole": ("PSNR in hole", "{:.2f}"),
    "ssim": ("SSIM", "{:.4f}"),
    "vgg": ("VGG", "{:.4f}"),
    "seconds": ("seconds", "{:.2f}"),
}
"""Heading and format of each figure of `Score`."""


@dataclass(frozen=True)
class Report:
    """One evaluation.

    Attributes:
        protocol: "paper", "natural" or "cases".
        data: name of the sets, or of the folder of cases.
        cases: number of cases.
        device: what our methods ran on.
        weights: SHA-256 of each weights file by network name.
        scores: mean figures by title of the method.
        missing: why a method has no figures, by title.
        parsing: of the parsing map: "mean_iou", "mean_iou_in_hole", "per_label"; empty without labels.
        pckh: share of keypoints found within half a head; None without keypoints.
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

    @classmethod
    def of(cls, tally: Tally, protocol: str, data: str) -> Report:
        """Sum up what was counted."""
        pckh = tally.keypoints.mean
        return cls(
            protocol,
            data,
            len(tally.cases),
            tally.device,
            tally.weights,
            tally.means(),
            dict(tally.missing),
            _parsing_figures(tally),
            None if math.isnan(pckh) else pckh,
        )

    @property
    def headline(self) -> str:
        """What was measured on what, in one line."""
        where = f" on {self.device}" if self.device else ""
        return f"{self.protocol}, {self.cases} cases of {self.data}{where}"

    def text(self) -> str:
        """Tables in plain text."""
        blocks = [self.headline, _aligned(self._method_rows()), *self._missing_lines()]
        if self.parsing:
            blocks += [self._parsing_line(), _aligned(self._label_rows())]
        return "\n".join(blocks) + "\n"

    def markdown(self) -> str:
        """The same tables in Markdown."""
        blocks = [self.headline, _piped(self._method_rows()), *self._missing_lines()]
        if self.parsing:
            blocks += [self._parsing_line(), _piped(self._label_rows())]
        return "\n\n".join(blocks) + "\n"

    def _method_rows(self) -> list[list[str]]:
        shown = [name for name in FIGURES if any(getattr(s, name) is not None for s in self.scores.values())]
        rows = [["method", *(FIGURES[name][0] for name in shown)]]
        for title, figures in self.scores.items():
            values = [getattr(figures, name) for name in shown]
            rows.append([title, *(_cell(name, value) for name, value in zip(shown, values, strict=True))])
        return rows

    def _missing_lines(self) -> list[str]:
        return [f"{title}: not measured. {reason}" for title, reason in self.missing.items()]

    def _parsing_line(self) -> str:
        whole, hole = self.parsing["mean_iou"], self.parsing["mean_iou_in_hole"]
        line = f"parsing map: mean IoU {whole:.3f} on the whole image, {hole:.3f} in the hole"
        return line if self.pckh is None else f"{line}; PCKh {self.pckh:.3f}"

    def _label_rows(self) -> list[list[str]]:
        rows = [["label", "IoU", "IoU in hole"]]
        for label, (whole, hole) in self.parsing["per_label"].items():
            rows.append([label, *("-" if value is None else f"{value:.3f}" for value in (whole, hole))])
        return rows


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
    """Read a report back.

    Raises:
        DataSetError: the file is missing, damaged or of another version.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT_VERSION:
            raise DataSetError(
                f"The metrics {path} are of another version; measure anew with 'evaluate --json'."
            )
        values = {field.name: content[field.name] for field in fields(Report)}
        values["scores"] = {title: Score(**figures) for title, figures in values["scores"].items()}
        return Report(**values)
    except OSError as error:
        raise DataSetError(
            f"There are no metrics in {path}; make them with 'evaluate --json {path}'."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataSetError(f"The metrics {path} are damaged; measure anew with 'evaluate --json'.") from error


def _parsing_figures(tally: Tally) -> dict[str, Any]:
    whole, hole = tally.whole.per_label, tally.hole.per_label
    if not whole:
        return {}
    per_label = {label: [whole[label], hole.get(label)] for label in LABELS if label in whole}
    return {"mean_iou": tally.whole.mean_iou, "mean_iou_in_hole": tally.hole.mean_iou, "per_label": per_label}


def _cell(name: str, value: float | None) -> str:
    return "-" if value is None else FIGURES[name][1].format(value)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def _piped(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---|" + "---:|" * (len(rows[0]) - 1))
    return "\n".join(lines)
