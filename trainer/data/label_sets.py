"""Which labels a label code may stand for."""

from __future__ import annotations

import torch
from torch import Tensor

from portrait_studio.networks.conventions import LABEL_COUNT, PARTIAL_LABELS


def label_sets() -> Tensor:
    """(26, 18) float32 membership: row = label code, 1 where the code may be that label."""
    sets = torch.zeros(LABEL_COUNT + len(PARTIAL_LABELS), LABEL_COUNT)
    sets[:LABEL_COUNT] = torch.eye(LABEL_COUNT)
    for code, members in PARTIAL_LABELS.items():
        sets[code, list(members)] = 1
    return sets
