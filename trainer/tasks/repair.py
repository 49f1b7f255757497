"""Repair: finding damage and painting over it, in two stages (Liu, Li and Li 2019, algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.attentive import REPAIR_SIDE, AttentiveCompletion, Repaired
from portrait_studio.networks.face_completion import FACE_COMPLETION, FACE_COMPLETION_SIDE, FaceCompletion
from portrait_studio.networks.hole_fill import HoleFill
from trainer.data.batch import Batch
from trainer.data.face_windows import FaceRectangleSampler
from trainer.losses.adversarial import hole_squared
from trainer.losses.repair import attention_loss, scales_loss, semantic_loss
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import TWO_TOWERS, AdversarialTask, Adversary, ImagePair, adversaries
from trainer.tasks.base import StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.family import Family, blank_picture, picture_changes, whitened_views
from trainer.tasks.kind import Ingredients, TaskKind

Parse = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class RepairedWindows:
    """What is made of a batch.

    Attributes:
        made: by the network.
        pair: truth, and composite of the network's picture in the hole and known pixels (eq. 3).
    """

    made: Repaired
    pair: ImagePair


class RepairTask(AdversarialTask[RepairedWindows]):
    """At first the losses of the maps and of the hole (eq. 5 and 6), then all of eq. 10.

    The network never sees the mask: holes are white, and it has to find them. In training the composite goes
    by the true mask.
    """

    def __init__(
        self, recipe: Recipe, network: nn.Module, parse: Parse | None, adversaries: dict[str, Adversary]
    ) -> None:
        """Put it together.

        Args:
            recipe: what losses weigh; the second stage begins with the discriminators.
            network: the generator.
            parse: pictures (N, 3, S, S) to logits of face parts (N, L, h, w); None = no semantic loss.
            adversaries: "joint", or none.
        """
        super().__init__(recipe, network, adversaries)
        self._parse = parse
        self._white = HoleFill("white")

    def predict(self, batch: Batch, step: int) -> RepairedWindows:
        """Where the holes are, and what was there."""
        made: Repaired = self.network(self._white(batch.image, batch.mask))
        composite = batch.masked + batch.mask * made.pictures[-1].float()
        return RepairedWindows(made, ImagePair(batch.image, composite, batch.image[:, :0], batch.mask))

    def loss(self, phase: str, batch: Batch, prediction: RepairedWindows, step: int) -> StepLoss:
        """The discriminator's own (eq. 11), or the weighted sum of the stage's losses."""
        if phase in self.adversaries:
            return self.adversaries[phase].own_loss(prediction.pair, step)
        made, config = prediction.made, self._config
        parts = {
            "attention": config.attention * attention_loss(made.looks, batch.mask),
            "squared": config.squared * hole_squared(made.pictures[-1], batch.image, batch.mask),
        }
        if step >= self._adversarial.start:
            parts["scales"] = config.scales * scales_loss(made.pictures, batch.image)
            if self._parse is not None:
                semantic = semantic_loss(self._parse, prediction.pair.output, batch.image)
                parts["semantic"] = config.semantic * semantic
            for adversary in self.adversaries.values():
                parts |= adversary.network_losses(prediction.pair, step)
        return weighted_sum(parts)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Damaged picture, map of the last look, composite, truth."""
        with torch.no_grad():
            shown = self.predict(batch, 0)
        found = (2 * torch.sigmoid(shown.made.looks[:, -1:].float()) - 1).expand(-1, 3, -1, -1)
        damaged = self._white(batch.image, batch.mask)
        return stack_rows([to_pictures(x) for x in (damaged, found, shown.pair.output, batch.image)])


def parser_of_faces(network: nn.Module) -> Parse:
    """The part map of the released face completion network, which sees a picture without a hole."""
    assert isinstance(network, FaceCompletion)
    network.requires_grad_(False)

    def parse(picture: Tensor) -> Tensor:
        nothing = torch.zeros_like(picture[:, :1])
        parts: Tensor = network.to(picture.device)(picture, nothing).parts
        return parts

    return parse


def _make(given: Ingredients) -> RepairTask:
    recipe = given.recipe
    if recipe.loss.adversarial and recipe.adversarial.architecture != TWO_TOWERS:
        raise OptionError(
            f"The recipe {recipe.name!r} has a discriminator that reads parsing maps, and faces have none; "
            f'set the architecture "{TWO_TOWERS}" in its section `adversarial`.'
        )
    judges = adversaries(recipe, {"joint": recipe.data.size})
    return RepairTask(recipe, given.network_as(AttentiveCompletion), _parse(given), judges)


def _parse(given: Ingredients) -> Parse | None:
    recipe = given.recipe
    if not recipe.loss.semantic:
        return None
    if recipe.data.size != FACE_COMPLETION_SIDE:
        raise OptionError(
            f"The semantic loss parses faces of {FACE_COMPLETION_SIDE} pixels, not of {recipe.data.size}."
        )
    parser = given.frozen.load(FACE_COMPLETION)
    if parser is None:
        raise OptionError(
            "The semantic loss needs the released face completion network: give its folder with --init."
        )
    return parser_of_faces(parser)


def _trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Views with white holes at the network's own size; only the picture is handed to it."""
    small = functional.adaptive_avg_pool2d(whitened_views(views, hole)[0], (REPAIR_SIDE, REPAIR_SIDE))
    return (small,)


def _changes(full: Any, halved: Any, picture: Tensor) -> dict[str, float]:
    everywhere = torch.ones_like(picture[:, :1])
    return picture_changes(full.pictures[-1], halved.pictures[-1], everywhere)


_FAMILY = Family(
    "Finds the hole in a face and paints over it, without being told where it is (Liu et al. 2019).",
    lambda: blank_picture(REPAIR_SIDE)[:1],
    _trial,
    _changes,
)

REPAIR_KIND = TaskKind(_make, _FAMILY, FaceRectangleSampler, uses_released=True)
