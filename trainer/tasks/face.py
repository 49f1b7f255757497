"""Face refinement: residual on the frozen completion, eq. 6 (Wu et al., section III.C)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.conventions import FACE
from portrait_studio.networks.face import FACE_WINDOW
from portrait_studio.networks.windows import Corners, cut_windows, hole_windows
from trainer.data.batch import Batch
from trainer.losses.adversarial import hole_l1
from trainer.losses.perceptual import PerceptualLoss
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import AdversarialTask, Adversary, ImagePair, adversaries
from trainer.tasks.base import StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.family import Family, blank_guided, label_stripes, picture_changes
from trainer.tasks.kind import Ingredients, TaskKind
from trainer.tasks.structure import StructureSource


@dataclass(frozen=True, eq=False)
class Refined:
    """The window of a completed batch that the network sees, refined.

    Attributes:
        pair: windows of 64 x 64 pixels and what became of them.
        before: (N, 3, 64, 64) the completion network's, in [-1, 1].
    """

    pair: ImagePair
    before: Tensor


class FaceTask(AdversarialTask[Refined]):
    """The frozen completion network fills a window; F refines 64 x 64 pixels of it."""

    def __init__(
        self,
        recipe: Recipe,
        network: nn.Module,
        completion: nn.Module,
        structure: StructureSource,
        perceptual: PerceptualLoss | None,
        adversary: Adversary | None,
    ) -> None:
        """Put it together.

        Args:
            recipe: what losses weigh.
            network: F.
            completion: frozen G.
            structure: source of parsing maps.
            perceptual: eq. 3, or None.
            adversary: D_f, or None.
        """
        super().__init__(recipe, network, {} if adversary is None else {"discriminator": adversary})
        self._windows: Callable[[Tensor, Tensor], Corners] = (
            face_windows if recipe.data.face_in_photo else _middles
        )
        self._completion = completion.eval().requires_grad_(False)
        self._structure = structure
        self._perceptual = perceptual

    def predict(self, batch: Batch, step: int) -> Refined:
        """Complete, cut the face out, refine."""
        with torch.no_grad():
            parsing = self._structure(batch, step)
            filled = self._completion.to(batch.image.device)(batch.masked, parsing, batch.mask).float()
            composite = filled if self._config.whole_output else batch.mask * filled + batch.masked
        corners = self._windows(parsing, batch.mask)
        before, truth, labels, mask = (
            cut_windows(x, corners, FACE_WINDOW) for x in (composite, batch.image, parsing, batch.mask)
        )
        residual = self.network(before, labels, mask).float()
        where = torch.ones_like(mask) if self._config.whole_output else mask
        after = (before + where * residual).clamp(-1, 1)
        return Refined(ImagePair(truth, after, labels, mask), before)

    def loss(self, phase: str, batch: Batch, prediction: Refined, step: int) -> StepLoss:
        """Eq. 6 (plus our L1)."""
        pair = prediction.pair
        if phase in self.adversaries:
            return self.adversaries[phase].own_loss(pair, step)
        parts: dict[str, Tensor] = {}
        if self._config.pixel:
            parts["pixel"] = self._config.pixel * hole_l1(pair.output, pair.truth, pair.mask)
        if self._perceptual is not None:
            parts["perceptual"] = self._config.perceptual * self._perceptual(pair.output, pair.truth)
        for adversary in self.adversaries.values():
            parts |= adversary.network_losses(pair, step)
        result = weighted_sum(parts)
        before = hole_l1(prediction.before, pair.truth, pair.mask)
        return StepLoss(result.loss, result.scalars | {"pixel_before": before.item()})

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Masked face, completion, refined, truth, enlarged twice."""
        with torch.no_grad():
            refined = self.predict(batch, 0)
        pair = refined.pair
        columns = [pair.truth * (1 - pair.mask), refined.before, pair.output, pair.truth]
        return stack_rows([to_pictures(functional.interpolate(x, scale_factor=2)) for x in columns])


def face_windows(parsing: Tensor, mask: Tensor) -> Corners:
    """Top left corners (x, y) of the windows of 64 pixels around the centre of mass of the label "face".

    Args:
        parsing: (N, 18, H, W) probabilities; the likeliest label counts.
        mask: (N, 1, H, W), 1 = hole: the window lies around it where there is no face.
    """
    faces = (parsing.argmax(1, keepdim=True) == FACE).to(mask)
    some = faces.sum((1, 2, 3), keepdim=True) > 0
    return hole_windows(torch.where(some, faces, mask), FACE_WINDOW)


def _middles(parsing: Tensor, mask: Tensor) -> Corners:
    """Those of the middle of windows that were cut around faces."""
    top, left = ((side - FACE_WINDOW) // 2 for side in mask.shape[-2:])
    return [(left, top)] * len(mask)


def _make(given: Ingredients) -> FaceTask:
    recipe = given.recipe
    judge = adversaries(recipe, {"face": FACE_WINDOW}).get("face")
    completion = given.frozen.load("completion")
    if completion is None:
        raise WeightsError(
            "The face network refines a completion network: name its weights with --init models."
        )
    if recipe.data.size < FACE_WINDOW:
        raise OptionError(f"The face stage needs a size of at least {FACE_WINDOW}, not {recipe.data.size}.")
    return FaceTask(recipe, given.network, completion, given.structure(), given.perceptual(), judge)


def _trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """The upper middle of the views, at the network's own size."""
    start = (views.shape[-1] - FACE_WINDOW) // 2
    part = (..., slice(start - 32, start - 32 + FACE_WINDOW), slice(start, start + FACE_WINDOW))
    return views[part], label_stripes(views)[part], hole[part]


_FAMILY = Family(
    "Corrects a completed face in a window of 64 x 64 pixels (Wu et al., section III.C).",
    lambda: blank_guided(FACE_WINDOW),
    _trial,
    picture_changes,
)

FACE_KIND = TaskKind(_make, _FAMILY, uses_released=True)
