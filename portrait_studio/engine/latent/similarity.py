"""Structural similarity as torch computes it, with gradients, also of pictures of which a part is known."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

WINDOW: Final = 11
SIGMA: Final = 1.5
_LUMINANCE: Final = 0.01**2
_CONTRAST: Final = 0.03**2


def structural_similarity(first: Tensor, second: Tensor, known: Tensor | None = None) -> Tensor:
    """Mean structural similarity of each pair, in [-1, 1] (Wang et al. 2004; Qiang et al., eq. 2).

    Gaussian window of 11 pixels, sigma 1.5, each channel by itself; windows lie wholly inside the picture.

    Args:
        first: (N, C, H, W), values on a range of 1, at least 11 pixels in both directions.
        second: the same shape.
        known: (1 or N, 1, H, W), 1 = known: only windows that reach a known pixel count, since where nothing
            is known both are 0 and would count as equal; None = all.

    Returns:
        (N,), 1 for equal pictures, and where nothing is known.
    """
    kernel = _gaussian(first)
    stacked = torch.cat([first, second, first * first, second * second, first * second], 1)
    means = _blurred(stacked, kernel)
    mean_a, mean_b, square_a, square_b, product = means.chunk(5, 1)
    variance = square_a - mean_a**2 + square_b - mean_b**2
    covariance = product - mean_a * mean_b
    likeness = (2 * mean_a * mean_b + _LUMINANCE) * (2 * covariance + _CONTRAST)
    values = likeness / ((mean_a**2 + mean_b**2 + _LUMINANCE) * (variance + _CONTRAST))
    if known is None:
        return values.mean((1, 2, 3))
    counts = (_reached(known) > 0).to(values).expand(len(values), -1, -1, -1)
    total = counts.sum((1, 2, 3))
    mean = (values.mean(1, keepdim=True) * counts).sum((1, 2, 3)) / total.clamp_min(1)
    return torch.where(total > 0, mean, torch.ones_like(mean))


def _gaussian(like: Tensor) -> Tensor:
    places = torch.arange(WINDOW, dtype=like.dtype, device=like.device) - WINDOW // 2
    weights = torch.exp(-(places * places) / (2 * SIGMA**2))
    return weights / weights.sum()


def _blurred(values: Tensor, kernel: Tensor) -> Tensor:
    channels = values.shape[1]
    row = kernel.view(1, 1, 1, -1).expand(channels, -1, -1, -1)
    across = functional.conv2d(values, row, groups=channels)
    return functional.conv2d(across, row.transpose(2, 3), groups=channels)


def _reached(known: Tensor) -> Tensor:
    return functional.max_pool2d(known, WINDOW, 1)
