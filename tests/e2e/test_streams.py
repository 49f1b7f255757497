"""Commands whose streams are closed, full, or left by their reader, and commands that are stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.errors import DeviceError
from tests.e2e.test_cli import run
from tests.helpers.fake_engine import FakeEngine

COMMANDS = "-m tests.helpers.fake_commands"
FULL = "What was to be said could not be written (No space left on device).\n"


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell whose COMMANDS stands for the program."""
    full = line.replace("COMMANDS", f"'{sys.executable}' {COMMANDS}")
    here = {"PYTHONPATH": str(Path(__file__).parents[2]), **os.environ, **environment}
    script = ["bash", "-o", "pipefail", "-c", full]
    return subprocess.run(script, cwd=folder, env=here, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("streams", "code", "err"),
    [
        ("| true", 0, ""),
        (">&-", 0, ""),
        (">/dev/full", 1, f"portrait-studio: {FULL}"),
        ("2>&-", 0, ""),
        ("2>/dev/full", 0, ""),
        ("<&- >&- 2>&-", 0, ""),
    ],
)
def test_a_fill_is_written_whoever_listens(
    photo: Path, mask: Path, tmp_path: Path, streams: str, code: int, err: str
) -> None:
    done = shell(f"COMMANDS remove photo.png --mask mask.png -o o.png {streams}", tmp_path)
    assert (done.returncode, done.stderr) == (code, err)
    with Image.open(tmp_path / "o.png") as result:
        result.load()
        assert result.size == (120, 90)
    assert {path.name for path in tmp_path.iterdir()} == {"photo.png", "mask.png", "o.png"}


@pytest.mark.parametrize(
    ("streams", "code", "err"), [("| true", 0, ""), (">&-", 0, ""), (">/dev/full", 1, FULL)]
)
def test_help_is_asked_for_whoever_listens(tmp_path: Path, streams: str, code: int, err: str) -> None:
    done = shell(f"COMMANDS remove --help {streams}", tmp_path)
    assert done.returncode == code
    assert done.stderr.endswith(err)
    assert done.stderr.count("\n") == (1 if err else 0)


def test_unbuffered_streams_end_as_quietly(tmp_path: Path) -> None:
    done = shell("COMMANDS --help | true", tmp_path, PYTHONUNBUFFERED="1")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_keeps_its_code_when_nobody_listens(tmp_path: Path) -> None:
    for streams in ("2>/dev/full", ">/dev/full 2>&-"):
        assert shell(f"COMMANDS parse none.png -o o.png {streams}", tmp_path).returncode == 2


def test_a_batch_goes_on_whoever_listens(photo: Path, mask: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b", "c"):
        photo.with_name("in").joinpath(f"{name}.png").write_bytes(photo.read_bytes())
        photo.with_name("in").joinpath(f"{name}_mask.png").write_bytes(mask.read_bytes())
    done = shell("COMMANDS batch in --masks in -o out | head -1", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1/3 a.png: done\n", "")
    assert len(list((tmp_path / "out").glob("*.png"))) == 3


def test_names_that_the_terminal_cannot_write(photo: Path, mask: Path, tmp_path: Path) -> None:
    name = "Jörg\u202e.png"
    photo.rename(tmp_path / name)
    line = f"COMMANDS remove '{name}' --mask mask.png -o 'o-{name}'"
    done = shell(line, tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C.UTF-8")
    assert done.returncode == 0
    assert done.stdout.startswith("Wrote o-J\\xf6rg\\u202e.png\n")


def test_the_chatter_of_libraries_does_not_stand_before_the_sentence(
    fake: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(0).integers(0, 65535, (64, 64)).astype(np.uint16)
    Image.fromarray(noise).save(tmp_path / "deep.tif")
    data = (tmp_path / "deep.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) // 2])
    assert run("parse", tmp_path / "cut.tif", "-o", tmp_path / "o.png") == 2
    err = capfd.readouterr().err
    assert err.startswith("portrait-studio: ")
    assert err.count("\n") == 1

    def chattering(engine: FakeEngine, *_: object) -> None:
        os.write(2, b"[ WARN:0@0.801] global grfmt_tiff.cpp:123\n")
        raise DeviceError("The device is broken.")

    monkeypatch.setattr(FakeEngine, "parse", chattering)
    assert run("parse", tmp_path / "deep.tif", "-o", tmp_path / "o.png") == 2
    assert capfd.readouterr().err == "portrait-studio: The device is broken.\n"


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_stopped_command_leaves_nothing(photo: Path, tmp_path: Path, number: str, code: int) -> None:
    (tmp_path / "o.png").write_bytes(b"precious")
    arguments = ["--top", "9", "--candidates", "9", "--stages", "new/stages", "-o", "o.png"]
    here = {"PYTHONPATH": str(Path(__file__).parents[2]), **os.environ, "FAKE_DELAY_S": "0.2"}
    command = [sys.executable, *COMMANDS.split(), "extend", "photo.png", *arguments]
    # Whoever runs the tests may ignore the signal, as nohup does, and programs inherit that.
    heard = partial(signal.signal, getattr(signal, number), signal.SIG_DFL)
    program = subprocess.Popen(
        command, cwd=tmp_path, env=here, stdout=-1, stderr=-1, text=True, preexec_fn=heard
    )
    until = time.monotonic() + 60
    # The first candidate waits for the others under another name.
    while not list(tmp_path.glob(".o.png.*")) and time.monotonic() < until:
        time.sleep(0.02)
    program.send_signal(getattr(signal, number))
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (code, "")
    assert err == "portrait-studio: cancelled; nothing was written.\n"
    assert (tmp_path / "o.png").read_bytes() == b"precious"
    assert {path.name for path in tmp_path.iterdir()} == {"photo.png", "o.png"}


def test_what_nohup_has_set_stays_so(photo: Path, mask: Path, tmp_path: Path) -> None:
    line = "trap '' HUP; COMMANDS remove photo.png --mask mask.png -o o.png & sleep 1; kill -HUP $!; wait $!"
    assert shell(line, tmp_path, FAKE_DELAY_S="0.5").returncode == 0
