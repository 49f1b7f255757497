"""Smooth estimates that do not depend on the number of threads: blur, label-wise interpolation.

Only pooling, interpolation and elementwise operations are used: convolution libraries pick other algorithms for
other thread counts, and the same seed must give the same pixels.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

_HALVING_SIGMA_PX = 2.5


def blur(planes: Tensor, sigma_px: float) -> Tensor:
    """Gaussian blur with edge replication.

    Args:
        planes: (C, H, W) float32.
        sigma_px: standard deviation in pixels; wide blurs are made at half the resolution.

    Returns:
        (C, H, W) float32.
    """
    height, width = planes.shape[-2:]
    if sigma_px < 0.3:
        return planes
    if sigma_px > 2 * _HALVING_SIGMA_PX and min(height, width) > 8:
        half = F.avg_pool2d(planes[None], 2, ceil_mode=True, count_include_pad=False)[0]
        half = blur(half, sigma_px / 2)
        size = (2 * half.shape[-2], 2 * half.shape[-1])
        return F.interpolate(half[None], size=size, mode="bilinear")[0][:, :height, :width]
    radius = max(1, math.ceil(2.5 * sigma_px))
    taps = [math.exp(-0.5 * (i / sigma_px) ** 2) for i in range(-radius, radius + 1)]
    taps = [tap / sum(taps) for tap in taps]
    padded = F.pad(planes[None], (radius, radius, 0, 0), mode="replicate")[0]
    rows = sum((tap * padded[..., i : i + width] for i, tap in enumerate(taps)), torch.zeros_like(planes))
    padded = F.pad(rows[None], (0, 0, radius, radius), mode="replicate")[0]
    return sum((tap * padded[:, i : i + height] for i, tap in enumerate(taps)), torch.zeros_like(planes))


def blur_where(planes: Tensor, where: Tensor, sigma_px: float) -> Tensor:
    """Gaussian blur that looks only at pixels where `where` is set.

    Args:
        planes: (C, H, W) float32.
        where: (H, W) bool.
        sigma_px: standard deviation in pixels.

    Returns:
        (C, H, W) float32; far from every such pixel the value tends to 0.
    """
    weight = where.to(planes.dtype)[None]
    both = blur(torch.cat([planes * weight, weight]), sigma_px)
    return both[:-1] / both[-1:].clamp_min(1e-4)


def fill_by_label(image: Tensor, hole: Tensor, labels: Tensor) -> Tensor:
    """Interpolate the hole smoothly from known pixels of the same label; the start when no network speaks.

    Each label is pulled up and pushed down a pyramid of its known pixels (Gortler et al. 1996), so that a pixel takes the
    colour of near pixels of its label, and of far ones only when there are no near ones. A label without any known
    pixel takes the known pixels of all labels.

    Args:
        image: (3, H, W) float32.
        hole: (H, W) bool.
        labels: (H, W) int64.

    Returns:
        (3, H, W) float32; known pixels unchanged.
    """
    result = image
    everything = None
    for label in torch.unique(labels[hole]).tolist():
        where = hole & (labels == label)
        known = ~hole & (labels == label)
        if bool(known.any()):
            filled = _pull_push(image, known)
        else:
            everything = _pull_push(image, ~hole) if everything is None else everything
            filled = everything
        result = torch.where(where, filled, result)
    return result


def _pull_push(image: Tensor, known: Tensor) -> Tensor:
    weight = known.to(image.dtype)[None]
    return _pull_push_level(image * weight, weight)


def _pull_push_level(colours: Tensor, weight: Tensor) -> Tensor:
    """Colours are premultiplied by weight in [0, 1]; returns colours wherever there is any weight at all."""
    height, width = weight.shape[-2:]
    own = colours / weight.clamp_min(1e-6)
    if height == 1 and width == 1:
        return own
    both = torch.cat([colours, weight])[None]
    both = F.avg_pool2d(both, 2, ceil_mode=True, count_include_pad=False)[0]
    coarse = _pull_push_level(
        both[:-1] * _saturation(both[-1:]), (both[-1:] * _saturation(both[-1:])).clamp_max(1.0)
    )
    size = (2 * coarse.shape[-2], 2 * coarse.shape[-1])
    coarse = F.interpolate(coarse[None], size=size, mode="bilinear")[0][:, :height, :width]
    return weight * own + (1 - weight) * coarse


def _saturation(weight: Tensor) -> Tensor:
    """Factor that brings a mean weight of 2x2 pixels to min(1, sum): one known pixel of four is knowledge enough."""
    return torch.where(
        weight > 0, (4 * weight).clamp_max(1.0) / weight.clamp_min(1e-6), torch.ones_like(weight)
    )
