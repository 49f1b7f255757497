"""Square windows around holes, for the local discriminator and the local perceptual loss."""

from __future__ import annotations

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
    height, width = mask.shape[-2:]
    corners = []
    for hole in mask[:, 0]:
        ys, xs = hole.nonzero(as_tuple=True)
        centre_y = float(ys.float().mean()) if len(ys) else height / 2
        centre_x = float(xs.float().mean()) if len(xs) else width / 2
        x = min(max(0, round(centre_x - side / 2)), width - side)
        y = min(max(0, round(centre_y - side / 2)), height - side)
        corners.append((x, y))
    return corners


def random_hole_windows(mask: Tensor, side: int) -> Corners:
    """Top left corner (x, y) of a window of `side` pixels around a random pixel of each sample's hole.

    Args:
        mask: (N, 1, H, W), 1 = hole; an empty one gives the middle of the picture.
        side: at most H and W.
    """
    height, width = mask.shape[-2:]
    corners = []
    for hole in mask[:, 0]:
        places = hole.flatten().nonzero()[:, 0]
        place = (
            places[torch.randint(len(places), ())].item()
            if len(places)
            else mask[0].numel() // 2 + width // 2
        )
        x = min(max(0, int(place) % width - side // 2), width - side)
        y = min(max(0, int(place) // width - side // 2), height - side)
        corners.append((x, y))
    return corners


def cut_windows(x: Tensor, corners: Corners, side: int) -> Tensor:
    """(N, C, H, W) -> (N, C, side, side), one window per sample."""
    parts = [
        sample[:, top : top + side, left : left + side]
        for sample, (left, top) in zip(x, corners, strict=True)
    ]
    return torch.stack(parts)
