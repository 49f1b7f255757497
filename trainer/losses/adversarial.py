"""Conditional adversarial losses (Wu et al., eq. 4), and what steadies them.

Where a mean is not over all pixels alike, its divisor is that of all processes together, so that several
processes compute what one would.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from trainer.distributed.processes import shared_mean


def discriminator_loss(kind: str, real: Tensor, fake: Tensor, weights: Tensor | None = None) -> Tensor:
    """What a discriminator minimises; scalar.

    Args:
        kind: "log" for -E[log D(p, x)] - E[log(1 - D(p, G))], the discriminator's side of eq. 4; "hinge" for
            E[max(0, 1 - D)] + E[max(0, 1 + D)] (Lim and Ye 2017).
        real: logits of any shape for the truth.
        fake: logits of the same shape for the output.
        weights: of the same shape, at least 0: the means are weighted; None = all equal.
    """
    if kind == "hinge":
        costs = functional.relu(1 - real.float()), functional.relu(1 + fake.float())
    else:
        costs = functional.softplus(-real.float()), functional.softplus(fake.float())
    return _mean(costs[0], weights) + _mean(costs[1], weights)


def generator_loss(kind: str, fake: Tensor, weights: Tensor | None = None) -> Tensor:
    """What the network minimises; scalar.

    Args:
        kind: "log" for -E[log D(p, G)], the non-saturating form of eq. 4 (Goodfellow et al. 2014, section 3);
            "hinge" for -E[D].
        fake: logits of any shape for the output.
        weights: see `discriminator_loss`.
    """
    return _mean(-fake.float() if kind == "hinge" else functional.softplus(-fake.float()), weights)


def patch_weights(mask: Tensor, logits: Tensor) -> Tensor:
    """Share of hole pixels in the cell that each logit stands on.

    Args:
        mask: (N, 1, H, W), 1 = hole.
        logits: (N, 1, h, w).

    Returns:
        (N, 1, h, w) in [0, 1].
    """
    return functional.adaptive_avg_pool2d(mask, (logits.shape[-2], logits.shape[-1]))


def feature_matching_loss(fake: Sequence[Tensor], real: Sequence[Tensor]) -> Tensor:
    """Mean absolute difference of a discriminator's features, averaged over layers (Wang et al. 2018, eq. 5).

    Args:
        fake: features of the output, each of any shape.
        real: those of the truth; no gradient flows to them.

    Returns:
        Scalar.
    """
    pairs = zip(fake, real, strict=True)
    return torch.stack([(a.float() - b.detach().float()).abs().mean() for a, b in pairs]).mean()


def gradient_penalty(logits: Tensor, image: Tensor) -> Tensor:
    """R1: half the squared norm of the gradient of D on true pictures (Mescheder et al. 2018, eq. 9).

    Args:
        logits: (N, 1, h, w) for `image`; those of a picture are averaged.
        image: (N, 3, H, W), requires a gradient.

    Returns:
        Scalar, mean over pictures, through which gradients flow once more.
    """
    (gradient,) = torch.autograd.grad(logits.float().mean((1, 2, 3)).sum(), image, create_graph=True)
    return gradient.float().square().sum((1, 2, 3)).mean() / 2


def hole_l1(output: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean absolute difference over hole pixels.

    Args:
        output: (N, 3, H, W) in [-1, 1].
        target: the same.
        mask: (N, 1, H, W), 1 = hole.
    """
    return ((output.float() - target).abs() * mask).sum() / (3 * shared_mean(mask.sum())).clamp_min(1)


def hole_squared(output: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Squared difference in the hole of colours in [0, 1] (Iizuka et al. 2017, eq. 2).

    The paper names neither sum nor mean: this is the mean over the whole windows, known pixels and all.

    Args:
        output: (N, 3, H, W) in [-1, 1].
        target: the same.
        mask: (N, 1, H, W), 1 = hole.
    """
    return (((output.float() - target) / 2) * mask).square().mean()


def _mean(costs: Tensor, weights: Tensor | None) -> Tensor:
    if weights is None:
        return costs.mean()
    return (costs * weights).sum() / shared_mean(weights.sum()).clamp_min(1e-6)
