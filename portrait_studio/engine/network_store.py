"""Where the engine gets its networks from: opened on first use, kept, moved to the device that asks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

import torch

from portrait_studio.errors import WeightsError
from portrait_studio.networks.folding import fold_batch_norm
from portrait_studio.networks.manifest import network_name, read_manifest
from portrait_studio.networks.released import LoadedNetwork, load_network


class NetworkStore(Protocol):
    """Anything that hands out networks by name; see `manifest.network_name`."""

    def load(self, name: str) -> LoadedNetwork:
        """The network of a name.

        Raises:
            WeightsError: it is missing, damaged, or of another version.
        """
        ...

    def has(self, name: str) -> bool:
        """Whether there is a network of a name; it may still prove to be damaged."""
        ...


class ReleasedNetworks:
    """The released weights in a folder; each file is read and verified once, when first needed.

    Batch normalisation is folded away, so these networks can be run but not trained.
    """

    def __init__(self, folder: Path) -> None:
        """Open nothing yet.

        Args:
            folder: the models folder; it need not exist until a network is asked for.
        """
        self._folder = folder
        self._loaded: dict[str, LoadedNetwork] = {}

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        """Another process opens the files itself."""
        return type(self), (self._folder,)

    def load(self, name: str) -> LoadedNetwork:
        """See `NetworkStore.load`."""
        if name not in self._loaded:
            network = load_network(name, self._folder)
            fold_batch_norm(network.module, network.folds)
            network.module.to(memory_format=torch.channels_last)
            self._loaded[name] = network
        return self._loaded[name]

    def has(self, name: str) -> bool:
        """See `NetworkStore.has`."""
        with suppress(WeightsError):
            return name in read_manifest(self._folder)
        return False


class FirstOf:
    """Several stores as one; each network is from the first of them that has it."""

    def __init__(self, *stores: NetworkStore) -> None:
        """Open nothing yet.

        Args:
            stores: at least one; the last says what is wrong with a network that none has.
        """
        self._stores = stores

    def load(self, name: str) -> LoadedNetwork:
        """See `NetworkStore.load`."""
        return next((store for store in self._stores if store.has(name)), self._stores[-1]).load(name)

    def has(self, name: str) -> bool:
        """See `NetworkStore.has`."""
        return any(store.has(name) for store in self._stores)


class SideNetworks:
    """The networks meant for one side of an extension where there are such, else those for holes."""

    def __init__(self, store: NetworkStore, side: str | None) -> None:
        """Open nothing yet.

        Args:
            store: where all come from.
            side: the one that grows; None = none.
        """
        self._store, self._side = store, side

    def load(self, name: str) -> LoadedNetwork:
        """See `NetworkStore.load`."""
        special = network_name(name, self._side)
        return self._store.load(special if self._store.has(special) else name)

    def has(self, name: str) -> bool:
        """See `NetworkStore.has`."""
        return self._store.has(name)
