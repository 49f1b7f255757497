"""Released weights: safetensors files that describe themselves, and the manifest that names their SHA-256."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from portrait_studio.errors import FileError, MissingFileError, WeightsError
from portrait_studio.json_text import as_text, parse_object
from portrait_studio.messages import Message
from portrait_studio.networks.catalog import (
    Header,
    file_sha256,
    read_header,
    read_networks,
    task_name,
    task_of,
    variant,
)
from portrait_studio.networks.conventions import CONVENTIONS_VERSION
from portrait_studio.networks.folding import check_folds
from portrait_studio.networks.registry import ARCHITECTURES, build_network, tensor_shapes

MANIFEST = "manifest.json"
_MOST_LETTERS = 200
_REINSTALL = Message("Reinstall the program, or copy the models folder from a complete installation.")
_UPDATE = Message("Update the program or the file.")


@dataclass(frozen=True, eq=False)
class LoadedNetwork:
    """A network ready for use.

    Attributes:
        module: in eval mode, float32, on the CPU.
        task: one of `catalog.TASKS`.
        architecture: name in the registry.
        config: the frozen dataclass that shaped it.
        sha256: of the file.
        metadata: training record and metrics as they stand in the file.
        folds: which batch normalisation may be folded into which convolution, by names of layers; see
            `folding.fold_batch_norm`.
    """

    module: nn.Module
    task: str
    architecture: str
    config: Any
    sha256: str
    metadata: dict[str, Any]
    folds: dict[str, str] = field(default_factory=dict)


def read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Manifest entries by task: {"parsing": {"file": ..., "sha256": ..., "bytes": ...}, ...}.

    Raises:
        WeightsError: there is no manifest, or it cannot be read.
    """
    path = folder / MANIFEST
    try:
        return read_networks(path)
    except MissingFileError:
        raise WeightsError(
            "The weights are missing: {path} does not exist. {advice}", path=path, advice=_REINSTALL
        ) from None
    except (FileError, ValueError, KeyError):
        raise WeightsError(
            "The list of weights {path} cannot be read. {advice}", path=path, advice=_REINSTALL
        ) from None


def load_network(task: str, folder: Path) -> LoadedNetwork:
    """Load the released network of a task, verified by SHA-256; nothing in the file is executed.

    Args:
        task: one of `catalog.TASKS`.
        folder: the models folder.

    Raises:
        WeightsError: missing, damaged, made for other conventions or by a newer version.
    """
    entry = read_manifest(folder).get(task)
    if entry is None:
        raise WeightsError(
            "There are no weights for {task} in {folder}. {advice}",
            task=task_name(task),
            folder=folder,
            advice=_REINSTALL,
        )
    path = folder / str(entry.get("file", ""))
    digest = _sha256(path)
    if digest != entry.get("sha256"):
        raise WeightsError(
            "The weights file {path} is damaged (its checksum differs). {advice}",
            path=path,
            advice=_REINSTALL,
        )
    return _load(path, task, digest)


def load_file(task: str, path: Path) -> LoadedNetwork:
    """Load a released file that no manifest vouches for, such as one that is only measured.

    Args:
        task: one of `catalog.TASKS`.
        path: the safetensors file.

    Raises:
        WeightsError: missing, damaged, made for other conventions or by a newer version.
    """
    return _load(path, task, _sha256(path))


def save_network(
    path: Path,
    architecture: str,
    module: nn.Module,
    record: dict[str, Any],
    *,
    half: bool = True,
    folds: Mapping[str, str] | None = None,
    way: str | None = None,
) -> str:
    """Write a network as a released file and name it in the folder's manifest.

    Values beyond the range of half precision keep the whole tensor in single precision.

    Args:
        path: file to write, in the models folder.
        architecture: name in the registry.
        module: the trained network, whose `config` attribute shaped it.
        record: training record and metrics; plain JSON values.
        half: whether values are stored in half precision.
        folds: what `LoadedNetwork.folds` shall say.
        way: for a network that is meant for extending the canvas that way, one of `catalog.VARIANTS`.

    Returns:
        SHA-256 of the file.

    Raises:
        OSError: the folder cannot be written.
        WeightsError: its manifest is damaged.
    """
    task = ARCHITECTURES[architecture].task
    if way is not None:
        task = variant(task, way)
    header = {
        "architecture": architecture,
        "task": task,
        "config": json.dumps(dataclasses.asdict(module.config)),  # type: ignore[call-overload]
        "conventions": str(CONVENTIONS_VERSION),
        "record": json.dumps(record, sort_keys=True),
        "folds": json.dumps(dict(folds or {}), sort_keys=True),
    }
    state = {name: stored_value(value, half) for name, value in module.state_dict().items()}
    data = save(state, header)
    digest = hashlib.sha256(data).hexdigest()
    _write(path, data)
    manifest = path.parent / MANIFEST
    networks = read_manifest(path.parent) if manifest.exists() else {}
    networks[task] = {"file": path.name, "sha256": digest, "bytes": len(data), "architecture": architecture}
    text = json.dumps({"version": 1, "networks": dict(sorted(networks.items()))}, indent=2) + "\n"
    _write(manifest, text.encode())
    return digest


