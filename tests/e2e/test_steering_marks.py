"""From where may be copied, said on the command line, kept in records and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.document.edit_record import read_record
from portrait_studio.document.packed_plane import unpack_plane
from portrait_studio.imaging.geometry import Extent
from tests.e2e.test_cli import pixels_of, run

SIZE = (160, 120)


@pytest.fixture
def two_sides(tmp_path: Path) -> Path:
    """Noise that is red to the left and green to the right."""
    pixels = np.random.default_rng(4).integers(0, 60, (SIZE[1], SIZE[0], 3)).astype(np.uint8)
    pixels[:, :80, 0] += 190
    pixels[:, 80:, 1] += 190
    Image.fromarray(pixels).save(tmp_path / "sides.png")
    return tmp_path / "sides.png"


def marked(folder: Path, name: str, columns: slice, rows: slice = slice(None)) -> Path:
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    mask[rows, columns] = 255
    Image.fromarray(mask).save(folder / name)
    return folder / name


def test_marks_are_obeyed_recorded_and_replayed(
    models: Path, two_sides: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hole = marked(tmp_path, "hole.png", slice(60, 100), slice(40, 80))
    left, far = marked(tmp_path, "left.png", slice(0, 80)), marked(tmp_path, "far.png", slice(130, 160))
    base = ("remove", two_sides, "--mask", hole, "--method", "patches", "--device", "cpu")
    assert run(*base, "-o", tmp_path / "plain.png") == 0
    record, first = tmp_path / "record.json", tmp_path / "first.png"
    steered = ("--no-copy", left, "--copy-from", far, "--record", record)
    assert run(*base, "-o", first, *steered) == 0
    assert not np.array_equal(pixels_of(first), pixels_of(tmp_path / "plain.png"))
    content = json.loads(record.read_text())
    assert content["version"] == 7
    variant = read_record(record).fills[0].how.variants[0]
    plane = unpack_plane(variant.sources, Extent(*SIZE))
    assert [int(plane[0, column]) for column in (0, 79, 80, 129, 130, 159)] == [1, 1, 0, 0, 2, 2]
    capsys.readouterr()
    assert run("replay", record, two_sides, "-o", tmp_path / "again.png") == 0
    assert "bit for bit" in capsys.readouterr().out
    assert (tmp_path / "again.png").read_bytes() == first.read_bytes()


def test_marks_steer_an_extension(models: Path, two_sides: Path, tmp_path: Path) -> None:
    left = marked(tmp_path, "left.png", slice(0, 80))
    record = tmp_path / "record.json"
    base = ("extend", two_sides, "--bottom", "30", "--method", "patches", "--device", "cpu")
    assert run(*base, "-o", tmp_path / "wide.png", "--no-copy", left, "--record", record) == 0
    fill = read_record(record).fills[0]
    plane = unpack_plane(fill.how.variants[0].sources, fill.canvas.extent)
    assert plane.shape == (150, 160)
    assert plane[:120, :80].all()
    assert not plane[120:].any()


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [(slice(0, 160), "Nothing may be copied"), (slice(0, 0), "The mask of --no-copy is empty")],
)
def test_marks_that_cannot_be_meant_are_a_sentence(
    models: Path,
    two_sides: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    columns: slice,
    sentence: str,
) -> None:
    hole = marked(tmp_path, "hole.png", slice(60, 100), slice(40, 80))
    bad = marked(tmp_path, "bad.png", columns)
    out = tmp_path / "out.png"
    assert run("remove", two_sides, "--mask", hole, "--no-copy", bad, "-o", out) == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()
