"""Networks to compare with: stores in which one is swapped or missing, and files of any origin."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.parsing import ParsingOutput
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.released import LoadedNetwork, load_file, load_network
from trainer.training.run_state import STATE_FILE, load_state


class SwappedStore:
    """A store in which some networks are replaced or left out."""

    def __init__(self, store: NetworkStore, swapped: Mapping[str, LoadedNetwork | None]) -> None:
        """Put the replacements before a store.

        Args:
            store: where all other networks come from.
            swapped: what stands in, by name; None = left out.
        """
        self._store, self._swapped = store, dict(swapped)

    def load(self, name: str) -> LoadedNetwork:
        """See `NetworkStore.load`."""
        if name not in self._swapped:
            return self._store.load(name)
        network = self._swapped[name]
        if network is None:
            raise WeightsError(f"The {name} network is left out of this measurement.")
        return network

    def has(self, name: str) -> bool:
        """See `NetworkStore.has`."""
        return self._swapped[name] is not None if name in self._swapped else self._store.has(name)


class WithoutRefinement(nn.Module):
    """A parsing network whose answer is the map before the refinement by pose (first row of Table II)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, mask: Tensor) -> ParsingOutput:
        """As `ParsingNetwork.forward`."""
        output: ParsingOutput = self.network(image, mask)
        return ParsingOutput(output.logits, output.logits, output.heatmaps)


def open_network(task: str, path: Path) -> LoadedNetwork:
    """The network of a task from a folder of released weights, or the averaged one of a training run.

    Args:
        task: one of `registry.TASKS`.
        path: folder of released weights, one weights file, or folder of a run.

    Raises:
        WeightsError: the released weights are missing or damaged.
        DataSetError: the run state is damaged.
        OptionError: the run trains another network.
    """
    if (path / STATE_FILE).is_file():
        return _from_run(task, path)
    return load_file(task, path) if path.is_file() else load_network(task, path)


def without_parsing(path: Path) -> LoadedNetwork:
    """The completion network of `path` (as in `open_network`), which must not read the parsing map.

    Raises:
        OptionError: it does read it, or the run trains another network.
        WeightsError: the released weights are missing or damaged.
        DataSetError: the run state is damaged.
    """
    network = open_network("completion", path)
    config = network.config
    if getattr(config, "use_parsing", False) or getattr(config, "parsing_input", "none") != "none":
        raise OptionError(
            f"The completion network in {path} reads the parsing map; train one without: use_parsing = false "
            'in the recipe of a compact network, parsing_input = "none" in one of the paper\'s.'
        )
    return network


def _from_run(task: str, run: Path) -> LoadedNetwork:
    state = load_state(run)
    architecture = state.recipe.architecture
    if ARCHITECTURES[architecture].task != task:
        raise OptionError(f"The run {run} trains no {task} network; give another run.")
    module = build_network(architecture, state.recipe.network)
    try:
        module.load_state_dict(state.ema)
    except RuntimeError as error:
        raise OptionError(f"The weights in {run} do not fit their recipe; start the run anew.") from error
    digest = hashlib.sha256((run / STATE_FILE).read_bytes()).hexdigest()
    module.eval().requires_grad_(False)
    return LoadedNetwork(module, task, architecture, module.config, digest, {"steps": state.step})
