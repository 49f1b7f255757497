"""Face generator: DCGAN on aligned faces (Qiang et al. 2019, eq. 1), and what its search needs to know."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.engine.latent.similarity import structural_similarity
from portrait_studio.errors import OptionError
from portrait_studio.networks.dcgan import FACE_GENERATOR_SIDE, LATENT, Dcgan
from trainer.data.batch import Batch
from trainer.data.tight_faces import TightFaceSampler
from trainer.losses.diff_augment import diff_augment
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import AdversarialTask, Adversary, ImagePair
from trainer.tasks.base import NETWORK, StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.family import Family, picture_changes
from trainer.tasks.kind import Ingredients, TaskKind

_DISCRIMINATOR = "discriminator"
_MEMORY = 0.01
"""Share of a step's pairs in the running figures of likeness."""
_PAIRS = 8
"""Pairs of a step that these see: all would cost more than they tell."""


class FaceGeneratorTask(AdversarialTask[ImagePair]):
    """Generator against judge; what is released holds both, averaged."""

    def __init__(self, recipe: Recipe, network: Dcgan) -> None:
        """Put it together.

        Args:
            recipe: how both are trained.
            network: generator and judge.
        """
        super().__init__(recipe, network, {_DISCRIMINATOR: Adversary("face", network.judge, recipe)})
        self._augments = recipe.adversarial.augment

    def modules(self) -> dict[str, nn.Module]:
        """The two halves of the network."""
        return {_DISCRIMINATOR: self._both.judge, NETWORK: self._both.generator}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """One group each."""
        if phase in self.adversaries:
            return self.adversaries[phase].parameter_groups()
        return [{"params": list(self._both.generator.parameters()), "factor": 1.0}]

    def predict(self, batch: Batch, step: int) -> ImagePair:
        """As many faces as there are photos."""
        latent = torch.randn(len(batch.image), LATENT, 1, 1).to(batch.image)
        nothing = batch.mask[:, :0]
        return ImagePair(batch.image, self.network(latent).float(), nothing, batch.mask)

    def loss(self, phase: str, batch: Batch, prediction: ImagePair, step: int) -> StepLoss:
        """Each one's side of eq. 1, the generator's in the non-saturating form."""
        judged = self._judged(prediction)
        if phase in self.adversaries:
            return self.adversaries[phase].own_loss(judged, step)
        scalars = self._note_likeness(prediction)
        result = weighted_sum(self.adversaries[_DISCRIMINATOR].network_losses(judged, step))
        return StepLoss(result.loss, result.scalars | scalars)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Photos, and two columns of faces that are the same at every step."""
        chance = torch.Generator().manual_seed(0)
        latent = torch.randn(2 * len(batch.image), LATENT, 1, 1, generator=chance)
        with torch.no_grad():
            faces = self.network(latent.to(batch.image)).float()
        return stack_rows([to_pictures(column) for column in (batch.image, *faces.chunk(2))])

    @property
    def _both(self) -> Dcgan:
        """Generator and judge; the averaged ones while they are looked at."""
        assert isinstance(self.network, Dcgan)
        return self.network

    def _judged(self, pair: ImagePair) -> ImagePair:
        if not self._augments:
            return pair
        return ImagePair(diff_augment(pair.truth), diff_augment(pair.output), pair.condition, pair.mask)

    def _note_likeness(self, pair: ImagePair) -> dict[str, float]:
        """Keep the running mean and deviation of how photos and faces differ (before eq. 5)."""
        with torch.no_grad():
            real, made = (picture[:_PAIRS].float() / 2 + 0.5 for picture in (pair.truth, pair.output))
            figures = torch.stack([structural_similarity(real, made), (real - made).abs().mean((1, 2, 3))])
            if self._both.generator.training:
                _follow(self._both.generator.likeness, figures)
        return {"similarity": figures[0].mean().item(), "difference": figures[1].mean().item()}


def _follow(likeness: Tensor, figures: Tensor) -> None:
    """Move running means and deviations (2, 2) towards those of figures (2, N)."""
    share = _MEMORY if bool(likeness.any()) else 1.0
    likeness[:, 0].lerp_(figures.mean(1), share)
    squares = (figures - likeness[:, :1]).square().mean(1)
    likeness[:, 1] = likeness[:, 1].square().lerp(squares, share).sqrt()


def _make(given: Ingredients) -> FaceGeneratorTask:
    size = given.recipe.data.size
    if size != FACE_GENERATOR_SIDE:
        raise OptionError(f"The face generator needs a size of {FACE_GENERATOR_SIDE}, not {size}.")
    return FaceGeneratorTask(given.recipe, given.network_as(Dcgan))


def _trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Latent vectors; what the views show is of no account."""
    chance = torch.Generator().manual_seed(0)
    return (torch.randn(len(views), LATENT, 1, 1, generator=chance),)


def _changes(full: Any, halved: Any, latent: Tensor) -> dict[str, float]:
    return picture_changes(full, halved, torch.ones_like(full[:, :1]))


_FAMILY = Family(
    "Paints faces of 64 x 64 pixels from 100 numbers, among which one searches for the face that goes on "
    "what is known of a photo's (after Qiang et al. 2019). Its faces are blurred and nobody's: it is a "
    "measured baseline, and the program never chooses it by itself.",
    lambda: (torch.zeros(1, LATENT, 1, 1),),
    _trial,
    _changes,
)

FACE_GENERATOR_KIND = TaskKind(_make, _FAMILY, TightFaceSampler)
