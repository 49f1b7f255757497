"""From a recipe to a run: build networks, start weights, task and data."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.completion import CompactCompletion
from portrait_studio.networks.hole_fill import HoleFill
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.released import load_network
from trainer.data.batches import BatchSource
from trainer.distributed.processes import processes
from trainer.recipes.config import Recipe
from trainer.tasks.frozen import Frozen
from trainer.tasks.kind import Ingredients, Pretrained, TaskKind
from trainer.tasks.table import kind_of
from trainer.training.run import Run
from trainer.training.run_state import STATE_FILE


def start_run(
    recipe: Recipe,
    packs: Path,
    folder: Path,
    compute: Compute,
    pretrained: Pretrained | None = None,
) -> Run:
    """Build a run at step 0.

    Args:
        recipe: what to do.
        packs: folder of packed sets.
        folder: where the run state goes.
        compute: device and precision.
        pretrained: what it begins with or looks at; None = nothing.

    Raises:
        DataSetError: packs are missing.
        OptionError: the recipe names something unknown.
        WeightsError: `Pretrained.init` does not fit the recipe.
    """
    kind = kind_of(recipe)
    torch.manual_seed(recipe.run.seed)
    source = BatchSource(packs, recipe, make_sampler=kind.make_sampler)
    if recipe.run.epochs:
        steps = max(1, math.ceil(recipe.run.epochs * len(source) / recipe.data.batch))
        recipe = replace(recipe, run=replace(recipe.run, steps=steps))
    network = build_network(recipe.architecture, recipe.network)
    _give_mean_colour(network, source)
    frequencies = torch.from_numpy(source.label_frequencies()).float()
    before = pretrained or Pretrained()
    frozen = before.frozen or Frozen(before.init)
    given = Ingredients(recipe, network, packs, frequencies, before.init, frozen, before.vgg, before.resnet)
    # What resumes takes its weights, and where they came from, from its state.
    start = "random" if (folder / STATE_FILE).exists() else _begin(kind, given)
    task = kind.make(given)
    count = processes().count
    record: dict[str, Any] = {
        "recipe": recipe.name,
        "sets": sorted(recipe.data.sets),
        "device": f"{count} x {compute.description}" if count > 1 else compute.description,
        "start": start,
        "frozen": given.frozen.used,
    }
    validation = None
    if recipe.run.validate_steps:
        validation = BatchSource(packs, recipe, "val", kind.make_sampler)
    return Run(recipe, task, source, compute, folder, record, given.frozen, validation)


def _give_mean_colour(network: nn.Module, source: BatchSource) -> None:
    """Tell a network that lays the photos' mean colour into holes which one that is."""
    fills = [part for part in network.modules() if isinstance(part, HoleFill) and part.kind == "mean"]
    if fills:
        colour = torch.from_numpy(source.mean_colour()).float()
        for part in fills:
            part.colour.copy_(colour)


def _begin(kind: TaskKind, given: Ingredients) -> str:
    """Give the network the weights that it begins with; says where they came from."""
    task = given.recipe.task
    if given.init is not None and task in read_manifest(given.init):
        return init_from_release(given.network, task, given.init)
    return kind.begin(given) or "random"


def init_from_release(network: nn.Module, task: str, models: Path) -> str:
    """Take the released weights of a task; returns where they, and those before them, came from.

    A completion network that reads no parsing map starts from one that does, without the map's channels.

    Raises:
        WeightsError: missing, damaged, or of another shape than the recipe's network.
    """
    released = load_network(task, models)
    try:
        network.load_state_dict(_read_by(network, released.module.state_dict()))
    except RuntimeError:
        raise WeightsError(
            f"The released {task} weights have another shape than the recipe's network; leave them out of "
            "the --init folder."
        ) from None
    before = released.metadata.get("start", "not recorded")
    return f"released weights {released.sha256[:12]} (started from: {before})"


def _read_by(network: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights as a network needs them: without the channels of the map, the last ones, if it reads none."""
    if not isinstance(network, CompactCompletion) or network.config.use_parsing:
        return state
    # Another architecture has no such layer: it does not fit, which is said where it is loaded.
    if "enter.weight" not in state:
        return state
    return {**state, "enter.weight": state["enter.weight"][:, : network.enter.in_channels]}
