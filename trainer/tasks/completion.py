"""Stage II: the completion network, perceptual and adversarial losses (Wu et al., section III.B, eq. 3-5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trainer.data.batch import Batch
from trainer.losses.adversarial import hole_l1
from trainer.losses.perceptual import PerceptualLoss
from trainer.losses.windows import Corners, cut_windows, hole_windows
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import AdversarialTask, Adversary, ImagePair, adversaries
from trainer.tasks.base import StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.kind import Ingredients, TaskKind
from trainer.tasks.parsing import colour_labels
from trainer.tasks.structure import StructureSource


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
        structure: StructureSource,
        perceptual: PerceptualLoss | None,
        adversaries: dict[str, Adversary],
    ) -> None:
        """Put it together.

        Args:
            recipe: what losses weigh.
            network: G.
            structure: source of parsing maps.
            perceptual: eq. 3, or None.
            adversaries: any of "global" and "local".
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
        """Eq. 4 for a discriminator, eq. 5 (plus our L1) for the generator."""
        if phase in self.adversaries:
            return self.adversaries[phase].own_loss(_judged(phase, prediction), step)
        pair, parts = prediction.pair, dict[str, Tensor]()
        if self._config.pixel:
            parts["pixel"] = self._config.pixel * hole_l1(pair.output, pair.truth, pair.mask)
        if self._perceptual is not None:
            # The rest of the composite is the truth itself.
            seen: tuple[Tensor, ...] = (pair.output, pair.truth)
            seen = seen if self._config.whole_window else prediction.around_hole(*seen)
            parts["perceptual"] = self._config.perceptual * self._perceptual(*seen)
        for name, adversary in self.adversaries.items():
            parts |= adversary.network_losses(_judged(name, prediction), step)
        return weighted_sum(parts)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Input, parsing map, composite, truth."""
        with torch.no_grad():
            pair = self.predict(batch, 0).pair
        pasted = batch.mask * pair.output + batch.masked
        pictures = [to_pictures(column) for column in (batch.masked, pasted, batch.image)]
        return stack_rows([pictures[0], colour_labels(pair.parsing.argmax(1)), *pictures[1:]])


def _judged(name: str, completed: Completed) -> ImagePair:
    """What a discriminator sees: the whole window, or half its side around the hole."""
    pair = completed.pair
    if name != "local":
        return pair
    return ImagePair(*completed.around_hole(pair.truth, pair.output, pair.parsing, pair.mask))


def _make(given: Ingredients) -> CompletionTask:
    recipe, size = given.recipe, given.recipe.data.size
    sides = {"global": size} if recipe.loss.global_discriminator else {}
    sides |= {"local": size // 2} if recipe.loss.local_discriminator else {}
    judges = adversaries(recipe, sides)
    return CompletionTask(recipe, given.network, given.structure(), given.perceptual(), judges)


COMPLETION_KIND = TaskKind(_make, uses_released=True)
