"""The weight of the completion network in a fill, against the photo's own patches."""

from __future__ import annotations

import numpy as np

from portrait_studio.engine.resample import Floats
from portrait_studio.networks.conventions import FACE

_KINDS = ((0,), (1, 2), (3, FACE), (12, 13, 14, 15), (4, 5, 6, 7, 8, 17), (9, 10), (16,))
"""Labels by kind: background, head, face, limbs, garments, shoes, bag."""
_FACE_WEIGHT = 0.85
"""Share of the network in a face: some of the patches' grain stays."""
_MOST_WEIGHT = 0.65
"""Largest share of the network elsewhere."""
_LEAST_WEIGHT = 0.35
"""Smallest share of the network: it steadies the patches where they disagree."""
_DOUBT = 0.4
"""Doubt about the kind (1 - the highest probability) from which on the network has its largest share.

A sharp fill after a wrong label is worse than a soft one.
"""


def completion_weight(probabilities: Floats) -> Floats:
    """How far the fill follows the network instead of the patches.

    Much where the label is face, since patches of a face make no face, and more where it is in doubt what
    kind of thing is there, since patches would give a wrong guess a sharp outline. Which garment it is hardly
    counts.

    Args:
        probabilities: (h, w, 18) float32 over the labels.

    Returns:
        (h, w) float32 in [0.35, 0.85].
    """
    kinds = [probabilities[..., list(members)].sum(axis=2) for members in _KINDS]
    doubt = 1.0 - np.max(kinds, axis=0)
    share = np.clip(_MOST_WEIGHT * doubt / _DOUBT, _LEAST_WEIGHT, _MOST_WEIGHT)
    return np.asarray(np.maximum(_FACE_WEIGHT * probabilities[..., FACE], share), dtype=np.float32)
