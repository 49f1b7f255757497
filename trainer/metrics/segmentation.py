"""How well a mask agrees with the thing that was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.masks import grow
from portrait_studio.networks.conventions import IGNORE_LABEL

RIM_PX: Final = 3
"""Width of the rim that is added to a mask before it is filled, in pixels."""


@dataclass(frozen=True)
class MaskScore:
    """Figures of one mask, or their means.

    Attributes:
        iou: intersection over union with the thing.
        inside: share of the thing in the mask.
        inside_grown: the same with the mask grown by `RIM_PX`.
        area: of the mask, relative to the loose mask.
        skin: share of the person's face and arms in the mask.
    """

    iou: float
    inside: float
    inside_grown: float
    area: float
    skin: float


def mask_score(
    mask: NDArray[np.uint8], truth: NDArray[np.uint8], loose: NDArray[np.uint8], skin: NDArray[np.bool_]
) -> MaskScore:
    """Figures of one mask; pixels whose truth is not known are left out of the first three.

    Args:
        mask: (H, W) uint8, nonzero = in the mask.
        truth: (H, W) uint8: 1 the thing, 0 not, 255 not known.
        loose: (H, W) uint8, nonzero = loosely marked.
        skin: (H, W) bool.
    """
    known, thing, inside = truth != IGNORE_LABEL, truth == 1, mask != 0
    both, either = inside & thing, (inside | thing) & known
    grown = grow(mask, RIM_PX) != 0
    return MaskScore(
        _ratio(both, either),
        _ratio(both, thing),
        _ratio(grown & thing, thing),
        _ratio(inside, loose != 0),
        _ratio(inside & skin, skin),
    )


def mean_mask_score(scores: Sequence[MaskScore]) -> MaskScore:
    """Mean of each figure over one or more masks."""
    means = {
        one.name: float(np.mean([getattr(score, one.name) for score in scores])) for one in fields(MaskScore)
    }
    return MaskScore(**means)


def _ratio(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(part)) / max(1.0, float(np.count_nonzero(whole)))
