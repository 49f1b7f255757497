"""Puts a task together: its network, what judges it, and the frozen networks that it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from torch import Tensor, nn

from portrait_studio.errors import DataSetError, OptionError, WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.face import FACE_WINDOW
from portrait_studio.networks.face_completion import FACE_COMPLETION, FACE_COMPLETION_SIDE
from portrait_studio.networks.parsing import ParsingNetwork
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.segmentation import SegmentationNetwork
from trainer.losses.perceptual import PerceptualLoss, RelativeFeatureDistance, load_perceptual
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import Adversary
from trainer.tasks.base import Task
from trainer.tasks.completion import CompletionTask
from trainer.tasks.face import FaceTask
from trainer.tasks.face_completion import FaceCompletionTask
from trainer.tasks.frozen import Frozen
from trainer.tasks.parsing import ParsingTask
from trainer.tasks.segmentation import SegmentationTask
from trainer.tasks.structure import StructureSource

_Network = TypeVar("_Network", bound=nn.Module)


@dataclass(frozen=True, eq=False)
class Ingredients:
    """What a task is made of.

    Attributes:
        recipe: what to do.
        network: to be trained.
        label_frequencies: (18,) share of each label in the training pixels.
        frozen: networks of earlier stages.
        vgg: file of the features for the perceptual loss, if there is one.
    """

    recipe: Recipe
    network: nn.Module
    label_frequencies: Tensor
    frozen: Frozen
    vgg: Path | None

    def network_as(self, kind: type[_Network]) -> _Network:
        """The network, which the registry builds for this task only."""
        assert isinstance(self.network, kind)
        return self.network


def check_task(recipe: Recipe) -> None:
    """Refuse a recipe whose architecture is none for its task.

    Raises:
        OptionError: it is not, or there is no such task.
    """
    fitting = [name for name, entry in ARCHITECTURES.items() if entry.task == recipe.task]
    if recipe.task not in TASKS:
        raise OptionError(f"There is no task {recipe.task!r}; choose one of: {', '.join(TASKS)}.")
    if recipe.architecture not in fitting:
        raise OptionError(
            f"The architecture {recipe.architecture!r} is none for the task {recipe.task}; choose one of: "
            f"{', '.join(fitting)}."
        )


def make_task(
    recipe: Recipe, network: nn.Module, label_frequencies: Tensor, frozen: Frozen, vgg: Path | None
) -> Task:
    """The stage of a recipe; see `Ingredients`.

    Raises:
        DataSetError: the recipe has a perceptual loss, and there is no VGG file.
        OptionError: the recipe cannot run.
        WeightsError: a frozen network is missing or damaged.
    """
    return TASKS[recipe.task](Ingredients(recipe, network, label_frequencies, frozen, vgg))


def _parsing(given: Ingredients) -> Task:
    return ParsingTask(given.recipe, given.network_as(ParsingNetwork), given.label_frequencies)


def _segmentation(given: Ingredients) -> Task:
    return SegmentationTask(given.recipe, given.network_as(SegmentationNetwork))


def _completion(given: Ingredients) -> Task:
    judges = _adversaries(given.recipe)
    _require_loss(given.recipe, judges)
    return CompletionTask(given.recipe, given.network, _structure(given), _perceptual(given), judges)


def _face(given: Ingredients) -> Task:
    recipe, judges = given.recipe, _adversaries(given.recipe)
    _require_loss(recipe, judges)
    perceptual, structure = _perceptual(given), _structure(given)
    completion = given.frozen.load("completion")
    if completion is None:
        raise WeightsError(
            "The face network refines a completion network: name its weights with --init models."
        )
    if recipe.data.size < FACE_WINDOW:
        raise OptionError(f"The face stage needs a size of at least {FACE_WINDOW}, not {recipe.data.size}.")
    return FaceTask(recipe, given.network, completion, structure, perceptual, judges.get("face"))


def _face_completion(given: Ingredients) -> Task:
    recipe = given.recipe
    if recipe.data.size != FACE_COMPLETION_SIDE:
        raise OptionError(
            f"The face completion stage needs a size of {FACE_COMPLETION_SIDE}, not {recipe.data.size}."
        )
    distance = None
    if recipe.loss.perceptual:
        distance = load_perceptual(require_vgg(given.vgg), RelativeFeatureDistance)
    return FaceCompletionTask(recipe, given.network, distance)


TASKS: Final[dict[str, Callable[[Ingredients], Task]]] = {
    "parsing": _parsing,
    "completion": _completion,
    "face": _face,
    FACE_COMPLETION: _face_completion,
    "segmentation": _segmentation,
}
"""What makes each task by its name in recipes."""


def _require_loss(recipe: Recipe, judges: dict[str, Adversary]) -> None:
    if not (recipe.loss.pixel or recipe.loss.perceptual or (judges and recipe.adversarial.start == 0)):
        raise OptionError(
            f"The recipe {recipe.name!r} has no loss at its first step: set pixel, perceptual or adversarial."
        )


def _perceptual(given: Ingredients) -> PerceptualLoss | None:
    return load_perceptual(require_vgg(given.vgg)) if given.recipe.loss.perceptual else None


def _structure(given: Ingredients) -> StructureSource:
    share, seed = given.recipe.loss.predicted_structure, given.recipe.run.seed
    return StructureSource(_frozen_parser(given.frozen), share, seed)


def _frozen_parser(frozen: Frozen) -> ParsingNetwork | None:
    module = frozen.load("parsing")
    assert module is None or isinstance(module, ParsingNetwork)
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
        raise DataSetError("This recipe has a perceptual loss: give the VGG features with --vgg FILE.")
    return vgg
