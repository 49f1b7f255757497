"""A discriminator in play: its own loss, and what it adds to the network's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from portrait_studio.networks.discriminator import Judgement
from trainer.losses.adversarial import (
    discriminator_loss,
    feature_matching_loss,
    generator_loss,
    gradient_penalty,
    patch_weights,
)
from trainer.recipes.config import Recipe
from trainer.tasks.base import StepLoss


@dataclass(frozen=True, eq=False)
class Scene:
    """What a discriminator compares.

    Attributes:
        truth: (N, 3, S, S) in [-1, 1].
        output: the same, with the hole filled by the network.
        parsing: (N, 18, S, S) probabilities.
        mask: (N, 1, S, S), 1 = hole.
    """

    truth: Tensor
    output: Tensor
    parsing: Tensor
    mask: Tensor


class Adversary:
    """One discriminator with the settings of its recipe."""

    def __init__(self, name: str, module: nn.Module, recipe: Recipe) -> None:
        """Args: name for the log, the discriminator, and the recipe."""
        self.name, self.module = name, module
        self._config = recipe.adversarial
        self._weight = recipe.loss.adversarial
        self._rate_factor = (recipe.adversarial.rate or recipe.optimiser.rate) / recipe.optimiser.rate

    def parameter_groups(self) -> list[dict[str, Any]]:
        """One group, with its factor on the network's rate."""
        return [{"params": list(self.module.parameters()), "factor": self._rate_factor}]

    def own_loss(self, scene: Scene, step: int) -> StepLoss:
        """Tell truth from output, with the gradient penalty where it is due."""
        config = self._config
        due = config.gradient_penalty > 0 and step % config.penalty_every == 0
        truth = scene.truth.detach().requires_grad_(due)
        real, fake = self._judge(truth, scene), self._judge(scene.output.detach(), scene)
        value = discriminator_loss(config.kind, real.logits, fake.logits, self._weights(scene, fake))
        scalars = {
            f"d_{self.name}": value.item(),
            f"real_{self.name}": real.logits.float().mean().item(),
            f"fake_{self.name}": fake.logits.float().mean().item(),
        }
        if due:
            penalty = gradient_penalty(real.logits, truth)
            scalars[f"penalty_{self.name}"] = penalty.item()
            value = value + config.gradient_penalty * config.penalty_every * penalty
        return StepLoss(value, scalars)

    def network_losses(self, scene: Scene, step: int) -> dict[str, Tensor]:
        """Weighted parts of the network's loss by name; none before the recipe's first adversarial step."""
        config, strength = self._config, self._config.strength(step)
        if strength == 0:
            return {}
        with _without_weight_gradients(self.module):
            fake = self._judge(scene.output, scene)
            fooled = generator_loss(config.kind, fake.logits, self._weights(scene, fake))
            parts = {f"g_{self.name}": strength * self._weight * fooled}
            if config.feature_matching:
                real = self._judge(scene.truth, scene)
                distance = feature_matching_loss(fake.features, real.features)
                parts[f"match_{self.name}"] = strength * config.feature_matching * distance
        return parts

    def _judge(self, image: Tensor, scene: Scene) -> Judgement:
        judgement: Judgement = self.module(image, scene.parsing, scene.mask)
        return judgement

    def _weights(self, scene: Scene, judgement: Judgement) -> Tensor | None:
        return patch_weights(scene.mask, judgement.logits) if self._config.hole_only else None


@contextmanager
def _without_weight_gradients(module: nn.Module) -> Iterator[None]:
    """Gradients pass through a discriminator to what it judges, and cost nothing for its own weights."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)
