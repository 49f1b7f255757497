"""What the user's marks mean for a window: from where patches come, and from where they must not."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.resample import resize_mask
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import mask_bounds
from portrait_studio.imaging.source_marks import FORBIDDEN, PREFERRED, SourceMarks

_LEAST_PX: Final = 64
"""Pixels of a window that a part has at least where it is copied from; with fewer it has no patch."""


def hidden_with(mask: NDArray[np.uint8], marks: SourceMarks | None) -> NDArray[np.uint8]:
    """(H, W) uint8: the mask, and with it what is forbidden; what a network must not take colours from."""
    return mask if marks is None else np.where(marks == FORBIDDEN, np.uint8(255), mask)


def closed_with(mask: NDArray[np.uint8], marks: SourceMarks | None) -> NDArray[np.uint8]:
    """(H, W) uint8, nonzero where nothing is copied from, whatever is there: the mask with all marks.

    Args:
        mask: nonzero = hole.
        marks: of the user; where he prefers something, all else is closed.
    """
    if marks is None:
        return mask
    closed = marks != PREFERRED if bool((marks == PREFERRED).any()) else marks == FORBIDDEN
    return np.where(closed, np.uint8(255), mask)


def preferred_bounds(marks: SourceMarks | None) -> Bounds:
    """Rectangle around what is preferred; empty where nothing is."""
    return Bounds(0, 0, 0, 0) if marks is None else mask_bounds((marks == PREFERRED).view(np.uint8))


def forbidden_in(marks: SourceMarks | None, window: Window) -> NDArray[np.bool_]:
    """(h, w) bool over a window: whether any of a pixel is forbidden."""
    if marks is None:
        return np.zeros((window.size.height, window.size.width), np.bool_)
    return resize_mask((marks[window.bounds.slices] == FORBIDDEN).view(np.uint8), window.size)


def steered(
    marks: SourceMarks,
    window: Window,
    hole: NDArray[np.bool_],
    labels: NDArray[np.uint8],
    excluded: NDArray[np.bool_],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Labels and excluded pixels as the marks want them.

    A part of which something is preferred comes from there only. Where no label of the hole is among what is
    preferred, the parser is wrong about it: then it counts as what most of the hole is.

    Args:
        marks: of the user, over the whole photo.
        window: in which patches are looked for.
        hole: (h, w) bool over it.
        labels: (h, w) uint8 over it.
        excluded: (h, w) bool, from which nothing is copied anyhow, unless it is preferred.

    Returns:
        (h, w) uint8 and (h, w) bool.
    """
    size = (window.size.width, window.size.height)
    crop = np.ascontiguousarray(marks[window.bounds.slices])
    seen = cv2.resize(crop, size, interpolation=cv2.INTER_NEAREST_EXACT)
    preferred = (seen == PREFERRED) & ~hole
    wanted = np.bincount(labels[hole], minlength=256)
    given = np.bincount(labels[preferred], minlength=256)
    if preferred.any() and not ((given >= _LEAST_PX) & (wanted > 0)).any():
        labels = labels.copy()
        labels[preferred] = wanted.argmax()
        given = np.bincount(labels[preferred], minlength=256)
    restricted = np.flatnonzero((given >= _LEAST_PX) & (wanted > 0))
    closed = excluded | (np.isin(labels, restricted) & ~hole)
    return labels, (closed & ~preferred) | forbidden_in(marks, window)
