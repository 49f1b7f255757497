"""Interactive segmentation: the thing inside a loose mask or under clicks, in one phase."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.networks.segmentation import SegmentationNetwork
from trainer.data.batch import Batch
from trainer.losses.segmentation import asked_region, dice_loss, segmentation_loss
from trainer.recipes.config import Recipe
from trainer.tasks.base import StepLoss, stack_rows, to_pictures

_REACH = 4
"""Pixels beyond the loose mask in which the answer counts."""


class SegmentationTask:
    """Cross entropy and half of Dice where the user's mask may be wrong."""

    network: nn.Module
    phases: tuple[str, ...] = ("network",)

    def __init__(self, recipe: Recipe, network: SegmentationNetwork) -> None:
        """Args: the recipe and the network."""
        self.network = network
        self._encoder = network.encoder
        self._encoder_factor = recipe.optimiser.encoder_factor
        self._dice = recipe.loss.dice
        network.encoder.freeze(recipe.run.freeze_stages)
        if recipe.run.freeze_costly:
            for kernel in network.encoder.costly_kernels():
                kernel.requires_grad_(False)

    def modules(self) -> dict[str, nn.Module]:
        """The network alone."""
        return {"network": self.network}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """Encoder with its own factor on the rate, and the rest."""
        encoder = [p for p in self._encoder.parameters() if p.requires_grad]
        inside = {id(p) for p in self._encoder.parameters()}
        head = [p for p in self.network.parameters() if id(p) not in inside]
        return [{"params": encoder, "factor": self._encoder_factor}, {"params": head, "factor": 1.0}]

    def active_phases(self, step: int) -> tuple[str, ...]:
        """The one phase."""
        return self.phases

    def begin_step(self, batch: Batch, step: int) -> None:
        """Nothing to prepare."""

    def loss(self, phase: str, batch: Batch, step: int) -> StepLoss:
        """Cross entropy plus the weighted Dice loss, and the IoU of the answer over 0.5 for the log."""
        logits = self._answer(batch)
        region = asked_region(batch.mask, batch.labels, _REACH)
        entropy = segmentation_loss(logits, batch.labels, region)
        dice = dice_loss(logits, batch.labels, region)
        scalars = {"entropy": entropy.item(), "dice": dice.item(), "iou": _iou(logits, batch.labels, region)}
        return StepLoss(entropy + self._dice * dice, scalars)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Picture, what was said (loose mask red, clicks green and blue), answer, truth."""
        assert batch.prompt is not None
        with torch.no_grad():
            answer = torch.sigmoid(self._answer(batch).float())
        said = (batch.image * 0.4).clone()
        for channel, layer in ((0, 0), (1, 1), (2, 2)):
            said[:, channel] = torch.maximum(said[:, channel], 2 * batch.prompt[:, layer] - 1)
        truth = (batch.labels == 1)[:, None].float()
        return stack_rows([to_pictures(x) for x in (batch.image, said, _shown(answer), _shown(truth))])

    def _answer(self, batch: Batch) -> Tensor:
        assert batch.prompt is not None
        logits: Tensor = self.network(batch.image * batch.prompt[:, 3:], batch.prompt)
        return logits


def _shown(share: Tensor) -> Tensor:
    return (2 * share - 1).expand(-1, 3, -1, -1)


def _iou(logits: Tensor, truth: Tensor, region: Tensor) -> float:
    found = (logits > 0) & (region > 0)
    thing = (truth == 1)[:, None]
    both, either = (found & thing).sum((1, 2, 3)), ((found | thing) & (region > 0)).sum((1, 2, 3))
    return float((both / either.clamp_min(1)).mean())
