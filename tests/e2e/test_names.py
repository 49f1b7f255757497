"""Names of files that are no text, that steer a terminal, that are hidden or rare."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio import cli
from portrait_studio.errors import DeviceError, MaskError, WeightsError
from portrait_studio.imaging.reading import SUFFIXES_READ, read_photo
from tests.e2e.test_cli import assert_refused, no_window, run
from tests.helpers.fake_engine import FakeEngine

Told = pytest.CaptureFixture[str]
ODD = [b"a.png", b"b\xff\xfe.png", b"c\nd.png", b"e\x1b[31m.png", "f\u202egpj.png".encode(), b"g.png"]


@pytest.fixture
def odd(photo: Path, mask: Path, tmp_path: Path) -> Path:
    """A folder of photos with odd names, and masks for them."""
    for folder, source in (("in", photo), ("masks", mask)):
        (tmp_path / folder).mkdir()
        for name in ODD:
            (tmp_path / folder / os.fsdecode(name)).write_bytes(source.read_bytes())
    return tmp_path


@pytest.mark.parametrize("report", ["r.json", "r.csv"])
def test_a_batch_does_all_of_them(fake: FakeEngine, odd: Path, report: str, capsys: Told) -> None:
    results = odd / "out"
    batch = ["batch", odd / "in", "--masks", odd / "masks", "-o", results, "--report", odd / report]
    assert run(*batch) == 0
    told = capsys.readouterr()
    assert [line.partition(": ")[0] for line in told.out.splitlines()] == [
        "1/6 a.png", r"2/6 b\xff\xfe.png", r"3/6 c\nd.png", r"4/6 e\x1b[31m.png", r"5/6 f\u202egpj.png",
        "6/6 g.png", "6 photos",
    ]  # fmt: skip
    assert told.err == ""
    assert sorted(os.listdir(os.fsencode(results))) == sorted(ODD)  # noqa: PTH208
    text = (odd / report).read_text("utf-8")
    names = [os.fsdecode(name) for name in ODD]
    if report == "r.json":
        assert [Path(line["photo"]).name for line in json.loads(text)["photos"]] == names
    else:
        said = [Path(line["photo"]).name for line in csv.DictReader(io.StringIO(text, newline=""))]
        assert said == [r"b\udcff\udcfe.png" if b"\xff" in name else os.fsdecode(name) for name in ODD]


@pytest.mark.parametrize("name", [b"x\xff.png", b"x\ny.png", b"x\x1b]0;title\x07.png"])
def test_every_sentence_is_one_line_of_text(
    fake: FakeEngine, photo: Path, mask: Path, tmp_path: Path, name: bytes, capsys: Told
) -> None:
    odd = tmp_path / os.fsdecode(name)
    shown = "x\\"
    fill = ["remove", photo, "--mask", mask, "-o"]
    assert_refused(capsys, tmp_path, ["remove", odd, "--mask", mask, "-o", tmp_path / "o.png"], shown)
    assert_refused(capsys, tmp_path, [*fill, odd.with_suffix(".xyz")], shown)
    assert_refused(capsys, tmp_path, [*fill, tmp_path / odd.name / "o.png"], shown)
    assert_refused(capsys, tmp_path, ["batch", odd, "--remove", "bag", "-o", tmp_path / "out"], shown)
    assert_refused(capsys, tmp_path, [*fill, tmp_path / "o.png", odd.name], shown)
    assert_refused(capsys, tmp_path, [odd], shown)
    assert run(*fill, odd) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"Wrote {tmp_path}/x\\")
    assert told.out.isascii()
    assert "\x1b" not in told.out
    assert odd.exists()


def test_hidden_files_are_no_photos_and_others_are_named(
    fake: FakeEngine, photo: Path, tmp_path: Path, capsys: Told
) -> None:
    photos = tmp_path / "in"
    (photos / "folder.png").mkdir(parents=True)
    (photos / "a.png").write_bytes(photo.read_bytes())
    for hidden in ("._a.png", ".DS_Store", ".hidden.png"):
        (photos / hidden).write_bytes(b"\x00\x05\x16\x07")
    (photos / "loop.png").symlink_to("loop.png")
    os.mkfifo(photos / "pipe.png")
    for number in range(5):
        (photos / f"notes-{number}.txt").write_text("no photo")
    assert run("batch", photos, "--top", "9", "-o", tmp_path / "out") == 0
    told = capsys.readouterr()
    assert "1 photos: 1 done" in told.out
    names = "loop.png, notes-0.txt, notes-1.txt, notes-2.txt, notes-3.txt and 2 more"
    assert told.err == f"portrait-studio: Left out what is no photo by its name: {names}.\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "report.json"]


def test_hidden_masks_are_no_masks(fake: FakeEngine, photo: Path, mask: Path, tmp_path: Path) -> None:
    photos = tmp_path / "in"
    photos.mkdir()
    (photos / "a.png").write_bytes(photo.read_bytes())
    (photos / "a_mask.png").write_bytes(mask.read_bytes())
    (photos / "._a_mask.png").write_bytes(b"\x00\x05\x16\x07")
    assert run("batch", photos, "--masks", photos, "-o", tmp_path / "out") == 0


RARE = {
    ".jfif": ("JPEG", ".jfif"),
    ".jpe": ("JPEG", ".jpe"),
    ".JIF": ("JPEG", ".JIF"),
    ".mpo": ("MPO", ".jpg"),
    ".apng": ("PNG", ".png"),
    ".pnm": ("PPM", ".png"),
    ".pgm": ("PPM", ".png"),
    ".pbm": ("PPM", ".png"),
    ".jpx": ("JPEG2000", ".png"),
    ".j2k": ("JPEG2000", ".png"),
}


def test_rare_names_of_photos_are_taken(fake: FakeEngine, photo: Path, tmp_path: Path) -> None:
    photos = tmp_path / "in"
    photos.mkdir()
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    for suffix, (kind, _) in RARE.items():
        more = {"save_all": True, "append_images": [picture]} if kind == "MPO" else {}
        with (photos / f"a{suffix[1:]}{suffix}").open("wb") as file:
            {".pgm": picture.convert("L"), ".pbm": picture.convert("1")}.get(suffix, picture).save(
                file, kind, **more
            )
    assert run("batch", photos, "--top", "9", "-o", tmp_path / "out") == 0
    results = {path.name for path in (tmp_path / "out").iterdir()} - {"report.json"}
    assert results == {f"a{suffix[1:]}{ending}" for suffix, (_, ending) in RARE.items()}
    for suffix, (kind, ending) in RARE.items():
        written = read_photo(tmp_path / "out" / f"a{suffix[1:]}{ending}")
        assert (written.extent.width, written.extent.height) == (120, 99)
        if kind in ("JPEG", "MPO"):
            assert written.metadata.source_format == "JPEG"
    assert {suffix.lower() for suffix in RARE} <= SUFFIXES_READ


def test_the_window_gets_a_whole_path(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path | None] = []

    def window(path: Path | None) -> int:
        opened.append(path)
        return 0

    (photo.parent / "sub").mkdir()
    (photo.parent / "linked.png").symlink_to(photo)
    monkeypatch.chdir(photo.parent / "sub")
    for name in ("../photo.png", "../sub/../linked.png"):
        assert cli.run([name], window) == 0
    monkeypatch.chdir(photo.parent)
    assert cli.run(["photo.png"], window) == 0
    # A link keeps its own name.
    assert opened == [photo, photo.parent / "linked.png", photo]


@pytest.mark.parametrize("name", ["n" * 300, "loop", "photo.png/x"])
def test_what_is_no_photo_opens_no_window(
    photo: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.chdir(photo.parent)
    Path("loop").symlink_to("loop")
    assert cli.run([name], no_window) == 2
    assert "There is no photo" in capsys.readouterr().err


ERRORS = [DeviceError("The device is broken."), WeightsError("The weights are damaged.")]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("number", [0, 1])
def test_a_batch_that_cannot_go_on_leaves_nothing_or_says_what_is_done(
    fake: FakeEngine,
    photo: Path,
    tmp_path: Path,
    error: Exception,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Told,
) -> None:
    photos, results = tmp_path / "in", tmp_path / "new" / "out"
    photos.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        (photos / name).write_bytes(photo.read_bytes())
    complete = FakeEngine.complete

    def failing(engine: FakeEngine, *arguments: object) -> object:
        if len(engine.requests) == number:
            raise error
        return complete(engine, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeEngine, "complete", failing)
    batch = ["batch", photos, "--top", "9", "-o", results]
    assert run(*batch) == (1 if number else 2)
    err = capsys.readouterr().err
    assert str(error) in err
    assert err.count("\n") == 1
    if number == 0:
        assert not (tmp_path / "new").exists()
    else:
        assert "stopped after 1 of 3 photos" in err
        assert sorted(path.name for path in results.iterdir()) == ["a.png", "report.json"]


def test_a_command_needs_no_folder_for_undoing(
    fake: FakeEngine, photo: Path, mask: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden() -> None:
        raise AssertionError("a folder was made")

    monkeypatch.setattr("portrait_studio.document.delta_store.ScratchFolder", forbidden)
    monkeypatch.setattr("portrait_studio.document.document._LEAST_UNDO_BYTES", 1)
    covered = np.full((90, 120), 255, np.uint8)
    covered[:2] = 0
    Image.fromarray(covered).save(mask)
    record = tmp_path / "r.json"
    assert run("remove", photo, "--mask", mask, "-o", tmp_path / "o.png", "--record", record) == 0
    assert run("extend", photo, "--mask", mask, "--top", "40%", "-o", tmp_path / "o.png") == 0
    assert run("replay", record, photo, "-o", tmp_path / "again.png", "--anyway") == 0


def test_a_mask_that_fails_is_one_photo_of_a_batch(
    fake: FakeEngine, odd: Path, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    def failing(*_: object) -> None:
        raise MaskError("b\nad")

    monkeypatch.setattr("portrait_studio.imaging.mask_file.read_mask", failing)
    assert run("batch", odd / "in", "--masks", odd / "masks", "-o", odd / "out") == 1
    assert len(capsys.readouterr().out.splitlines()) == 7
