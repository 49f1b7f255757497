"""Finds damage in a scanned photo by the damage network, in overlapping tiles.

The network was trained on small photos near full resolution. Scans are larger, and so are their scratches:
those of more than some 1,500 pixels are looked at smaller, so that damage has the size that it knows.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.damage import DamageFound
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, pad_to_stride, shrink_or_enlarge, to_float
from portrait_studio.engine.run_network import NetworkRunner, to_tensor
from portrait_studio.engine.things import USUAL_THRESHOLD
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import extent_of

LONGEST_SEEN: Final = 1536
"""Longer side, in pixels, at which a photo is looked at, unless it is smaller itself."""

TILE: Final = 512
OVERLAP: Final = 96
"""Of neighbouring tiles, in pixels that the network sees: each is believed up to the middle of it."""

FLAGGED_SHARE: Final = 0.005
"""Share of a sound photo's pixels that may be flagged, as a mean over photos."""

RELEASED_THRESHOLD: Final = 0.95
"""Answer of the released network at which it flags that share (`evaluate --protocol damage` says which)."""


def find_damage(network: NetworkRunner, image: Pixels, threshold: float = RELEASED_THRESHOLD) -> DamageFound:
    """Where a photo is damaged, and how surely.

    Args:
        network: runs the damage network.
        image: (H, W, 3) RGB, uint8 or uint16.
        threshold: answer of the network that is to stand for `USUAL_THRESHOLD`.
    """
    photo = extent_of(image)
    scale = min(1.0, LONGEST_SEEN / max(photo.width, photo.height))
    size = Extent(max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    seen = cast(Pixels, shrink_or_enlarge(image, size))
    logits = np.zeros((size.height, size.width), np.float32)
    tiles = plan_tiles(size)
    for number, (tile, kept) in enumerate(tiles):
        answer = _look(network.part(number, len(tiles)), seen[tile.slices])
        inner = kept.shifted(-tile.left, -tile.top)
        logits[kept.slices] = answer[inner.slices]
    shift = _logit(USUAL_THRESHOLD) - _logit(threshold)
    probability = 1 / (1 + np.exp(-np.clip(logits + shift, -30, 30)))
    levels = np.rint(255 * shrink_or_enlarge(probability.astype(np.float32), photo))
    return DamageFound(np.asarray(levels, np.uint8))


def plan_tiles(size: Extent) -> list[tuple[Bounds, Bounds]]:
    """Which tiles the network sees of a picture, and which part of each is believed; those parts cover it."""
    columns, rows = _spans(size.width), _spans(size.height)
    return [
        (Bounds(left, top, right, bottom), Bounds(from_x, from_y, to_x, to_y))
        for (top, bottom), (from_y, to_y) in rows
        for (left, right), (from_x, to_x) in columns
    ]


def _spans(length: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """First and last pixel of each tile along a side, and of what is believed of it."""
    count = max(1, math.ceil((length - OVERLAP) / (TILE - OVERLAP)))
    side = min(length, TILE)
    starts = [round(number * (length - side) / max(1, count - 1)) for number in range(count)]
    cuts = [0, *((start + last + side) // 2 for last, start in pairwise(starts)), length]
    return [((start, start + side), (cuts[n], cuts[n + 1])) for n, start in enumerate(starts)]


def _look(network: NetworkRunner, pixels: Pixels) -> Floats:
    """Logits (h, w) of one tile."""
    padded = pad_to_stride(to_float(pixels) * np.float32(2) - np.float32(1))
    answer: torch.Tensor = network(to_tensor(padded))
    logits: NDArray[np.float32] = answer[0, 0].float().cpu().numpy()
    return logits[: pixels.shape[0], : pixels.shape[1]]


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))
