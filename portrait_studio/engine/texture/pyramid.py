"""Levels of the coarse-to-fine synthesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from portrait_studio.networks.conventions import LABEL_COUNT

_SMALLEST_SIDE_PX = 28


@dataclass(frozen=True, eq=False)
class Level:
    """One resolution of the problem.

    Attributes:
        image: (3, H, W) float32 in [0, 1]; the hole holds `start`.
        hole: (H, W) bool; at coarse levels every pixel that covers any hole pixel.
        labels: (H, W) uint8.
        excluded: (H, W) bool; known, but no source.
    """

    image: Tensor
    hole: Tensor
    labels: Tensor
    excluded: Tensor


def build_pyramid(finest: Level, patch_px: int, max_levels: int, tick: Callable[[], None]) -> list[Level]:
    """Halve until the hole is about as thick as a patch or the picture is small; coarsest first.

    Args:
        finest: the level at full resolution.
        patch_px: side of a patch.
        max_levels: most levels, the finest included.
        tick: called between the levels.
    """
    levels = [finest]
    while len(levels) < max_levels and _is_worth_halving(levels[0], patch_px):
        tick()
        levels.insert(0, _halved(levels[0]))
        tick()
    return levels


def grown(mask: Tensor, radius_px: int) -> Tensor:
    """Dilate a (H, W) bool mask by a square."""
    result = mask
    for axis in (0, 1):
        line = result
        result = line.clone()
        for step in range(1, min(radius_px, line.shape[axis] - 1) + 1):
            kept = line.shape[axis] - step
            result.narrow(axis, step, kept).logical_or_(line.narrow(axis, 0, kept))
            result.narrow(axis, 0, kept).logical_or_(line.narrow(axis, step, kept))
    return result


def shrunk(mask: Tensor, radius_px: int) -> Tensor:
    """Erode a (H, W) bool mask by a square; outside the picture counts as set."""
    return ~grown(~mask, radius_px)


def box_around(mask: Tensor, margin_px: int) -> tuple[slice, slice]:
    """Rows and columns of the set pixels of a (H, W) bool mask with at least one, grown by a margin."""
    spans = []
    for axis in (1, 0):
        places = mask.any(axis).nonzero()[:, 0]
        first, last = int(places[0]), int(places[-1])
        spans.append(slice(max(0, first - margin_px), last + 1 + margin_px))
    return spans[0], spans[1]


def labels_in(labels: Tensor) -> list[int]:
    """Labels that occur in an integer tensor, in rising order."""
    return torch.bincount(labels.flatten(), minlength=LABEL_COUNT).nonzero()[:, 0].tolist()


def halved(planes: Tensor) -> Tensor:
    """Means of blocks of 2 x 2 pixels, of fewer at an odd edge: (C, H, W) float32, half as high and wide."""
    return F.avg_pool2d(planes[None], 2, ceil_mode=True, count_include_pad=False)[0]


def _is_worth_halving(level: Level, patch_px: int) -> bool:
    if min(level.hole.shape) < 2 * _SMALLEST_SIDE_PX:
        return False
    return bool(shrunk(level.hole, patch_px // 2).any())


def _halved(level: Level) -> Level:
    return Level(
        image=halved(level.image),
        hole=_halved_any(level.hole),
        labels=_halved_majority(level.labels),
        excluded=_halved_any(level.excluded),
    )


def _halved_any(mask: Tensor) -> Tensor:
    return F.max_pool2d(mask[None, None].float(), 2, ceil_mode=True)[0, 0] > 0


def _halved_majority(labels: Tensor) -> Tensor:
    """Most frequent label of each 2x2 block; one label at a time, to keep memory low on big crops."""
    height, width = labels.shape
    size = ((height + 1) // 2, (width + 1) // 2)
    best = torch.full(size, -1.0, device=labels.device)
    winner = torch.zeros(size, dtype=labels.dtype, device=labels.device)
    for label in labels_in(labels):
        share = halved((labels == label)[None].float())[0]
        winner = torch.where(share > best, label, winner)
        best = torch.maximum(share, best)
    return winner
