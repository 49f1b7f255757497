"""The trainer's real command, from packs to a resumed run, in processes of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.tiny_packs import write_figures
from trainer.training.run_state import load_state

ROOT = Path(__file__).resolve().parents[2]


def trainer(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trainer", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_figures(tmp_path_factory.mktemp("packs"), 3)


def test_train_then_resume_from_the_command_line(packs: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ["--data", str(packs), "--run", str(run), "--device", "cpu", "--precision", "float32"]
    first = trainer("train", "tiny-parsing", *options, "--size", "96", "--stop-after", "1")
    assert first.returncode == 0, first.stderr
    assert "tiny-parsing: step 0 of 4 on CPU (float32)" in first.stderr
    second = trainer("train", "tiny-parsing", *options, "--resume", "--steps", "2")
    assert second.returncode == 0, second.stderr
    assert "tiny-parsing: step 1 of 2 on CPU (float32)" in second.stderr
    assert "Traceback" not in first.stderr + second.stderr
    state = load_state(run)
    assert (state.step, state.recipe.data.size) == (2, 96)
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2]
    assert {"parsing", "refined", "heatmaps", "rate", "images_per_s"} <= set(lines[0])
