"""What the search makes small: Qiang et al. 2019, eq. 3 to 8, with their gaps filled as said here.

The paper's limits of eq. 5 and 6 are of its own pictures and similarity; ours are measured while the
generator is trained and lie in its file. Two more things are ours: its printed minimum of the similarity is a
deviation, so it is computed; and the losses that are searched by are not cut off at 0 and 1, where they would
have no gradient (a good start already lies below the least mean difference).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.engine.latent.similarity import structural_similarity

PATCH: Final = 7
"""Side k of the patches of eq. 7, in pixels."""
NEARNESS: Final = 2.0
"""alpha of eq. 7."""
_DEVIATIONS: Final = 3.0
"""How many of them the limits lie from the mean (before eq. 5)."""


@dataclass(frozen=True)
class LossWeights:
    """Weights of eq. 8, as the paper has them; 0 leaves a loss out.

    Attributes:
        judge: of L_d.
        context: of L_c.
        structure: of L_s.
        nearness: alpha of eq. 7; 0 = all known pixels weigh the same.
    """

    judge: float = 0.003
    context: float = 0.2
    structure: float = 0.797
    nearness: float = NEARNESS


@dataclass(frozen=True)
class Limits:
    """Least and largest value of a figure over pairs of a photo and a made face: mean -+ 3 deviations."""

    least: float
    most: float

    @classmethod
    def around(cls, mean: float, deviation: float) -> Limits:
        """The limits about a mean."""
        return cls(mean - _DEVIATIONS * deviation, mean + _DEVIATIONS * deviation)

    @property
    def span(self) -> float:
        """From the least to the most."""
        return max(self.most - self.least, 1e-6)


def boundary_weights(known: Tensor, nearness: float = NEARNESS) -> Tensor:
    """Eq. 7: 1 + alpha times the share of hidden pixels in the 7 x 7 pixels around each one.

    Beyond the picture nothing is hidden.

    Args:
        known: (N, 1, H, W), 1 = known, 0 = hidden.
        nearness: alpha.
    """
    hidden = functional.avg_pool2d(1 - known, PATCH, 1, PATCH // 2)
    return 1 + nearness * hidden


def context_loss(made: Tensor, photo: Tensor, weights: Tensor, limits: Limits) -> Tensor:
    """Eq. 6, (N,): weighted mean difference of known pixels, 0 at the least and 1 at the most, not cut off.

    The paper's middle case lacks "- c_min" and would jump there; its sums over weighted, partly hidden
    pictures are compared with limits of whole ones: the mean over weights makes them comparable.

    Args:
        made: (N, 3, H, W) in [0, 1].
        photo: (1 or N, 3, H, W) in [0, 1].
        weights: (1 or N, 1, H, W): eq. 7's where known, 0 where hidden.
        limits: of the mean absolute difference.
    """
    difference = ((made - photo).abs() * weights).sum((1, 2, 3))
    mean = difference / (made.shape[1] * weights.sum((1, 2, 3))).clamp_min(1e-6)
    return (mean - limits.least) / limits.span


def structure_loss(made: Tensor, photo: Tensor, weights: Tensor, limits: Limits) -> Tensor:
    """Eq. 5, (N,): 0 at the most similarity and 1 at the least, not cut off.

    Both pictures are multiplied by the weights, as in eq. 8; windows in which nothing is known do not count.

    Args:
        made: (N, 3, H, W) in [0, 1].
        photo: (1 or N, 3, H, W) in [0, 1].
        weights: (1 or N, 1, H, W): eq. 7's where known, 0 where hidden.
        limits: of the structural similarity.
    """
    similarity = structural_similarity(
        made * weights, (photo * weights).expand_as(made), (weights > 0).to(made)
    )
    return (limits.most - similarity) / limits.span


def judge_loss(logits: Tensor) -> Tensor:
    """Eq. 3, (N,), log(1 - D), in the form -log D that has a gradient while the judge rejects."""
    return functional.softplus(-logits)


def reported(loss: Tensor) -> Tensor:
    """A loss as the paper states it: cut off at 0 and 1."""
    return torch.clamp(loss, 0.0, 1.0)
