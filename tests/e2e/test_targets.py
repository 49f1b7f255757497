"""What a command would write is looked at before it runs: nothing of the user's is overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.locations import MODELS_VARIABLE, resources_dir
from tests.e2e.test_cli import assert_refused, run
from tests.helpers.fake_engine import FakeEngine

Told = pytest.CaptureFixture[str]


@pytest.fixture
def unused(fake: FakeEngine) -> FakeEngine:
    """An engine that must not be asked for anything."""
    fake.photo_parse_error = AssertionError("work was begun")
    return fake


def files_of(folder: Path) -> dict[Path, bytes | str]:
    """All files with what is in them, and where links lead."""
    return {
        path: str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("name", ["photo-parsing.png", "photo-heatmaps.png", "hole-1-blended.png"])
@pytest.mark.parametrize("role", ["photo", "mask", "output"])
def test_pictures_of_stages_spare_photo_mask_and_result(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, name: str, role: str, capsys: Told
) -> None:
    paths = {"photo": photo, "mask": mask, "output": tmp_path / "out.png"}
    if role == "output":
        paths["output"] = tmp_path / name
    else:
        paths[role] = paths[role].rename(tmp_path / name)
    arguments = ["remove", paths["photo"], "--mask", paths["mask"], "-o", paths["output"]]
    assert_refused(capsys, tmp_path, [*arguments, "--stages", tmp_path], name)
    assert_refused(capsys, tmp_path, [*arguments, "--stages", tmp_path / "." / "x" / ".."], name)


def test_pictures_of_stages_may_lie_beside_photo_and_mask(
    fake: FakeEngine, photo: Path, mask: Path, tmp_path: Path
) -> None:
    named_alike = photo.rename(tmp_path / "photo-original.png")
    arguments = ["remove", named_alike, "--mask", mask, "-o", tmp_path / "hole-1-mine.png"]
    for _ in range(2):
        assert run(*arguments, "--stages", tmp_path) == 0
    assert (tmp_path / "hole-1-blended.png").exists()


Make = Callable[[Path, Path], Path]
"""Makes another name of a file in a folder."""


def symbolic(source: Path, folder: Path) -> Path:
    path = folder / "link.png"
    path.symlink_to(source)
    return path


def through_a_linked_folder(source: Path, folder: Path) -> Path:
    (folder / "linked").symlink_to(source.parent)
    return folder / "linked" / source.name


def hard(source: Path, folder: Path) -> Path:
    path = folder / "second.png"
    os.link(source, path)
    return path


def roundabout(source: Path, folder: Path) -> Path:
    (folder / "sub").mkdir()
    return folder / "sub" / ".." / source.name


NAMES = [symbolic, through_a_linked_folder, hard, roundabout]


@pytest.mark.parametrize("other_name", NAMES)
@pytest.mark.parametrize("role", ["photo", "mask"])
def test_a_source_by_another_name_is_no_target(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, role: str, other_name: Make, capsys: Told
) -> None:
    target = other_name(photo if role == "photo" else mask, tmp_path)
    sources = ["--mask", mask]
    assert_refused(capsys, tmp_path, ["remove", photo, *sources, "-o", target], "overwritten")
    assert_refused(
        capsys,
        tmp_path,
        ["remove", photo, *sources, "-o", tmp_path / "o.png", "--record", target],
        "overwritten",
    )
    assert_refused(capsys, tmp_path, ["extend", photo, *sources, "--top", "9", "-o", target], "overwritten")
    assert_refused(capsys, tmp_path, ["parse", photo, *sources, "-o", target], "overwritten")
    assert_refused(capsys, tmp_path, ["mask", photo, "--around", mask, "-o", target], "overwritten")
    assert_refused(
        capsys,
        tmp_path,
        ["parse", photo, *sources, "-o", tmp_path / "o.png", "--overlay", target],
        "overwritten",
    )


def test_a_link_among_the_stages_is_no_way_to_the_photo(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, capsys: Told
) -> None:
    stages = tmp_path / "stages"
    (stages / "candidate-2").mkdir(parents=True)
    (stages / "candidate-2" / "hole-3-texture.png").symlink_to(photo)
    arguments = ["extend", photo, "--top", "9", "-o", tmp_path / "o.png", "--stages", stages]
    assert_refused(capsys, tmp_path, [*arguments, "--candidates", "2"], "hole-3-texture.png", "photo.png")
    shutil.rmtree(stages / "candidate-2")
    (stages / "candidate-2").symlink_to(stages)
    assert_refused(capsys, tmp_path, [*arguments, "--candidates", "2"], "same folder")


@pytest.mark.parametrize(
    "arguments",
    [
        ["remove", "{photo}", "--mask", "{mask}", "-o", "k.png", "--record", "k.png"],
        ["remove", "{photo}", "--mask", "{mask}", "-o", "k.png", "--record", "./x/../k.png"],
        ["remove", "{photo}", "--mask", "{mask}", "-o", "k.png", "--record", "K.PNG"],
        ["remove", "{photo}", "--mask", "{mask}", "-o", "one.png", "--record", "two.png"],
        ["extend", "{photo}", "--top", "9", "--candidates", "2", "-o", "k.png", "--record", "k-2.png"],
        ["extend", "{photo}", "--top", "9", "--candidates", "2", "-o", "one.png", "--record", "two.png"],
        ["parse", "{photo}", "-o", "x.png", "--overlay", "x.png"],
        ["parse", "{photo}", "-o", "x.png", "--overlay", "X.png"],
        ["parse", "{photo}", "-o", "one.png", "--overlay", "two.png"],
    ],
)
def test_two_targets_are_two_files(
    unused: FakeEngine,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Told,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.png").symlink_to("two.png")  # which need not exist
    filled_in = [text.format(photo=photo.name, mask=mask.name) for text in arguments]
    assert_refused(capsys, tmp_path, [*filled_in], "would be the same file")


def test_a_later_candidate_spares_the_photo(
    unused: FakeEngine, photo: Path, tmp_path: Path, capsys: Told
) -> None:
    source = photo.rename(tmp_path / "k-3.png")
    arguments = ["extend", source, "--top", "9", "--candidates", "3", "-o", tmp_path / "k.png"]
    assert_refused(capsys, tmp_path, arguments, "k-3.png")


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (os.mkfifo, "not an ordinary file"),
        (lambda path: path.symlink_to(path.name), "leads back to itself"),
        (lambda path: path.symlink_to("/dev/null"), "not an ordinary file"),
        (lambda path: path.symlink_to("none/t.png"), "There is no folder"),
        (lambda path: (path.write_bytes(b"keep me"), path.chmod(0o444)), "write-protected"),
    ],
    ids=["folder", "pipe", "loop", "device", "link to nowhere", "protected"],
)
def test_what_cannot_be_replaced_is_refused_before_the_work(
    unused: FakeEngine,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    make: Callable[[Path], object],
    word: str,
    capsys: Told,
) -> None:
    target, good = tmp_path / "t.png", tmp_path / "o.png"
    make(target)
    fill = ["remove", photo, "--mask", mask, "-o"]
    assert_refused(capsys, tmp_path, [*fill, target], word)
    assert_refused(capsys, tmp_path, [*fill, good, "--record", target], word)
    assert_refused(capsys, tmp_path, ["parse", photo, "-o", good, "--overlay", target], word)
    assert_refused(capsys, tmp_path, ["extend", photo, "--top", "9", "-o", target], word)
    if word != "is a folder":
        stage = tmp_path / "stages" / "hole-1-composite.png"
        stage.parent.mkdir()
        make(stage)
        assert_refused(capsys, tmp_path, [*fill, good, "--stages", stage.parent], word)


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("none/t.png", "There is no folder"),
        ("photo.png/t.png", "There is no folder"),
        ("n" * 300 + ".png", "could not be written"),
        ("/proc/t.png", "/proc"),
        ("/dev/full", "ordinary file"),
    ],
)
def test_where_nothing_can_be_is_refused_before_the_work(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, target: str, word: str, capsys: Told
) -> None:
    path, good = tmp_path / target, tmp_path / "o.png"
    fill = ["remove", photo, "--mask", mask, "-o"]
    if path.suffix:
        assert_refused(capsys, tmp_path, [*fill, path], word)
    assert_refused(capsys, tmp_path, [*fill, good, "--record", path], word)


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("photo.png", "no folder"),
        ("photo.png/a/b", "cannot be made in"),
        ("/proc/a", "/proc"),
        ("n" * 300, "name"),
    ],
)
def test_a_folder_that_cannot_be_is_refused_before_the_work(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, folder: str, word: str, capsys: Told
) -> None:
    target = tmp_path / "o.png"
    fill = ["remove", photo, "--mask", mask, "-o", target]
    assert_refused(capsys, tmp_path, [*fill, "--stages", tmp_path / folder], word)
    assert_refused(capsys, tmp_path, [*fill, "--stages", target / "deeper"], "would be a folder as well")


def test_a_full_disk_is_told_before_the_work(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, capsys: Told
) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        arguments = ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png"]
        assert_refused(capsys, tmp_path, arguments, "not enough space")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_weights_and_the_demo_are_no_targets(
    unused: FakeEngine,
    untrained_models: Path,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Told,
) -> None:
    models = tmp_path / "models"
    shutil.copytree(untrained_models, models)
    monkeypatch.setenv(MODELS_VARIABLE, str(models))
    arguments = ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png"]
    assert_refused(capsys, tmp_path, [*arguments, "--record", models / "manifest.json"], "manifest.json")
    demo = resources_dir() / "demo" / "photo.png"
    before = demo.read_bytes()
    assert_refused(capsys, tmp_path, ["demo", "-o", demo], "overwritten")
    assert_refused(capsys, tmp_path, ["demo", "-o", symbolic(demo, tmp_path)], "overwritten")
    assert demo.read_bytes() == before


def test_a_replay_spares_record_and_photo(
    fake: FakeEngine, photo: Path, mask: Path, tmp_path: Path, capsys: Told
) -> None:
    record = tmp_path / "record.png"  # nobody forbids it
    assert run("remove", photo, "--mask", mask, "-o", tmp_path / "o.png", "--record", record) == 0
    capsys.readouterr()
    for source in (record, photo):
        for other_name in (symbolic, hard):
            target = other_name(source, tmp_path)
            assert_refused(capsys, tmp_path, ["replay", record, photo, "-o", target], "overwritten")
            target.unlink()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--seed", "-1"],
        ["--seed", str(2**63)],
        ["--seed", "1.5"],
        ["--seed", "9" * 5000],
        ["--quality", "0"],
        ["--quality", "101"],
        ["--quality", "best"],
        ["--intent", "person"],
        ["--device", "tpu"],
    ],
)
def test_impossible_options_are_refused_before_the_work(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, arguments: list[str], capsys: Told
) -> None:
    target = tmp_path / "o.png"
    assert_refused(
        capsys, tmp_path, ["remove", photo, "--mask", mask, "-o", target, *arguments], arguments[0]
    )
    assert_refused(capsys, tmp_path, ["extend", photo, "--top", "9", "-o", target, *arguments], arguments[0])
    folder = tmp_path / "results"
    assert_refused(
        capsys, tmp_path, ["batch", tmp_path, "--remove", "bag", "-o", folder, *arguments], arguments[0]
    )


@pytest.mark.parametrize("growth", ["-1", "2.5", "10001", "9" * 5000, "wide"])
def test_an_impossible_growth_is_refused_before_the_work(
    unused: FakeEngine, photo: Path, tmp_path: Path, growth: str, capsys: Told
) -> None:
    batch = ["batch", tmp_path, "--remove", "bag", "-o", tmp_path / "out", "--grow", growth]
    assert_refused(capsys, tmp_path, batch, "--grow takes a whole number")


def test_a_folder_is_told_from_a_name_without_an_ending(
    unused: FakeEngine, photo: Path, mask: Path, tmp_path: Path, capsys: Told
) -> None:
    (tmp_path / "d").mkdir()
    for target, words in (
        (tmp_path / "d", "is a folder;"),
        (Path(), "is a folder;"),
        (tmp_path / "o", "ending"),
    ):
        assert_refused(capsys, tmp_path, ["remove", photo, "--mask", mask, "-o", target], words)
        assert_refused(capsys, tmp_path, ["extend", photo, "--top", "9", "-o", target], words)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--candidates", "17"], "--candidates"),
        (["--candidates", "two"], "--candidates"),
        (["--candidates", "2", "--seed", str(2**63 - 1)], "seed"),
        (["--bottom", "9" * 5000], "length"),
        (["--ratio", "1:" + "9" * 5000], "ratio"),
    ],
)
def test_impossible_extensions_are_refused_before_the_work(
    unused: FakeEngine, photo: Path, tmp_path: Path, arguments: list[str], word: str, capsys: Told
) -> None:
    extend = ["extend", photo, "--top", "9", "-o", tmp_path / "o.png"]
    assert_refused(capsys, tmp_path, [*extend, *arguments], word)


def test_what_the_format_cannot_hold_is_refused_before_the_work(
    unused: FakeEngine, tmp_path: Path, capsys: Told
) -> None:
    wide, mask = tmp_path / "wide.png", tmp_path / "mask.png"
    Image.fromarray(np.zeros((8, 17_000, 3), np.uint8)).save(wide)
    covered = np.zeros((8, 17_000), np.uint8)
    covered[2:4, 2:4] = 255
    Image.fromarray(covered).save(mask)
    target = tmp_path / "o.webp"
    assert_refused(capsys, tmp_path, ["remove", wide, "--mask", mask, "-o", target], "at most 16383")
    assert_refused(capsys, tmp_path, ["extend", wide, "--top", "9", "-o", target], "at most 16383")


@pytest.mark.parametrize("error", [MemoryError(), OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_all_or_nothing_when_a_later_candidate_fails(
    fake: FakeEngine,
    photo: Path,
    tmp_path: Path,
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Told,
) -> None:
    (tmp_path / "k.png").write_bytes(b"precious")
    before = files_of(tmp_path)
    complete = FakeEngine.complete

    def failing(engine: FakeEngine, *arguments: object) -> object:
        if len(engine.requests) == 2:
            raise error
        return complete(engine, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeEngine, "complete", failing)
    arguments = ["extend", photo, "--top", "9", "--candidates", "3", "--stages", tmp_path / "stages"]
    code = run(*arguments, "-o", tmp_path / "k.png", "--record", tmp_path / "r.json")
    told = capsys.readouterr()
    assert code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert files_of(tmp_path) == before
    assert not (tmp_path / "stages").exists()


@pytest.mark.parametrize("number", range(6))
def test_all_or_nothing_when_the_disk_fails_later(
    fake: FakeEngine,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Told,
) -> None:
    for name in ("o.png", "r.json", "hole-1-blended.png"):
        (tmp_path / name).write_bytes(b"precious")
    before, sync, synced = files_of(tmp_path), os.fsync, []

    def fail(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > number:
            raise OSError(28, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    arguments = ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png", "--stages", tmp_path]
    assert run(*arguments, "--record", tmp_path / "r.json") == 2
    assert "not enough space" in capsys.readouterr().err
    assert files_of(tmp_path) == before


@pytest.fixture
def folders(photo: Path, mask: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Two photos, their masks, and the results of an earlier batch."""
    made = tmp_path / "in", tmp_path / "masks", tmp_path / "out"
    for folder in made:
        folder.mkdir()
    for name in ("a.png", "b.png"):
        shutil.copy(photo, made[0] / name)
        shutil.copy(mask, made[1] / name)
    return made


