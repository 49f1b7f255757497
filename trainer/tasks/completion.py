"""Stage II: the completion network, perceptual and adversarial losses (Wu et al., section III.B, eq. 3-5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trainer.config import LossConfig, Recipe
from trainer.data.batches import Batch
from trainer.losses.adversarial import discriminator_loss, generator_loss, hole_l1
from trainer.losses.perceptual import PerceptualLoss
from trainer.losses.windows import cut_windows, hole_windows
from trainer.tasks.base import StepLoss, stack_rows, to_pictures
from trainer.tasks.parsing import colour_labels
from trainer.tasks.structure import StructureSource


class CompletionTask:
    """Generator against an optional global and local discriminator.

    The composite (known pixels kept) is what the discriminators and the perceptual loss see.
    """

    def __init__(
        self,
        recipe: Recipe,
        network: nn.Module,
        structure: StructureSource,
        perceptual: PerceptualLoss | None,
        discriminators: dict[str, nn.Module],
    ) -> None:
        """Args: recipe, G, source of parsing maps, eq. 3 or None, and "global"/"local" discriminators."""
        self.network = network
        self.phases: tuple[str, ...] = (*discriminators, "network")
        self._loss: LossConfig = recipe.loss
        self._structure = structure
        self._perceptual = perceptual
        self._discriminators = discriminators
        self._parsing = self._composite = torch.empty(0)
        self._corners: list[tuple[int, int]] = []

    def modules(self) -> dict[str, nn.Module]:
        """Generator and discriminators."""
        return {**self._discriminators, "network": self.network}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """One group."""
        return [{"params": [p for p in self.modules()[phase].parameters() if p.requires_grad], "factor": 1.0}]

    def begin_step(self, batch: Batch) -> None:
        """Complete the batch once for all phases."""
        self._parsing = self._structure(batch)
        output = self.network(batch.masked, self._parsing, batch.mask).float()
        self._composite = batch.mask * output + batch.masked
        self._corners = hole_windows(batch.mask, self._window(batch))

    def loss(self, phase: str, batch: Batch) -> StepLoss:
        """Eq. 4 for a discriminator, eq. 5 (plus our L1) for the generator."""
        if phase != "network":
            real = self._judge(phase, batch.image, batch)
            fake = self._judge(phase, self._composite.detach(), batch)
            value = discriminator_loss(real, fake)
            return StepLoss(value, {f"d_{phase}": value.item()})
        return self._generator(batch)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Input, parsing map, composite, truth."""
        with torch.no_grad():
            self.begin_step(batch)
        columns = [batch.masked, self._composite, batch.image]
        pictures = [to_pictures(column) for column in columns]
        return stack_rows([pictures[0], colour_labels(self._parsing.argmax(1)), *pictures[1:]])

    def _window(self, batch: Batch) -> int:
        return batch.image.shape[-1] // 2

    def _judge(self, phase: str, image: Tensor, batch: Batch) -> Tensor:
        parsing = self._parsing
        if phase == "local":
            side = self._window(batch)
            image, parsing = (cut_windows(x, self._corners, side) for x in (image, parsing))
        logits: Tensor = self._discriminators[phase](image, parsing)
        return logits

    def _generator(self, batch: Batch) -> StepLoss:
        parts: dict[str, Tensor] = {}
        if self._loss.pixel:
            parts["pixel"] = self._loss.pixel * hole_l1(self._composite, batch.image, batch.mask)
        if self._perceptual is not None:
            parts["perceptual"] = self._loss.perceptual * self._perceptual_distance(batch)
        for phase in self._discriminators:
            fooled = generator_loss(self._judge(phase, self._composite, batch))
            parts[f"g_{phase}"] = self._loss.adversarial * fooled
        total = torch.stack(list(parts.values())).sum()
        return StepLoss(total, {name: value.item() for name, value in parts.items()})

    def _perceptual_distance(self, batch: Batch) -> Tensor:
        """Eq. 3 on the window around the hole: the rest of the composite is the truth itself."""
        assert self._perceptual is not None
        side = self._window(batch)
        output, target = (cut_windows(x, self._corners, side) for x in (self._composite, batch.image))
        value: Tensor = self._perceptual(output, target)
        return value
