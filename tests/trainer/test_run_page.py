"""A run as one page to look at."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS
from tests.e2e.test_report_page import Page
from trainer.__main__ import main
from trainer.evaluation.parsers import ParserFigures
from trainer.evaluation.report import Report
from trainer.evaluation.run_page import read_curves, run_page


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "my <run>"
    (folder / "sheets").mkdir(parents=True)
    lines = [json.dumps({"step": step, "rate": 0.1, "pixel": 1 / step}) for step in (10, 20, 30)]
    lines += [json.dumps({"step": 20, "pixel": 7.0, "val_pixel": 0.5}), '{"step": 4']
    (folder / "log.jsonl").write_text("\n".join(lines))
    for step in range(10):
        cv2.imwrite(str(folder / "sheets" / f"{step:07d}.png"), np.full((8, 12, 3), 20 * step, np.uint8))
    return folder


def test_of_a_step_that_was_taken_twice_the_later_counts(run: Path) -> None:
    curves = read_curves(run / "log.jsonl")
    assert curves["pixel"] == [(10, 0.1), (20, 7.0), (30, 1 / 30)]
    assert curves["val_pixel"] == [(20, 0.5)]


def test_the_page_shows_each_curve_once_and_the_last_sheet_first(run: Path) -> None:
    assert main(["report", str(run)]) == 0
    html = (run / "report.html").read_text("utf-8")
    # Each picture of curves is a drawing of its own.
    assert html.count("<svg") == html.count("</svg>") == 2
    page = Page(html)
    assert "Run my <run>" in page.texts
    shown = [str(picture["alt"]) for picture in page.pictures]
    assert shown[0] == "sheet of step 9"
    assert shown[-1] == "sheet of step 0"
    assert len(shown) == 6


def test_the_page_shows_which_labels_were_taken_for_which(run: Path) -> None:
    counts = np.zeros((LABEL_COUNT, LABEL_COUNT), np.int64)
    skirt, dress = LABELS.index("skirt"), LABELS.index("dress")
    counts[skirt, skirt], counts[skirt, dress], counts[dress, dress] = 75, 25, 100
    figures = ParserFigures("ab" * 32, *[None] * 8, 0, {}, None, None, counts.tolist())
    report = Report("paper", "packs", 2, "CPU", {}, {}, {}, {}, None, {"released": figures})
    page = Page(run_page(run, [report]))
    assert {"75", "25", "100"} <= set(page.texts)
    assert "12.50 %" in page.texts
    assert "hair" not in page.texts


def test_a_folder_without_a_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="give the folder of a run"):
        run_page(tmp_path)
    (tmp_path / "log.jsonl").touch()
    with pytest.raises(DataSetError, match="Nothing is in"):
        run_page(tmp_path)
