"""The command `extend`, and extensions in batches and edit records, with small untrained networks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.e2e.test_cli import pixels_of, run


def test_the_photo_is_in_the_result_bit_for_bit(
    models: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.png"
    assert run("extend", photo, "--bottom", "33%", "--left", "7px", "-o", target, "--device", "cpu") == 0
    told = capsys.readouterr()
    assert "120 x 90 became 127 x 120; 0 pixels of the photo changed" in told.out
    assert told.err == ""
    result = pixels_of(target)
    assert result.shape == (120, 127, 3)
    assert np.array_equal(result[:90, 7:], pixels_of(photo))
    assert len(np.unique(result[90:].reshape(-1, 3), axis=0)) > 20


def test_a_ratio_and_a_mask_with_it(models: Path, photo: Path, mask: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    arguments = ("--ratio", "1:1", "--bottom", "10", "--mask", mask, "-o", target, "--device", "cpu")
    assert run("extend", photo, *arguments) == 0
    result = pixels_of(target)
    assert result.shape == (120, 120, 3)
    same = (result[:90] == pixels_of(photo)).all(axis=2)
    assert same[30:60, 40:80].mean() < 0.5
    same[28:62, 38:82] = True
    assert same.all()


def test_candidates_differ_and_stages_are_written(models: Path, photo: Path, tmp_path: Path) -> None:
    arguments = ("--top", "12", "--candidates", 2, "--stages", tmp_path / "stages", "--device", "cpu")
    assert run("extend", photo, *arguments, "-o", tmp_path / "out.png") == 0
    first, second = pixels_of(tmp_path / "out.png"), pixels_of(tmp_path / "out-2.png")
    assert np.array_equal(first[12:], second[12:])
    assert not np.array_equal(first, second)
    assert (tmp_path / "stages" / "hole-1-blended.png").exists()
    assert (tmp_path / "stages" / "candidate-2" / "hole-1-blended.png").exists()


def test_what_goes_too_far_is_said_and_done(
    models: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("extend", photo, "--bottom", "100%", "-o", tmp_path / "out.png", "--method", "network") == 0
    assert "further than can be done well at once" in capsys.readouterr().err
    assert pixels_of(tmp_path / "out.png").shape == (180, 120, 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say how far to extend the canvas"),
        (("--bottom", "33 percent"), "'33 percent' is no length; write it like 33%, 64px or 64."),
        (("--top=-5",), "'-5' is no length"),
        (("--ratio", "tall"), "'tall' is no ratio"),
        (("--bottom", "0"), "The canvas would stay as it is"),
        (("--bottom", "9999999"), "megapixels that fit; extend it less"),
        (("--bottom", "9", "--candidates", "0"), "--candidates takes a whole number from 1 to 16, not '0'."),
        (("--botom", "9"), "did you mean --bottom?"),
    ],
)
def test_bad_input_is_one_sentence(
    models: Path,
    photo: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("extend", photo, *arguments, "-o", tmp_path / "out.png") == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_record_repeats_an_extension(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "record.json"
    arguments = ("--bottom", "40%", "--top", "5%", "--mask", mask, "--record", record, "--method", "network")
    assert run("extend", photo, *arguments, "-o", tmp_path / "first.png") == 0
    assert json.loads(record.read_text())["fills"][0]["canvas"] == [0, -4, 120, 126]
    capsys.readouterr()
    assert run("replay", record, photo, "-o", tmp_path / "again.png") == 0
    assert "Identical to the recorded result, bit for bit" in capsys.readouterr().out
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "first.png").read_bytes()


def test_a_batch_extends_each_photo_by_its_own_size(models: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, height in (("a", 64), ("b", 96)):
        rows = np.arange(height, dtype=np.uint8)[:, None, None]
        Image.fromarray(np.broadcast_to(rows, (height, 70, 3)).copy()).save(photos / f"{name}.png")
    assert run("batch", photos, "-o", tmp_path / "results", "--bottom", "25%", "--device", "cpu") == 0
    assert pixels_of(tmp_path / "results" / "a.png").shape == (80, 70, 3)
    assert pixels_of(tmp_path / "results" / "b.png").shape == (120, 70, 3)


def test_a_batch_must_be_told_what_to_do(
    models: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("batch", photo.parent, "-o", tmp_path / "results") == 2
    assert "Say what to fill" in capsys.readouterr().err
