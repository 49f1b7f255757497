"""Whether a fill in another way would show anything else than one that is there."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.label_plane import pack_labels
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.candidates import Candidate
from portrait_studio.engine.fill_variants import INTENTS, NEED_A_FILL, CandidateKind, FillVariant
from portrait_studio.engine.intent import PREDICT, wanted_with
from portrait_studio.engine.request import FilledRegion, Structure

_LEAST_SHARE: Final = 0.05
"""Of a hole that has another label from which on that is another fill."""


def is_useful(
    variant: FillVariant,
    base: Candidate,
    masked: MaskedImage,
    seen: Structure | None,
    painted: NDArray[np.uint8] | None,
) -> bool:
    """Whether a way of another kind would show anything else.

    Args:
        variant: what is thought of.
        base: a fill of the same holes.
        masked: what both are made of.
        seen: parsing map of the photo before the fill; None = not known.
        painted: (H, W) uint8 labels that the user wants, 255 = predict; None = predict all.
    """
    if variant.kind in NEED_A_FILL:
        return any(map(NEED_A_FILL[variant.kind], base.result.regions))
    if variant.kind not in INTENTS:
        return True
    if seen is None:
        return variant.kind is CandidateKind.BACKGROUND and _differ(
            base, masked, np.zeros(masked.mask.shape, np.uint8)
        )
    wanted = wanted_with(variant.intent, masked.mask, painted, seen, masked.blank)
    if pack_labels(wanted) == base.wanted_labels:
        return False
    return wanted is None or _differ(base, masked, wanted) or variant.kind is CandidateKind.BODY


def _differ(base: Candidate, masked: MaskedImage, wanted: NDArray[np.uint8]) -> bool:
    """Whether labels (H, W) uint8, 255 = predict, are others than those by which some hole was filled."""
    return any(_share_of_others(region, masked, wanted) >= _LEAST_SHARE for region in base.result.regions)


def _share_of_others(region: FilledRegion, masked: MaskedImage, wanted: NDArray[np.uint8]) -> float:
    structure, place = region.structure, region.bounds.intersected(region.structure.bounds)
    hole = masked.mask[place.slices] != 0
    if not hole.any():
        return 0.0
    size = structure.bounds.width, structure.bounds.height
    guided = cv2.resize(structure.labels, size, interpolation=cv2.INTER_NEAREST)
    inner = place.shifted(-structure.bounds.left, -structure.bounds.top)
    asked = wanted[place.slices]
    return float(((asked != guided[inner.slices]) & (asked != PREDICT))[hole].mean())
