"""Losses of completion that finds the hole itself (Liu, Li and Li 2019, eq. 6, 8 and 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

ATTENTION_GROWTH: Final = 3.0
"""Theta of eq. 6: later looks weigh so much more than the one before."""

SCALE_DECAY: Final = 0.75
"""Lambda of eq. 8: smaller pictures weigh so much less than the next larger one."""


def attention_loss(looks: Tensor, mask: Tensor) -> Tensor:
    """Eq. 6: squared error of the map of each look t, weighted by theta^t over the cube root of H W.

    Args:
        looks: (N, T, H, W) logits.
        mask: (N, 1, H, W), 1 = damaged.
    """
    steps = looks.shape[1]
    errors = (torch.sigmoid(looks.float()) - mask).square().mean((0, 2, 3))
    weights = ATTENTION_GROWTH ** torch.arange(1, steps + 1, device=looks.device, dtype=errors.dtype)
    root: float = (looks.shape[-2] * looks.shape[-1]) ** (1 / 3)
    return (weights * errors).sum() / root


def scales_loss(pictures: Sequence[Tensor], truth: Tensor) -> Tensor:
    """Eq. 8: squared error of pictures of several sizes; each weighs lambda times as much as the next larger.

    Args:
        pictures: (N, 3, h, w) in [-1, 1], the largest last and of the size of the truth.
        truth: (N, 3, H, W) in [-1, 1].
    """
    total = truth.new_zeros(())
    for step, picture in enumerate(reversed(pictures)):
        wanted = functional.adaptive_avg_pool2d(truth, (picture.shape[-2], picture.shape[-1]))
        total = total + SCALE_DECAY**step * (picture.float() - wanted).square().mean()
    return total


def semantic_loss(parse: Callable[[Tensor], Tensor], output: Tensor, truth: Tensor) -> Tensor:
    """Eq. 9: cross entropy between what a frozen parser says of the output and its decision on the truth.

    Args:
        parse: (N, 3, H, W) in [-1, 1] to logits (N, L, h, w).
        output: (N, 3, H, W).
        truth: the same.
    """
    with torch.no_grad():
        wanted = parse(truth).argmax(1)
    return functional.cross_entropy(parse(output).float(), wanted)
