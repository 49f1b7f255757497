"""What the networks cost: megabytes on disk, and operations of one forward pass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.errors import WeightsError
from portrait_studio.networks.manifest import network_names, read_manifest
from portrait_studio.networks.released import count_macs
from trainer.families import FAMILIES


@dataclass(frozen=True)
class Cost:
    """Of all released networks together.

    Attributes:
        networks: which were counted, those for extensions too.
        megabytes: size of their files, in 10^6 bytes.
        gmacs: 10^9 multiply-accumulate operations of one pass over a picture of 256 x 256, or over the
            network's own window, of one network per task, since those for extensions take the others' places.
    """

    networks: list[str]
    megabytes: float
    gmacs: float


def cost_of(models: Path, networks: NetworkStore) -> Cost | None:
    """Cost of what is released; None when there is nothing.

    Args:
        models: folder of released weights, whose manifest knows the sizes.
        networks: hands out the same networks.
    """
    try:
        manifest = read_manifest(models)
        tasks = [task for task in FAMILIES if task in manifest]
        names = [name for task in tasks for name in network_names(task) if name in manifest]
        modules = {task: networks.load(task).module for task in tasks}
    except WeightsError:
        return None
    if not tasks:
        return None
    size = sum(manifest[name].bytes for name in names)
    macs = sum(count_macs(module.cpu(), *FAMILIES[task].inputs()) for task, module in modules.items())
    return Cost(names, size / 1e6, macs / 1e9)
