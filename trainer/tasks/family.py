"""What export, cards and the cost of a release need to know of the networks of a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import LABEL_COUNT

COST_SIDE: Final = 256
"""Side of the square picture, in pixels, that the cost is stated for, unless the network has a window."""

TOLERANCES: Final = {"labels": 0.005, "heatmaps": 0.01, "grey levels": 0.05, "landmarks": 0.1, "scores": 0.02}
"""Largest change that moves no metric: share of pixels with another label (ties fall either way);
largest difference of a heatmap; mean difference of a colour in the hole on the scale of 0 to 255; largest
distance of a landmark in pixels; largest difference of a score."""

Changes = Callable[[Any, Any, Tensor], dict[str, float]]


@dataclass(frozen=True)
class Family:
    """The networks of one task.

    Attributes:
        purpose: what they do, for the card.
        inputs: of one pass at the size that the cost is stated for: nothing hidden, all background.
        trial: inputs from pictures (4, 3, 256, 256) in [-1, 1] and a hole (4, 1, 256, 256), 1 = hidden, to
            compare a network with itself in half precision; the last one says where a change counts.
        changes: how far two answers to them lie apart, by the kinds of `TOLERANCES`.
    """

    purpose: str
    inputs: Callable[[], tuple[Tensor, ...]]
    trial: Callable[[Tensor, Tensor], tuple[Tensor, ...]]
    changes: Changes


def blank_picture(side: int) -> tuple[Tensor, Tensor]:
    """A grey square picture (1, 3, S, S), and a hole (1, 1, S, S) with nothing in it."""
    return torch.zeros(1, 3, side, side), torch.zeros(1, 1, side, side)


def blank_guided(side: int) -> tuple[Tensor, ...]:
    """The same with a parsing map (1, 18, S, S) of background between them."""
    picture, hole = blank_picture(side)
    parsing = torch.zeros(1, LABEL_COUNT, side, side)
    parsing[:, 0] = 1
    return picture, parsing, hole


def label_stripes(like: Tensor) -> Tensor:
    """Parsing maps of stripes of all labels, as many and as large as some pictures."""
    side = like.shape[-1]
    stripes = torch.arange(side) * LABEL_COUNT // side
    parsing = functional.one_hot(stripes, LABEL_COUNT).T.float()[None, :, :, None]
    return parsing.expand(len(like), -1, -1, side)


def masked_views(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Pictures without what a hole hides, and the hole."""
    return views * (1 - hole), hole


def guided_views(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """The same with a parsing map of stripes between them."""
    return views * (1 - hole), label_stripes(views), hole


def masked_windows(views: Tensor, hole: Tensor, side: int) -> tuple[Tensor, ...]:
    """The whole views without what the hole hides, squashed to a square, and the hole."""
    small = functional.adaptive_avg_pool2d(views, (side, side))
    return masked_views(small, functional.adaptive_max_pool2d(hole, (side, side)))


def whitened_views(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Views with white holes, which are damage."""
    return (torch.where(hole > 0, torch.ones_like(views), views),)


def picture_changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    """How far two pictures (N, C, H, W) in [-1, 1] lie apart in the hole (N, 1, H, W)."""
    difference = ((full - halved).abs() * hole).sum((1, 2, 3)) / (full.shape[1] * hole.sum((1, 2, 3)))
    return {"grey levels": float(difference.max()) * 127.5}


def mask_changes(full: Any, halved: Any, asked: Tensor) -> dict[str, float]:
    """How many pixels of two masks (N, 1, H, W), as logits, differ."""
    other = ((full > 0) != (halved > 0)).float().mean((1, 2, 3)).max()
    return {"labels": float(other) if bool(halved.isfinite().all()) else float("nan")}
