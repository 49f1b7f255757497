"""Other structures that the parser would allow as well: what makes candidates differ."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.resample import Floats
from portrait_studio.networks.conventions import LABEL_COUNT, MIRROR_LABELS

_TEMPERATURE = 0.7
"""Below 1, what the parser hardly believes comes up more seldom than it should: it looks like a mistake."""
_DECISIONS_ACROSS = 3.0
"""How many independent decisions fit side by side into a hole."""


def perturb_and_map(parsed: ParsedWindow, hole: NDArray[np.bool_], seed: int) -> ParsedWindow:
    """One of the maps that the parser's doubt leaves open, drawn at random.

    Perturb-and-MAP (Papandreou and Yuille 2011): the labels with the highest sum of log probability and
    Gumbel noise are a sample of the distribution. The noise of each label is smooth over about a third of the
    hole's side, so that whole parts change and not single pixels; where the parser is sure, nothing does.

    Args:
        parsed: what the parser says about a window.
        hole: (h, w) bool over the window, True = hole; everything else stays as it is.
        seed: start of the random numbers.

    Returns:
        The same window with other probabilities inside the hole.
    """
    sigma_px = max(2.0, math.sqrt(np.count_nonzero(hole)) / _DECISIONS_ACROSS / 2)
    rng = np.random.default_rng(seed)
    probabilities = parsed.probabilities.copy()
    with np.errstate(divide="ignore"):
        wanted = np.log(probabilities) / np.float32(_TEMPERATURE)
    # Left and right share their noise, so that a pair of shoes or sleeves varies alike.
    for label in range(LABEL_COUNT):
        if label <= MIRROR_LABELS[label]:
            pair = sorted({label, MIRROR_LABELS[label]})
            wanted[..., pair] += _smooth_gumbel(hole.shape, sigma_px, rng)[..., None]
    wanted -= wanted.max(axis=2, keepdims=True)
    drawn = np.exp(wanted)
    drawn /= drawn.sum(axis=2, keepdims=True)
    probabilities[hole] = drawn[hole]
    return ParsedWindow(parsed.window, probabilities, parsed.heatmaps)


def _smooth_gumbel(shape: tuple[int, ...], sigma_px: float, rng: np.random.Generator) -> Floats:
    """(h, w) float32 noise, Gumbel distributed at each pixel and alike over some `sigma_px` pixels."""
    height, width = shape
    margin = math.ceil(3 * sigma_px)
    white = rng.standard_normal((height + 2 * margin, width + 2 * margin), dtype=np.float32)
    smooth = cv2.GaussianBlur(white, (0, 0), sigma_px)[margin : margin + height, margin : margin + width]
    normal = smooth * (2.0 * sigma_px * math.sqrt(math.pi))
    # Only other candidates need it, and a command waits for every import.
    from scipy.special import ndtr

    return np.asarray(-np.log(-np.log(np.clip(ndtr(normal), 1e-6, 1 - 1e-6))), np.float32)
