"""Stage I: the parsing network, trained end to end (Wu et al., section III.A)."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.networks.conventions import LABEL_COLOURS, LABEL_COUNT, PARTIAL_LABELS, SKELETON
from portrait_studio.networks.parsing import Parser, ParsingOutput
from trainer.data.batch import Batch
from trainer.data.label_sets import label_sets
from trainer.losses.lovasz import lovasz_softmax_loss
from trainer.losses.parsing import balanced_weights, heatmap_loss, weighted_softmax_loss
from trainer.recipes.config import Recipe
from trainer.tasks.base import SinglePhaseTask, StepLoss, stack_rows, to_pictures
from trainer.tasks.encoder import begin_from_imagenet, encoder_and_head, freeze_encoder
from trainer.tasks.family import COST_SIDE, Family, blank_picture, masked_views
from trainer.tasks.kind import Ingredients, TaskKind

_LOGITS_STRIDE = 2
_LOVASZ_STRIDE = 2
"""Of the logits: sorting every fourth pixel says as much, in a quarter of the time."""


class ParsingTask(SinglePhaseTask[ParsingOutput]):
    """Softmax loss on both maps and heatmap loss, all in one phase."""

    def __init__(self, recipe: Recipe, network: Parser, frequencies: Tensor) -> None:
        """Put it together.

        Args:
            recipe: what losses weigh, and how the encoder is trained.
            network: to be trained.
            frequencies: (18,) share of each label in the training pixels.
        """
        super().__init__(network)
        self._encoder = network.encoder
        self._config = recipe.loss
        self._weights = balanced_weights(frequencies, recipe.loss.label_balance)
        self._sets = label_sets()
        self._encoder_factor = recipe.optimiser.encoder_factor
        freeze_encoder(network.encoder, recipe.run)

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """Encoder with its own factor on the rate, and the rest."""
        return encoder_and_head(self.network, self._encoder, self._encoder_factor)

    def predict(self, batch: Batch, step: int) -> ParsingOutput:
        """Maps at half the size, which cost a quarter, and heatmaps."""
        out: ParsingOutput = self.network(batch.masked, batch.mask, logits_stride=_LOGITS_STRIDE)
        return out

    def loss(self, phase: str, batch: Batch, prediction: ParsingOutput, step: int) -> StepLoss:
        """Eq. 2 on both maps plus the heatmap loss, and the Lovasz-softmax loss where the recipe has one."""
        out, half = prediction, slice(None, None, _LOGITS_STRIDE)
        labels, mask = batch.labels[:, half, half], batch.mask[..., half, half]
        weights, sets = self._weights.to(mask), self._sets.to(mask)
        coarse, fine = (
            weighted_softmax_loss(logits, labels, mask, self._config.alpha, weights, sets)
            for logits in (out.logits, out.refined)
        )
        pose = heatmap_loss(out.heatmaps, batch.keypoints)
        total = coarse + fine + self._config.heatmap * pose
        scalars = {"parsing": coarse.item(), "refined": fine.item(), "heatmaps": pose.item()}
        if self._config.lovasz:
            few = slice(None, None, _LOVASZ_STRIDE)
            overlap = lovasz_softmax_loss(out.refined[..., few, few], labels[:, few, few])
            total = total + self._config.lovasz * overlap
            scalars["lovasz"] = overlap.item()
        return StepLoss(total, scalars)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Input, predicted map, pose, true map."""
        with torch.no_grad():
            out = self.network(batch.masked, batch.mask)
        seen = to_pictures(batch.masked)
        return stack_rows(
            [
                seen,
                colour_labels(out.refined.argmax(1)),
                draw_poses(seen, out.heatmaps),
                colour_labels(batch.labels),
                to_pictures(batch.image),
            ]
        )


def _make(given: Ingredients) -> ParsingTask:
    return ParsingTask(given.recipe, given.network_as(Parser), given.label_frequencies)


def _begin(given: Ingredients) -> str | None:
    return begin_from_imagenet(given.network_as(Parser).encoder, given.resnet)


def _changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    other = (full.refined.argmax(1) != halved.refined.argmax(1)).float().mean((1, 2)).max()
    return {
        "labels": float(other) if bool(halved.refined.isfinite().all()) else float("nan"),
        "heatmaps": float((full.heatmaps - halved.heatmaps).abs().max()),
    }


_FAMILY = Family(
    "Predicts which part of the person each pixel shows (18 labels of ATR), and 16 keypoints, also "
    "where a hole hides them (Wu et al., section III.A).",
    lambda: blank_picture(COST_SIDE),
    masked_views,
    _changes,
)

PARSING_KIND = TaskKind(_make, _FAMILY, begin=_begin)


def colour_labels(labels: Tensor) -> NDArray[np.uint8]:
    """Label codes (N, H, W) as pictures (N, H, W, 3); sets of labels grey, unknown white."""
    table = np.full((256, 3), 255, np.uint8)
    table[:LABEL_COUNT] = LABEL_COLOURS
    table[LABEL_COUNT : LABEL_COUNT + len(PARTIAL_LABELS)] = 128
    return np.asarray(table[labels.cpu().numpy().astype(np.uint8)])


def draw_poses(pictures: NDArray[np.uint8], heatmaps: Tensor) -> NDArray[np.uint8]:
    """Skeletons through the peaks of heatmaps (N, 16, h, w), on dimmed pictures (N, H, W, 3)."""
    drawn = pictures // 2
    stride = pictures.shape[2] // heatmaps.shape[3]
    width = heatmaps.shape[3]
    peaks = heatmaps.float().flatten(2).max(2)
    for picture, values, places in zip(drawn, peaks.values, peaks.indices, strict=True):
        points = [(int(p % width) * stride, int(p // width) * stride) for p in places]
        for a, b in SKELETON:
            if values[a] > 0.15 and values[b] > 0.15:
                cv2.line(picture, points[a], points[b], (255, 220, 60), 2)
    return drawn
