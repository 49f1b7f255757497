"""Recording an edit and repeating it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.document.document import Document
from portrait_studio.document.edit_record import read_record, record_edit, write_record
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fills import fill_step
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest
from portrait_studio.errors import ProjectError
from portrait_studio.imaging.reading import read_photo
from tests.e2e.test_cli import pixels_of, run


@pytest.fixture
def recorded(models: Path, photo: Path, mask: Path, tmp_path: Path) -> Path:
    """A record of a fill of the photo, whose result is first.png."""
    record = tmp_path / "record.json"
    arguments = ("remove", photo, "--mask", mask, "-o", tmp_path / "first.png", "--record", record)
    assert run(*arguments, "--seed", 7, "--device", "cpu") == 0
    return record


def test_a_replay_gives_the_same_file(
    recorded: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("replay", recorded, photo, "-o", tmp_path / "again.png") == 0
    told = capsys.readouterr()
    assert "Identical to the recorded result, bit for bit" in told.out
    assert told.err == ""
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "first.png").read_bytes()
    assert (tmp_path / "first.png").read_bytes() != photo.read_bytes()


def test_a_fill_by_the_general_network_is_repeated(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, first, again = (tmp_path / name for name in ("general.json", "first.png", "again.png"))
    how = ("--method", "general", "--device", "cpu", "--record", record)
    assert run("remove", photo, "--mask", mask, "-o", first, *how) == 0
    fill = json.loads(record.read_text())["fills"][0]
    assert fill["method"] == "general"
    assert set(fill["weights"]) == {"parsing", "segmentation", "general-completion"}
    assert run("replay", record, photo, "-o", again) == 0
    assert again.read_bytes() == first.read_bytes()
    assert "bit for bit" in capsys.readouterr().out


def test_the_record_holds_no_pixels_and_survives_reading_and_writing(
    recorded: Path, photo: Path, tmp_path: Path
) -> None:
    content = json.loads(recorded.read_text())
    assert content["fills"][0]["seed"] == 7
    assert set(content["fills"][0]["weights"]) >= {"parsing", "completion"}
    assert recorded.stat().st_size < 4000
    write_record(read_record(recorded), tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == recorded.read_bytes()


def test_another_photo_is_refused_unless_told(
    recorded: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = pixels_of(photo).copy()
    pixels[0, 0, 0] ^= 1
    other = tmp_path / "other.png"
    Image.fromarray(pixels).save(other)
    target = tmp_path / "again.png"
    assert run("replay", recorded, other, "-o", target) == 2
    assert "other.png is not the photo that the edit was made of (photo.png" in capsys.readouterr().err
    assert not target.exists()
    assert run("replay", recorded, other, "-o", target, "--anyway") == 0
    assert "differs from the recorded one" in capsys.readouterr().err
    assert target.exists()


def test_a_photo_of_another_size_is_refused_even_so(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "small.png"
    Image.fromarray(np.zeros((40, 40, 3), np.uint8)).save(other)
    assert run("replay", recorded, other, "-o", tmp_path / "again.png", "--anyway") == 2
    assert "make them the same size" in capsys.readouterr().err


def test_other_weights_are_refused_unless_told(
    recorded: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(recorded.read_text())
    content["fills"][0]["weights"]["parsing"] = "0" * 64
    recorded.write_text(json.dumps(content))
    assert run("replay", recorded, photo, "-o", tmp_path / "again.png") == 2
    assert "The weights for parsing are not those" in capsys.readouterr().err
    assert run("replay", recorded, photo, "-o", tmp_path / "again.png", "--anyway") == 0
    assert "Identical" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 9, "program": "5.0"}, r"newer version of the program \(5\.0\)"),
        ({"format": "x"}, "damaged or no edit record"),
        ({"fills": [{}]}, "damaged"),
        ({"photo": None}, "damaged"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    recorded: Path, change: dict[str, object], sentence: str
) -> None:
    recorded.write_text(json.dumps(json.loads(recorded.read_text()) | change))
    with pytest.raises(ProjectError, match=sentence):
        read_record(recorded)
    recorded.write_text("{")
    with pytest.raises(ProjectError, match="damaged"):
        read_record(recorded)
    with pytest.raises(ProjectError, match="There is no file"):
        read_record(recorded.with_name("none.json"))


SPECKS = ((slice(100, 104), slice(50, 54)), (slice(200, 204), slice(330, 334)))
PATCH = ((slice(60, 180), slice(120, 260)),)


@pytest.mark.parametrize(
    ("option", "old_value", "version", "holes"),
    [("hole_by_hole", True, 3, SPECKS), ("robust", False, 4, PATCH)],
    ids=["before specks took a short way", "before haze was kept out"],
)
def test_older_records_are_repeated_as_they_were_made(
    models: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    old_value: bool,
    version: int,
    holes: tuple[tuple[slice, slice], ...],
) -> None:
    y, x = np.mgrid[0:300, 0:400]
    pixels = np.stack([x / 2, y / 2, 128 + 60 * np.sin((x + y) / 5)], axis=2).astype(np.uint8)
    path, record = tmp_path / "photo.png", tmp_path / "record.json"
    Image.fromarray(pixels).save(path)
    mask = np.zeros((300, 400), np.uint8)
    for hole in holes:
        mask[hole] = 255
    results = []
    for value in (old_value, not old_value):
        document = Document(read_photo(path))
        edit = document.edit_mask()
        edit.replace(mask)
        painted = edit.finish()
        assert painted is not None
        options = replace(CompletionOptions(), **{option: value})
        request = CompletionRequest(pixels, mask, options)
        candidate = Candidate.of(request, Pipeline(models).run(request))
        filled = fill_step(document, Candidates.first(candidate))
        write_record(record_edit(Snapshot(document, [Step("Mask", painted), filled], 2)), record)
        if value is old_value:
            content = json.loads(record.read_text())
            content["version"] = version
            assert content["fills"][0].pop(option) is old_value
            record.write_text(json.dumps(content))
        again = tmp_path / "again.png"
        assert run("replay", record, path, "-o", again) == 0
        assert "bit for bit" in capsys.readouterr().out
        results.append(pixels_of(again))
    assert not np.array_equal(*results)


def test_a_record_remembers_the_page(
    models: Path, mask: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = np.ascontiguousarray(pixels_of(photo)[:, ::-1])
    scans, record, first, again = (
        tmp_path / name for name in ("scans.tif", "r.json", "first.png", "again.png")
    )
    Image.open(photo).save(scans, save_all=True, append_images=[Image.fromarray(second)])
    how = ("--mask", mask, "--device", "cpu", "--record", record)
    assert run("remove", scans, "--page", 3, "-o", first, *how) == 2
    assert "has no page 3" in capsys.readouterr().err
    assert run("remove", scans, "--page", 2, "-o", first, *how) == 0
    assert "This is page 2 of the 2 in the file" in capsys.readouterr().err
    assert json.loads(record.read_text())["photo"]["page"] == 2
    assert read_record(record).page == 2
    outside = pixels_of(mask) == 0
    changed = (pixels_of(first) != second).any(2)
    assert not changed[:20].any()
    assert outside[:20].all()
    assert run("replay", record, scans, "-o", again) == 0
    assert "bit for bit" in capsys.readouterr().out
    # The same picture alone is as good.
    alone = tmp_path / "alone.png"
    Image.fromarray(second).save(alone)
    assert run("replay", record, alone, "-o", again) == 0
    assert "bit for bit" in capsys.readouterr().out
