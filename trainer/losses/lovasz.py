"""Lovasz-softmax loss (Berman et al. 2018): what a softmax loss leaves of the mean IoU."""

from __future__ import annotations

import torch
from torch import Tensor


def lovasz_softmax_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean over the labels that occur of the Lovasz extension of 1 - IoU, over all pixels of this process.

    It does not add up over processes: several of them compute the mean of their own losses.

    Args:
        logits: (N, L, H, W).
        labels: (N, H, W) int64; pixels whose label is not below L (sets of labels, unknown) are left out.

    Returns:
        Scalar in [0, 1]; 0 when no label is known.
    """
    count = logits.shape[1]
    known = labels < count
    probabilities = logits.float().softmax(1).permute(0, 2, 3, 1)[known]
    truth = labels[known]
    present = torch.bincount(truth, minlength=count).nonzero()[:, 0].tolist()
    if not present:
        return logits.float().sum() * 0
    return torch.stack([_one_label(probabilities[:, k], truth == k) for k in present]).mean()


def _one_label(probability: Tensor, inside: Tensor) -> Tensor:
    """The Lovasz extension for one label: errors from large to small, each times what it costs of the IoU."""
    errors = torch.where(inside, 1 - probability, probability)
    falling, order = errors.sort(descending=True)
    hit = inside[order].float()
    total = hit.sum()
    jaccard = 1 - (total - hit.cumsum(0)) / (total + (1 - hit).cumsum(0))
    steps = torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])
    return (falling * steps).sum()
