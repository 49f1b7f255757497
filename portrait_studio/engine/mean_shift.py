"""Bring the completion's colours to some that the photo itself shows of the same part, by mean shift.

Where a network cannot tell what a hole hides, it paints the mean of what may be there: a grey between a
dark jacket and a white blouse, which is neither. Mean shift (Comaniciu and Meer 2002) over the known colours
of the same label decides for one of them. Light and shade of colours that do occur stay.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import Floats, WindowPixels
from portrait_studio.networks.conventions import FACE, LABEL_COUNT

_BANDWIDTH = 0.06
"""Standard deviation of the kernel, in colours of [0, 1]."""
_STEPS = 2
_LEVELS = 12
"""Cells of the colour histogram along each channel."""
_MOST_COLOURS = 128
_LEAST_KNOWN = 64
"""Known pixels without which a label's colours are not known."""
_LEAST_RATIO = 0.125
"""The same as a share of the label's hole pixels: a sliver says little about a garment."""
_LEAST_SHARE = 5e-4
"""Share of a label's known pixels below which a colour does not count."""
_FAR = 0.12
"""Shift of the brightness from which on it is no shading, but another colour."""
_CHUNK = 2048


def shift_to_known_colours(
    completion: Floats,
    view: WindowPixels,
    labels: NDArray[np.uint8],
    tick: Callable[[], None] = lambda: None,
) -> Floats:
    """The completion with every hole pixel moved towards colours that its label has in the photo.

    Faces stay as they are: their shading matters more than their palette.

    Args:
        completion: (h, w, 3) float32 in [0, 1], what the network painted.
        view: the photo in the same window; read outside the hole only.
        labels: (h, w) uint8 parsing map, 0..17.
        tick: called often; may raise to cancel.

    Returns:
        (h, w, 3) float32 in [0, 1]; known pixels are those of `completion`.
    """
    settled = completion.copy()
    for label in range(LABEL_COUNT):
        part = labels == label
        inside, known = view.hole & part, part & ~view.hole
        wanted = np.count_nonzero(inside)
        if label == FACE or not wanted:
            continue
        if np.count_nonzero(known) < max(_LEAST_KNOWN, _LEAST_RATIO * wanted):
            continue
        settled[inside] = _settled(settled[inside], *_palette(view.colours[known]), tick)
    return settled


def _palette(known: Floats) -> tuple[Floats, Floats]:
    """The colours (m, 3) that are most frequent among colours (n, 3), and their weights (m,)."""
    cells = np.minimum((known * _LEVELS).astype(np.int64), _LEVELS - 1)
    _, cell, count = np.unique(
        cells @ np.array([_LEVELS**2, _LEVELS, 1]), return_inverse=True, return_counts=True
    )
    sums = np.stack([np.bincount(cell, known[:, channel]) for channel in range(3)], axis=1)
    often = np.argsort(-count, kind="stable")[:_MOST_COLOURS]
    often = often[(count[often] >= _LEAST_SHARE * len(known)) | (count[often] == count.max())]
    # The root, so that a small detail's colour holds its own beside a large plain garment.
    weights = np.sqrt(count[often]).astype(np.float32)
    return (sums[often] / count[often, None]).astype(np.float32), weights


def _settled(values: Floats, palette: Floats, weights: Floats, tick: Callable[[], None]) -> Floats:
    """Colours (n, 3) with the hue of the palette (m, 3), and its brightness where theirs is far off."""
    result = np.empty_like(values)
    for begin in range(0, len(values), _CHUNK):
        tick()
        part = values[begin : begin + _CHUNK]
        shift = _shifted(part, palette, weights) - part
        brightness = shift.mean(axis=1, keepdims=True)
        share = np.minimum(1, (brightness / np.float32(_FAR)) ** 2)
        result[begin : begin + _CHUNK] = part + shift - (1 - share) * brightness
    return np.clip(result, 0.0, 1.0)


def _shifted(values: Floats, palette: Floats, weights: Floats) -> Floats:
    """Colours (n, 3) after some steps of mean shift over the palette with its weights."""
    for _ in range(_STEPS):
        # Channel by channel: a matrix product's sums depend on the number of threads, and cubes of numbers
        # need memory.
        apart = sum((values[:, c, None] - palette[:, c]) ** 2 for c in range(3))
        # Measured from the nearest, so that far-off colours find something as well.
        apart -= np.min(apart, axis=1, keepdims=True)
        kernel = weights * np.exp(-apart / np.float32(2 * _BANDWIDTH**2))
        means = [(kernel * palette[:, c]).sum(axis=1) for c in range(3)]
        values = np.stack(means, axis=1) / kernel.sum(axis=1, keepdims=True)
    return values