def stored_value(value: Tensor, half: bool) -> Tensor:
    """A tensor of a network as its file holds it: on the CPU, in half precision if wanted and in range."""
    value = value.detach().cpu().contiguous()
    fits = half and value.is_floating_point() and bool(value.half().isfinite().all())
    return value.half() if fits else value


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)


def _sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except (FileError, OSError):
        raise WeightsError(
            "The weights file {path} is missing or cannot be read. {advice}",
            path=path,
            advice=_REINSTALL,
        ) from None


def _load(path: Path, task: str, digest: str) -> LoadedNetwork:
    try:
        header = read_header(path)
        # It judges whether the tensors lie in the file as the header says.
        with safe_open(path, framework="pt"):
            pass
    except (FileError, ValueError, SafetensorError, OSError):
        raise WeightsError(
            "The weights file {path} is damaged. {advice}", path=path, advice=_REINSTALL
        ) from None
    if header.metadata.get("conventions") != str(CONVENTIONS_VERSION):
        raise WeightsError(
            "The weights file {path} was made for another version of the program. {advice}",
            path=path,
            advice=_UPDATE,
        )
    kind = ARCHITECTURES.get(header.metadata.get("architecture", ""))
    if kind is not None and kind.task != task_of(task):
        raise WeightsError(
            "The weights file {path} holds a network for another task than {task}. {advice}",
            path=path,
            task=task_name(task),
            advice=_REINSTALL,
        )
    try:
        return _network(path, task, digest, header)
    except MemoryError:
        raise WeightsError(
            "There is not enough memory for the weights {path}; close other programs first.", path=path
        ) from None
    except Exception:
        # torch raises many types on settings and tensors that do not go together.
        raise WeightsError(
            "The weights file {path} does not fit this version of the program. {advice}",
            path=path,
            advice=_UPDATE,
        ) from None


def _network(path: Path, task: str, digest: str, header: Header) -> LoadedNetwork:
    """Raises: Exception: of many types, where settings and tensors do not fit each other or the program."""
    architecture = header.metadata.get("architecture", "")
    config = parse_object(header.metadata["config"].encode())
    # Before anything is built: a network takes no more memory than the file that was made of one.
    if tensor_shapes(architecture, config) != header.shapes:
        raise ValueError("other tensors")
    module = build_network(architecture, config)
    with safe_open(path, framework="pt") as file:
        state = {name: _float(file.get_tensor(name)) for name in header.shapes}
    module.load_state_dict(state, strict=True)
    record = parse_object(header.metadata.get("record", "{}").encode(), is_strict=False)
    folds = _folds(header.metadata.get("folds", "{}"))
    check_folds(module, folds)
    module.eval().requires_grad_(False)
    return LoadedNetwork(module, task, architecture, module.config, digest, record, folds)


def _folds(text: str) -> dict[str, str]:
    found = parse_object(text.encode())
    return {norm: as_text(conv, _MOST_LETTERS) for norm, conv in found.items()}


def _float(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value


def count_parameters(module: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in module.parameters())


def count_macs(module: nn.Module, *inputs: Tensor) -> int:
    """Multiply-accumulate operations of the convolutions in one forward pass of the given inputs.

    What the mask, padding or autocast save is not deducted; attention and interpolation are left out.
    """
    total = 0

    def hook(layer: nn.Module, read: tuple[Tensor, ...], written: Tensor) -> None:
        nonlocal total
        # One kernel is applied for each value written, in a transposed convolution for each value read.
        pixels = read[0] if isinstance(layer, nn.ConvTranspose2d) else written
        total += cast(Tensor, layer.weight)[0].numel() * pixels.numel()

    handles = [
        m.register_forward_hook(hook)
        for m in module.modules()
        if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)
    ]
    with torch.no_grad():
        module(*inputs)
    for handle in handles:
        handle.remove()
    return total
