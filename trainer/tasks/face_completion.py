"""Face completion: picture, parts and landmarks of aligned windows."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.eigenfaces import EIGENFACE_SIDE
from portrait_studio.networks.face_completion import (
    FACE_COMPLETION_SIDE,
    PARTS_STRIDE,
    FaceCompletion,
    FaceCompletionOutput,
)
from portrait_studio.networks.windows import cut_windows, random_hole_windows
from trainer.data.batch import Batch
from trainer.data.batches import BatchSource
from trainer.data.face_windows import AlignedFaceSampler
from trainer.losses.face import feature_weights, landmark_loss, parts_loss, picture_loss
from trainer.losses.perceptual import PerceptualLoss, RelativeFeatureDistance
from trainer.recipes.config import Recipe
from trainer.recipes.samples import FaceJitter
from trainer.tasks.adversary import AdversarialTask, Adversary, ImagePair, adversaries
from trainer.tasks.base import StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.face_pictures import colour_parts, draw_points
from trainer.tasks.family import Family, blank_picture, masked_windows, picture_changes
from trainer.tasks.kind import Ingredients, TaskKind

_JITTER: Final = FaceJitter(scale=0.03, turn=2.0, shift=1.5, loose=0.0)
"""As far as windows stray that are aligned by found landmarks: more would blur the components."""

_FIRST_STEP: Final = 2 * 10**9
"""Of the batches that the windows come from: apart from those of the training and of sheets."""


class FaceCompletionTask(AdversarialTask[FaceCompletionOutput]):
    """L1 and feature distance of the picture, cross entropy of the parts, likelihood of the landmarks.

    A discriminator, where the recipe has one, sees the picture with its known pixels kept.
    """

    def __init__(
        self,
        recipe: Recipe,
        network: nn.Module,
        perceptual: PerceptualLoss | None,
        adversaries: dict[str, Adversary],
    ) -> None:
        """Put it together.

        Args:
            recipe: what losses weigh.
            network: to be trained.
            perceptual: the feature distance, or None.
            adversaries: "face", or none.
        """
        super().__init__(recipe, network, adversaries)
        self._perceptual = perceptual

    def predict(self, batch: Batch, step: int) -> FaceCompletionOutput:
        """Picture, parts and landmarks."""
        out: FaceCompletionOutput = self.network(batch.masked, batch.mask)
        return out

    def loss(self, phase: str, batch: Batch, prediction: FaceCompletionOutput, step: int) -> StepLoss:
        """The discriminator's own, or the weighted sum of all that the recipe has a weight for."""
        if phase in self.adversaries:
            return self.adversaries[phase].own_loss(_judged(prediction, batch), step)
        assert batch.parts is not None
        assert batch.landmarks is not None
        out, picture = prediction, prediction.picture.float()
        weights = feature_weights(batch.parts, picture.shape[-1], self._config.features)
        pixel = picture_loss(picture, batch.image, batch.mask, self._config.known, weights)
        parts = {
            "pixel": self._config.pixel * pixel,
            "parts": self._config.parts * parts_loss(out.parts, batch.parts),
            "landmarks": self._config.landmarks * landmark_loss(out.landmarks, out.scales, batch.landmarks),
        }
        if self._perceptual is not None:
            parts["perceptual"] = self._config.perceptual * self._distance(picture, batch)
        for adversary in self.adversaries.values():
            parts |= adversary.network_losses(_judged(out, batch), step)
        off = (out.landmarks.detach() - batch.landmarks).norm(dim=-1).mean()
        result = weighted_sum(parts)
        return StepLoss(result.loss, result.scalars | {"landmarks_px": off.item()})

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Input, picture in the hole, truth, predicted parts with landmarks, true parts."""
        assert batch.parts is not None
        with torch.no_grad():
            out = self.predict(batch, 0)
        filled = batch.masked + batch.mask * out.picture.float()
        drawn = draw_points(colour_parts(out.parts.argmax(1), PARTS_STRIDE), out.landmarks)
        columns = [to_pictures(picture) for picture in (batch.masked, filled, batch.image)]
        return stack_rows([*columns, drawn, colour_parts(batch.parts, PARTS_STRIDE)])

    def _distance(self, picture: Tensor, batch: Batch) -> Tensor:
        """On a window around a random pixel of the hole, of some of the samples: that is what it costs."""
        assert self._perceptual is not None
        count = math.ceil(self._config.perceptual_share * len(picture))
        some = torch.randperm(len(picture))[:count].to(picture.device)
        composite = batch.masked[some] + batch.mask[some] * picture[some]
        side = min(self._config.perceptual_side, picture.shape[-1])
        corners = random_hole_windows(batch.mask[some], side)
        value: Tensor = self._perceptual(
            cut_windows(composite, corners, side), cut_windows(batch.image[some], corners, side)
        )
        return value


def _judged(out: FaceCompletionOutput, batch: Batch) -> ImagePair:
    """What the discriminator sees: no parsing map, which the network has none of either."""
    composite = batch.masked + batch.mask * out.picture.float()
    return ImagePair(batch.image, composite, batch.mask[:, :0], batch.mask)


def _make(given: Ingredients) -> FaceCompletionTask:
    size = given.recipe.data.size
    if size != FACE_COMPLETION_SIDE:
        raise OptionError(f"The face completion stage needs a size of {FACE_COMPLETION_SIDE}, not {size}.")
    judges = adversaries(given.recipe, {"face": size})
    if judges and given.recipe.discriminator.get("parsing_input") != "none":
        raise OptionError(
            'Aligned faces have no parsing map: set `parsing_input = "none"` in [discriminator].'
        )
    perceptual = given.perceptual(RelativeFeatureDistance)
    return FaceCompletionTask(given.recipe, given.network, perceptual, judges)


def _begin(given: Ingredients) -> str:
    fit_eigenfaces(given.network_as(FaceCompletion), given.packs, given.recipe)
    return f"linear faces of {given.recipe.face.windows} windows"


def _changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    apart = (full.landmarks - halved.landmarks).abs().max()
    return {**picture_changes(full.picture, halved.picture, hole), "landmarks": float(apart)}


_FAMILY = Family(
    "Redraws what a hole hides of a face, in an aligned window of 128 x 128 pixels; finds its parts and "
    "landmarks, also where the hole hides them (after Liao et al. 2018).",
    lambda: blank_picture(FACE_COMPLETION_SIDE),
    lambda views, hole: masked_windows(views, hole, FACE_COMPLETION_SIDE),
    _changes,
)

FACE_COMPLETION_KIND = TaskKind(_make, _FAMILY, AlignedFaceSampler, _begin)


def fit_eigenfaces(network: FaceCompletion, packs: Path, recipe: Recipe) -> None:
    """Fit them to as many windows as the recipe says.

    Raises:
        DataSetError: the packs are missing.
    """
    windows = recipe.face.windows
    recipe = replace(recipe, face=_JITTER, augment=replace(recipe.augment, colour=0.0))
    source = BatchSource(packs, recipe, make_sampler=AlignedFaceSampler)
    size = (EIGENFACE_SIDE, EIGENFACE_SIDE)
    batches = [
        functional.adaptive_avg_pool2d(source.batch(_FIRST_STEP + step).image, size)
        for step in range(-(-windows // recipe.data.batch))
    ]
    network.eigenfaces.fit(torch.cat(batches)[:windows])
