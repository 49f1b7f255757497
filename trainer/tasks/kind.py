"""What is known of one kind of training, and what its task is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor, nn

from portrait_studio.errors import DataSetError, WeightsError
from portrait_studio.networks.parsing import Parser
from trainer.data.samplers import MakeSampler, windows
from trainer.losses.perceptual import PerceptualLoss, load_perceptual
from trainer.recipes.config import Recipe
from trainer.tasks.base import Task
from trainer.tasks.family import Family
from trainer.tasks.frozen import Frozen
from trainer.tasks.structure import StructureSource

_Network = TypeVar("_Network", bound=nn.Module)


@dataclass(frozen=True, eq=False)
class Pretrained:
    """Networks and files of weights that a run begins with or looks at.

    Attributes:
        init: models folder to start from; None = ImageNet or random weights.
        vgg: VGG features (safetensors) for the perceptual loss, where the recipe has one.
        frozen: networks of earlier stages; None = those of `init`.
        resnet: torchvision's ImageNet weights for a ResNet encoder.
    """

    init: Path | None = None
    vgg: Path | None = None
    frozen: Frozen | None = None
    resnet: Path | None = None


@dataclass(frozen=True, eq=False)
class Ingredients:
    """What a task is made of.

    Attributes:
        recipe: what to do.
        network: to be trained.
        packs: folder of packed sets.
        label_frequencies: (18,) share of each label in the training pixels.
        init: models folder to start from, if there is one.
        frozen: networks of earlier stages.
        vgg: file of the features for the perceptual loss, if there is one.
        resnet: file of torchvision's ImageNet weights for a ResNet encoder, if there is one.
    """

    recipe: Recipe
    network: nn.Module
    packs: Path
    label_frequencies: Tensor
    init: Path | None
    frozen: Frozen
    vgg: Path | None
    resnet: Path | None = None

    def network_as(self, kind: type[_Network]) -> _Network:
        """The network, which the registry builds for this task only."""
        assert isinstance(self.network, kind)
        return self.network

    def perceptual(self, kind: type[PerceptualLoss] = PerceptualLoss) -> PerceptualLoss | None:
        """The perceptual loss, where the recipe has one.

        Args:
            kind: which of them.

        Raises:
            DataSetError: there is no VGG file.
        """
        if not self.recipe.loss.perceptual:
            return None
        if self.vgg is None or not self.vgg.is_file():
            raise DataSetError("This recipe has a perceptual loss: give the VGG features with --vgg FILE.")
        return load_perceptual(self.vgg, kind)

    def structure(self) -> StructureSource:
        """Where parsing maps come from: the truth, or for a share of the batches the released parser.

        Raises:
            WeightsError: all are to come from a parser, and there is none.
        """
        parser = self.frozen.load("parsing")
        if parser is None and self.recipe.loss.predicted_structure == 1:
            raise WeightsError(
                "This recipe takes all parsing maps from a trained parser: name its weights with "
                "--init models."
            )
        assert parser is None or isinstance(parser, Parser)
        return StructureSource(parser, self.recipe.loss.predicted_structure, self.recipe.run.seed)


@dataclass(frozen=True)
class TaskKind:
    """What a recipe's `task` stands for.

    Attributes:
        make: the task.
        family: what its networks are, for export, cards and cost.
        make_sampler: of what its networks see of the photos.
        begin: gives the network the weights that it begins with where the models folder has none of its
            task, and says where they came from; None = it stays random.
        uses_released: whether it looks at networks that are released and stay as they are.
    """

    make: Callable[[Ingredients], Task[Any]]
    family: Family
    make_sampler: MakeSampler = windows
    begin: Callable[[Ingredients], str | None] = lambda given: None
    uses_released: bool = False
