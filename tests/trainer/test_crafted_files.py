"""Files of the trainer that are damaged or crafted are one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portrait_studio.errors import DataSetError, OptionError
from trainer.data.poses import read_blazepose
from trainer.evaluation.report import read_json
from trainer.recipes.files import load_recipe

NESTED = "[" * 100_000


@pytest.mark.parametrize("text", [NESTED, '{"a": {"landmarks": [], "size": [1e999, 1]}}', '{"a": 1e999}'])
def test_crafted_poses_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "poses.json").write_text(text)
    with pytest.raises(DataSetError, match="are damaged"):
        read_blazepose(tmp_path / "poses.json")


@pytest.mark.parametrize("text", [NESTED, "5", '{"format": []}'])
def test_crafted_metrics_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(DataSetError, match="metrics"):
        read_json(tmp_path / "metrics.json")


def test_crafted_recipes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for content in (b"a = " + b"[" * 100_000, b"\xff", b"a"):
        path.write_bytes(content)
        with pytest.raises(OptionError, match="cannot be read"):
            load_recipe(str(path))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OptionError, match="not an ordinary file"):
        load_recipe(str(path))
