"""The weights in use, as the user sees them, and taking one over from elsewhere; without torch."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portrait_studio.errors import ExportError, FileError, WeightsError
from portrait_studio.json_text import parse_object
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.conventions import CONVENTIONS_VERSION
from portrait_studio.networks.manifest import ReleasedFile, read_manifest, task_of, write_manifest
from portrait_studio.networks.registry import ARCHITECTURES, TASKS
from portrait_studio.networks.weights_file import MOST_WEIGHTS_BYTES, file_sha256, read_header, replace_file
from portrait_studio.ordinary_file import is_ordinary, read_file

_MOST_CARD_BYTES: Final = 1 << 20
_MOST_LETTERS: Final = 200


@dataclass(frozen=True)
class WeightsInfo:
    """One weights file.

    Attributes:
        name: of the network; see `manifest.network_name`.
        path: the file.
        sha256: that the manifest names.
        is_intact: whether the file is there and has this checksum.
        architecture: name in the registry.
        record: training record and metrics; see the model card.
    """

    name: str
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
        if task_of(self.name) == "parsing" and isinstance(mean_iou, float):
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


def list_weights(folder: Path) -> list[WeightsInfo]:
    """All weights that a models folder's manifest names.

    Raises:
        WeightsError: there is no manifest, or it cannot be read.
    """
    return [_info(name, folder / one.file, one.sha256) for name, one in read_manifest(folder).items()]


def _info(name: str, path: Path, sha256: str) -> WeightsInfo:
    try:
        header = read_header(path).metadata
        intact = file_sha256(path) == sha256
        record = parse_object(header.get("record", "{}").encode(), is_strict=False)
    except (FileError, ValueError):
        return WeightsInfo(name, path, sha256, False, "?", {})
    return WeightsInfo(name, path, sha256, intact, _short(header.get("architecture", "?")), record)


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
    architecture = ARCHITECTURES.get(header.get("architecture", ""))
    task = "" if architecture is None else architecture.task
    name = header.get("task", task)
    if task not in TASKS or task_of(name) != task or header.get("conventions") != str(CONVENTIONS_VERSION):
        raise WeightsError(
            "{source} was made for another version of the program; update one of them.", source=source
        )
    try:
        data, card = read_file(source, MOST_WEIGHTS_BYTES), source.with_suffix(".md")
        notes = read_file(card, _MOST_CARD_BYTES) if is_ordinary(card) else b""
        digest = hashlib.sha256(data).hexdigest()
        target = own / f"{name}-{digest[:12]}.safetensors"
        own.mkdir(parents=True, exist_ok=True)
        networks = _copied_networks(own if (own / MANIFEST).exists() else present, own)
        replace_file(target, data)
        replace_file(target.with_suffix(".md"), notes)
        networks[name] = ReleasedFile(target.name, digest, len(data), header["architecture"])
        write_manifest(own, networks)
    except FileError as error:
        raise WeightsError(error.message) from error
    except OSError as error:
        raise ExportError(
            "The weights cannot be copied to {own} ({reason}); make that folder writable, or free some space"
            " on its disk.",
            own=own,
            reason=error.strerror or str(error),
        ) from error
    return _info(name, target, digest)


def remove_weights(own: Path) -> None:
    """Remove the user's own models folder, so that the shipped weights are in use again.

    Raises:
        ExportError: it cannot be removed; some of it may be gone.
    """
    try:
        # Without the list nothing of it is in use, whatever becomes of the files.
        (own / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(own)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ExportError(
            "The imported weights in {own} cannot be removed ({reason}); remove that folder yourself.",
            own=own,
            reason=error.strerror or str(error),
        ) from error


def _copied_networks(folder: Path, own: Path) -> dict[str, ReleasedFile]:
    """What a models folder's manifest says, after its files and cards were copied to another folder."""
    try:
        networks = read_manifest(folder)
    except WeightsError:
        raise WeightsError(
            "The list of weights in {folder} cannot be read; go back to the shipped ones first.",
            folder=folder,
        ) from None
    if folder.resolve() != own.resolve():
        for path in (folder / Path(one.file).name for one in networks.values()):
            for each in (path, path.with_suffix(".md")):
                if is_ordinary(each):
                    shutil.copyfile(each, own / each.name)
    return networks
