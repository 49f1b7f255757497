"""The manifest of a models folder: which file holds which network, and which network serves what.

`manifest.json` reads {"version": 1, "networks": {NAME: {"file", "sha256", "bytes", "architecture"}}}. NAME is
a task, or a task and the direction that its network extends the canvas in: "parsing", "parsing-down".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from portrait_studio.errors import FileError, MissingFileError, WeightsError
from portrait_studio.json_text import as_int, as_list, as_object, as_text, parse_object
from portrait_studio.locations import MANIFEST
from portrait_studio.messages import Message
from portrait_studio.networks.registry import TASKS
from portrait_studio.networks.weights_file import MOST_WEIGHTS_BYTES, REINSTALL, replace_file
from portrait_studio.ordinary_file import read_file

DIRECTIONS: Final = {"bottom": "down", "top": "up"}
"""By the side of the canvas that grows; other sides are filled by the networks for holes."""

_MOST_BYTES: Final = 1 << 20
_MOST_NETWORKS: Final = 100
_MOST_LETTERS: Final = 200


@dataclass(frozen=True)
class ReleasedFile:
    """What a manifest says of a network.

    Attributes:
        file: name of the weights file, in the folder of the manifest.
        sha256: of the file, in hexadecimal digits.
        bytes: size of the file.
        architecture: name in the registry.
    """

    file: str
    sha256: str
    bytes: int
    architecture: str


def network_name(task: str, side: str | None = None) -> str:
    """Name of the network for a task where a side of the canvas grows.

    Args:
        task: one of `registry.TASKS`.
        side: "top", "bottom", "left" or "right"; anything else = holes in the photo.
    """
    direction = DIRECTIONS.get(side or "")
    return task if direction is None else f"{task}-{direction}"


def network_names(task: str) -> tuple[str, ...]:
    """All names that networks of a task may have, that for holes first."""
    return (task, *(network_name(task, side) for side in DIRECTIONS))


def task_of(name: str) -> str:
    """The task of a network, by its name."""
    task, _, direction = name.rpartition("-")
    return task if direction in DIRECTIONS.values() else name


def title_of(name: str) -> Message:
    """What the user reads for a network's name: the same in English."""
    task = task_of(name)
    title = TASKS.get(task, Message(task))
    if name == network_name(task, "bottom"):
        return Message("{task}-down", task=title)
    return Message("{task}-up", task=title) if name == network_name(task, "top") else title


def read_manifest(folder: Path) -> dict[str, ReleasedFile]:
    """What the manifest of a models folder says of each network, by name.

    Raises:
        WeightsError: there is no manifest, or it cannot be read.
    """
    path = folder / MANIFEST
    try:
        networks = as_object(parse_object(read_file(path, _MOST_BYTES))["networks"])
        as_list(list(networks), _MOST_NETWORKS)
        return {name: _released_file(as_object(entry)) for name, entry in networks.items()}
    except MissingFileError:
        raise WeightsError(
            "The weights are missing: {path} does not exist. {advice}", path=path, advice=REINSTALL
        ) from None
    except (FileError, ValueError, KeyError):
        raise WeightsError(
            "The list of weights {path} cannot be read. {advice}", path=path, advice=REINSTALL
        ) from None


def _released_file(entry: Mapping[str, Any]) -> ReleasedFile:
    file = as_text(entry["file"], _MOST_LETTERS)
    if not file.isprintable():
        raise ValueError("no name of a file")
    return ReleasedFile(
        file,
        as_text(entry["sha256"], _MOST_LETTERS),
        as_int(entry["bytes"], 0, MOST_WEIGHTS_BYTES),
        as_text(entry["architecture"], _MOST_LETTERS),
    )


def write_manifest(folder: Path, networks: Mapping[str, ReleasedFile]) -> None:
    """Write the manifest of a models folder, all at once.

    Args:
        folder: that holds the files.
        networks: by name, in this order.

    Raises:
        OSError: the folder cannot be written.
    """
    listed = {name: asdict(entry) for name, entry in networks.items()}
    text = json.dumps({"version": 1, "networks": listed}, indent=2) + "\n"
    replace_file(folder / MANIFEST, text.encode())
