"""Losses of collaborative face completion: weights of the tasks, maps as regression (Liao et al. 2018)."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.face_completion import FACE_PARTS
from trainer.distributed.processes import shared_mean
from trainer.losses.parsing import gaussian_peaks

ADVERSARIAL_WEIGHTS: Final[tuple[dict[str, float], ...]] = (
    {"i": 1.0, "s": 1.0, "d": 1.0},
    {"i": 0.8, "s": 0.2, "d": 0.2},
    {"i": 0.8, "s": 0.1, "d": 0.1},
)
"""Lambda_adv of eq. 1 by the letter of the task, of models with one, two and three tasks (4.2)."""

RECONSTRUCTION_WEIGHTS: Final[tuple[dict[str, float], ...]] = (
    {"i": 100.0, "s": 1000.0, "d": 1000.0},
    {"i": 100.0, "s": 200.0, "d": 200.0},
    {"i": 100.0, "s": 200.0, "d": 200.0},
)
"""Lambda_rec of eq. 2, likewise."""

POINT_SIGMA: Final = 3 / 128
"""Standard deviation of landmarks' maps, as a share of the window's side; the paper states none."""

_HAIR_OR_NOT: Final = [FACE_PARTS.index("background"), FACE_PARTS.index("hair")]


def part_maps(parts: Tensor) -> tuple[Tensor, Tensor]:
    """A map for each part, and where each is known.

    What is unknown of a face's window is hair or background, and nothing else.

    Args:
        parts: (N, H, W) int64, index into `FACE_PARTS`, 255 = unknown.

    Returns:
        (N, 11, H, W) float32, 1 = there, -1 = not; and 1 = known, 0 = unknown.
    """
    unknown = parts == IGNORE_LABEL
    shares = functional.one_hot(parts.masked_fill(unknown, 0), len(FACE_PARTS)).permute(0, 3, 1, 2).float()
    known = torch.ones_like(shares)
    known[:, _HAIR_OR_NOT] = (~unknown).float()[:, None]
    return (2 * shares - 1).masked_fill(unknown[:, None], -1.0), known


def point_maps(points: Tensor, side: int) -> Tensor:
    """A map for each landmark: 1 at its place, -1 far from it.

    Args:
        points: (N, K, 2) x, y in pixels of the window.
        side: of the window in pixels.

    Returns:
        (N, K, side, side).
    """
    return 2 * gaussian_peaks(points - 0.5, side, side, POINT_SIGMA * side) - 1


def maps_loss(output: Tensor, target: Tensor, known: Tensor | None = None) -> Tensor:
    """Mean squared difference over the pixels and channels that are known; scalar.

    Args:
        output: (N, C, H, W).
        target: the same.
        known: the same, 1 = known; None = all are.
    """
    squared = (output.float() - target).square()
    if known is None:
        return squared.mean()
    return (squared * known).sum() / shared_mean(known.sum()).clamp_min(1)
