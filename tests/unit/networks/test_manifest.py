"""The manifest: names of networks, and which of them serves which side."""

import subprocess
import sys
from pathlib import Path

import pytest

from portrait_studio.networks.manifest import (
    ReleasedFile,
    network_name,
    network_names,
    read_manifest,
    task_of,
    title_of,
    write_manifest,
)
from portrait_studio.networks.registry import ARCHITECTURES, TASKS


@pytest.mark.parametrize("task", TASKS)
def test_every_name_tells_its_task(task: str) -> None:
    assert network_names(task) == (task, f"{task}-down", f"{task}-up")
    assert {task_of(name) for name in network_names(task)} == {task}
    assert [str(title_of(name)) for name in network_names(task)][1:] == [
        f"{TASKS[task]}-down",
        f"{TASKS[task]}-up",
    ]


def test_the_networks_for_holes_serve_where_none_is_meant_for_the_side() -> None:
    served = {side: network_name("parsing", side) for side in ("bottom", "top", "left", "right", "any", None)}
    assert served.pop("bottom") == "parsing-down"
    assert served.pop("top") == "parsing-up"
    assert set(served.values()) == {"parsing"}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    listed = {name: ReleasedFile(f"{name}.safetensors", "ab" * 32, 5, "face") for name in ("b", "a")}
    write_manifest(tmp_path, listed)
    assert read_manifest(tmp_path) == listed
    assert list(read_manifest(tmp_path)) == ["b", "a"]


def test_every_architecture_serves_a_task_or_only_training() -> None:
    assert {entry.task for entry in ARCHITECTURES.values()} == {*TASKS, "discriminator"}


def test_the_window_lists_weights_without_torch() -> None:
    code = "import portrait_studio.networks.catalog, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
