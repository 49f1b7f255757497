"""Feet: codes and decoder learn pairs of feet by heart (Bojanowski et al. 2018, with an L1 loss)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.feet import FEET_LABELS, FEET_SIDE, FeetDecoder, PaintedFeet
from trainer.data.batch import Batch
from trainer.data.feet_windows import FeetSampler, chosen_feet
from trainer.data.packs import PackedSet
from trainer.recipes.config import Recipe
from trainer.tasks.base import SinglePhaseTask, StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.family import Family, picture_changes
from trainer.tasks.kind import Ingredients, TaskKind
from trainer.tasks.parsing import colour_labels

_CODE_FACTOR: Final = 5.0
"""How much faster codes move than weights: a code is seen once in all pairs."""
_SHOE_WEIGHT: Final = 2.0
"""Of what is above the shoes, the user's photo shows most."""


class FeetTask(SinglePhaseTask[PaintedFeet]):
    """L1 of colours and of their steps from pixel to pixel, and cross entropy of labels."""

    def __init__(self, recipe: Recipe, network: FeetDecoder, order: dict[str, int]) -> None:
        """Put it together.

        Args:
            recipe: what the losses weigh (`pixel`, `features` for steps, `parts` for labels).
            network: to be trained.
            order: number of the code of each photo.
        """
        super().__init__(network)
        self._loss, self._order = recipe.loss, order
        table = torch.full((256,), 0)
        table[list(FEET_LABELS)] = torch.arange(len(FEET_LABELS))
        self._table = table

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """The codes with their own factor on the rate and no decay, and the decoder."""
        decoder = [value for name, value in self.network.named_parameters() if name != "codes"]
        codes = {"params": [self.network.get_parameter("codes")], "factor": _CODE_FACTOR, "weight_decay": 0.0}
        return [codes, {"params": decoder, "factor": 1.0}]

    def predict(self, batch: Batch, step: int) -> PaintedFeet:
        """The pairs of the photos."""
        chosen = torch.tensor([self._order[key] for key in batch.keys], device=batch.image.device)
        painted: PaintedFeet = self.network(chosen)
        return PaintedFeet(painted.picture.float(), painted.labels.float())

    def loss(self, phase: str, batch: Batch, prediction: PaintedFeet, step: int) -> StepLoss:
        """How far pictures and labels are from the photos'."""
        truth = self._table.to(batch.labels.device)[batch.labels]
        weight = batch.mask * (1 + (_SHOE_WEIGHT - 1) * _is_shoe(truth))
        error = (prediction.picture - batch.image) * weight
        steps = [error.diff(dim=axis).abs().sum() for axis in (2, 3)]
        count = 3 * weight.sum()
        return weighted_sum(
            {
                "pixel": self._loss.pixel * error.abs().sum() / count,
                "steps": self._loss.features * torch.stack(steps).sum() / count,
                "labels": self._loss.parts * functional.cross_entropy(prediction.labels, truth),
            }
        )

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Photo, what is painted, labels of both."""
        with torch.no_grad():
            painted = self.predict(batch, 0)
        codes = torch.tensor(FEET_LABELS, device=painted.labels.device)
        maps = [colour_labels(labels) for labels in (batch.labels, codes[painted.labels.argmax(1)])]
        pictures = [to_pictures(picture * batch.mask) for picture in (batch.image, painted.picture)]
        return stack_rows([*pictures, *maps])


def _is_shoe(truth: Tensor) -> Tensor:
    """(N, 1, S, S) of zeros and ones, for indices (N, S, S) into `FEET_LABELS`."""
    return ((truth == 1) | (truth == 2))[:, None].float()


def _make(given: Ingredients) -> FeetTask:
    recipe, network = given.recipe, given.network_as(FeetDecoder)
    if recipe.data.size != FEET_SIDE:
        raise OptionError(f"The feet network needs a size of {FEET_SIDE}, not {recipe.data.size}.")
    photos = PackedSet(given.packs, "train", list(recipe.data.sets))
    windows = chosen_feet(photos, network.config.pairs)
    network.joints.copy_(torch.from_numpy(np.stack([window.keypoints for window in windows.values()])))
    return FeetTask(recipe, network, {key: number for number, key in enumerate(windows)})


def _changes(full: PaintedFeet, halved: PaintedFeet, chosen: Tensor) -> dict[str, float]:
    other = (full.labels.argmax(1) != halved.labels.argmax(1)).float().mean((1, 2)).max()
    everywhere = torch.ones_like(full.picture[:, :1])
    return {"labels": float(other), **picture_changes(full.picture, halved.picture, everywhere)}


_FAMILY = Family(
    "Paints pairs of feet of 160 x 160 pixels with their labels, each from a code of its own; what it knows "
    "are shoes of training photos (auto-decoder, after Bojanowski et al. 2018).",
    lambda: (torch.zeros(1, 1, 1, 1, dtype=torch.int64),),
    lambda views, hole: (torch.arange(2)[:, None, None, None],),
    _changes,
)

FEET_KIND = TaskKind(_make, _FAMILY, FeetSampler)
