"""`--shadow` of mask, remove and batch, with small untrained networks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import mask_bounds
from tests.e2e.test_cli import pixels_of, run
from tests.helpers.drawn_shadows import HEIGHT, WIDTH, Drawn, drawn, ground, lying


@pytest.fixture
def picture() -> Drawn:
    return drawn(ground(), lying())


@pytest.fixture
def files(picture: Drawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The photo and the mask of who casts the shadow; the untrained parser sees nobody."""

    def parse(self: Pipeline, request: ParseRequest, *_: object) -> Structure:
        height, width = request.image.shape[:2]
        nobody = np.zeros((height // 2, width // 2), np.uint8)
        return Structure(Bounds(0, 0, width, height), nobody, np.zeros((16, 4, 4), np.float16))

    monkeypatch.setattr(Pipeline, "_parse", parse)
    photo, mask = tmp_path / "in" / "a.png", tmp_path / "masks" / "a.png"
    photo.parent.mkdir()
    mask.parent.mkdir()
    Image.fromarray(picture.image).save(photo)
    Image.fromarray(picture.thing).save(mask)
    return photo, mask


def test_the_mask_command_writes_it(
    models: Path,
    files: tuple[Path, Path],
    picture: Drawn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = ThingFound(mask_bounds(picture.thing), Bounds(0, 0, WIDTH, HEIGHT), picture.thing)
    monkeypatch.setattr(Pipeline, "_tighten", lambda *_: (found,))
    target = tmp_path / "mask.png"
    photo, around = files
    assert run("mask", photo, "--around", around, "-o", target, "--shadow", "--device", "cpu") == 0
    assert (pixels_of(target)[picture.cast] == 255).mean() > 0.95
    assert capsys.readouterr().err == ""
    assert run("mask", photo, "--around", around, "-o", target, "--device", "cpu") == 0
    assert (pixels_of(target)[picture.cast] == 255).mean() < 0.3


def test_remove_fills_it_and_a_record_repeats_it_without_looking_again(
    models: Path, files: tuple[Path, Path], picture: Drawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, mask = files
    out, record, again = tmp_path / "out.png", tmp_path / "record.json", tmp_path / "again.png"
    command = ("remove", photo, "--mask", mask, "--method", "patches", "--device", "cpu")
    assert run(*command, "--shadow", "-o", out, "--record", record) == 0
    changed = (pixels_of(out)[..., :3] != picture.image).any(axis=2)
    assert changed[picture.cast].mean() > 0.9

    def looked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("portrait_studio.engine.pipeline.mask_of_shadows", looked)
    assert run("replay", record, photo, "-o", again, "--device", "cpu") == 0
    assert np.array_equal(pixels_of(again), pixels_of(out))


def test_no_shadow_is_said_on_stderr_and_in_the_report(
    models: Path, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, mask = files
    bare = drawn(ground(), np.zeros((HEIGHT, WIDTH), np.float32))
    Image.fromarray(bare.image).save(photo)
    said = "No shadow was found that surely belongs to what is masked."
    options = ("--shadow", "--method", "patches", "--device", "cpu")
    assert run("remove", photo, "--mask", mask, "-o", tmp_path / "out.png", *options) == 0
    assert said in capsys.readouterr().err
    results = tmp_path / "results"
    assert run("batch", photo.parent, "--masks", mask.parent, "-o", results, *options) == 0
    assert said in json.loads((results / "report.json").read_text())["photos"][0]["message"]


def test_a_batch_takes_it(models: Path, files: tuple[Path, Path], picture: Drawn, tmp_path: Path) -> None:
    photo, mask = files
    results = tmp_path / "results"
    options = ("--shadow", "--method", "patches", "--device", "cpu")
    assert run("batch", photo.parent, "--masks", mask.parent, "-o", results, *options) == 0
    changed = (pixels_of(results / "a.png")[..., :3] != picture.image).any(axis=2)
    assert changed[picture.cast].mean() > 0.9


def test_a_batch_that_masks_nothing_refuses_it(
    models: Path, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = files[0].parent
    assert run("batch", folder, "--bottom", "33%", "--shadow", "-o", tmp_path / "results") == 2
    assert "--shadow takes effect with --masks, --remove or --people only" in capsys.readouterr().err
