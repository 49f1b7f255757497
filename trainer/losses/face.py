"""Losses of the face completion network: picture, face parts and landmarks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.face_completion import FACE_COMPLETION_SIDE
from trainer.losses.adversarial import hole_l1


def picture_loss(output: Tensor, target: Tensor, mask: Tensor, known: float) -> Tensor:
    """Mean absolute difference in the hole, and outside with the weight `known`; scalar.

    Args:
        output: (N, 3, H, W) in [-1, 1].
        target: the same.
        mask: (N, 1, H, W), 1 = hole.
        known: weight.
    """
    inside = hole_l1(output, target, mask)
    return inside + known * hole_l1(output, target, 1 - mask) if known else inside


def parts_loss(logits: Tensor, parts: Tensor) -> Tensor:
    """Cross entropy over the pixels that are known; scalar.

    Args:
        logits: (N, L, H, W).
        parts: (N, H, W) int64, 255 = unknown.
    """
    known = (parts != IGNORE_LABEL).sum().clamp_min(1)
    total = functional.cross_entropy(logits.float(), parts, ignore_index=IGNORE_LABEL, reduction="sum")
    return total / known


def landmark_loss(points: Tensor, scales: Tensor, truth: Tensor) -> Tensor:
    """Negative log likelihood under a Laplace distribution of x and y, less log 2; scalar.

    In half window sides, so that a scale of one is the whole window: |error| / scale + log scale, averaged.

    Args:
        points: (N, K, 2) in pixels of the window.
        scales: (N, K) in the same.
        truth: (N, K, 2) in the same.
    """
    half = FACE_COMPLETION_SIDE / 2
    error = (points - truth).abs().mean(-1)
    return (error / scales + torch.log(scales / half)).mean()
