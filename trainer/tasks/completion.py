"""Completion networks with perceptual, squared and adversarial losses.

Stage II of Wu et al. (section III.B, eq. 3-5), and general completion (Iizuka et al. 2017, eq. 2-5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.errors import OptionError
from portrait_studio.networks.windows import Corners, cut_windows, hole_windows
from trainer.data.batch import Batch
from trainer.losses.adversarial import hole_l1, hole_squared
from trainer.losses.perceptual import PerceptualLoss
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import TWO_TOWERS, AdversarialTask, Adversary, ImagePair, adversaries
from trainer.tasks.base import StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.family import COST_SIDE, Family, blank_guided, guided_views, picture_changes
from trainer.tasks.kind import Ingredients, TaskKind
from trainer.tasks.parsing import colour_labels
from trainer.tasks.structure import no_structure


@dataclass(frozen=True, eq=False)
class Completed:
    """A completed batch.

    Attributes:
        pair: whole windows; the output keeps the known pixels, unless the recipe wants the network's own.
        corners: of the windows of half the side around the holes.
    """

    pair: ImagePair
    corners: Corners

    def around_hole(self, *images: Tensor) -> tuple[Tensor, ...]:
        """The windows around the holes (N, C, S/2, S/2) of images (N, C, S, S)."""
        side = self.pair.truth.shape[-1] // 2
        return tuple(cut_windows(image, self.corners, side) for image in images)


class CompletionTask(AdversarialTask[Completed]):
    """Generator against an optional global and local discriminator.

    The composite (known pixels kept) is what the discriminators and the perceptual loss see, unless the
    recipe wants the whole output judged.
    """

    def __init__(
        self,
        recipe: Recipe,
        network: nn.Module,
        structure: Callable[[Batch, int], Tensor],
        perceptual: PerceptualLoss | None,
        adversaries: dict[str, Adversary],
    ) -> None:
        """Put it together.

        Args:
            recipe: what losses weigh.
            network: G.
            structure: source of parsing maps (N, 18, S, S) for a batch and a step, or of none, (N, 0, S, S).
            perceptual: eq. 3, or None.
            adversaries: any of "global" and "local", or "joint", which sees the whole window.
        """
        super().__init__(recipe, network, adversaries)
        self._structure = structure
        self._perceptual = perceptual

    def predict(self, batch: Batch, step: int) -> Completed:
        """Complete the batch."""
        parsing = self._structure(batch, step)
        output = self.network(batch.masked, parsing, batch.mask).float()
        composite = output if self._config.whole_output else batch.mask * output + batch.masked
        corners = hole_windows(batch.mask, batch.image.shape[-1] // 2)
        return Completed(ImagePair(batch.image, composite, parsing, batch.mask), corners)

    def loss(self, phase: str, batch: Batch, prediction: Completed, step: int) -> StepLoss:
        """Eq. 4 for a discriminator, eq. 5 (plus the L1 or squared difference) for the generator."""
        if phase in self.adversaries:
            return self.adversaries[phase].own_loss(_judged(phase, prediction), step)
        pair, parts = prediction.pair, dict[str, Tensor]()
        if self._config.pixel:
            parts["pixel"] = self._config.pixel * hole_l1(pair.output, pair.truth, pair.mask)
        if self._config.squared:
            squared = hole_squared(pair.output, pair.truth, pair.mask)
            parts["squared"] = self._config.squared * squared
        if self._perceptual is not None:
            # The rest of the composite is the truth itself.
            seen: tuple[Tensor, ...] = (pair.output, pair.truth)
            seen = seen if self._config.whole_window else prediction.around_hole(*seen)
            parts["perceptual"] = self._config.perceptual * self._perceptual(*seen)
        for name, adversary in self.adversaries.items():
            parts |= adversary.network_losses(_judged(name, prediction), step)
        return weighted_sum(parts)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Input, parsing map where there is one, composite, truth."""
        with torch.no_grad():
            pair = self.predict(batch, 0).pair
        pasted = batch.mask * pair.output + batch.masked
        maps = [colour_labels(pair.condition.argmax(1))] if pair.condition.shape[1] else []
        pictures = [to_pictures(column) for column in (batch.masked, pasted, batch.image)]
        return stack_rows([pictures[0], *maps, *pictures[1:]])


def _judged(name: str, completed: Completed) -> ImagePair:
    """What a discriminator sees: the whole window, or half its side around the hole."""
    pair = completed.pair
    if name != "local":
        return pair
    return ImagePair(*completed.around_hole(pair.truth, pair.output, pair.condition, pair.mask))


def _judges(recipe: Recipe) -> dict[str, Adversary]:
    size = recipe.data.size
    if recipe.adversarial.architecture == TWO_TOWERS:
        return adversaries(recipe, {"joint": size})
    sides = {"global": size} if recipe.loss.global_discriminator else {}
    sides |= {"local": size // 2} if recipe.loss.local_discriminator else {}
    return adversaries(recipe, sides)


def _make(given: Ingredients) -> CompletionTask:
    return CompletionTask(
        given.recipe, given.network, given.structure(), given.perceptual(), _judges(given.recipe)
    )


def _make_general(given: Ingredients) -> CompletionTask:
    recipe = given.recipe
    if recipe.loss.adversarial and recipe.adversarial.architecture == "dcgan-discriminator":
        raise OptionError(
            f"The recipe {recipe.name!r} has a discriminator that reads parsing maps, and a network for any "
            f'photo has none; set the architecture "{TWO_TOWERS}" in its section `adversarial`.'
        )
    return CompletionTask(recipe, given.network, no_structure, given.perceptual(), _judges(recipe))


_FAMILY = Family(
    "Paints what a hole hides, guided by the parsing map (Wu et al., section III.B).",
    lambda: blank_guided(COST_SIDE),
    guided_views,
    picture_changes,
)
_GENERAL_FAMILY = Family(
    "Paints what a hole hides in any photo; knows nothing of people (after Iizuka et al. 2017).",
    lambda: blank_guided(COST_SIDE),
    guided_views,
    picture_changes,
)

COMPLETION_KIND = TaskKind(_make, _FAMILY, uses_released=True)
GENERAL_KIND = TaskKind(_make_general, _GENERAL_FAMILY)
"""Networks that know no people: their photos need no labels."""
