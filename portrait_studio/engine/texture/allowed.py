"""Which label may be copied into which: a jumper is not made of hands, and no background of people."""

from __future__ import annotations

from functools import cache
from typing import Final

import torch
from torch import Tensor

from portrait_studio.networks.conventions import LABEL_COUNT, LABELS

_ALIKE: Final = (
    ("background",),
    ("hat",),
    ("hair",),
    ("sunglasses",),
    # The parser takes one garment for another more often than for anything else.
    ("upper-clothes", "skirt", "pants", "dress", "belt", "scarf"),
    ("left-shoe", "right-shoe"),
    ("face",),
    ("left-leg", "right-leg", "left-arm", "right-arm"),
    ("bag",),
)
"""Labels that may be copied into each other, and into no others."""


@cache
def careful_table() -> Tensor:
    """(18, 18) bool, [target, source]: which label may be copied into which; not to be written to."""
    table = torch.zeros(LABEL_COUNT, LABEL_COUNT, dtype=torch.bool)
    for names in _ALIKE:
        numbers = torch.tensor([LABELS.index(name) for name in names])
        table[numbers[:, None], numbers[None]] = True
    return table


def any_label() -> Tensor:
    """(18, 18) bool: every label may fill every other."""
    return torch.ones(LABEL_COUNT, LABEL_COUNT, dtype=torch.bool)
