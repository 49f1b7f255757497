"""What a fill is bound to do badly is a line on stderr, before it; the fill is made all the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.editing.hole_warnings import FACE_COVERED, NO_HEAD
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import KEYPOINT_COUNT, LABELS
from tests.e2e.test_cli import run


@pytest.fixture
def head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A photo in which a head is seen before a body that fills it, and the mask of the head."""

    def parse(self: Pipeline, request: ParseRequest, *_: object) -> Structure:
        height, width = request.image.shape[:2]
        labels = np.zeros((height // 2, width // 2), np.uint8)
        labels[:] = LABELS.index("upper-clothes")
        labels[20:30, 20:30] = LABELS.index("face")
        return Structure(Bounds(0, 0, width, height), labels, np.zeros((KEYPOINT_COUNT, 30, 40), np.float16))

    monkeypatch.setattr(Pipeline, "_parse", parse)
    photo, mask = tmp_path / "in" / "a.png", tmp_path / "masks" / "a.png"
    pixels, hole = np.full((120, 160, 3), 120, np.uint8), np.zeros((120, 160), np.uint8)
    hole[40:60, 40:60] = 255
    for path, content in ((photo, pixels), (mask, hole)):
        path.parent.mkdir()
        Image.fromarray(content).save(path)
    return photo, mask


def test_a_covered_face_is_said_and_filled(
    models: Path, head: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, mask = head
    target, how = tmp_path / "out.png", ("--method", "patches", "--device", "cpu")
    assert run("remove", photo, "--mask", mask, "-o", target, *how) == 0
    assert FACE_COVERED in capsys.readouterr().err
    assert target.exists()
    assert run("remove", photo, "--mask", mask, "-o", target, *how, "--intent", "surface") == 0
    assert FACE_COVERED not in capsys.readouterr().err


def test_a_batch_writes_it_into_its_report(models: Path, head: tuple[Path, Path], tmp_path: Path) -> None:
    photo, mask = head
    results = tmp_path / "results"
    how = ("--method", "patches", "--device", "cpu")
    assert run("batch", photo.parent, "--masks", mask.parent, "-o", results, *how) == 0
    assert FACE_COVERED in json.loads((results / "report.json").read_text())["photos"][0]["message"]


def test_a_head_that_the_photo_cuts_off_is_said_once_for_all_candidates(
    models: Path, head: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    how = ("--candidates", "2", "--method", "patches", "--device", "cpu")
    assert run("extend", head[0], "--top", "10%", "-o", tmp_path / "out.png", *how) == 0
    assert capsys.readouterr().err.count(NO_HEAD) == 1


def test_a_batch_that_extends_writes_it_into_its_report(
    models: Path, head: tuple[Path, Path], tmp_path: Path
) -> None:
    results = tmp_path / "results"
    how = ("--method", "patches", "--device", "cpu")
    assert run("batch", head[0].parent, "--top", "10%", "-o", results, *how) == 0
    assert NO_HEAD in json.loads((results / "report.json").read_text())["photos"][0]["message"]
