"""Face refinement: residual on the frozen completion, eq. 6 (Wu et al., section III.C)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.networks.face import FACE_WINDOW
from trainer.data.batch import Batch
from trainer.losses.adversarial import hole_l1
from trainer.losses.perceptual import PerceptualLoss
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import Adversary, Scene
from trainer.tasks.base import StepLoss, stack_rows, to_pictures
from trainer.tasks.structure import StructureSource


class FaceTask:
    """The frozen completion network fills a window around the face; F refines its middle 64x64 pixels."""

    def __init__(
        self,
        recipe: Recipe,
        network: nn.Module,
        completion: nn.Module,
        structure: StructureSource,
        perceptual: PerceptualLoss | None,
        adversary: Adversary | None,
    ) -> None:
        """Args: recipe, F, frozen G, source of parsing maps, eq. 3 or None, and D_f in play or None."""
        self.network = network
        self._loss = recipe.loss
        self._completion = completion.eval().requires_grad_(False)
        self._structure = structure
        self._perceptual = perceptual
        self._adversary = adversary
        self._strength = recipe.adversarial.strength
        self.phases: tuple[str, ...] = ("network",) if adversary is None else ("discriminator", "network")
        self._before = self._after = self._truth = self._parsing = self._mask = torch.empty(0)

    def modules(self) -> dict[str, nn.Module]:
        """Refinement network and its discriminator."""
        if self._adversary is None:
            return {"network": self.network}
        return {"discriminator": self._adversary.module, "network": self.network}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """One group."""
        if phase == "discriminator" and self._adversary is not None:
            return self._adversary.parameter_groups()
        return [{"params": list(self.network.parameters()), "factor": 1.0}]

    def active_phases(self, step: int) -> tuple[str, ...]:
        """The discriminator from the recipe's first adversarial step on."""
        return self.phases if self._strength(step) > 0 else ("network",)

    def begin_step(self, batch: Batch, step: int) -> None:
        """Complete, cut the face out, refine."""
        with torch.no_grad():
            parsing = self._structure(batch, step)
            filled = self._completion.to(batch.image.device)(batch.masked, parsing, batch.mask).float()
            composite = filled if self._loss.whole_output else batch.mask * filled + batch.masked
        cut = (_middle(x) for x in (composite, batch.image, parsing, batch.mask))
        self._before, self._truth, self._parsing, self._mask = cut
        residual = self.network(self._before, self._parsing, self._mask).float()
        where = torch.ones_like(self._mask) if self._loss.whole_output else self._mask
        self._after = (self._before + where * residual).clamp(-1, 1)

    def loss(self, phase: str, batch: Batch, step: int) -> StepLoss:
        """Eq. 6 (plus our L1)."""
        scene = Scene(self._truth, self._after, self._parsing, self._mask)
        if phase == "discriminator":
            assert self._adversary is not None
            return self._adversary.own_loss(scene, step)
        parts: dict[str, Tensor] = {}
        if self._loss.pixel:
            parts["pixel"] = self._loss.pixel * hole_l1(self._after, self._truth, self._mask)
        if self._perceptual is not None:
            parts["perceptual"] = self._loss.perceptual * self._perceptual(self._after, self._truth)
        if self._adversary is not None:
            parts |= self._adversary.network_losses(scene, step)
        before = hole_l1(self._before, self._truth, self._mask)
        scalars = {name: value.item() for name, value in parts.items()} | {"pixel_before": before.item()}
        return StepLoss(torch.stack(list(parts.values())).sum(), scalars)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Masked face, completion, refined, truth, enlarged twice."""
        with torch.no_grad():
            self.begin_step(batch, 0)
        masked = self._truth * (1 - self._mask)
        columns = [masked, self._before, self._after, self._truth]
        return stack_rows([to_pictures(functional.interpolate(x, scale_factor=2)) for x in columns])


def _middle(x: Tensor) -> Tensor:
    top, left = ((side - FACE_WINDOW) // 2 for side in x.shape[-2:])
    return x[..., top : top + FACE_WINDOW, left : left + FACE_WINDOW]
