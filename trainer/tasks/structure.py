"""Which parsing map a completion or face network sees in training: the known one, or a frozen parser's."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT
from portrait_studio.networks.parsing import Parser
from trainer.data.batch import Batch
from trainer.data.label_sets import label_sets


def known_structure(labels: Tensor) -> Tensor:
    """Label codes as probabilities; sets of labels and unknown pixels are spread over what they may be.

    Args:
        labels: (N, H, W) int64 codes, 255 = unknown.

    Returns:
        (N, 18, H, W) float32 that add up to 1 over the labels.
    """
    sets = label_sets().to(labels.device)
    table = torch.cat([sets / sets.sum(1, keepdim=True), torch.full_like(sets[:1], 1 / LABEL_COUNT)])
    codes = labels.masked_fill(labels == IGNORE_LABEL, len(sets))
    return table[codes].permute(0, 3, 1, 2).contiguous()


def no_structure(batch: Batch, step: int) -> Tensor:
    """A parsing map without a label (N, 0, S, S), for networks that read none."""
    return batch.image[:, :0]


class StructureSource:
    """Parsing maps for each batch: the truth, or for a share of the batches the answer of a frozen parser."""

    def __init__(self, parser: Parser | None, predicted_share: float, seed: int = 0) -> None:
        self._parser = parser.eval().requires_grad_(False) if parser is not None else None
        self._share, self._seed = predicted_share, seed

    def __call__(self, batch: Batch, step: int) -> Tensor:
        """(N, 18, S, S) probabilities for a batch; the choice follows (seed, step) in all processes."""
        if self._parser is None or np.random.default_rng([self._seed, step]).random() >= self._share:
            return known_structure(batch.labels)
        with torch.no_grad():
            out = self._parser.to(batch.image.device)(batch.masked, batch.mask)
        return functional.softmax(out.refined.float(), 1)
