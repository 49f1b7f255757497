"""Shading of a filled hole: low frequencies from the start, since patches bring detail of other light."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level, box_around, labels_in
from portrait_studio.engine.texture.smooth import blur, blur_where

_START_BLURS = (0.0, 0.004, 0.008, 0.016, 0.032)


def pull_to_start(
    filled: Tensor, finest: Level, synthesised: Tensor, options: TextureOptions, tick: Callable[[], None]
) -> None:
    """Replace the low frequencies by those of the network's picture, in place: it knows the shading.

    How much detail that picture lacks is measured: by the blur that makes the patches most like it.
    """
    longest = max(finest.hole.shape)
    rows, columns = box_around(synthesised, round(3 * _START_BLURS[-1] * longest))
    part, start, where = filled[:, rows, columns], finest.image[:, rows, columns], synthesised[rows, columns]
    best, least = part, None
    for share in _START_BLURS:
        low = blur(part, share * longest, tick)
        # Whole numbers add up to the same sum in any order, with any number of threads.
        apart = sum(
            int(((wanted - smooth).abs() * 4096).round().mul(where).sum(dtype=torch.int64))
            for wanted, smooth in zip(start, low, strict=True)
        )
        if least is None or apart < least:
            best, least = low, apart
        tick()
    pulled = (part + options.start_pull * (start - best)).clamp(0.0, 1.0)
    filled[:, rows, columns] = torch.where(where, pulled, part)


def pull_by_label(
    filled: Tensor, finest: Level, synthesised: Tensor, options: TextureOptions, tick: Callable[[], None]
) -> None:
    """Replace the low frequencies of each part, in place, by those of the smooth start of the same part."""
    sigma_px = options.start_blur * max(finest.hole.shape)
    box = box_around(synthesised, 0)
    rows, columns = box
    part, start, labels = filled[:, rows, columns], finest.image[:, rows, columns], finest.labels[box]
    result = part
    for label in labels_in(labels[synthesised[box]]):
        where = synthesised[box] & (labels == label)
        correction = blur_where(start - part, where, sigma_px, tick)
        pulled = (part + options.start_pull * correction).clamp(0.0, 1.0)
        result = torch.where(where, pulled, result)
        tick()
    filled[:, rows, columns] = result
