"""The command line from arguments to files, with small untrained networks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio import __version__, cli
from portrait_studio.locations import MODELS_VARIABLE
from portrait_studio.networks.conventions import LABEL_COLOURS

Run = Callable[..., int]


def no_window(_photo: Path | None) -> int:
    raise AssertionError("no window was asked for")


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments], no_window)


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("method", ["default", "network", "patches", "general"])
def test_remove_fills_the_hole_and_nothing_else(
    models: Path, photo: Path, mask: Path, tmp_path: Path, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before, target = photo.read_bytes(), tmp_path / "filled.png"
    code = run("remove", photo, "--mask", mask, "-o", target, "--method", method, "--device", "cpu")
    told = capsys.readouterr()
    assert code == 0
    assert ("knows nothing of people" in told.err) == (method == "general")
    assert len(told.err.splitlines()) == (method == "general")
    assert "1 hole on CPU" in told.out
    assert "parsing" in told.out
    assert "0 pixels changed outside the mask" in told.out
    changed = (pixels_of(target) != pixels_of(photo)).any(axis=2)
    assert changed[30:60, 40:80].mean() > 0.5
    changed[28:62, 38:82] = False
    assert not changed.any()
    assert photo.read_bytes() == before


def test_about_says_what_is_installed(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("about", "--device", "cpu") == 0
    told = capsys.readouterr()
    assert f"Portrait Studio {__version__}" in told.out
    assert "Device: CPU (" in told.out
    assert "parsing" in told.out.partition("Weights in ")[2]
    assert told.err == ""


def test_same_seed_same_file(models: Path, photo: Path, mask: Path, tmp_path: Path) -> None:
    targets = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for target, seed in zip(targets, (4, 4, 5), strict=True):
        assert run("remove", photo, "--mask", mask, "-o", target, "--seed", seed, "--device", "cpu") == 0
    assert targets[0].read_bytes() == targets[1].read_bytes()
    assert targets[0].read_bytes() != targets[2].read_bytes()


def test_stages_are_written(models: Path, photo: Path, mask: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "stages"
    assert run("remove", photo, "--mask", mask, "-o", tmp_path / "o.png", "--stages", folder) == 0
    names = {path.name for path in folder.iterdir()}
    wanted = {"completion", "texture", "composite", "blended", "parsing", "heatmaps"}
    assert {f"hole-1-{stage}.png" for stage in wanted} <= names
    assert {"photo-parsing.png", "photo-heatmaps.png"} <= names
    with Image.open(folder / "photo-parsing.png") as parsing:
        assert parsing.mode == "P"
        assert parsing.getpalette()[:54] == [channel for colour in LABEL_COLOURS for channel in colour]
    assert np.array_equal(pixels_of(folder / "hole-1-blended.png"), pixels_of(tmp_path / "o.png"))


@pytest.mark.parametrize("with_mask", [False, True])
def test_parse_writes_a_map_of_the_photos_size(
    models: Path, photo: Path, mask: Path, tmp_path: Path, with_mask: bool
) -> None:
    target, overlay = tmp_path / "map.png", tmp_path / "overlay.png"
    extra = ["--mask", mask] if with_mask else []
    assert run("parse", photo, *extra, "-o", target, "--overlay", overlay) == 0
    labels = pixels_of(target)
    assert labels.shape == (90, 120)
    assert labels.max() < 18
    laid = pixels_of(overlay)
    assert laid.shape == (90, 120, 3)
    assert np.array_equal(laid[labels == 0], pixels_of(photo)[labels == 0])


def test_demo_fills_the_shipped_photo(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("demo", "-o", tmp_path / "demo.jpg", "--method", "network") == 0
    assert "Open the window with: portrait-studio" in capsys.readouterr().out
    assert pixels_of(tmp_path / "demo.jpg").shape == (512, 512, 3)


def test_quality_is_obeyed(models: Path, photo: Path, mask: Path, tmp_path: Path) -> None:
    sizes = []
    for quality in (20, 95):
        target = tmp_path / f"{quality}.jpg"
        assert run("remove", photo, "--mask", mask, "-o", target, "--quality", quality) == 0
        sizes.append(target.stat().st_size)
    assert sizes[0] < sizes[1]


BAD_PHOTOS = {
    "missing": None,
    "empty": b"",
    "no image": b"To be, or not to be, that is the question.",
    "cut off": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
}


@pytest.mark.parametrize("content", BAD_PHOTOS.values(), ids=BAD_PHOTOS.keys())
def test_bad_photo(
    models: Path, mask: Path, tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "bad.png"
    if content is not None:
        photo.write_bytes(content)
    for command in (["remove", photo, "--mask", mask], ["parse", photo]):
        assert_refused(capsys, tmp_path, [*command, "-o", tmp_path / "out.png"], "bad.png")


def assert_refused(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[object], *words: str
) -> None:
    """Exit code 2, one sentence with these words, and no file touched."""
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
    assert run(*arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("portrait-studio: ")
    assert told.err.count("\n") == 1
    assert told.err.endswith((".\n", "?\n"))
    for word in words:
        assert word in told.err
    assert {path: path.lstat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize(
    ("shape", "value", "word"),
    [((90, 120), 0, "empty"), ((90, 120), 255, "whole photo"), ((120, 90), 255, "90 x 120")],
)
def test_bad_mask(
    models: Path,
    photo: Path,
    tmp_path: Path,
    shape: tuple[int, int],
    value: int,
    word: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mask = tmp_path / "bad-mask.png"
    Image.fromarray(np.full(shape, value, np.uint8)).save(mask)
    assert_refused(capsys, tmp_path, ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png"], word)


@pytest.mark.parametrize(
    ("output", "word"),
    [("no/such/folder/o.png", "folder"), ("o.xyz", "ending"), ("", "photo.png"), (".", "folder")],
)
def test_bad_output(
    models: Path,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    output: str,
    word: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / output if output else photo
    assert_refused(capsys, tmp_path, ["remove", photo, "--mask", mask, "-o", target], word)


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        (["--sead", "3"], "did you mean --seed?"),
        (["--device", "abacus"], "abacus"),
        (["--method", "magic"], "magic"),
        (["--seed", "three"], "three"),
        (["--seed", "-1"], "seed"),
        (["--quality", "101"], "quality"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_options(
    models: Path,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    extra: list[str],
    word: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png", *extra]
    assert_refused(capsys, tmp_path, arguments, word)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["remvoe"], "did you mean remove?"),
        (["no-such-photo.jpg"], "no-such-photo.jpg"),
        (["--verbose"], "--help"),
        (["remove"], "PHOTO"),
        (["parse"], "PHOTO"),
        (["demo"], "--output"),
    ],
)
def test_bad_commands(
    tmp_path: Path, arguments: list[object], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(capsys, tmp_path, arguments, word)


def test_stages_folder_that_cannot_be(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png", "--stages", photo / "stages"]
    assert_refused(capsys, tmp_path, arguments, "stages")


def test_map_must_be_png(
    models: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(capsys, tmp_path, ["parse", photo, "-o", tmp_path / "map.jpg"], ".png")


def test_missing_weights(
    photo: Path,
    mask: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "nowhere"))
    assert_refused(capsys, tmp_path, ["remove", photo, "--mask", mask, "-o", tmp_path / "o.png"], "weights")
    assert_refused(capsys, tmp_path, ["parse", photo, "-o", tmp_path / "o.png"], "weights")


def test_damaged_weights(
    untrained_models: Path,
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for path in untrained_models.iterdir():
        (folder / path.name).write_bytes(path.read_bytes()[: -1 if path.suffix == ".safetensors" else None])
    monkeypatch.setenv(MODELS_VARIABLE, str(folder))
    assert_refused(capsys, tmp_path, ["parse", photo, "-o", tmp_path / "o.png"], "damaged")


def test_cancelling_writes_nothing(
    models: Path,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("portrait_studio.engine.pipeline.Pipeline._complete", interrupted)
    assert run("remove", photo, "--mask", mask, "-o", tmp_path / "o.png") == 130
    assert "cancelled" in capsys.readouterr().err
    assert not (tmp_path / "o.png").exists()


def test_window_opens_without_a_command(photo: Path) -> None:
    opened: list[Path | None] = []

    def window(path: Path | None) -> int:
        opened.append(path)
        return 7

    assert cli.run([], window) == 7
    assert cli.run([str(photo)], window) == 7
    assert opened == [None, photo]


@pytest.mark.parametrize("command", ["remove", "extend", "replay", "batch", "parse", "demo"])
def test_the_help_of_a_command_doubles_no_percent_sign(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.run([command, "--help"], lambda photo: 0)
    said = capsys.readouterr().out
    assert f"portrait-studio {command}" in said
    assert "%%" not in said


def test_help_and_version_need_no_torch() -> None:
    program = (
        "import sys\n"
        "from portrait_studio import cli\n"
        "try:\n"
        "    cli.run([sys.argv[1]], lambda photo: 0)\n"
        "finally:\n"
        "    assert not {'torch', 'cv2', 'PySide6'} & set(sys.modules)\n"
    )
    for option, word in (("--help", "remove"), ("--version", __version__)):
        done = subprocess.run([sys.executable, "-c", program, option], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert word in done.stdout
