"""What weights files say of themselves, and taking one over from elsewhere; without torch, so at once.

A safetensors file begins with the length of its header (8 bytes, little-endian) and the header as JSON, whose
`__metadata__` holds what `released.save_network` wrote.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portrait_studio.errors import ExportError, FileError, MissingFileError, WeightsError
from portrait_studio.json_text import as_int, as_list, as_object, as_text, parse_object
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import CONVENTIONS_VERSION
from portrait_studio.ordinary_file import is_ordinary, open_file, read_file

TASKS: Final = {
    "parsing": "parsing",
    "compact-completion": "completion",
    "paper-completion": "completion",
    "face": "face",
    "segmentation": "segmentation",
    "yolov3-tiny": "detection",
    "face-completion": "face-completion",
}
"""Task of each architecture that the program can use; a test holds it against the registry."""

VARIANTS: Final = ("down", "up")
"""Networks of the same task that are meant for extending the canvas that way."""

_TASK_NAMES: Final = {
    "parsing": Message("parsing"),
    "completion": Message("completion"),
    "face": Message("face"),
    "segmentation": Message("segmentation"),
    "detection": Message("detection"),
    "face-completion": Message("face completion"),
}
_MANIFEST: Final = "manifest.json"
MOST_WEIGHTS_BYTES: Final = 1 << 30
_MOST_HEADER_BYTES: Final = 16 << 20
_MOST_MANIFEST_BYTES: Final = 1 << 20
_MOST_CARD_BYTES: Final = 1 << 20
_MOST_NETWORKS: Final = 100
_MOST_DIMENSIONS: Final = 8
_MOST_LETTERS: Final = 200


def variant(task: str, way: str) -> str:
    """Name of a task's network for extending the canvas, as it stands in the manifest: "parsing-down"."""
    return f"{task}-{way}"


def every_variant(task: str) -> tuple[str, ...]:
    """The names under which networks of a task may stand in the manifest."""
    return (task, *(variant(task, way) for way in VARIANTS))


def task_of(name: str) -> str:
    """The task of a network by its name in the manifest, where it may be a variant."""
    task, _, way = name.partition("-")
    return task if way in VARIANTS else name


def way_of(name: str) -> str | None:
    """Which way a network extends the canvas by its name in the manifest; None for holes of any kind."""
    task = task_of(name)
    return None if task == name else name.removeprefix(f"{task}-")


def task_name(name: str) -> Message:
    """What the user reads for a network's name in the manifest: the same in English."""
    task = task_of(name)
    told = _TASK_NAMES.get(task, Message(task))
    if name == variant(task, "down"):
        return Message("{task}-down", task=told)
    return Message("{task}-up", task=told) if name == variant(task, "up") else told


@dataclass(frozen=True)
class WeightsInfo:
    """One weights file.

    Attributes:
        task: one of `TASKS`, or a variant; see `variant`.
        path: the file.
        sha256: that the manifest names.
        is_intact: whether the file is there and has this checksum.
        architecture: name in the registry.
        record: training record and metrics; see the model card.
    """

    task: str
    path: Path
    sha256: str
    is_intact: bool
    architecture: str
    record: dict[str, Any]

    @property
    def data(self) -> str:
        """Names of the sets that it was trained on."""
        sets = self.record.get("sets")
        return (", ".join(_short(name) for name in sets) if isinstance(sets, list) else "") or "not recorded"

    @property
    def metrics(self) -> str:
        """The first measured figures, in a few words."""
        measured = self.record.get("metrics")
        first = measured[0] if isinstance(measured, list) and measured else {}
        mean_iou = _inner(first, "parsing", "mean_iou")
        lpips, psnr = (_inner(first, "scores", "default", name) for name in ("lpips", "psnr"))
        people = _inner(first, "people")
        found = _inner(people[0], "found") if isinstance(people, list) and people else None
        if task_of(self.task) == "parsing" and isinstance(mean_iou, float):
            figure = f"mean IoU {mean_iou:.3f}"
        elif isinstance(lpips, float):
            figure = f"LPIPS {lpips:.3f}"
        elif isinstance(psnr, float):
            figure = f"PSNR {psnr:.2f}"
        elif isinstance(found, float):
            figure = f"{found:.1%} of people found"
        else:
            return "not recorded"
        cases, data = (_short(_inner(first, key) or "?") for key in ("cases", "data"))
        return f"{figure}, {cases} cases of {data}"

    @property
    def card(self) -> Path:
        """Its model card, which names data and terms."""
        return self.path.with_suffix(".md")


