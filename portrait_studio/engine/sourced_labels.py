"""Labels of a hole of which the photo shows next to nothing: they are filled from others of their kind.

The parser takes one garment for another more often than for anything else; a garment that is nowhere to be
copied from would stay the network's haze.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.texture.allowed import careful_table
from portrait_studio.networks.conventions import LABEL_COUNT

_LEAST_PX: Final = 200
"""Known pixels of a label from which on it is filled from itself."""
_LEAST_SHARE: Final = 0.04
"""The same, of what is missing of it."""


def with_sources(
    labels: NDArray[np.uint8], hole: NDArray[np.bool_], excluded: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The labels that patches are to be chosen by.

    Args:
        labels: (h, w) uint8 parsing map.
        hole: (h, w) bool.
        excluded: (h, w) bool, known pixels that may not be copied.

    Returns:
        (h, w) uint8: in the hole, labels with too little to copy are the one of their kind that shows most.
    """
    known = np.bincount(labels[~(hole | excluded)], minlength=LABEL_COUNT)
    missing = np.bincount(labels[hole], minlength=LABEL_COUNT)
    alike = careful_table().numpy()
    result = labels
    for label in np.flatnonzero((missing > 0) & (known < np.maximum(_LEAST_PX, _LEAST_SHARE * missing))):
        other = int(np.where(alike[label], known, -1).argmax())
        if known[other] >= _LEAST_PX and other != label:
            result = np.where(hole & (labels == label), np.uint8(other), result)
    return np.asarray(result, np.uint8)
