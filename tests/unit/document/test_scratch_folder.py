"""Temporary folders: gone with their owner, or at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from portrait_studio.document.scratch_folder import ScratchFolder, remove_abandoned

ROOT = Path(__file__).resolve().parents[3]
_HOLD = """
import sys
from portrait_studio.document.scratch_folder import ScratchFolder
folder = ScratchFolder()
(folder.path / "1.bin").write_bytes(b"x")
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def age(folder: Path) -> None:
    ago = time.time() - 3600
    os.utime(folder, (ago, ago))


def test_a_folder_goes_with_its_owner() -> None:
    folder = ScratchFolder()
    path = folder.path
    assert path.is_dir()
    folder.close()
    assert not path.exists()
    path = ScratchFolder().path
    assert not path.exists()


def test_only_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        old = tmp_path / "portrait-studio-undo-without-lock"
        old.mkdir()
        mine, young = ScratchFolder(), tmp_path / "portrait-studio-undo-young"
        young.mkdir()
        for folder in (path, old, mine.path):
            age(folder)
        remove_abandoned()
        assert (path / "1.bin").exists()
        assert not old.exists()
        assert mine.path.exists()
        assert young.exists()
        process.kill()
    age(path)
    remove_abandoned()
    assert not path.exists()
    mine.close()
