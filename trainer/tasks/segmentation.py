"""Interactive segmentation: the thing inside a loose mask or under clicks, in one phase."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.segmentation import PROMPT_CHANNELS, SEGMENTATION_WINDOW, SegmentationNetwork
from trainer.data.batch import Batch
from trainer.data.prompts import PromptSampler
from trainer.losses.segmentation import asked_region, dice_loss, segmentation_loss
from trainer.recipes.config import Recipe
from trainer.tasks.base import SinglePhaseTask, StepLoss, stack_rows, to_pictures
from trainer.tasks.encoder import begin_from_imagenet, begin_from_parser, encoder_and_head, freeze_encoder
from trainer.tasks.family import Family, mask_changes
from trainer.tasks.kind import Ingredients, TaskKind

_REACH = 4
"""Pixels beyond the loose mask in which the answer counts."""


class SegmentationTask(SinglePhaseTask[Tensor]):
    """Cross entropy and half of Dice where the user's mask may be wrong."""

    def __init__(self, recipe: Recipe, network: SegmentationNetwork) -> None:
        """Put it together.

        Args:
            recipe: what the Dice loss weighs, and how the encoder is trained.
            network: to be trained.
        """
        super().__init__(network)
        self._encoder = network.encoder
        self._encoder_factor = recipe.optimiser.encoder_factor
        self._dice = recipe.loss.dice
        freeze_encoder(network.encoder, recipe.run)

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """Encoder with its own factor on the rate, and the rest."""
        return encoder_and_head(self.network, self._encoder, self._encoder_factor)

    def predict(self, batch: Batch, step: int) -> Tensor:
        """Logits (N, 1, S, S) of the thing."""
        assert batch.prompt is not None
        logits: Tensor = self.network(batch.image * batch.prompt[:, 3:], batch.prompt)
        return logits

    def loss(self, phase: str, batch: Batch, prediction: Tensor, step: int) -> StepLoss:
        """Cross entropy plus the weighted Dice loss, and the IoU of the answer over 0.5 for the log."""
        region = asked_region(batch.mask, batch.labels, _REACH)
        entropy = segmentation_loss(prediction, batch.labels, region)
        dice = dice_loss(prediction, batch.labels, region)
        overlap = _iou(prediction, batch.labels, region)
        scalars = {"entropy": entropy.item(), "dice": dice.item(), "iou": overlap}
        return StepLoss(entropy + self._dice * dice, scalars)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Picture, what was said (loose mask red, clicks green and blue), answer, truth."""
        assert batch.prompt is not None
        with torch.no_grad():
            answer = torch.sigmoid(self.predict(batch, 0).float())
        said = (batch.image * 0.4).clone()
        for channel, layer in ((0, 0), (1, 1), (2, 2)):
            said[:, channel] = torch.maximum(said[:, channel], 2 * batch.prompt[:, layer] - 1)
        truth = (batch.labels == 1)[:, None].float()
        return stack_rows([to_pictures(x) for x in (batch.image, said, _shown(answer), _shown(truth))])


def _make(given: Ingredients) -> SegmentationTask:
    return SegmentationTask(given.recipe, given.network_as(SegmentationNetwork))


def _begin(given: Ingredients) -> str | None:
    encoder = given.network_as(SegmentationNetwork).encoder
    if given.init is not None and "parsing" in read_manifest(given.init):
        return begin_from_parser(encoder, given.init)
    return begin_from_imagenet(encoder)


def _inputs() -> tuple[Tensor, ...]:
    side = SEGMENTATION_WINDOW
    return torch.zeros(1, 3, side, side), torch.zeros(1, PROMPT_CHANNELS, side, side)


def _trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    side = SEGMENTATION_WINDOW
    prompt = torch.cat([hole, torch.zeros_like(hole), torch.zeros_like(hole), torch.ones_like(hole)], 1)
    return views[..., :side, :side], prompt[..., :side, :side]


_FAMILY = Family(
    "Finds the thing inside a loose mask, a box or under clicks, in a window of 192 x 192 pixels.",
    _inputs,
    _trial,
    mask_changes,
)

SEGMENTATION_KIND = TaskKind(_make, _FAMILY, PromptSampler, _begin)


def _shown(share: Tensor) -> Tensor:
    return (2 * share - 1).expand(-1, 3, -1, -1)


def _iou(logits: Tensor, truth: Tensor, region: Tensor) -> float:
    found = (logits > 0) & (region > 0)
    thing = (truth == 1)[:, None]
    both, either = (found & thing).sum((1, 2, 3)), ((found | thing) & (region > 0)).sum((1, 2, 3))
    return float((both / either.clamp_min(1)).mean())
