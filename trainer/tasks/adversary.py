"""Discriminators in play: their own losses, what they add to the network's, and tasks that have some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic

from torch import Tensor, nn

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.discriminator import Judgement
from portrait_studio.networks.registry import ARCHITECTURES
from trainer.losses.adversarial import (
    discriminator_loss,
    feature_matching_loss,
    generator_loss,
    gradient_penalty,
    patch_weights,
)
from trainer.recipes.config import Recipe
from trainer.tasks.base import NETWORK, Prediction, StepLoss

TWO_TOWERS = "two-tower-discriminator"
"""Architecture of the discriminator that sees whole window and surroundings of the hole at once."""


@dataclass(frozen=True, eq=False)
class ImagePair:
    """A window, or maps of it, as it is and as the network makes it, with what both are conditioned on.

    Attributes:
        truth: (N, C, S, S) in [-1, 1].
        output: the same, with the hole filled by the network.
        condition: parsing map (N, 18, S, S), probabilities; damaged picture (N, 3, S, S); or none of both,
            (N, 0, S, S).
        mask: (N, 1, S, S), 1 = hole.
    """

    truth: Tensor
    output: Tensor
    condition: Tensor
    mask: Tensor


class Adversary:
    """One discriminator with the settings of its recipe."""

    def __init__(self, name: str, module: nn.Module, recipe: Recipe, share: float = 1.0) -> None:
        """Take the settings.

        Args:
            name: for the log.
            module: the discriminator.
            recipe: how it is trained and what it weighs.
            share: of the recipe's weight.
        """
        self.name, self.module = name, module
        self._config = recipe.adversarial
        self._weight = share * recipe.loss.adversarial
        self._rate_factor = (recipe.adversarial.rate or recipe.optimiser.rate) / recipe.optimiser.rate

    def parameter_groups(self) -> list[dict[str, Any]]:
        """One group, with its factor on the network's rate."""
        return [{"params": list(self.module.parameters()), "factor": self._rate_factor}]

    def own_loss(self, pair: ImagePair, step: int) -> StepLoss:
        """Tell truth from output, with the gradient penalty where it is due."""
        config = self._config
        due = config.gradient_penalty > 0 and step % config.penalty_every == 0
        truth = pair.truth.detach().requires_grad_(due)
        real = self._judge(truth, _with_other_masks(pair) if config.other_masks else pair)
        fake = self._judge(pair.output.detach(), pair)
        value = discriminator_loss(config.kind, real.logits, fake.logits, self._weights(pair, fake))
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

    def network_losses(self, pair: ImagePair, step: int) -> dict[str, Tensor]:
        """Weighted parts of the network's loss by name; none before the recipe's first adversarial step."""
        config, strength = self._config, self._config.strength(step)
        if strength == 0:
            return {}
        with _without_weight_gradients(self.module):
            fake = self._judge(pair.output, pair)
            fooled = generator_loss(config.kind, fake.logits, self._weights(pair, fake))
            parts = {f"g_{self.name}": strength * self._weight * fooled}
            if config.feature_matching:
                real = self._judge(pair.truth, pair)
                distance = feature_matching_loss(fake.features, real.features)
                parts[f"match_{self.name}"] = strength * config.feature_matching * distance
        return parts

    def _judge(self, image: Tensor, pair: ImagePair) -> Judgement:
        judgement: Judgement = self.module(image, pair.condition, pair.mask)
        return judgement

    def _weights(self, pair: ImagePair, judgement: Judgement) -> Tensor | None:
        return patch_weights(pair.mask, judgement.logits) if self._config.hole_only else None


class AdversarialTask(Generic[Prediction]):
    """A task whose network is judged by any number of discriminators, each a phase of its own.

    Attributes:
        network: the network that is trained and released.
        phases: those of the discriminators, then the network's.
        adversaries: by phase.
    """

    def __init__(self, recipe: Recipe, network: nn.Module, adversaries: dict[str, Adversary]) -> None:
        """Put them together.

        Args:
            recipe: when the discriminators start, and what losses weigh.
            network: to be trained.
            adversaries: by phase.
        """
        self.network, self.adversaries = network, adversaries
        self.phases: tuple[str, ...] = (*adversaries, NETWORK)
        self._config = recipe.loss
        self._adversarial = recipe.adversarial

    def modules(self) -> dict[str, nn.Module]:
        """Discriminators and network."""
        judges = {phase: adversary.module for phase, adversary in self.adversaries.items()}
        return {**judges, NETWORK: self.network}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """One group."""
        if phase in self.adversaries:
            return self.adversaries[phase].parameter_groups()
        return [{"params": [p for p in self.network.parameters() if p.requires_grad], "factor": 1.0}]

    def active_phases(self, step: int) -> tuple[str, ...]:
        """Discriminators from the recipe's first adversarial step on, at first perhaps alone."""
        if self.adversaries and self._adversarial.rests(step):
            return tuple(self.adversaries)
        return self.phases if self._adversarial.strength(step) > 0 else (NETWORK,)


def adversaries(recipe: Recipe, sides: dict[str, int]) -> dict[str, Adversary]:
    """Discriminators by name, none where they weigh nothing.

    Args:
        recipe: what they are like.
        sides: of what each sees, in pixels.

    Raises:
        OptionError: there is no such discriminator, or the recipe has no loss at all at its first step.
    """
    weighs = bool(recipe.loss.adversarial and sides)
    alone = recipe.loss.pixel or recipe.loss.squared or recipe.loss.perceptual
    if not (alone or (weighs and recipe.adversarial.start == 0)):
        raise OptionError(
            f"The recipe {recipe.name!r} has no loss at its first step: set pixel, squared, perceptual or "
            "adversarial."
        )
    if not weighs:
        return {}
    return {name: Adversary(name, _discriminator(recipe, side), recipe) for name, side in sides.items()}


def _discriminator(recipe: Recipe, side: int) -> nn.Module:
    """DCGAN's depth follows from the side of what it sees: 7 layers for 256 pixels, 6 for 128.

    Two towers see half the side around the hole, unless the recipe names another window.
    """
    architecture, settings = recipe.adversarial.architecture, recipe.discriminator
    if architecture == "dcgan-discriminator":
        settings = {**settings, "layers": side.bit_length() - 2}
    if architecture == TWO_TOWERS:
        settings = {"local_side": side // 2, **settings, "side": side}
    known = [name for name, entry in ARCHITECTURES.items() if entry.task == "discriminator"]
    if architecture not in known:
        raise OptionError(f"There is no discriminator {architecture!r}; choose one of: {', '.join(known)}.")
    return build_network(architecture, settings)


def _with_other_masks(pair: ImagePair) -> ImagePair:
    """The pair with the masks of other samples, which are as random; a batch of one keeps its own."""
    return replace(pair, mask=pair.mask.roll(1, 0))


@contextmanager
def _without_weight_gradients(module: nn.Module) -> Iterator[None]:
    """Gradients pass through a discriminator to what it judges, and cost nothing for its own weights."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)
