"""Where the engine gets its networks from: opened on first use, kept, moved to the device that asks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Protocol

import torch

from portrait_studio.errors import WeightsError
from portrait_studio.networks.folding import fold_batch_norm
from portrait_studio.networks.released import LoadedNetwork, load_network, read_manifest


class NetworkStore(Protocol):
    """Anything that hands out networks by task."""

    def load(self, task: str) -> LoadedNetwork:
        """The network for one of `catalog.TASKS`, or a variant of it; see `catalog.variant`.

        Raises:
            WeightsError: it is missing, damaged, or of another version.
        """
        ...

    def has(self, task: str) -> bool:
        """Whether there is a network for a task; it may still prove to be damaged."""
        ...


class ReleasedNetworks:
    """The released weights in a folder; each file is read and verified once, when first needed.

    Batch normalisation is folded away, so these networks can be run but not trained.
    """

    def __init__(self, folder: Path) -> None:
        """Args: the models folder; it need not exist until a network is asked for."""
        self._folder = folder
        self._loaded: dict[str, LoadedNetwork] = {}

    def load(self, task: str) -> LoadedNetwork:
        """See `NetworkStore.load`."""
        if task not in self._loaded:
            network = load_network(task, self._folder)
            fold_batch_norm(network.module, network.folds)
            network.module.to(memory_format=torch.channels_last)
            self._loaded[task] = network
        return self._loaded[task]

    def has(self, task: str) -> bool:
        """See `NetworkStore.has`."""
        with suppress(WeightsError):
            return task in read_manifest(self._folder)
        return False
