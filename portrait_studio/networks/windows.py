"""Square windows around holes, for local discriminators and local losses."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Corners = list[tuple[int, int]]
"""Top left corners (x, y) of windows, one for each sample of a batch."""


def hole_windows(mask: Tensor, side: int) -> Corners:
    """Top left corner (x, y) of a window of `side` pixels centred on each sample's hole, within the picture.

    Args:
        mask: (N, 1, H, W), 1 = hole; an empty one gives the middle of the picture.
        side: at most H and W.
    """
    return _around(mask, side, lambda places: places.float().mean(0))


def random_hole_windows(mask: Tensor, side: int) -> Corners:
    """Top left corner (x, y) of a window of `side` pixels around a random pixel of each sample's hole.

    Args:
        mask: (N, 1, H, W), 1 = hole; an empty one gives the middle of the picture.
        side: at most H and W.
    """
    # The middle of the pixel, or its corner, so that half the side beside it is a whole number.
    middle = side % 2 / 2
    return _around(mask, side, lambda places: places[torch.randint(len(places), ())] + middle)


def cut_windows(x: Tensor, corners: Corners, side: int) -> Tensor:
    """(N, C, H, W) -> (N, C, side, side), one window per sample."""
    parts = [
        sample[:, top : top + side, left : left + side]
        for sample, (left, top) in zip(x, corners, strict=True)
    ]
    return torch.stack(parts)


def _around(mask: Tensor, side: int, centre: Callable[[Tensor], Tensor]) -> Corners:
    """Corners of windows within the picture about the centre (y, x) of each hole's pixels (n, 2)."""
    height, width = mask.shape[-2:]
    corners = []
    for hole in mask[:, 0]:
        places = hole.nonzero()
        y, x = centre(places).tolist() if len(places) else (height / 2, width / 2)
        left = min(max(0, round(x - side / 2)), width - side)
        corners.append((left, min(max(0, round(y - side / 2)), height - side)))
    return corners
