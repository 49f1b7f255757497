"""Masks from the command line, with small untrained networks and with one that knows what is red."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio import cli
from portrait_studio.engine.damage import DamageFound
from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.engine.find_requests import (
    FindDamageRequest,
    FindInBoxesRequest,
    FindThingRequest,
    TightenRequest,
)
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import Structure
from portrait_studio.engine.things import Clicks, ThingFound
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import mask_bounds


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments], lambda _: 1)


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def red_in(image: np.ndarray) -> np.ndarray:
    strength = image[..., 0].astype(np.int16) - image[..., 1]
    return np.where(strength > 100, np.uint8(250), np.uint8(0))


@pytest.fixture
def red_photo(tmp_path: Path) -> Path:
    pixels = np.full((90, 120, 3), 120, np.uint8)
    pixels[40:60, 50:80] = (240, 20, 20)
    path = tmp_path / "red.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    pixels = np.zeros((90, 120), np.uint8)
    pixels[30:70, 40:95] = 255
    path = tmp_path / "loose.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def finds_red(monkeypatch: pytest.MonkeyPatch) -> list[Clicks]:
    """Let the engine take what is red for the thing; what it was asked by clicks."""
    asked: list[Clicks] = []

    def tighten(self: Pipeline, request: TightenRequest, *_: object) -> tuple[ThingFound, ...]:
        image, mask = request.image, request.loose
        whole = Bounds(0, 0, image.shape[1], image.shape[0])
        return (ThingFound(mask_bounds(mask), whole, red_in(image) * (mask > 0)),)

    def find_thing(self: Pipeline, request: FindThingRequest, *_: object) -> ThingFound:
        image = request.image
        asked.append(request.clicks)
        whole = Bounds(0, 0, image.shape[1], image.shape[0])
        return ThingFound(Bounds(0, 0, 0, 0), whole, red_in(image))

    monkeypatch.setattr(Pipeline, "_tighten", tighten)
    monkeypatch.setattr(Pipeline, "_find_thing", find_thing)
    return asked


def test_the_mask_of_what_stands_in_a_loose_one(
    models: Path,
    red_photo: Path,
    loose: Path,
    finds_red: list[Clicks],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "mask.png"
    assert run("mask", red_photo, "--around", loose, "-o", target) == 0
    mask = pixels_of(target)
    assert mask.shape == (90, 120)
    assert set(np.unique(mask)) == {0, 255}
    assert mask_bounds(mask) == Bounds(47, 37, 83, 63)
    assert "% of the photo is masked" in capsys.readouterr().out


def test_the_mask_at_places(models: Path, red_photo: Path, finds_red: list[Clicks], tmp_path: Path) -> None:
    target = tmp_path / "mask.png"
    assert run("mask", red_photo, "--at", "60,50", "--at", "70.5,45", "-o", target) == 0
    assert finds_red == [Clicks(((60.0, 50.0), (70.5, 45.0)))]
    assert pixels_of(target)[50, 60] == 255


def test_nothing_found_is_black_and_said(
    models: Path, finds_red: list[Clicks], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey, target = tmp_path / "grey.png", tmp_path / "found.png"
    Image.fromarray(np.full((90, 120, 3), 120, np.uint8)).save(grey)
    assert run("mask", grey, "--at", "3,80", "-o", target) == 0
    assert not pixels_of(target).any()
    assert "Nothing of the kind was found; the mask is all black." in capsys.readouterr().err


def test_a_tightened_hole_is_all_that_changes(
    models: Path, red_photo: Path, loose: Path, finds_red: list[Clicks], tmp_path: Path
) -> None:
    target = tmp_path / "filled.png"
    assert run("remove", red_photo, "--mask", loose, "--tighten", "-o", target, "--device", "cpu") == 0
    changed = (pixels_of(target) != pixels_of(red_photo)).any(axis=2)
    assert changed[42:58, 52:78].any()
    changed[35:65, 45:85] = False
    assert not changed.any()


def test_real_networks_find_things_by_label_and_by_mask(
    models: Path, photo: Path, mask: Path, tmp_path: Path
) -> None:
    for what in (("--around", mask), ("--things", "bag,hat"), ("--at", "60,45")):
        target = tmp_path / "found.png"
        assert run("mask", photo, *what, "-o", target, "--device", "cpu") == 0
        assert pixels_of(target).shape == (90, 120)
        target.unlink()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--at", "12"], "--at takes two numbers"),
        (["--at", "nan,inf"], "--at takes two numbers"),
        (["--at", "500,20"], "outside the photo"),
        (["--things", "dragon"], "Nothing goes by the name 'dragon'"),
        (["--things", "bag", "--tightness", "2"], "--tightness takes a number"),
        ([], "required"),
    ],
)
def test_wrong_wishes_are_refused_in_a_sentence(
    models: Path,
    photo: Path,
    tmp_path: Path,
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "mask.png"
    assert run("mask", photo, *arguments, "-o", target) == 2
    assert sentence in capsys.readouterr().err
    assert not target.exists()


def test_a_name_of_nothing_is_refused_before_torch_is_imported(red_photo: Path, tmp_path: Path) -> None:
    arguments = ["mask", str(red_photo), "-o", str(tmp_path / "mask.png"), "--things", "unicorn"]
    code = (
        "import sys; from portrait_studio import cli; from portrait_studio.errors import OptionError\n"
        f"try: cli.run({arguments!r}, lambda _: 1)\n"
        "except OptionError as error: print(error)\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "unicorn" in done.stdout + done.stderr


def test_tightness_needs_something_to_tighten(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("remove", photo, "--mask", mask, "--tightness", "0.5", "-o", tmp_path / "a.png") == 2
    assert "--tightness takes effect with --tighten only" in capsys.readouterr().err


def test_a_mask_of_another_kind_of_file_is_refused(
    models: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("mask", photo, "--at", "5,5", "-o", tmp_path / "mask.jpg") == 2
    assert "must end in .png" in capsys.readouterr().err


def boxes(*bounds: Bounds, kind: str = "person") -> tuple[Detection, ...]:
    return tuple(Detection(one, kind, 0.9) for one in bounds)


@pytest.fixture
def two_people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A large red person in the middle, a small one at the side, and an engine that sees them."""
    pixels = np.full((90, 120, 3), 120, np.uint8)
    pixels[15:85, 45:75] = (240, 20, 20)
    pixels[50:80, 100:112] = (240, 20, 20)
    path = tmp_path / "people.png"
    Image.fromarray(pixels).save(path)
    people = boxes(Bounds(45, 15, 75, 85), Bounds(100, 50, 112, 80))
    things = boxes(Bounds(100, 50, 112, 80), kind="dog")

    def find_in_boxes(self: Pipeline, request: FindInBoxesRequest, *_: object) -> tuple[ThingFound, ...]:
        whole, found = Bounds(0, 0, 120, 90), []
        for box in request.boxes:
            inside = np.zeros((90, 120), np.uint8)
            inside[box.intersected(whole).slices] = red_in(request.image)[box.intersected(whole).slices]
            found.append(ThingFound(box, whole, inside))
        return tuple(found)

    monkeypatch.setattr(Pipeline, "_find_in_boxes", find_in_boxes)

    def parse(self: Pipeline, *_: object) -> Structure:
        labels = np.zeros((90, 120), np.uint8)
        labels[15:85, 45:75] = 4
        return Structure(Bounds(0, 0, 120, 90), labels, np.zeros((16, 22, 30), np.float16))

    monkeypatch.setattr(Pipeline, "_detect", lambda *_: Detected(people, things))
    monkeypatch.setattr(Pipeline, "_detect_faint", lambda *_: ())
    monkeypatch.setattr(Pipeline, "_parse", parse)
    return path


