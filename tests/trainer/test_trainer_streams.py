"""The trainer's own errors, and streams that nobody reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainer.__main__ import main


def test_an_error_is_one_line_whatever_a_name_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / os.fsdecode(b"a\nb\x1b[1m\xff")
    assert main(["prepare", "photos", str(odd), str(tmp_path / "packs")]) == 2
    err = capsys.readouterr().err
    assert err.startswith("portrait-trainer: ")
    assert err.count("\n") == 1
    assert r"a\nb\x1b[1m\xff" in err


@pytest.mark.parametrize(("streams", "code", "lines"), [("| true", 0, 0), (">/dev/full", 1, 1)])
def test_a_list_that_nobody_reads_ends_without_a_traceback(
    tmp_path: Path, streams: str, code: int, lines: int
) -> None:
    line = f"'{sys.executable}' -m trainer prepare --list {streams}"
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=tmp_path, env=here, capture_output=True, text=True
    )
    assert done.returncode == code
    assert done.stderr.count("\n") == lines
    assert "Traceback" not in done.stderr
