"""Finding damage: where a scanned photo is scratched, folded, stained or written on, in one phase."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from trainer.data.batch import Batch
from trainer.data.damage import DAMAGED, UNDECIDED
from trainer.data.damaged_windows import DamagedWindowSampler
from trainer.losses.segmentation import dice_loss, segmentation_loss
from trainer.recipes.config import Recipe
from trainer.tasks.base import SinglePhaseTask, StepLoss, stack_rows, to_pictures
from trainer.tasks.kind import Ingredients, TaskKind

_DAMAGE_WEIGHT = 3.0
_THIN_WEIGHT = 3.0
"""Of pixels of what is thin, besides: a stain has a hundred times as many as a scratch."""

_THIN = 7
"""Pixels: what is thinner is thin."""

_GROWN = 1
"""Pixels by which the truth is grown: a mask must take the soft edge of a scratch with it."""


class DamageTask(SinglePhaseTask[Tensor]):
    """Focal cross entropy and Dice between the probability of damage and where it was drawn."""

    def __init__(self, recipe: Recipe, network: torch.nn.Module) -> None:
        """Put it together.

        Args:
            recipe: what the losses weigh.
            network: to be trained: pictures (N, 3, S, S) to logits (N, 1, S, S).
        """
        super().__init__(network)
        self._dice, self._focal = recipe.loss.dice, recipe.loss.focal

    def predict(self, batch: Batch, step: int) -> Tensor:
        """Logits (N, 1, S, S) of damage."""
        logits: Tensor = self.network(batch.image)
        return logits

    def loss(self, phase: str, batch: Batch, prediction: Tensor, step: int) -> StepLoss:
        """Both losses; recall and share of sound pixels flagged over 0.5, for the log."""
        truth, region = grown_truth(batch.labels, _GROWN)
        region = region * (1 + (_THIN_WEIGHT - 1) * thin_parts(truth))
        entropy = segmentation_loss(prediction, truth, region, _DAMAGE_WEIGHT, self._focal)
        dice = dice_loss(prediction, truth, region)
        scalars = {"entropy": entropy.item(), "dice": dice.item(), **_figures(prediction, batch.labels)}
        return StepLoss(entropy + self._dice * dice, scalars)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Picture, answer, truth (undecided pixels grey)."""
        with torch.no_grad():
            answer = torch.sigmoid(self.predict(batch, 0).float())
        known = (batch.labels != UNDECIDED)[:, None].float()
        truth = (batch.labels == DAMAGED)[:, None].float() * known + 0.5 * (1 - known)
        shown = [(2 * share - 1).expand(-1, 3, -1, -1) for share in (answer, truth)]
        return stack_rows([to_pictures(x) for x in (batch.image, *shown)])


def grown_truth(labels: Tensor, reach: int) -> tuple[Tensor, Tensor]:
    """The truth grown by some pixels, and where it counts.

    Args:
        labels: (N, H, W) int64 codes of `trainer.data.damage`.
        reach: pixels.

    Returns:
        Codes (N, H, W) int64, and (N, 1, H, W) float32, 1 = counts.
    """
    grown = functional.max_pool2d((labels == DAMAGED)[:, None].float(), 2 * reach + 1, 1, reach) > 0
    truth = torch.where(grown[:, 0], torch.full_like(labels, DAMAGED), labels)
    return truth, (truth != UNDECIDED)[:, None].float()


def thin_parts(truth: Tensor) -> Tensor:
    """Where damage is thinner than `_THIN` pixels: (N, 1, H, W) float32 of zeros and ones.

    Args:
        truth: (N, H, W) int64 codes of `trainer.data.damage`.
    """
    damage = (truth == DAMAGED)[:, None].float()
    eroded = -functional.max_pool2d(-damage, _THIN, 1, _THIN // 2)
    return damage - functional.max_pool2d(eroded, _THIN, 1, _THIN // 2)


def _figures(logits: Tensor, labels: Tensor) -> dict[str, float]:
    found, damage = logits[:, 0] > 0, labels == DAMAGED
    recall = (found & damage).sum() / damage.sum().clamp_min(1)
    flagged = (found & (labels == 0)).sum() / (labels == 0).sum().clamp_min(1)
    return {"recall": recall.item(), "flagged": flagged.item()}


def _make(given: Ingredients) -> DamageTask:
    return DamageTask(given.recipe, given.network)


DAMAGE_KIND = TaskKind(_make, DamagedWindowSampler)
