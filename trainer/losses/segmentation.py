"""Losses of the segmentation network: weighted cross entropy and Dice, where the user's mask may be wrong."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL
from trainer.distributed.processes import shared_mean


def asked_region(mask: Tensor, truth: Tensor, reach: int) -> Tensor:
    """Where an answer counts: in the loose mask grown by some pixels, or everywhere where there is none.

    Args:
        mask: (N, 1, H, W), 1 = loose mask.
        truth: (N, H, W) int64: 1 the thing, 0 not, 255 not known.
        reach: pixels.

    Returns:
        (N, 1, H, W) float32 of zeros and ones.
    """
    grown = functional.max_pool2d(mask, 2 * reach + 1, 1, reach)
    painted = mask.amax((1, 2, 3), keepdim=True) > 0
    region = torch.where(painted, grown, torch.ones_like(grown))
    return region * (truth != IGNORE_LABEL)[:, None]


def segmentation_loss(
    logits: Tensor, truth: Tensor, region: Tensor, thing_weight: float = 2.0, focal: float = 0.0
) -> Tensor:
    """Mean over the region of the cross entropy, in which the thing weighs more.

    Args:
        logits: (N, 1, H, W).
        truth: (N, H, W) int64: 1 the thing, anything else not; only the region counts.
        region: (N, 1, H, W), 1 = counts.
        thing_weight: weight of the thing's pixels; others weigh 1.
        focal: gamma of the focal loss (Lin et al. 2017): each pixel's part is multiplied by its error to that
            power, so that what is answered well counts less; 0 = plain cross entropy.
    """
    target = (truth == 1)[:, None].float()
    each = functional.binary_cross_entropy_with_logits(logits.float(), target, reduction="none")
    weight = region * (1 + (thing_weight - 1) * target)
    if focal:
        each = each * (1 - torch.exp(-each)) ** focal
    return (each * weight).sum() / shared_mean(weight.sum()).clamp_min(1e-6)


def dice_loss(logits: Tensor, truth: Tensor, region: Tensor) -> Tensor:
    """1 - Dice coefficient (Milletari et al. 2016) within the region, mean over the samples.

    Args:
        logits: (N, 1, H, W).
        truth: (N, H, W) int64: 1 the thing.
        region: (N, 1, H, W), 1 = counts.
    """
    target = (truth == 1)[:, None].float() * region
    found = torch.sigmoid(logits.float()) * region
    both = (found * target).sum((1, 2, 3))
    return (1 - (2 * both + 1) / (found.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1)).mean()