def test_others_go_and_the_main_person_is_not_touched(models: Path, two_people: Path, tmp_path: Path) -> None:
    target = tmp_path / "mask.png"
    assert run("mask", two_people, "--people", "others", "-o", target, "--device", "cpu") == 0
    assert mask_bounds(pixels_of(target)) == Bounds(97, 47, 115, 83)
    assert run("mask", two_people, "--people", "all", "-o", target, "--device", "cpu") == 0
    assert mask_bounds(pixels_of(target)) == Bounds(42, 12, 115, 88)


def test_things_are_found_by_the_detectors_names_too(models: Path, two_people: Path, tmp_path: Path) -> None:
    target = tmp_path / "mask.png"
    assert run("mask", two_people, "--things", "dog", "-o", target, "--device", "cpu") == 0
    assert mask_bounds(pixels_of(target)) == Bounds(97, 47, 115, 83)


def test_others_are_removed_without_a_mask(models: Path, two_people: Path, tmp_path: Path) -> None:
    target = tmp_path / "filled.png"
    assert run("remove", two_people, "--people", "others", "-o", target, "--device", "cpu") == 0
    changed = (pixels_of(target) != pixels_of(two_people)).any(axis=2)
    assert changed[50:80, 100:112].mean() > 0.5
    assert not changed[:, :90].any()


def test_nobody_to_remove_is_said(
    models: Path,
    photo: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Pipeline, "_detect", lambda *_: Detected())
    target = tmp_path / "filled.png"
    assert run("remove", photo, "--people", "others", "-o", target, "--device", "cpu") == 2
    assert "Nobody to remove was found" in capsys.readouterr().err
    assert not target.exists()


def test_a_batch_removes_others_and_passes_over_photos_without(
    models: Path, two_people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    two_people.rename(folder / "a.png")
    assert run("batch", folder, "--people", "others", "-o", tmp_path / "out", "--device", "cpu") == 0
    assert (tmp_path / "out" / "a.png").exists()


@pytest.mark.parametrize("more", [["--mask", "m.png"], ["--tighten"]])
def test_people_stand_alone(
    models: Path, photo: Path, tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("remove", photo, "--people", "all", *more, "-o", tmp_path / "a.png") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_mask_of_damage(
    models: Path, red_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(self: Pipeline, request: FindDamageRequest, *_: object) -> DamageFound:
        return DamageFound(np.where(red_in(request.image) > 0, np.uint8(150), np.uint8(0)))

    monkeypatch.setattr(Pipeline, "_find_damage", find)
    target = tmp_path / "mask.png"
    assert run("mask", red_photo, "-o", target, "--damage", "--device", "cpu") == 0
    mask = pixels_of(target)
    assert (mask[40:60, 50:80] == 255).all()
    assert np.count_nonzero(mask) == 20 * 30 + 2 * (20 + 30), "and its rim"
    assert run("mask", red_photo, "-o", target, "--damage", "--threshold", "0.7", "--device", "cpu") == 0
    assert not pixels_of(target).any()


def test_damage_and_people_cannot_be_asked_for_together(
    red_photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "mask.png"
    assert run("mask", red_photo, "-o", target, "--damage", "--people", "all") == 2
    assert "--people" in capsys.readouterr().err
