"""Batches in several processes and on a cluster: as in one, whatever becomes of the workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from portrait_studio.locations import MODELS_VARIABLE
from tests.e2e.test_cli import pixels_of, run

COUNT = 8
ROOT = Path(__file__).resolve().parents[2]
needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed: pip install 'portrait-studio[cluster]'"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def folders(models: Path, photo: Path, mask: Path, tmp_path: Path) -> tuple[Path, Path]:
    photos, masks = tmp_path / "photos", tmp_path / "masks"
    photos.mkdir()
    masks.mkdir()
    for number in range(COUNT):
        shutil.copy(photo, photos / f"{number}.png")
        shutil.copy(mask, masks / f"{number}.png")
    (photos / "3.png").write_bytes(b"damaged")
    return photos, masks


@pytest.fixture
def alone(folders: tuple[Path, Path], tmp_path: Path) -> Path:
    """The results of one process."""
    target = tmp_path / "alone"
    assert run(*command(*folders, target)) == 1
    return target


def command(photos: Path, masks: Path, target: Path) -> list[object]:
    return ["batch", photos, "--masks", masks, "-o", target, "--device", "cpu", "--threads", 1]


def lines_of(folder: Path) -> list[dict[str, Any]]:
    path = folder / "report.json"
    lines: list[dict[str, Any]] = json.loads(path.read_text())["photos"] if path.exists() else []
    return lines


def assert_same(one: Path, other: Path) -> None:
    """Two batches did the same, apart from where and how fast."""
    reports = []
    for folder in (one, other):
        lines = lines_of(folder)
        reports.append([{**line, "seconds": 0, "output": Path(line["output"]).name} for line in lines])
    assert reports[0] == reports[1]
    assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in other.iterdir())
    for path in one.glob("*.png"):
        assert np.array_equal(pixels_of(path), pixels_of(other / path.name))


def workers_of(models: Path, mark: str) -> list[int]:
    """Processes that fill with these weights, by what their command line holds."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            told = (folder / "environ").read_bytes() if folder.name.isdigit() else b""
            line = (folder / "cmdline").read_bytes() if told else b""
        except OSError:
            continue
        if f"{MODELS_VARIABLE}={models}".encode() in told and mark.encode() in line:
            found.append(int(folder.name))
    return found


def batch_that_loses_a_worker(
    arguments: list[object], models: Path, target: Path, mark: str
) -> subprocess.CompletedProcess[str]:
    """Run a batch in a process of its own, and kill one of its workers in the middle."""
    words = [sys.executable, "-m", "portrait_studio", *map(str, arguments)]
    found_at = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    here = {**os.environ, "PYTHONPATH": found_at, MODELS_VARIABLE: str(models)}
    with subprocess.Popen(
        words, env=here, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 240
        while len(lines_of(target)) < 2:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)
        workers = workers_of(models, mark)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        out, err = process.communicate(timeout=240)
    assert len(lines_of(target)) == COUNT
    return subprocess.CompletedProcess(words, process.returncode, out, err)


@linux
def test_processes_do_as_one_though_one_is_killed(
    folders: tuple[Path, Path], alone: Path, models: Path, tmp_path: Path
) -> None:
    target = tmp_path / "several"
    done = batch_that_loses_a_worker([*command(*folders, target), "--jobs", 2], models, target, "spawn_main")
    assert done.returncode == 1, done.stderr
    assert done.stdout.count(": done") == COUNT - 1
    assert f"{COUNT} photos: {COUNT - 1} done, 1 failed" in done.stdout
    assert_same(alone, target)
    assert not workers_of(models, "spawn_main")


@needs_ray
@linux
def test_a_cluster_does_as_one_process_though_an_actor_is_killed(
    folders: tuple[Path, Path], alone: Path, models: Path, tmp_path: Path
) -> None:
    target = tmp_path / "cluster"
    arguments = [*command(*folders, target), "--cluster", "local", "--jobs", 2]
    done = batch_that_loses_a_worker(arguments, models, target, "ray::ClusterWorker")
    assert done.returncode == 1, done.stderr
    assert done.stdout.count(": done") == COUNT - 1
    assert_same(alone, target)
    assert not workers_of(models, "ray::ClusterWorker")


def test_results_that_are_there_are_kept_by_processes_too(
    folders: tuple[Path, Path], alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "0.png").unlink()
    assert run(*command(*folders, alone), "--jobs", 2, "--resume") == 1
    assert f"{COUNT} photos: 1 done, {COUNT - 2} kept, 1 failed" in capsys.readouterr().out
    assert [line["outcome"] for line in lines_of(alone)] == ["done", "kept", "kept", "failed"] + ["kept"] * 4


def test_without_ray_a_sentence_names_the_extra(
    folders: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert run(*command(*folders, tmp_path / "results"), "--cluster", "auto") == 2
    assert "pip install 'portrait-studio[cluster]'" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
