"""Search in the latent space of the face generator for the face that goes on what is known (Qiang et al.)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from portrait_studio.engine.latent.losses import (
    Limits,
    LossWeights,
    boundary_weights,
    context_loss,
    judge_loss,
    structure_loss,
)
from portrait_studio.engine.request import FACES_FOUND
from portrait_studio.networks.dcgan import LATENT, Dcgan

_DRAWN: Final = 10
"""Random faces for each start; the best of them is where it begins."""
_RATE: Final = 0.08
_SHRINKING: Final = 0.05
"""Weight of |z|^2 / 100: faces far from all that the generator was trained on are none."""
_ROUND: Final = 16
"""Random faces that are looked at together."""


@dataclass(frozen=True)
class SearchOptions:
    """How long and by what is searched.

    Attributes:
        weights: of the losses.
        starts: how many faces are searched for at once.
        steps: of each (the paper takes 1,000 of one).
    """

    weights: LossWeights = field(default_factory=LossWeights)
    starts: int = FACES_FOUND
    steps: int = 120


@dataclass(frozen=True, eq=False)
class FoundFace:
    """A face that was found.

    Attributes:
        latent: (100,) what it is made of.
        picture: (3, 64, 64) float32 in [0, 1].
        loss: of eq. 8; less is better.
    """

    latent: Tensor
    picture: Tensor
    loss: float


def search_faces(
    network: Dcgan,
    photo: Tensor,
    known: Tensor,
    generator: torch.Generator,
    options: SearchOptions,
    report: Callable[[float], None],
) -> list[FoundFace]:
    """Faces that go on what is known of one, best first.

    Args:
        network: in eval mode; its weights stay as they are.
        photo: (3, 64, 64) float32 in [0, 1], aligned; what is hidden is not looked at.
        known: (1, 64, 64) float32, 1 = known, 0 = hidden.
        generator: source of all chance, on the CPU.
        options: how to search.
        report: hears of the finished share before every step; raises to cancel.
    """
    loss = _Loss(network, photo[None], known[None], options.weights)
    begun = _starts(loss, generator, options.starts, report)
    latent = _searched(loss, begun, options.steps, report)
    with torch.no_grad():
        losses, pictures = loss(latent), loss.faces(latent)
    order = torch.argsort(losses, stable=True).tolist()
    return [FoundFace(latent[place].flatten(), pictures[place], float(losses[place])) for place in order]


def _searched(loss: _Loss, start: Tensor, steps: int, report: Callable[[float], None]) -> Tensor:
    """Latent vectors (N, 100, 1, 1) after so many steps of Adam, none of which knows of the others."""
    latent = start.requires_grad_(True)
    optimiser = torch.optim.Adam([latent], _RATE)
    for step in range(steps):
        report(step / steps)
        optimiser.param_groups[0]["lr"] = _RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
        with torch.enable_grad():
            (latent.grad,) = torch.autograd.grad(loss(latent).sum(), latent)
        optimiser.step()
    report(1.0)
    return latent.detach()


class _Loss:
    """Eq. 8 of latent vectors (N, 100, 1, 1) for one photo: (N,)."""

    def __init__(self, network: Dcgan, photo: Tensor, known: Tensor, weights: LossWeights) -> None:
        self._network, self._known, self._weights = network, known, weights
        self._photo = torch.where(known > 0, photo, torch.zeros_like(photo))
        self._importance = boundary_weights(known, weights.nearness) * known
        (similarity, spread), (difference, deviation) = network.generator.likeness.tolist()
        self._similar = Limits.around(similarity, spread)
        self._different = Limits.around(difference, deviation)

    @property
    def device(self) -> torch.device:
        """What it computes on."""
        return self._photo.device

    def faces(self, latent: Tensor) -> Tensor:
        """(N, 3, 64, 64) in [0, 1]."""
        painted: Tensor = self._network(latent)
        return painted * 0.5 + 0.5

    def __call__(self, latent: Tensor) -> Tensor:
        painted, weights = self._network(latent), self._weights
        faces = painted * 0.5 + 0.5
        total = _SHRINKING * latent.square().mean((1, 2, 3))
        if weights.context:
            total = total + weights.context * context_loss(
                faces, self._photo, self._importance, self._different
            )
        if weights.structure:
            total = total + weights.structure * structure_loss(
                faces, self._photo, self._importance, self._similar
            )
        if weights.judge:
            total = total + weights.judge * judge_loss(self._network.judgement(painted))
        return total


def _starts(loss: _Loss, chance: torch.Generator, count: int, report: Callable[[float], None]) -> Tensor:
    """The best of some random latent vectors for each start: (count, 100, 1, 1)."""
    drawn = torch.randn(count * _DRAWN, LATENT, 1, 1, generator=chance).to(loss.device)
    losses = []
    with torch.no_grad():
        for part in drawn.chunk(-(-len(drawn) // _ROUND)):
            report(0.0)
            losses.append(loss(part))
    by_start = torch.cat(losses).view(count, _DRAWN)
    best = by_start.argmin(1) + _DRAWN * torch.arange(count, device=drawn.device)
    return drawn[best].clone()