@pytest.mark.parametrize("kind", ["link to a photo", "link to a mask", "second name", "both one file"])
@pytest.mark.parametrize("again", ["--overwrite", "--resume"])
def test_a_batch_writes_through_no_link(
    unused: FakeEngine, folders: tuple[Path, Path, Path], kind: str, again: str, capsys: Told
) -> None:
    photos, masks, results = folders
    target = results / "b.png"
    if kind == "link to a photo":
        target.symlink_to(photos / "a.png")
    elif kind == "link to a mask":
        target.symlink_to(masks / "b.png")
    elif kind == "second name":
        os.link(photos / "b.png", target)
    else:
        target.symlink_to(results / "a.png")
    arguments = ["batch", photos, "--masks", masks, "-o", results, again]
    assert_refused(capsys, photos.parent, arguments, "b.png")


def test_a_batch_spares_its_sources_by_other_folders(
    unused: FakeEngine, folders: tuple[Path, Path, Path], tmp_path: Path, capsys: Told
) -> None:
    photos, masks, _ = folders
    (tmp_path / "linked").symlink_to(photos)
    for output in (tmp_path / "linked", photos / ".", tmp_path / "masks" / ".." / "in"):
        arguments = ["batch", photos, "--masks", masks, "-o", output, "--overwrite"]
        assert_refused(capsys, tmp_path, arguments, "among the sources")


