"""Smooth estimates that do not depend on the number of threads: blur, label-wise interpolation.

Only pooling, padding and elementwise operations are used: convolutions and torch's own interpolation pick
other algorithms for other thread counts, and the same seed must give the same pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from portrait_studio.engine.texture.pyramid import halved, labels_in, shrunk

_HALVING_SIGMA_PX = 2.5
_SPREAD_SIDE_PX = 300
_RELAXATIONS = 16


def _silent() -> None:
    """Nobody needs to hear of a small step."""


def blur(planes: Tensor, sigma_px: float, tick: Callable[[], None] = _silent) -> Tensor:
    """Gaussian blur with edge replication.

    Args:
        planes: (C, H, W) float32.
        sigma_px: standard deviation in pixels; wide blurs are made at half the resolution.
        tick: called between the steps.

    Returns:
        (C, H, W) float32.
    """
    height, width = planes.shape[-2:]
    if sigma_px < 0.3:
        return planes
    if sigma_px > 2 * _HALVING_SIGMA_PX and min(height, width) > 8:
        half = halved(planes)
        tick()
        half = blur(half, sigma_px / 2, tick)
        return doubled(half)[:, :height, :width]
    radius = max(1, math.ceil(2.5 * sigma_px))
    taps = [math.exp(-0.5 * (i / sigma_px) ** 2) for i in range(-radius, radius + 1)]
    taps = [tap / sum(taps) for tap in taps]
    padded = F.pad(planes[None], (radius, radius, 0, 0), mode="replicate")[0]
    rows = _slid(padded, taps, 2, width)
    tick()
    padded = F.pad(rows[None], (0, 0, radius, radius), mode="replicate")[0]
    return _slid(padded, taps, 1, height)


def _slid(padded: Tensor, taps: list[float], axis: int, size: int) -> Tensor:
    """Weighted sum of the stretches of `size` that begin one pixel further for each tap."""
    total = torch.zeros_like(padded.narrow(axis, 0, size), memory_format=torch.contiguous_format)
    # One buffer for all products: on large pictures making a new one each time takes as long as the sums.
    product = torch.empty_like(total)
    for start, tap in enumerate(taps):
        torch.mul(padded.narrow(axis, start, size), tap, out=product)
        total += product
    return total


def doubled(planes: Tensor) -> Tensor:
    """Bilinear enlargement of (C, H, W) planes to (C, 2 H, 2 W)."""
    for axis in (1, 2):
        size = planes.shape[axis]
        before = torch.cat([planes.narrow(axis, 0, 1), planes.narrow(axis, 0, size - 1)], axis)
        after = torch.cat([planes.narrow(axis, 1, size - 1), planes.narrow(axis, size - 1, 1)], axis)
        pair = (0.75 * planes + 0.25 * before, 0.75 * planes + 0.25 * after)
        planes = torch.stack(pair, axis + 1).flatten(axis, axis + 1)
    return planes


def blur_where(planes: Tensor, where: Tensor, sigma_px: float, tick: Callable[[], None] = _silent) -> Tensor:
    """Gaussian blur that looks only at pixels where `where` is set.

    Args:
        planes: (C, H, W) float32.
        where: (H, W) bool.
        sigma_px: standard deviation in pixels.
        tick: called between the steps.

    Returns:
        (C, H, W) float32; far from every such pixel the value tends to 0.
    """
    weight = where.to(planes.dtype)[None]
    share = blur(weight, sigma_px, tick).clamp_min(1e-4)
    blurred = torch.empty_like(planes, memory_format=torch.contiguous_format)
    # One plane at a time: on large pictures the buffers of a blur take more memory than its result.
    for number in range(planes.shape[0]):
        torch.div(
            blur(planes[number : number + 1] * weight, sigma_px, tick),
            share,
            out=blurred[number : number + 1],
        )
        tick()
    return blurred


def structure_plane(labels: Tensor) -> Tensor:
    """(H, W) float32: the label plus 0, 0.25 or 0.5 for pixels 0, 1 or more px inside their part.

    Pixels at the border of a part hold mixed colours, and maps are seldom exact to the pixel: inner ones
    are the better sources.
    """
    border = torch.zeros(labels.shape, dtype=torch.bool, device=labels.device)
    for axis in (0, 1):
        size = labels.shape[axis] - 1
        differs = labels.narrow(axis, 0, size) != labels.narrow(axis, 1, size)
        border.narrow(axis, 0, size).logical_or_(differs)
        border.narrow(axis, 1, size).logical_or_(differs)
    inside = (~border).float() + shrunk(~border, 1)
    return labels + 0.25 * inside


def fill_by_label(image: Tensor, hole: Tensor, labels: Tensor, tick: Callable[[], None]) -> Tensor:
    """Interpolate the hole smoothly from known pixels of the same label; the start when no network speaks.

    Each label is pulled up and pushed down a pyramid of its known pixels (Gortler et al. 1996) and relaxed
    towards a membrane, so that a pixel takes the colour of near pixels of its label, and of far ones only
    when there are no near ones. A label without any known pixel takes the known pixels of all labels.

    Args:
        image: (3, H, W) float32.
        hole: (H, W) bool.
        labels: (H, W) integer labels.
        tick: called between the steps.

    Returns:
        (3, H, W) float32; known pixels unchanged.
    """
    structure = structure_plane(labels)
    trust = 0.02 + 1.96 * (structure - structure.floor())
    tick()
    result = image
    for label in labels_in(labels[hole]):
        where = hole & (labels == label)
        domain = labels == label
        if not bool((domain & ~hole).any()):
            domain = torch.ones_like(hole)
        weight = torch.where(domain & ~hole, trust, 0.0)[None]
        filled = _spread(image, weight, domain[None].float())
        result = torch.where(where, filled, result)
        tick()
    return result


def _spread(image: Tensor, weight: Tensor, domain: Tensor) -> Tensor:
    """Pull and push, from a resolution on that is enough for something smooth."""
    height, width = weight.shape[-2:]
    block = 1
    while max(height, width) > block * _SPREAD_SIDE_PX:
        block *= 2
    every = torch.cat([image * weight, weight, domain])[None]
    every = F.avg_pool2d(every, block, ceil_mode=True, count_include_pad=False)[0]
    gain = _gain(every[3:4], block)
    coarse = _pull_push(every[:3] * gain, every[3:4] * gain, every[4:])
    while block > 1:
        coarse, block = doubled(coarse), block // 2
    return coarse[:, :height, :width]


def _gain(mean: Tensor, block: int) -> Tensor:
    """Factor that brings a block's mean weight to min(1, sum): one known pixel is knowledge enough."""
    return torch.where(mean > 0, (block * block * mean).clamp_max(1.0) / mean.clamp_min(1e-6), 1.0)


