"""Borrowing from another photo on the command line, recording that, and repeating it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.imaging.reading import read_photo
from tests.e2e.test_cli import pixels_of, run
from tests.helpers.other_photos import drawn_scene, seen_again


@pytest.fixture
def files(models: Path, tmp_path: Path) -> dict[str, Path]:
    """A photo, a mask for it, and another photo of the same scene."""
    scene = drawn_scene()
    mask = np.zeros(scene.shape[:2], np.uint8)
    mask[120:190, 90:170] = 255
    pictures = {"photo": scene, "mask": mask, "other": seen_again(scene)[0]}
    paths = {name: tmp_path / f"{name}.png" for name in pictures}
    for name, picture in pictures.items():
        Image.fromarray(picture).save(paths[name])
    return paths | {"out": tmp_path / "out.png", "record": tmp_path / "record.json"}


def test_a_fill_borrows_is_recorded_and_repeated(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    photo, mask, other, out, record = (files[name] for name in ("photo", "mask", "other", "out", "record"))
    arguments = ("remove", photo, "--mask", mask, "--reference", other, "-o", out, "--record", record)
    assert run(*arguments, "--device", "cpu") == 0
    assert "From other.png: what both show" in capsys.readouterr().out
    hole = pixels_of(mask) > 0
    assert np.abs(pixels_of(out).astype(int) - pixels_of(photo))[hole].mean() < 8

    fill = json.loads(record.read_text())["fills"][0]
    assert [reference["name"] for reference in fill["references"]] == ["other.png"]
    assert fill["loans"] == [{"hole": 0, "reference": "other.png", "part": "scene"}]

    packet = read_photo(out).metadata.xmp
    assert b'stRef:filePath="other.png" stRef:fromPart="scene"' in packet

    again = out.with_name("again.png")
    assert run("replay", record, photo, "-o", again) == 2
    assert "other.png is missing; give each with --reference" in capsys.readouterr().err
    assert run("replay", record, photo, "--reference", other, "-o", again) == 0
    assert "Identical to the recorded result, bit for bit" in capsys.readouterr().out


def test_a_reference_is_read_like_any_photo_and_never_written(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    photo, mask, other = (files[name] for name in ("photo", "mask", "other"))
    before = other.read_bytes()
    assert run("remove", photo, "--mask", mask, "--reference", other, "-o", other) == 2
    assert other.read_bytes() == before
    empty = other.with_name("empty.jpg")
    empty.write_bytes(b"")
    assert run("remove", photo, "--mask", mask, "--reference", empty, "-o", files["out"]) == 2
    assert "empty.jpg is empty" in capsys.readouterr().err
    assert not files["out"].exists()