def test_the_report_of_a_batch_is_a_file_of_its_own(
    unused: FakeEngine, folders: tuple[Path, Path, Path], tmp_path: Path, capsys: Told
) -> None:
    photos, masks, results = folders
    batch = ["batch", photos, "--masks", masks, "-o", results]
    (photos / "a.json").symlink_to("a.png")
    assert_refused(capsys, tmp_path, [*batch, "--report", photos / "a.json"], "a.png", "overwritten")
    (results / "r.json").symlink_to("b.png")
    assert_refused(capsys, tmp_path, [*batch, "--report", results / "r.json"], "same file")
    assert_refused(capsys, tmp_path, [*batch, "--report", tmp_path / "none" / "r.json"], "no folder")
    (results / "report.json").write_text('{"mine": 1}')
    assert_refused(capsys, tmp_path, batch, "no report of a batch")


@pytest.mark.parametrize("folder", ["o.png", "/proc/results", "n" * 300, "pipe/x"])
def test_results_that_can_lie_nowhere_are_refused_before_the_work(
    unused: FakeEngine, folders: tuple[Path, Path, Path], tmp_path: Path, folder: str, capsys: Told
) -> None:
    photos, masks, _ = folders
    (tmp_path / "o.png").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    batch = ["batch", photos, "--masks", masks, "-o", tmp_path / folder]
    assert_refused(capsys, tmp_path, batch, folder.split("/")[-2 if "pipe" in folder else -1][:20])


@pytest.mark.parametrize("photos", ["none", "in/a.png", "n" * 300, "loop"])
def test_photos_that_are_in_no_folder_are_one_sentence(
    unused: FakeEngine, folders: tuple[Path, Path, Path], tmp_path: Path, photos: str, capsys: Told
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    batch = ["batch", tmp_path / photos, "--remove", "bag", "-o", tmp_path / "new"]
    assert_refused(capsys, tmp_path, batch, photos[:20])