def _pull_push(colours: Tensor, weight: Tensor, domain: Tensor) -> Tensor:
    """Spread known colours over a domain.

    Args:
        colours: (3, H, W) float32, multiplied by weight.
        weight: (1, H, W) float32 in [0, 1], how much is known about a pixel.
        domain: (1, H, W) float32 in [0, 1], how much of a pixel belongs to the part; colours flow only there.

    Returns:
        (3, H, W) float32.
    """
    height, width = weight.shape[-2:]
    own = colours / weight.clamp_min(1e-6)
    if height == 1 and width == 1:
        return own
    every = halved(torch.cat([colours, weight, domain]))
    gain = _gain(every[3:4], 2)
    coarse = _pull_push(every[:3] * gain, every[3:4] * gain, every[4:])
    spread = doubled(coarse)[:, :height, :width]
    filled = weight * own + (1 - weight) * spread
    for _ in range(_RELAXATIONS):
        filled = weight * own + (1 - weight) * _neighbour_mean(filled, domain)
    return filled


def _neighbour_mean(planes: Tensor, domain: Tensor) -> Tensor:
    """Mean of the four neighbours inside the domain; the pixel itself where it has none."""
    both = F.pad(torch.cat([planes * domain, domain])[None], (1, 1, 1, 1))[0]
    total = both[:, :-2, 1:-1] + both[:, 2:, 1:-1] + both[:, 1:-1, :-2] + both[:, 1:-1, 2:]
    return torch.where(total[-1:] > 1e-3, total[:-1] / total[-1:].clamp_min(1e-3), planes)
