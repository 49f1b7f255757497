"""Losses of the parsing network: softmax loss weighted inside the hole (Wu et al., eq. 2), and heatmaps.

Divisors are those of all processes together, so that several processes compute what one would.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import (
    HEATMAP_SIGMA,
    HEATMAP_STRIDE,
    IGNORE_LABEL,
    LABEL_COUNT,
    PARTIAL_LABELS,
)
from trainer.distributed.processes import shared_mean


def balanced_weights(frequencies: Tensor, power: float) -> Tensor:
    """Weights of the label codes: (median / frequency) ** power within [0.5, 4]; sets of labels weigh 1.

    Args:
        frequencies: (18,) share of each label in the pixels.
        power: 0 = all equal.

    Returns:
        (26,) float32 weights.
    """
    seen = frequencies[frequencies > 0]
    median = seen.median() if len(seen) else torch.tensor(1.0)
    exact = (median / frequencies.clamp_min(1e-6)).pow(power).clamp(0.5, 4.0)
    return torch.cat([exact, torch.ones(len(PARTIAL_LABELS))])


def weighted_softmax_loss(
    logits: Tensor, labels: Tensor, mask: Tensor, alpha: float, weights: Tensor, sets: Tensor
) -> Tensor:
    """Eq. 2: mean over known pixels of (1 + alpha m) times the softmax loss.

    A set of labels costs -log of the probability of all its members together.

    Args:
        logits: (N, 18, H, W).
        labels: (N, H, W) int64 codes, 255 = left out.
        mask: (N, 1, H, W), 1 = hole.
        alpha: extra weight inside the hole.
        weights: (26,) weight of each code.
        sets: from `label_sets`.

    Returns:
        Scalar.
    """
    known = labels != IGNORE_LABEL
    codes = labels.masked_fill(~known, 0)
    partial = codes >= LABEL_COUNT
    logarithms = functional.log_softmax(logits.float(), 1)
    pixel = functional.nll_loss(logarithms, codes.masked_fill(partial, 0), reduction="none")
    if bool(partial.any()):
        inside = torch.where(sets[LABEL_COUNT:] > 0, 0.0, float("-inf"))
        n, y, x = partial.nonzero(as_tuple=True)
        members = logarithms[n, :, y, x] + inside[codes[partial] - LABEL_COUNT]
        pixel = pixel.index_put((n, y, x), -torch.logsumexp(members, 1))
    importance = (1 + alpha * mask[:, 0]) * weights[codes] * known
    return (importance * pixel).sum() / shared_mean(known.float().sum()).clamp_min(1)


def heatmap_targets(keypoints: Tensor, height: int, width: int) -> Tensor:
    """Gaussian peaks of standard deviation 7 input pixels.

    Args:
        keypoints: (N, 16, 3) x, y in input pixels, confidence.
        height: rows of the heatmap.
        width: columns of the heatmap.

    Returns:
        (N, 16, height, width) in [0, 1].
    """
    centres = (keypoints[..., :2] + 0.5) / HEATMAP_STRIDE - 0.5
    return gaussian_peaks(centres, height, width, HEATMAP_SIGMA)


def gaussian_peaks(centres: Tensor, height: int, width: int, sigma: float) -> Tensor:
    """A peak of height one about each point.

    Args:
        centres: (N, K, 2) x, y; whole numbers are the centres of pixels.
        height: rows.
        width: columns.
        sigma: standard deviation in pixels.

    Returns:
        (N, K, height, width) in [0, 1].
    """
    ys = torch.arange(height, device=centres.device)[:, None]
    xs = torch.arange(width, device=centres.device)[None, :]
    squared = (xs - centres[..., 0, None, None]) ** 2 + (ys - centres[..., 1, None, None]) ** 2
    return torch.exp(-squared / (2 * sigma**2))


def heatmap_loss(heatmaps: Tensor, keypoints: Tensor) -> Tensor:
    """Squared error of the heatmaps of known keypoints, peaks weighted 20 times as much as emptiness.

    Args:
        heatmaps: (N, 16, h, w) in [0, 1].
        keypoints: (N, 16, 3) x, y in input pixels, confidence; below 0.1 the joint is left out.

    Returns:
        Scalar.
    """
    target = heatmap_targets(keypoints, *heatmaps.shape[-2:])
    known = (keypoints[..., 2] > 0.1).float()[..., None, None]
    error = functional.mse_loss(heatmaps.float(), target, reduction="none") * (1 + 20 * target) * known
    return error.sum() / (shared_mean(known.sum()) * target.shape[-1] * target.shape[-2]).clamp_min(1)
