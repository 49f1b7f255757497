"""A run to look at: its curves, its sheets, and which labels were taken for which, as one HTML page."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.html_page import page, picture, table, text
from portrait_studio.networks.conventions import LABELS
from trainer.evaluation.report import Report

_SHEETS: Final = 6
_SHEET_PX: Final = 1600
_LEAST_SHARE: Final = 0.01
_NOT_LEARNT: Final = ("images_per_s", "rate")

Curve = list[tuple[int, float]]
"""Steps and what was measured there, in ascending order."""


def run_page(folder: Path, reports: Sequence[Report] = ()) -> str:
    """The page of a run.

    Args:
        folder: of the run.
        reports: of `evaluate --json`, of whatever weights they were measured with.

    Raises:
        DataSetError: it is no folder of a run.
    """
    curves = read_curves(folder / "log.jsonl")
    last = max(step for curve in curves.values() for step, _ in curve)
    parts = [
        f'<p class="quiet">{text(folder)}, {last} steps</p>',
        "<h2>Curves</h2>",
        '<div class="tiles">',
        *(_plot(name, curves) for name in _plotted(curves)),
        "</div>",
        *_sheets(folder / "sheets"),
    ]
    for report in reports:
        parts += _measured(report)
    return page(f"Run {folder.resolve().name}", parts)


def read_curves(log: Path) -> dict[str, Curve]:
    """What a run has logged, by name; of steps that were taken twice, since it was resumed, the later.

    Raises:
        DataSetError: there is no log, or nothing is in it yet.
    """
    try:
        lines = log.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise DataSetError(f"There is no {log.name} in {log.parent}; give the folder of a run.") from error
    found: dict[str, dict[int, float]] = {}
    for line in lines:
        try:
            values = json.loads(line)
            step = int(values.pop("step"))
        except (ValueError, KeyError, AttributeError, TypeError):
            continue  # A run that was killed may leave half a line.
        for name, value in values.items():
            if isinstance(value, int | float) and np.isfinite(value):
                found.setdefault(name, {})[step] = float(value)
    if not found:
        raise DataSetError(f"Nothing is in {log} yet; wait until the run has logged its first steps.")
    return {name: sorted(curve.items()) for name, curve in found.items()}


def _plotted(curves: Mapping[str, Curve]) -> list[str]:
    """Names of what is trained or validated, each once; how fast and at which rate comes last."""
    names = list(dict.fromkeys(name.removeprefix("val_") for name in curves))
    return sorted(names, key=lambda name: name in _NOT_LEARNT)


def _plot(name: str, curves: Mapping[str, Curve]) -> str:
    """The curve of training, and that of validation in the same picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 2.9), layout="constrained")
    axes = figure.add_subplot()
    for key, label, colour in ((name, "training", "#4f63e0"), (f"val_{name}", "validation", "#d9731a")):
        if key in curves:
            steps, values = zip(*curves[key], strict=True)
            axes.plot(steps, values, color=colour, label=label, linewidth=1.4)
    if f"val_{name}" in curves:
        axes.legend(frameon=False)
    axes.set_title(name, loc="left", fontsize=11)
    axes.set_xlabel("step")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None}, facecolor="white")
    return drawn.getvalue().partition("<svg")[1] + drawn.getvalue().partition("<svg")[2]


def _sheets(folder: Path) -> list[str]:
    """The last sheet first, and some from before, at even distances."""
    paths = sorted(folder.glob("*.png"))
    if not paths:
        return []
    places = sorted({round(place) for place in np.linspace(0, len(paths) - 1, min(_SHEETS, len(paths)))})
    parts = ["<h2>Sheets</h2>"]
    for place in reversed(places):
        pixels = cv2.imread(str(paths[place]))
        if pixels is not None:
            step = int(paths[place].stem) if paths[place].stem.isdigit() else paths[place].stem
            shown = picture(np.asarray(pixels[:, :, ::-1], np.uint8), _SHEET_PX, f"sheet of step {step}")
            parts.append(f"<figure>{shown}<figcaption>step {text(step)}</figcaption></figure>")
    return parts


def _measured(report: Report) -> list[str]:
    parts = [f"<h2>{text(report.headline)}</h2>"]
    for name, figures in report.parsers.items():
        if figures.confusion:
            parts += [
                f"<p>What the parser {text(name)} took each true label for, in percent of its pixels"
                f" (SHA-256 {text(figures.sha256[:12])}):</p>",
                _matrix(np.array(figures.confusion, np.int64)),
                *_worst(np.array(figures.confusion, np.int64)),
            ]
    return parts if len(parts) > 1 else [*parts, "<p>It holds no confusion of labels.</p>"]


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shares of each row in [0, 1]; rows without pixels are zero."""
    return np.asarray(counts / np.maximum(1, counts.sum(axis=1, keepdims=True)), np.float64)


def _matrix(counts: NDArray[np.int64]) -> str:
    """(18, 18) pixels by [true, predicted] as a table of percent; labels that are nowhere are left out."""
    shares = _shares(counts)
    shown = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    head = "".join(f'<th class="head">{text(LABELS[column])}</th>' for column in shown)
    rows = []
    for row in shown:
        cells = "".join(_cell(float(shares[row, column]), row == column) for column in shown)
        rows.append(f"<tr><th>{text(LABELS[row])}</th>{cells}</tr>")
    return f'<div class="wide"><table class="matrix"><tr><th></th>{head}</tr>{"".join(rows)}</table></div>'


def _cell(share: float, is_right: bool) -> str:
    colour = "79, 99, 224" if is_right else "217, 115, 26"
    said = f"{100 * share:.0f}" if share >= _LEAST_SHARE / 2 else ""
    return f'<td style="background: rgba({colour}, {min(1.0, 0.85 * share**0.6):.2f})">{said}</td>'


def _worst(counts: NDArray[np.int64]) -> list[str]:
    """The mistakes that cost most pixels."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None)[:8]
    total = max(1, int(counts.sum()))
    rows = [
        (text(LABELS[row]), text(LABELS[column]), f"{100 * wrong[row, column] / total:.2f} %")
        for row, column in zip(*np.unravel_index(order, wrong.shape), strict=True)
        if wrong[row, column]
    ]
    return [table(("True", "Taken for", "Of all pixels"), rows)] if rows else []
