"""Settle: bring the completion's colours to some that the photo itself shows of the same part.

Where a network cannot tell what a hole hides, it paints the mean of what may be there: a grey between a
dark jacket and a white blouse, which is neither. Mean shift (Comaniciu and Meer 2002) over the known colours
of the same label decides for one of them, and leaves colours that do occur nearly as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats
from portrait_studio.networks.conventions import FACE, LABEL_COUNT

_BANDWIDTH = 0.06
"""Standard deviation of the kernel, in colours of [0, 1]."""
_STEPS = 2
_LEVELS = 12
"""Cells of the colour histogram along each channel."""
_LEAST_KNOWN = 64
"""Known pixels without which a label's colours are not known."""
_LEAST_SHARE = 5e-4
"""Share of a label's known pixels below which a colour does not count."""
_CHUNK = 4096


def settle_colours(
    completion: Floats, colours: Floats, hole: NDArray[np.bool_], labels: NDArray[np.uint8]
) -> Floats:
    """The completion with every hole pixel moved towards colours that its label has in the photo.

    Faces stay as they are: their shading matters more than their palette.

    Args:
        completion: (h, w, 3) float32 in [0, 1], what the network painted.
        colours: (h, w, 3) float32 in [0, 1], the photo; read outside the hole only.
        hole: (h, w) bool.
        labels: (h, w) uint8 parsing map, 0..17.

    Returns:
        (h, w, 3) float32 in [0, 1]; known pixels are those of `completion`.
    """
    settled = completion.copy()
    for label in range(LABEL_COUNT):
        part = labels == label
        inside, known = hole & part, part & ~hole
        if label == FACE or not inside.any() or np.count_nonzero(known) < _LEAST_KNOWN:
            continue
        settled[inside] = _shifted(settled[inside], *_palette(colours[known]))
    return settled


def _palette(known: Floats) -> tuple[Floats, Floats]:
    """Mean colours (m, 3) of the histogram's cells that count, and their weights (m,), of colours (n, 3)."""
    cells = np.minimum((known * _LEVELS).astype(np.int64), _LEVELS - 1)
    _, cell, count = np.unique(
        cells @ np.array([_LEVELS**2, _LEVELS, 1]), return_inverse=True, return_counts=True
    )
    sums = np.stack([np.bincount(cell, known[:, channel]) for channel in range(3)], axis=1)
    kept = count >= max(2.0, _LEAST_SHARE * len(known))
    if not kept.any():
        kept = count == count.max()
    # The root, so that a small detail's colour holds its own beside a large plain garment.
    return (sums[kept] / count[kept, None]).astype(np.float32), np.sqrt(count[kept]).astype(np.float32)


def _shifted(values: Floats, palette: Floats, weights: Floats) -> Floats:
    """Colours (n, 3) after some steps of mean shift over the palette (m, 3) with its weights (m,)."""
    result = np.empty_like(values)
    for begin in range(0, len(values), _CHUNK):
        part = values[begin : begin + _CHUNK]
        for _ in range(_STEPS):
            apart = ((part[:, None] - palette) ** 2).sum(axis=2)
            # Measured from the nearest, so that far-off colours find something as well.
            apart -= apart.min(axis=1, keepdims=True)
            kernel = weights * np.exp(-apart / np.float32(2 * _BANDWIDTH**2))
            # Not a matrix product, whose sums depend on the number of threads.
            part = (kernel[..., None] * palette).sum(axis=1) / kernel.sum(axis=1, keepdims=True)
        result[begin : begin + _CHUNK] = part
    return result
