"""Colour hints for a hole: smooth continuations of the known pixels, for all labels together and for each.

Both are pull-push interpolations (Gortler et al. 1996, section 3.4): known pixels are averaged into an image
pyramid together with their weights, and unknown ones take the value of the finest level that has something to
say.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import LABEL_COUNT, LABELS, MIRROR_LABELS

_SKIN = tuple(LABELS.index(name) for name in ("face", "left-leg", "right-leg", "left-arm", "right-arm"))
_MIRROR_WEIGHT, _SKIN_WEIGHT, _ANY_WEIGHT = 1e-2, 1e-3, 1e-6


def pull_push(values: Tensor, weights: Tensor) -> Tensor:
    """Interpolate scattered values smoothly over the whole grid.

    Args:
        values: (N, C, H, W); read only where the weight is positive.
        weights: (N, 1, H, W), confidence of each value, at least 0.

    Returns:
        (N, C, H, W): the values where the weight is at least 1, a smooth continuation elsewhere, 0 where an
        image has no positive weight at all.
    """
    if min(values.shape[-2:]) <= 1:
        total = weights.sum((2, 3), keepdim=True)
        mean = (values * weights).sum((2, 3), keepdim=True) / total.clamp_min(1e-12)
        return mean.expand_as(values)
    pad = (0, values.shape[-1] % 2, 0, values.shape[-2] % 2)
    heavy = functional.pad(weights, pad)
    products = functional.avg_pool2d(functional.pad(values * weights, pad), 2)
    pooled = functional.avg_pool2d(heavy, 2)
    coarse = pull_push(products / pooled.clamp_min(1e-12), (pooled * 4).clamp_max(1.0))
    smooth = functional.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
    smooth = smooth[..., : values.shape[-2], : values.shape[-1]]
    trust = weights.clamp(0, 1)
    return values * trust + smooth * (1 - trust)


def label_affinity() -> Tensor:
    """(18, 18) weights with which known pixels of label k speak for label l.

    Own label 1; the same part of the other side 0.01; other skin 0.001; anything 1e-6, so that a label
    without a known pixel takes the colour of the nearest relative.
    """
    affinity = torch.full((LABEL_COUNT, LABEL_COUNT), _ANY_WEIGHT)
    for a in _SKIN:
        for b in _SKIN:
            affinity[a, b] = _SKIN_WEIGHT
    for label, mirror in enumerate(MIRROR_LABELS):
        affinity[label, mirror] = _MIRROR_WEIGHT
        affinity[label, label] = 1.0
    return affinity


def label_hint(image: Tensor, parsing: Tensor, mask: Tensor, shrink: int = 4) -> Tensor:
    """Picture in which every hole pixel continues the known pixels of its own label.

    Args:
        image: (N, 3, H, W), hole pixels ignored; H and W multiples of `shrink`.
        parsing: (N, 18, H, W) probabilities, hole included.
        mask: (N, 1, H, W), 1 = hole.
        shrink: the interpolation runs at 1/shrink of the size; the mixing by labels runs at the full size.

    Returns:
        (N, 3, H, W), defined over the whole picture, in the range of `image`.
    """
    count, _, height, width = image.shape
    known = (1 - mask) * parsing
    small = functional.avg_pool2d(known, shrink)
    # Sums of colour per label and cell, so that label borders do not mix colours.
    colour = functional.avg_pool2d((image[:, None] * known[:, :, None]).flatten(1, 2), shrink)
    colour = colour.view(count, LABEL_COUNT, 3, *colour.shape[-2:])
    affinity = label_affinity().to(image)
    weights = torch.einsum("lk,nkhw->nlhw", affinity, small)
    sums = torch.einsum("lk,nkchw->nlchw", affinity, colour)
    values = sums / weights[:, :, None].clamp_min(1e-12)
    flat = pull_push(values.flatten(0, 1), weights.flatten(0, 1)[:, None])
    flat = functional.interpolate(flat, scale_factor=shrink, mode="bilinear", align_corners=False)
    return (flat.view(count, LABEL_COUNT, 3, height, width) * parsing[:, :, None]).sum(1)
