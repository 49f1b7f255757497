"""Losses of the face completion network: picture, face parts and landmarks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.face_completion import FACE_COMPLETION_SIDE, FACE_PARTS
from trainer.losses.adversarial import hole_l1

_FEATURES = tuple(
    FACE_PARTS.index(name)
    for name in (
        *("right-brow", "left-brow", "right-eye", "left-eye"),
        *("upper-lip", "inner-mouth", "lower-lip"),
    )
)


def picture_loss(
    output: Tensor, target: Tensor, mask: Tensor, known: float, weights: Tensor | None = None
) -> Tensor:
    """Mean absolute difference in the hole, and outside with the weight `known`; scalar.

    Args:
        output: (N, 3, H, W) in [-1, 1].
        target: the same.
        mask: (N, 1, H, W), 1 = hole.
        known: weight.
        weights: (N, 1, H, W) of pixels in the hole; None = all alike.
    """
    inside = hole_l1(output, target, mask if weights is None else mask * weights)
    return inside + known * hole_l1(output, target, 1 - mask) if known else inside


def feature_weights(parts: Tensor, size: int, extra: float) -> Tensor:
    """One, and `extra` more where eyes, brows or lips are: (N, 1, size, size).

    They are what a face is known by, and a small share of most holes.

    Args:
        parts: (N, h, w) int64, index into `FACE_PARTS`, 255 = unknown.
        size: side of the picture in pixels.
        extra: more than one.
    """
    is_feature = torch.isin(parts, torch.tensor(_FEATURES, device=parts.device)).float()[:, None]
    return 1 + extra * functional.interpolate(is_feature, (size, size))


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
