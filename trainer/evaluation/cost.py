"""What the networks cost: megabytes on disk, and operations of one forward pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torch import nn

from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.errors import WeightsError
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from portrait_studio.networks.manifest import ReleasedFile, network_names, read_manifest, task_of
from portrait_studio.networks.released import count_macs
from trainer.tasks.table import FAMILIES

_IN_PLACE_OF: Final = {GENERAL_COMPLETION: "completion"}
"""Tasks whose network a fill asks instead of another's, never both."""


@dataclass(frozen=True)
class Cost:
    """Of all released networks together, or of those that a method uses.

    Attributes:
        networks: which were counted, those for extensions too.
        megabytes: size of their files, in 10^6 bytes.
        gmacs: 10^9 multiply-accumulate operations of one pass over a picture of 256 x 256, or over the
            network's own window, of all that one fill may ask: those for extensions and the one for any photo
            take the completion network's place, and of such the costliest counts.
    """

    networks: list[str]
    megabytes: float
    gmacs: float


def cost_of(models: Path | None, networks: NetworkStore) -> Cost | None:
    """Cost of what is released; None when there is nothing.

    Args:
        models: folder of released weights, whose manifest knows the sizes; None = there is none.
        networks: hands out the same networks.
    """
    if models is None:
        return None
    try:
        manifest = read_manifest(models)
        tasks = [task for task in FAMILIES if task in manifest]
        names = [name for task in tasks for name in network_names(task) if name in manifest]
        modules = {task: networks.load(task).module for task in tasks}
    except WeightsError:
        return None
    if not tasks:
        return None
    return _of(manifest, names, modules)


def cost_of_each(used: Mapping[str, Sequence[str]], models: Path, networks: NetworkStore) -> dict[str, Cost]:
    """Cost of what each method uses, by its title; empty when there is no release.

    Args:
        used: names of the networks by title of the method; names that are not released count nothing.
        models: folder of released weights, whose manifest knows the sizes.
        networks: hands out the same networks.
    """
    try:
        manifest = read_manifest(models)
        costs = {}
        for title, names in used.items():
            known = [name for name in names if name in manifest]
            costs[title] = _of(manifest, known, {name: networks.load(name).module for name in known})
    except WeightsError:
        return {}
    return costs


def _of(manifest: Mapping[str, ReleasedFile], names: Sequence[str], modules: Mapping[str, nn.Module]) -> Cost:
    """Size of the files of some names, and operations of the modules of some others."""
    size = sum(manifest[name].bytes for name in names)
    macs: dict[str, int] = {}
    for name, module in modules.items():
        task = task_of(name)
        place = _IN_PLACE_OF.get(task, task)
        macs[place] = max(macs.get(place, 0), count_macs(module.cpu(), *FAMILIES[task].inputs()))
    return Cost(list(names), size / 1e6, sum(macs.values()) / 1e9)