def _inner(content: object, *keys: str) -> object:
    """What stands below keys; None where nothing does."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _short(value: object) -> str:
    return str(value)[:_MOST_LETTERS]


def read_networks(path: Path) -> dict[str, dict[str, Any]]:
    """What a manifest says of each network, by its name there.

    Raises:
        FileError: it is missing or cannot be read.
        KeyError, ValueError: it is none.
    """
    networks = as_object(parse_object(read_file(path, _MOST_MANIFEST_BYTES))["networks"])
    as_list(list(networks), _MOST_NETWORKS)
    found = {task: as_object(entry) for task, entry in networks.items()}
    if not all(as_text(each.get("file", ""), _MOST_LETTERS).isprintable() for each in found.values()):
        raise ValueError("no name of a file")
    return found


def list_weights(folder: Path) -> list[WeightsInfo]:
    """All weights that a models folder's manifest names.

    Raises:
        WeightsError: there is no manifest, or it cannot be read.
    """
    try:
        named = [
            (task, folder / as_text(entry["file"], _MOST_LETTERS), as_text(entry["sha256"], _MOST_LETTERS))
            for task, entry in read_networks(folder / _MANIFEST).items()
        ]
    except MissingFileError:
        raise WeightsError(
            "There are no weights in {folder}; reinstall the program.", folder=folder
        ) from None
    except (FileError, ValueError, KeyError):
        raise WeightsError(
            "The list of weights in {folder} cannot be read; reinstall the program.", folder=folder
        ) from None
    return [_info(*each) for each in named]


def _info(task: str, path: Path, sha256: str) -> WeightsInfo:
    try:
        header = read_header(path).metadata
        intact = file_sha256(path) == sha256
        record = parse_object(header.get("record", "{}").encode(), is_strict=False)
    except (FileError, ValueError):
        return WeightsInfo(task, path, sha256, False, "?", {})
    return WeightsInfo(task, path, sha256, intact, _short(header.get("architecture", "?")), record)


@dataclass(frozen=True)
class Header:
    """What a weights file says before its values.

    Attributes:
        metadata: what `released.save_network` wrote.
        shapes: of each tensor, by its name.
    """

    metadata: dict[str, str]
    shapes: dict[str, tuple[int, ...]]


def read_header(path: Path) -> Header:
    """Read the header of a weights file.

    Raises:
        FileError: it is missing or cannot be read.
        ValueError: it is no weights file.
    """
    with open_file(path, MOST_WEIGHTS_BYTES) as file:
        try:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8 or length > _MOST_HEADER_BYTES:
                raise ValueError("a header of that length")
            content = parse_object(file.read(length))
        except OSError as error:
            raise ValueError("a disk that fails") from error
    metadata = as_object(content.pop("__metadata__", {}))
    shapes = {name: _shape(as_object(entry).get("shape")) for name, entry in content.items()}
    return Header({key: as_text(value, _MOST_HEADER_BYTES) for key, value in metadata.items()}, shapes)


def _shape(value: object) -> tuple[int, ...]:
    return tuple(as_int(side, 0, MOST_WEIGHTS_BYTES) for side in as_list(value, _MOST_DIMENSIONS))


def file_sha256(path: Path) -> str:
    """SHA-256 of a weights file. Raises: FileError: it is missing or cannot be read."""
    with open_file(path, MOST_WEIGHTS_BYTES) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_card(info: WeightsInfo) -> str:
    """The model card beside a weights file, Markdown.

    Raises:
        FileError: there is none, or it cannot be read.
        ValueError: it is no text.
    """
    return read_file(info.card, _MOST_CARD_BYTES).decode("utf-8")


def import_weights(source: Path, present: Path, own: Path) -> WeightsInfo:
    """Take a weights file over into the user's own models folder, beside the others that are in use.

    Args:
        source: a file that `portrait-trainer export` wrote.
        present: the models folder in use.
        own: the user's models folder, which is in use from then on; made if it does not exist.

    Returns:
        What was taken over.

    What was imported before stays. The list of the folder is written last, so that a copy that was cut off is
    not in use.

    Raises:
        WeightsError: it is no weights file, or for another version of the program; or the list of what is in
            use cannot be read.
        ExportError: the folder cannot be written.
    """
    try:
        header = read_header(source).metadata
    except (FileError, ValueError):
        raise WeightsError(
            "{source} is missing or no weights file of this program; choose another one.", source=source
        ) from None
    own_task = TASKS.get(header.get("architecture", ""))
    task = header.get("task", own_task)
    if task is None or task_of(task) != own_task or header.get("conventions") != str(CONVENTIONS_VERSION):
        raise WeightsError(
            "{source} was made for another version of the program; update one of them.", source=source
        )
    try:
        data, card = read_file(source, MOST_WEIGHTS_BYTES), source.with_suffix(".md")
        notes = read_file(card, _MOST_CARD_BYTES) if is_ordinary(card) else b""
        digest = hashlib.sha256(data).hexdigest()
        target = own / f"{task}-{digest[:12]}.safetensors"
        own.mkdir(parents=True, exist_ok=True)
        networks = _copied_list(own if (own / _MANIFEST).exists() else present, own)
        _write(target, data)
        _write(target.with_suffix(".md"), notes)
        networks[task] = {
            "file": target.name,
            "sha256": digest,
            "bytes": len(data),
            "architecture": header["architecture"],
        }
        _write(own / _MANIFEST, json.dumps({"version": 1, "networks": networks}, indent=2).encode())
    except FileError as error:
        raise WeightsError(error.message) from error
    except OSError as error:
        raise ExportError(
            "The weights cannot be copied to {own} ({reason}); make that folder writable, or free some space"
            " on its disk.",
            own=own,
            reason=error.strerror or str(error),
        ) from error
    return _info(task, target, digest)


def remove_weights(own: Path) -> None:
    """Remove the user's own models folder, so that the shipped weights are in use again.

    Raises:
        ExportError: it cannot be removed; some of it may be gone.
    """
    try:
        # Without the list nothing of it is in use, whatever becomes of the files.
        (own / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(own)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ExportError(
            "The imported weights in {own} cannot be removed ({reason}); remove that folder yourself.",
            own=own,
            reason=error.strerror or str(error),
        ) from error


def _copied_list(folder: Path, own: Path) -> dict[str, dict[str, Any]]:
    """The list of a models folder, after what it names and its cards were copied to another one."""
    try:
        networks = read_networks(folder / _MANIFEST)
        names = [Path(as_text(entry["file"], _MOST_LETTERS)).name for entry in networks.values()]
    except (FileError, ValueError, KeyError):
        raise WeightsError(
            "The list of weights in {folder} cannot be read; go back to the shipped ones first.",
            folder=folder,
        ) from None
    if folder.resolve() != own.resolve():
        for path in (folder / name for name in names):
            for each in (path, path.with_suffix(".md")):
                if is_ordinary(each):
                    shutil.copyfile(each, own / each.name)
    return networks


def _write(path: Path, data: bytes) -> None:
    """Put a file into place all at once. The layer of `imaging.atomic` lies beside this one."""
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)
