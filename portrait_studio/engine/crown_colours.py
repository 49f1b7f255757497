"""Colours of hair and forehead above the eyes: those that show of them go on into the hole.

What a completion network paints of a crown is the mean of many people's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import torch

from portrait_studio.engine.head_guess import HeadGuess, crown_of
from portrait_studio.engine.head_sources import brow_colour
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.resample import Floats, WindowPixels
from portrait_studio.engine.texture.smooth import fill_by_label
from portrait_studio.networks.conventions import FACE, HAIR

_LEAST_HAIR: Final = 0.05
"""How much of the hair must show, of what is hidden, to give it its colour."""


def with_own_colours(
    completed: Floats,
    heads: Sequence[HeadGuess],
    view: WindowPixels,
    parsed: ParsedWindow,
    tick: Callable[[], None],
) -> Floats:
    """A completed window in which hair and skin above the eyes go on from those that show.

    Args:
        completed: (h, w, 3) float32 in [0, 1].
        heads: the heads in it.
        view: the photo in the same window.
        parsed: its structure.
        tick: called often; may raise to cancel.
    """
    if not heads:
        return completed
    crown, labels = crown_of(heads, view.window) * view.hole, parsed.labels
    unlike = [head.unlike_sources(view.colours, labels, ~view.hole, view.window) for head in heads]
    unknown = np.logical_or.reduce([view.hole, *unlike])
    picture = torch.from_numpy(np.ascontiguousarray(view.colours.transpose(2, 0, 1)))
    spread = {}
    for label in (FACE, HAIR):
        # Each as if all of the crown were it, since between them one goes over into the other.
        everywhere = np.where((crown > 0) & np.isin(labels, (FACE, HAIR)), label, labels)
        filled = fill_by_label(picture, torch.from_numpy(unknown), torch.from_numpy(everywhere).long(), tick)
        spread[label] = filled.numpy().transpose(1, 2, 0)
    hair = labels == HAIR
    if np.count_nonzero(hair & ~unknown) < _LEAST_HAIR * np.count_nonzero(hair & view.hole):
        brows = brow_colour(view.colours, labels, ~view.hole)
        spread[HAIR] = np.broadcast_to(brows, completed.shape)
    share = hair_share(parsed)[..., None]
    mixed = share * spread[HAIR] + (1 - share) * spread[FACE]
    return np.asarray(completed + crown[..., None] * (mixed - completed), np.float32)


def hair_share(parsed: ParsedWindow) -> Floats:
    """(h, w) in [0, 1]: how much of a place that is hair or face is hair."""
    hair, face = (parsed.probabilities[..., label] for label in (HAIR, FACE))
    return np.asarray(hair / np.maximum(hair + face, np.float32(1e-6)), np.float32)
