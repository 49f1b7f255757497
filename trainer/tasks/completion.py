"""Stage II: the completion network, perceptual and adversarial losses (Wu et al., section III.B, eq. 3-5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trainer.data.batch import Batch
from trainer.losses.adversarial import hole_l1
from trainer.losses.perceptual import PerceptualLoss
from trainer.losses.windows import cut_windows, hole_windows
from trainer.recipes.config import LossConfig, Recipe
from trainer.tasks.adversary import Adversary, Scene
from trainer.tasks.base import StepLoss, stack_rows, to_pictures
from trainer.tasks.parsing import colour_labels
from trainer.tasks.structure import StructureSource


class CompletionTask:
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
        """Args: recipe, G, source of parsing maps, eq. 3 or None, and "global"/"local" adversaries."""
        self.network = network
        self.phases: tuple[str, ...] = (*adversaries, "network")
        self._loss: LossConfig = recipe.loss
        self._strength = recipe.adversarial.strength
        self._structure = structure
        self._perceptual = perceptual
        self._adversaries = adversaries
        self._parsing = self._composite = torch.empty(0)
        self._corners: list[tuple[int, int]] = []

    def modules(self) -> dict[str, nn.Module]:
        """Generator and discriminators."""
        judges = {name: adversary.module for name, adversary in self._adversaries.items()}
        return {**judges, "network": self.network}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """One group."""
        if phase in self._adversaries:
            return self._adversaries[phase].parameter_groups()
        return [{"params": [p for p in self.network.parameters() if p.requires_grad], "factor": 1.0}]

    def active_phases(self, step: int) -> tuple[str, ...]:
        """Discriminators from the recipe's first adversarial step on."""
        return self.phases if self._strength(step) > 0 else ("network",)

    def begin_step(self, batch: Batch, step: int) -> None:
        """Complete the batch once for all phases."""
        self._parsing = self._structure(batch, step)
        output = self.network(batch.masked, self._parsing, batch.mask).float()
        self._composite = output if self._loss.whole_output else batch.mask * output + batch.masked
        self._corners = hole_windows(batch.mask, self._window(batch))

    def loss(self, phase: str, batch: Batch, step: int) -> StepLoss:
        """Eq. 4 for a discriminator, eq. 5 (plus our L1) for the generator."""
        if phase in self._adversaries:
            return self._adversaries[phase].own_loss(self._scene(phase, batch), step)
        return self._generator(batch, step)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Input, parsing map, composite, truth."""
        with torch.no_grad():
            self.begin_step(batch, 0)
        pasted = batch.mask * self._composite + batch.masked
        columns = [batch.masked, pasted, batch.image]
        pictures = [to_pictures(column) for column in columns]
        return stack_rows([pictures[0], colour_labels(self._parsing.argmax(1)), *pictures[1:]])

    def _window(self, batch: Batch) -> int:
        return batch.image.shape[-1] // 2

    def _scene(self, name: str, batch: Batch) -> Scene:
        scene = (batch.image, self._composite, self._parsing, batch.mask)
        if name == "local":
            side = self._window(batch)
            return Scene(*(cut_windows(x, self._corners, side) for x in scene))
        return Scene(*scene)

    def _generator(self, batch: Batch, step: int) -> StepLoss:
        parts: dict[str, Tensor] = {}
        if self._loss.pixel:
            parts["pixel"] = self._loss.pixel * hole_l1(self._composite, batch.image, batch.mask)
        if self._perceptual is not None:
            parts["perceptual"] = self._loss.perceptual * self._perceptual_distance(batch)
        for name, adversary in self._adversaries.items():
            parts |= adversary.network_losses(self._scene(name, batch), step)
        total = torch.stack(list(parts.values())).sum()
        return StepLoss(total, {name: value.item() for name, value in parts.items()})

    def _perceptual_distance(self, batch: Batch) -> Tensor:
        """Eq. 3, by default on the window around the hole: the rest of the composite is the truth itself."""
        assert self._perceptual is not None
        if self._loss.whole_window:
            whole: Tensor = self._perceptual(self._composite, batch.image)
            return whole
        side = self._window(batch)
        output, target = (cut_windows(x, self._corners, side) for x in (self._composite, batch.image))
        value: Tensor = self._perceptual(output, target)
        return value
