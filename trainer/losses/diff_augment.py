"""Differentiable augmentation of what a discriminator judges (Zhao et al. 2020): few photos last longer."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_SHIFT = 1 / 8
"""Largest shift, as a share of the side."""
_CUTOUT = 1 / 2
"""Side of the square that is cut out, as a share of the side."""


def diff_augment(image: Tensor) -> Tensor:
    """Other brightness, saturation and contrast, a shift and a square cut out, each picture by itself.

    Args:
        image: (N, 3, H, W) in [-1, 1]; gradients flow back to it.

    Returns:
        The same shape; grey (0) beyond the edge and in the square, colours may leave the range.
    """
    return _cut_out(_shifted(_recoloured(image)))


def _recoloured(image: Tensor) -> Tensor:
    brightness, saturation, contrast = torch.rand(3, len(image), 1, 1, 1, device=image.device)
    x = image + (brightness - 0.5)
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * (2 * saturation) + grey
    mean = x.mean((1, 2, 3), keepdim=True)
    changed: Tensor = (x - mean) * (contrast + 0.5) + mean
    return changed


def _shifted(image: Tensor) -> Tensor:
    count, _, height, width = image.shape
    reach = round(_SHIFT * max(height, width))
    padded = functional.pad(image, (reach, reach, reach, reach))
    places = torch.randint(2 * reach + 1, (count, 2)).tolist()
    return torch.stack(
        [one[:, y : y + height, x : x + width] for one, (x, y) in zip(padded, places, strict=True)]
    )


def _cut_out(image: Tensor) -> Tensor:
    count, _, height, width = image.shape
    keep = torch.ones(count, 1, height, width, device=image.device)
    half_y, half_x = round(_CUTOUT * height / 2), round(_CUTOUT * width / 2)
    for one in keep:
        y, x = int(torch.randint(height + 1, ())), int(torch.randint(width + 1, ()))
        one[:, max(0, y - half_y) : y + half_y, max(0, x - half_x) : x + half_x] = 0
    return image * keep
