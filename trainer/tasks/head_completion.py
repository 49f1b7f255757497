"""Head completion: the labels of what a hole hides of a head, in one phase."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.head_completion import HEAD_LABELS, HEAD_SIDE, HeadCompletion
from trainer.data.batch import Batch
from trainer.data.head_windows import HeadWindowSampler
from trainer.tasks.base import SinglePhaseTask, StepLoss, stack_rows, to_pictures
from trainer.tasks.family import Family, masked_windows
from trainer.tasks.kind import Ingredients, TaskKind
from trainer.tasks.parsing import colour_labels

_SEEN_WEIGHT: Final = 0.1
"""Of what is not hidden: the network only has to repeat it."""
_UNKNOWN: Final = 255


class HeadCompletionTask(SinglePhaseTask[Tensor]):
    """Cross entropy of labels, mostly where the hole hides them."""

    def __init__(self, network: HeadCompletion) -> None:
        """Put it together.

        Args:
            network: to be trained.
        """
        super().__init__(network)
        table = torch.full((256,), _UNKNOWN)
        table[list(HEAD_LABELS)] = torch.arange(len(HEAD_LABELS))
        self._table = table

    def predict(self, batch: Batch, step: int) -> Tensor:
        """Logits (N, 5, S, S) of the labels."""
        logits: Tensor = self.network(batch.masked, self._shares(batch), batch.mask)
        return logits.float()

    def loss(self, phase: str, batch: Batch, prediction: Tensor, step: int) -> StepLoss:
        """The mean, and for the log the share of hidden pixels with the right label."""
        truth, known = self._truth(batch), (batch.labels != IGNORE_LABEL)[:, None].float()
        hidden = batch.mask * known
        weight = hidden + _SEEN_WEIGHT * known * (1 - batch.mask)
        entropy = functional.cross_entropy(prediction, truth, ignore_index=_UNKNOWN, reduction="none")
        mean = (entropy[:, None] * weight).sum() / weight.sum().clamp_min(1)
        right = ((prediction.argmax(1) == truth)[:, None] * hidden).sum() / hidden.sum().clamp_min(1)
        return StepLoss(mean, {"entropy": mean.item(), "right": right.item()})

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """What is seen, labels as answered and in truth, the photo."""
        with torch.no_grad():
            answer = self.predict(batch, 0).argmax(1)
        codes = torch.tensor(HEAD_LABELS, device=batch.labels.device)
        maps = [colour_labels(labels) for labels in (codes[answer], batch.labels)]
        return stack_rows([to_pictures(batch.masked), *maps, to_pictures(batch.image)])

    def _truth(self, batch: Batch) -> Tensor:
        return self._table.to(batch.labels.device)[batch.labels]

    def _shares(self, batch: Batch) -> Tensor:
        """(N, 5, S, S) labels as the photo shows them, none in the hole."""
        truth = self._truth(batch)
        known = truth != _UNKNOWN
        shares = functional.one_hot(truth * known, len(HEAD_LABELS)).permute(0, 3, 1, 2).float()
        return shares * known[:, None] * (1 - batch.mask)


def _make(given: Ingredients) -> HeadCompletionTask:
    if given.recipe.data.size != HEAD_SIDE:
        raise OptionError(
            f"The head completion network needs a size of {HEAD_SIDE}, not {given.recipe.data.size}."
        )
    return HeadCompletionTask(given.network_as(HeadCompletion))


def _blank() -> tuple[Tensor, ...]:
    shares = torch.zeros(1, len(HEAD_LABELS), HEAD_SIDE, HEAD_SIDE)
    return torch.zeros(1, 3, HEAD_SIDE, HEAD_SIDE), shares, torch.zeros(1, 1, HEAD_SIDE, HEAD_SIDE)


def _trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    pictures, holes = masked_windows(views, hole, HEAD_SIDE)
    shares = torch.zeros(len(pictures), len(HEAD_LABELS), HEAD_SIDE, HEAD_SIDE)
    shares[:, 0] = 1 - holes[:, 0]
    return pictures, shares, holes


def _changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    other = (full.argmax(1) != halved.argmax(1)).float().mean((1, 2)).max()
    return {"labels": float(other)}


_FAMILY = Family(
    "Says which parts of a head a hole hides (background, hair, face, hat, clothes), in a window of 96 x 96 "
    "pixels aligned by eyes and mouth: where hair and crown end beyond the frame.",
    _blank,
    _trial,
    _changes,
)

HEAD_COMPLETION_KIND = TaskKind(_make, _FAMILY, HeadWindowSampler)
