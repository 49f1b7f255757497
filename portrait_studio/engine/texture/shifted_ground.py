"""Begins the ground beyond a photo as one copy of what is beside it, so that its stones stay whole.

What a coarse level makes of the ground is smooth, and of smooth ground patches make no paving. Patches that
fit are mostly as far from their sources as their neighbours are (He and Sun 2012): here they all begin so,
wherever that leads to the colour that the ground is to have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from portrait_studio.engine.texture.fields import Sources, Targets
from portrait_studio.engine.texture.matching import Matches
from portrait_studio.networks.conventions import BACKGROUND

_AWAY = (1.0, 1.35)
"""How far to go back into the photo, in extents of the new part."""
_ALONG = (0.0, 0.17, -0.17, 0.34, -0.34, 0.5, -0.5)
"""How far to go along its edge, in lengths of that: behind people there is nothing to copy."""
_TOLERANCE = 0.005
"""Distance to the wanted colour, times its weight, up to which a place will do."""


def shifted_along(
    matches: Matches, hole: Tensor, targets: Targets, sources: Sources, guide: Callable[[Tensor], Tensor]
) -> Matches:
    """Matches of the background at the same few offsets, where these lead to ground of the wanted colour.

    Args:
        matches: those that others keep.
        hole: (H, W) bool.
        targets: of the level.
        sources: the same.
        guide: see `Matcher`.
    """
    height, width = hole.shape
    row, column = targets.centres // width, targets.centres % width
    wanted = guide(targets.centres)[:, :3]

    def apart(centres: Tensor) -> Tensor:
        places = sources.in_photo(centres)[0]
        return (sources.guide.index_select(0, places)[:, :3] - wanted).square().sum(1)

    most = apart(matches.centres).clamp_min(_TOLERANCE)
    centres, is_left = matches.centres, targets.labels == BACKGROUND
    for down, right in _offsets(hole):
        there = (row + down) * width + column + right
        inside = (row + down >= 0) & (row + down < height) & (column + right >= 0) & (column + right < width)
        there = torch.where(inside, there, 0)
        fits = is_left & inside & sources.valid.index_select(0, there)
        fits &= sources.structure.index_select(0, there).floor() == BACKGROUND
        fits &= apart(there) <= most
        centres, is_left = torch.where(fits, there, centres), is_left & ~fits
    return Matches(centres, matches.distance)


def _offsets(hole: Tensor) -> Iterator[tuple[int, int]]:
    """Rows down and columns to the right, from where a side is missing back into the picture."""
    height, width = hole.shape
    rows, columns = ((~hole).any(axis).nonzero()[:, 0] for axis in (1, 0))
    if not rows.numel():
        return
    above, below = int(rows[0]), height - 1 - int(rows[-1])
    before, after = int(columns[0]), width - 1 - int(columns[-1])
    for along in _ALONG:
        for away in _AWAY:
            for missing, sign in ((below, -1), (above, 1)):
                if missing:
                    yield sign * round(away * missing), round(along * width)
            for missing, sign in ((after, -1), (before, 1)):
                if missing:
                    yield round(along * height), sign * round(away * missing)
