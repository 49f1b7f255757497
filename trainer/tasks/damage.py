"""Finding damage: where a scanned photo is scratched, folded, stained or written on, in one phase."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.attentive import AttentionLstm
from portrait_studio.networks.damage import DAMAGE_WINDOW
from trainer.data.batch import Batch
from trainer.data.damage import DAMAGED, UNDECIDED
from trainer.data.damaged_windows import DamagedWindowSampler
from trainer.losses.repair import ATTENTION_GROWTH
from trainer.losses.segmentation import dice_loss, segmentation_loss
from trainer.recipes.config import Recipe
from trainer.tasks.base import SinglePhaseTask, StepLoss, stack_rows, to_pictures
from trainer.tasks.family import Family, blank_picture, mask_changes, whitened_views
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
        """Logits (N, T, S, S) of damage, of all looks of a network that looks several times."""
        if isinstance(self.network, AttentionLstm):
            return self.network.looks(batch.image)
        logits: Tensor = self.network(batch.image)
        return logits

    def loss(self, phase: str, batch: Batch, prediction: Tensor, step: int) -> StepLoss:
        """Both losses of all looks; recall and share of sound pixels flagged by the last, for the log.

        Each look weighs as much more than the one before as in eq. 6 of Liu et al. 2019.
        """
        truth, region = grown_truth(batch.labels, _GROWN)
        region = region * (1 + (_THIN_WEIGHT - 1) * thin_parts(truth))
        looks = [prediction[:, number : number + 1] for number in range(prediction.shape[1])]
        entropies = [segmentation_loss(look, truth, region, _DAMAGE_WEIGHT, self._focal) for look in looks]
        dices = [dice_loss(look, truth, region) for look in looks]
        scalars = {"entropy": entropies[-1].item(), "dice": dices[-1].item()}
        total = _later_more([a + self._dice * b for a, b in zip(entropies, dices, strict=True)])
        return StepLoss(total, scalars | _figures(looks[-1], batch.labels))

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Picture, answer, truth (undecided pixels grey)."""
        with torch.no_grad():
            answer = torch.sigmoid(self.predict(batch, 0)[:, -1:].float())
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


def _later_more(losses: list[Tensor]) -> Tensor:
    """Mean of the losses of several looks, of which later ones weigh more."""
    weights = [ATTENTION_GROWTH**number for number in range(len(losses))]
    parts = [weight * loss for weight, loss in zip(weights, losses, strict=True)]
    return torch.stack(parts).sum() / sum(weights)


def _figures(logits: Tensor, labels: Tensor) -> dict[str, float]:
    found, damage = logits[:, 0] > 0, labels == DAMAGED
    recall = (found & damage).sum() / damage.sum().clamp_min(1)
    flagged = (found & (labels == 0)).sum() / (labels == 0).sum().clamp_min(1)
    return {"recall": recall.item(), "flagged": flagged.item()}


def _make(given: Ingredients) -> DamageTask:
    return DamageTask(given.recipe, given.network)


_FAMILY = Family(
    "Finds damage in scanned photos (scratches, folds, stains, blots, dates, scribbles, missing "
    "pieces); what it learnt from was drawn, none of it is real damage.",
    lambda: blank_picture(DAMAGE_WINDOW)[:1],
    whitened_views,
    mask_changes,
)

DAMAGE_KIND = TaskKind(_make, _FAMILY, DamagedWindowSampler)
