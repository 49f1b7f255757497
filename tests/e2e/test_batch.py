"""Filling folders of photos."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import LABELS
from tests.e2e.test_cli import pixels_of, run


@pytest.fixture
def folders(models: Path, photo: Path, mask: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Photos, masks, and where the results go: a good photo, a damaged one, one without a mask."""
    photos, masks = tmp_path / "photos", tmp_path / "masks"
    photos.mkdir()
    masks.mkdir()
    shutil.copy(photo, photos / "a.png")
    (photos / "b.jpg").write_bytes(b"\xff\xd8 damaged")
    Image.open(photo).convert("RGB").save(photos / "c.jpg")
    shutil.copy(photo, photos / "d.png")
    (photos / "notes.txt").write_text("no photo")
    shutil.copy(mask, masks / "a.png")
    shutil.copy(mask, masks / "b.png")
    shutil.copy(mask, masks / "c_mask.png")
    return photos, masks, tmp_path / "new" / "results"


def report_of(folder: Path) -> list[dict[str, Any]]:
    content = json.loads((folder / "report.json").read_text())
    assert content["format"] == "portrait-studio batch report"
    lines: list[dict[str, Any]] = content["photos"]
    return lines


def test_a_folder_is_filled_and_what_fails_is_skipped(
    folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    photos, masks, results = folders
    assert run("batch", photos, "--masks", masks, "-o", results, "--device", "cpu") == 1
    told = capsys.readouterr()
    assert "2/4 b.jpg: failed" in told.out
    assert "4 photos: 2 done, 2 failed" in told.out
    lines = report_of(results)
    assert [line["outcome"] for line in lines] == ["done", "failed", "done", "failed"]
    assert "damaged" in lines[1]["message"]
    assert "no mask for d.png" in lines[3]["message"]
    assert lines[0]["changed_outside"] == 0
    assert sorted(path.name for path in results.iterdir()) == ["a.png", "c.jpg", "report.json"]
    changed = (pixels_of(results / "a.png") != pixels_of(photos / "a.png")).any(axis=2)
    assert changed[30:60, 40:80].mean() > 0.5


def test_results_are_kept_or_made_again_only_when_told(
    folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    photos, masks, results = folders
    arguments = ("batch", photos, "--masks", masks, "-o", results, "--device", "cpu")
    results.mkdir(parents=True)
    (results / "a.png").write_bytes(b"precious")
    assert run(*arguments) == 2
    assert "1 of the results are in" in capsys.readouterr().err
    assert run(*arguments, "--resume", "--report", results / "r.csv") == 1
    assert (results / "a.png").read_bytes() == b"precious"
    with (results / "r.csv").open(newline="") as file:
        assert [line["outcome"] for line in csv.DictReader(file)] == ["kept", "failed", "done", "failed"]
    assert run(*arguments, "--overwrite") == 1
    assert (results / "a.png").read_bytes() != b"precious"


def test_what_the_map_calls_a_bag_is_removed(
    folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, _, results = folders
    labels = np.zeros((24, 32), np.uint8)
    labels[10:16, 12:20] = LABELS.index("bag")

    def parse(_engine: Pipeline, request: ParseRequest, *_rest: object) -> Structure:
        image = request.image
        seen = labels if image[0, 0, 2] == pixels_of(photos / "a.png")[0, 0, 2] else np.zeros_like(labels)
        return Structure(Bounds(0, 0, 120, 90), seen, np.zeros((16, 6, 8), np.float16))

    (photos / "b.jpg").unlink()
    Image.fromarray(np.zeros((90, 120, 3), np.uint8)).save(photos / "empty.png")
    monkeypatch.setattr(Pipeline, "_parse", parse)
    arguments = ("batch", photos, "--remove", "bag,scarf", "-o", results, "--format", "png", "--grow", 3)
    assert run(*arguments, "--device", "cpu") == 0
    outcomes = {Path(line["photo"]).name: line["outcome"] for line in report_of(results)}
    assert outcomes["a.png"] == "done"
    assert outcomes["empty.png"] == "nothing to remove"
    assert not (results / "empty.png").exists()
    changed = (pixels_of(results / "a.png") != pixels_of(photos / "a.png")).any(axis=2)
    assert changed[40:58, 46:74].mean() > 0.5
    changed[30:68, 38:84] = False
    assert not changed.any()


def test_interrupting_keeps_what_is_done_and_says_how_to_go_on(
    folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photos, masks, results = folders
    complete = Pipeline._complete

    def interrupted(engine: Pipeline, *arguments: Any) -> Any:
        if (results / "a.png").exists():
            raise KeyboardInterrupt
        return complete(engine, *arguments)

    monkeypatch.setattr(Pipeline, "_complete", interrupted)
    assert run("batch", photos, "--masks", masks, "-o", results, "--device", "cpu") == 130
    assert "stopped after 2 of 4 photos; add --resume" in capsys.readouterr().err
    assert len(report_of(results)) == 2
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--remove", "elephant"), "There is no label 'elephant'; choose among: hat, hair"),
        (("--masks", "{masks}", "--grow", "3"), "--grow takes"),
        (("--masks", "{masks}", "--report", "a.txt"), "must end in .json or .csv"),
        (("--masks", "{nowhere}"), "There is no folder"),
        ((), "Say what to fill: --masks, --remove"),
        (
            ("--remove", "bag", "--format", "png"),
            "would both become a.png; rename one, or use --format same.",
        ),
    ],
)
def test_mistakes_are_told_before_the_work(
    folders: tuple[Path, Path, Path],
    arguments: tuple[str, ...],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    photos, masks, results = folders
    shutil.copy(photos / "c.jpg", photos / "a.jpg")
    filled_in = [text.format(masks=masks, nowhere=masks / "none") for text in arguments]
    assert run("batch", photos, "-o", results, *filled_in) == 2
    assert sentence in capsys.readouterr().err
    assert not results.exists()


@pytest.mark.parametrize(
    ("first", "second", "arguments"),
    [
        ("c.jpg", "c.mpo", ()),
        ("c.jpg", "c.mpo", ("--format", "png")),
        ("a.png", "A.PNG", ("--format", "same")),
    ],
)
def test_keeping_the_formats_is_advised_only_where_it_helps(
    folders: tuple[Path, Path, Path],
    first: str,
    second: str,
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    photos, masks, results = folders
    shutil.copy(photos / first, photos / second)
    assert run("batch", photos, "--masks", masks, "-o", results, *arguments) == 2
    said = capsys.readouterr().err
    assert "would both become" in said
    assert said.endswith("; rename one.\n")


def test_results_never_lie_among_the_sources(
    folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    photos, masks, _ = folders
    assert run("batch", photos, "--masks", masks, "-o", photos) == 2
    assert "would lie among the sources" in capsys.readouterr().err


def test_folders_of_marks_steer_the_photos_that_they_are_named_like(
    folders: tuple[Path, Path, Path], mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos, masks, results = folders
    (photos / "b.jpg").unlink()
    (photos / "d.png").unlink()
    (masks / "c_mask.png").unlink()
    shutil.copy(mask, masks / "c.png")
    marks, other = tmp_path / "marks", tmp_path / "other"
    marks.mkdir()
    other.mkdir()
    hole = np.asarray(Image.open(mask).convert("L"))
    # All of the photo but the mask, so that nothing is left to be copied: only that photo can fail.
    Image.fromarray(np.where(hole > 0, 0, 255).astype(np.uint8)).save(marks / "a_mask.png")
    how = ("--masks", masks, "-o", results, "--device", "cpu", "--method", "patches")
    assert run("batch", photos, *how, "--no-copy", marks) == 1
    lines = report_of(results)
    assert [line["outcome"] for line in lines] == ["failed", "done"]
    assert "Nothing may be copied" in lines[0]["message"]
    assert run("batch", photos, *how, "--overwrite", "--copy-from", other) == 2
    assert "is named like a photo" in capsys.readouterr().err
    assert run("batch", photos, *how, "--overwrite", "--copy-from", photos) == 2
    assert "keep them in another folder" in capsys.readouterr().err
