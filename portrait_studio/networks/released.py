"""Released weights as networks: safetensors files that describe themselves, verified by the manifest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn, no_grad

from portrait_studio.errors import FileError, WeightsError
from portrait_studio.json_text import as_text, parse_object
from portrait_studio.locations import MANIFEST
from portrait_studio.messages import Message
from portrait_studio.networks.building import build_network, outline_network, tensor_shapes
from portrait_studio.networks.conventions import CONVENTIONS_VERSION
from portrait_studio.networks.folding import check_folds
from portrait_studio.networks.manifest import ReleasedFile, read_manifest, task_of, title_of, write_manifest
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.weights_file import (
    REINSTALL,
    WeightsHeader,
    file_sha256,
    read_header,
    replace_file,
)

_MOST_LETTERS: Final = 200
_UPDATE: Final = Message("Update the program or the file.")


@dataclass(frozen=True, eq=False)
class LoadedNetwork:
    """A network ready for use.

    Attributes:
        module: in eval mode, float32, on the CPU.
        name: of the network; see `manifest.network_name`.
        architecture: name in the registry.
        config: the frozen dataclass that shaped it.
        sha256: of the file.
        metadata: training record and metrics as they stand in the file.
        folds: which batch normalisation may be folded into which convolution, by names of layers; see
            `folding.fold_batch_norm`.
    """

    module: nn.Module
    name: str
    architecture: str
    config: Any
    sha256: str
    metadata: dict[str, Any]
    folds: dict[str, str] = field(default_factory=dict)


def load_network(name: str, folder: Path) -> LoadedNetwork:
    """Load a released network, verified by SHA-256; nothing in the file is executed.

    Args:
        name: of the network; see `manifest.network_name`.
        folder: the models folder.

    Raises:
        WeightsError: missing, damaged, made for other conventions or by a newer version.
    """
    entry = read_manifest(folder).get(name)
    if entry is None:
        raise WeightsError(
            "There are no weights for {task} in {folder}. {advice}",
            task=title_of(name),
            folder=folder,
            advice=REINSTALL,
        )
    path = folder / entry.file
    digest = _sha256(path)
    if digest != entry.sha256:
        raise WeightsError(
            "The weights file {path} is damaged (its checksum differs). {advice}",
            path=path,
            advice=REINSTALL,
        )
    return _load(path, name, digest)


def load_file(name: str, path: Path) -> LoadedNetwork:
    """Load a released file that no manifest vouches for, such as one that is only measured.

    Args:
        name: of the network; see `manifest.network_name`.
        path: the safetensors file.

    Raises:
        WeightsError: missing, damaged, made for other conventions or by a newer version.
    """
    return _load(path, name, _sha256(path))


def save_network(
    path: Path,
    architecture: str,
    module: nn.Module,
    record: dict[str, Any],
    *,
    half: bool = True,
    folds: Mapping[str, str] | None = None,
    name: str | None = None,
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
        name: of the network; None = its task. See `manifest.network_name`.

    Returns:
        SHA-256 of the file.

    Raises:
        OSError: the folder cannot be written.
        WeightsError: its manifest is damaged.
    """
    name = name or ARCHITECTURES[architecture].task
    header = {
        "architecture": architecture,
        "task": name,
        "config": json.dumps(dataclasses.asdict(module.config)),  # type: ignore[call-overload]
        "conventions": str(CONVENTIONS_VERSION),
        "record": json.dumps(record, sort_keys=True),
        "folds": json.dumps(dict(folds or {}), sort_keys=True),
    }
    state = {key: stored_value(value, half) for key, value in module.state_dict().items()}
    data = save(state, header)
    digest = hashlib.sha256(data).hexdigest()
    replace_file(path, data)
    networks = read_manifest(path.parent) if (path.parent / MANIFEST).exists() else {}
    networks[name] = ReleasedFile(path.name, digest, len(data), architecture)
    write_manifest(path.parent, dict(sorted(networks.items())))
    return digest


def stored_value(value: Tensor, half: bool) -> Tensor:
    """A tensor of a network as its file holds it: on the CPU, in half precision if wanted and in range."""
    value = value.detach().cpu().contiguous()
    fits = half and value.is_floating_point() and bool(value.half().isfinite().all())
    return value.half() if fits else value


def _sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except (FileError, OSError):
        raise WeightsError(
            "The weights file {path} is missing or cannot be read. {advice}",
            path=path,
            advice=REINSTALL,
        ) from None


def _load(path: Path, name: str, digest: str) -> LoadedNetwork:
    try:
        header = read_header(path)
        # It judges whether the tensors lie in the file as the header says.
        with safe_open(path, framework="pt"):
            pass
    except (FileError, ValueError, SafetensorError, OSError):
        raise WeightsError(
            "The weights file {path} is damaged. {advice}", path=path, advice=REINSTALL
        ) from None
    if header.metadata.get("conventions") != str(CONVENTIONS_VERSION):
        raise WeightsError(
            "The weights file {path} was made for another version of the program. {advice}",
            path=path,
            advice=_UPDATE,
        )
    kind = ARCHITECTURES.get(header.metadata.get("architecture", ""))
    if kind is not None and kind.task != task_of(name):
        raise WeightsError(
            "The weights file {path} holds a network for another task than {task}. {advice}",
            path=path,
            task=title_of(name),
            advice=REINSTALL,
        )
    try:
        return _network(path, name, digest, header)
    except MemoryError:
        raise WeightsError(
            "There is not enough memory for the weights {path}; close other programs first.", path=path
        ) from None
    except WeightsError:
        raise
    except Exception:
        # torch raises many types on settings and tensors that do not go together.
        raise WeightsError(
            "The weights file {path} does not fit this version of the program. {advice}",
            path=path,
            advice=_UPDATE,
        ) from None


def _network(path: Path, name: str, digest: str, header: WeightsHeader) -> LoadedNetwork:
    """Raises: Exception: of many types, where settings and tensors do not fit each other or the program."""
    architecture = header.metadata.get("architecture", "")
    config = parse_object(header.metadata["config"].encode())
    # Before anything is built: a network takes no more memory than the file that was made of one.
    module = outline_network(architecture, config)
    if tensor_shapes(module) != header.shapes:
        raise ValueError("other tensors")
    with safe_open(path, framework="pt") as file:
        state = {key: _float(file.get_tensor(key)) for key in header.shapes}
    if any(name not in state for name, _ in module.named_buffers()):
        # What it reckons for itself is no part of the file.
        module = build_network(architecture, config)
    # Drawing first values that are then overwritten would take longer than reading these.
    module.load_state_dict(state, strict=True, assign=True)
    record = parse_object(header.metadata.get("record", "{}").encode(), is_strict=False)
    folds = _folds(header.metadata.get("folds", "{}"))
    check_folds(module, folds)
    module.eval().requires_grad_(False)
    return LoadedNetwork(module, name, architecture, module.config, digest, record, folds)


def _folds(text: str) -> dict[str, str]:
    found = parse_object(text.encode())
    return {norm: as_text(conv, _MOST_LETTERS) for norm, conv in found.items()}


def _float(value: Tensor) -> Tensor:
    """A copy, so that the file is not held open by what was read."""
    return value.to(torch.float32 if value.is_floating_point() else value.dtype, copy=True)


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
    with no_grad():
        module(*inputs)
    for handle in handles:
        handle.remove()
    return total
