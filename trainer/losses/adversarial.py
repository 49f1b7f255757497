"""Conditional adversarial losses (Wu et al., eq. 4)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-E[log D(p, x)] - E[log(1 - D(p, G))] for logits (N,); scalar."""
    genuine = functional.binary_cross_entropy_with_logits(
        real.float(), torch.ones_like(real, dtype=torch.float32)
    )
    forged = functional.binary_cross_entropy_with_logits(
        fake.float(), torch.zeros_like(fake, dtype=torch.float32)
    )
    return genuine + forged


def generator_loss(fake: Tensor) -> Tensor:
    """-E[log D(p, G)], the non-saturating form of eq. 4 (Goodfellow et al. 2014, section 3); scalar."""
    return functional.binary_cross_entropy_with_logits(
        fake.float(), torch.ones_like(fake, dtype=torch.float32)
    )


def hole_l1(output: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean absolute difference over hole pixels.

    Args:
        output: (N, 3, H, W) in [-1, 1].
        target: the same.
        mask: (N, 1, H, W), 1 = hole.
    """
    return ((output.float() - target).abs() * mask).sum() / (3 * mask.sum()).clamp_min(1)
