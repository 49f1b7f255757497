"""What weights files say of themselves, and taking one over from elsewhere; without torch, so at once.

A safetensors file begins with the length of its header (8 bytes, little-endian) and the header as JSON, whose
`__metadata__` holds what `released.save_network` wrote.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portrait_studio.errors import ExportError, WeightsError
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import CONVENTIONS_VERSION

TASKS: Final = {
    "parsing": "parsing",
    "compact-completion": "completion",
    "paper-completion": "completion",
    "face": "face",
    "segmentation": "segmentation",
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
    "face-completion": Message("face completion"),
}
_MANIFEST: Final = "manifest.json"
_MOST_HEADER_BYTES: Final = 16 << 20


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
        return ", ".join(str(name) for name in self.record.get("sets", ())) or "not recorded"

    @property
    def metrics(self) -> str:
        """The first measured figures, in a few words."""
        measured = self.record.get("metrics") or [{}]
        first = measured[0] if isinstance(measured[0], dict) else {}
        parsing, scores = first.get("parsing", {}), first.get("scores", {}).get("default", {})
        if task_of(self.task) == "parsing" and "mean_iou" in parsing:
            figure = f"mean IoU {parsing['mean_iou']:.3f}"
        elif "psnr" in scores:
            figure = f"PSNR {scores['psnr']:.2f}"
        else:
            return "not recorded"
        return f"{figure}, {first.get('cases', '?')} cases of {first.get('data', '?')}"

    @property
    def card(self) -> Path:
        """Its model card, which names data and terms."""
        return self.path.with_suffix(".md")


def list_weights(folder: Path) -> list[WeightsInfo]:
    """All weights that a models folder's manifest names.

    Raises:
        WeightsError: there is no manifest, or it cannot be read.
    """
    try:
        networks = json.loads((folder / _MANIFEST).read_text("utf-8"))["networks"]
        named = [
            (task, folder / str(entry["file"]), str(entry["sha256"])) for task, entry in networks.items()
        ]
    except FileNotFoundError:
        raise WeightsError(
            "There are no weights in {folder}; reinstall the program.", folder=folder
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise WeightsError(
            "The list of weights in {folder} cannot be read; reinstall the program.", folder=folder
        ) from None
    return [_info(*each) for each in named]


def _info(task: str, path: Path, sha256: str) -> WeightsInfo:
    try:
        header = _header(path)
        intact = _sha256(path) == sha256
        record = json.loads(header.get("record", "{}"))
    except (WeightsError, ValueError):
        return WeightsInfo(task, path, sha256, False, "?", {})
    return WeightsInfo(task, path, sha256, intact, header.get("architecture", "?"), record)


def _header(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _MOST_HEADER_BYTES:
                raise ValueError("a header of that length")
            header = json.loads(file.read(length))["__metadata__"]
            return {str(key): str(value) for key, value in header.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        raise WeightsError(
            "{path} is missing or no weights file of this program; choose another one.", path=path
        ) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    header = _header(source)
    own_task = TASKS.get(header.get("architecture", ""))
    task = header.get("task", own_task)
    if task is None or task_of(task) != own_task or header.get("conventions") != str(CONVENTIONS_VERSION):
        raise WeightsError(
            "{source} was made for another version of the program; update one of them.", source=source
        )
    try:
        data, card = source.read_bytes(), source.with_suffix(".md")
        notes = card.read_bytes() if card.is_file() else b""
        digest = hashlib.sha256(data).hexdigest()
        target = own / f"{task}-{digest[:12]}.safetensors"
        own.mkdir(parents=True, exist_ok=True)
        content = _copied_list(own if (own / _MANIFEST).exists() else present, own)
        _write(target, data)
        _write(target.with_suffix(".md"), notes)
        content["networks"][task] = {
            "file": target.name,
            "sha256": digest,
            "bytes": len(data),
            "architecture": header["architecture"],
        }
        _write(own / _MANIFEST, json.dumps(content, indent=2).encode())
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


def _copied_list(folder: Path, own: Path) -> dict[str, Any]:
    """The list of a models folder, after what it names and its cards were copied to another one."""
    try:
        content: dict[str, Any] = json.loads((folder / _MANIFEST).read_text("utf-8"))
        names = [Path(str(entry["file"])).name for entry in content["networks"].values()]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WeightsError(
            "The list of weights in {folder} cannot be read; go back to the shipped ones first.",
            folder=folder,
        ) from None
    if folder.resolve() != own.resolve():
        for path in (folder / name for name in names):
            for each in (path, path.with_suffix(".md")):
                if each.is_file():
                    shutil.copyfile(each, own / each.name)
    return content


def _write(path: Path, data: bytes) -> None:
    """Put a file into place all at once. The layer of `imaging.atomic` lies beside this one."""
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)
