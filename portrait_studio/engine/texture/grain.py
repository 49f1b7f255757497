"""Gives back the fine contrast that the average of many patches lacks: the grain of asphalt, cloth and film.

Patches that overlap a pixel show different grains, whose mean is nearly flat. What they agree on stays; how
strong their grain is they are asked as they are for their colours, and the voted picture's own fine contrast
is brought to that. So a flat wall is not made rough, and nothing is invented that the photo does not show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor

from portrait_studio.engine.texture.matching import Matches
from portrait_studio.engine.texture.pyramid import box_around, halved
from portrait_studio.engine.texture.smooth import blur, blur_where, doubled
from portrait_studio.engine.texture.voting import HolePixels
from portrait_studio.engine.texture.work_progress import WorkProgress

_SCALES_PX = (1.0, 2.0, 4.0)
"""Standard deviations that part the bands: detail of up to a dozen pixels."""
_AROUND_PX = 3.0
"""Standard deviation of the neighbourhood in which contrast is measured."""
_MOST = 2.5
"""No band is made more than so many times as strong."""
_LEAST_ENERGY = 1e-7


def with_grain(
    colours: Tensor, hole: Tensor, pixels: HolePixels, matches: Matches, work: WorkProgress
) -> Tensor:
    """The voted colours with as much fine contrast as the patches that voted have.

    Args:
        colours: (Q, 3) float32 RGB of the hole, as voted.
        hole: (H, W) bool.
        pixels: of the hole, and who votes on them.
        matches: source of each target.
        work: told about each chunk.

    Returns:
        (Q, 3) float32 in [0, 1].
    """
    height, width = hole.shape

    def tick() -> None:
        work.advance(0.0)

    picture = pixels.sources.colours.view(height, width, 3).mean(2)
    picture[hole] = colours.mean(1)
    bands = _bands(picture, tick)
    energy = bands.square()
    known = _mean_around(energy, ~hole, tick)
    contrasts = known.permute(1, 2, 0).reshape(-1, len(_SCALES_PX)).contiguous()
    asked = replace(pixels, sources=replace(pixels.sources, colours=contrasts))
    wanted = torch.zeros_like(energy)
    wanted[:, hole] = asked.vote(matches, 0.0, work).t()
    rows, columns = box_around(hole, round(3 * _AROUND_PX))
    where = hole[rows, columns]
    present = _mean_around(energy[:, rows, columns], where, tick)
    even = _mean_around(wanted[:, rows, columns], where, tick)
    gain = (even / present.clamp_min(_LEAST_ENERGY)).sqrt().clamp(1.0, _MOST)
    added = ((gain - 1.0) * bands[:, rows, columns]).sum(0)
    return (colours + added[where][:, None]).clamp(0.0, 1.0)


def _bands(picture: Tensor, tick: Callable[[], None]) -> Tensor:
    """What (H, W) has between one scale and the next: (3, H, W), as many as there are scales."""
    levels = [picture[None]]
    levels += [blur(picture[None], scale, tick) for scale in _SCALES_PX]
    return torch.cat([fine - coarse for fine, coarse in pairwise(levels)])


def _mean_around(planes: Tensor, where: Tensor, tick: Callable[[], None]) -> Tensor:
    """Mean of (C, H, W) around each pixel over what lies in (H, W) bool, at half the resolution."""
    height, width = where.shape
    weight = where.to(planes.dtype)[None]
    shares = halved(weight)
    halves = halved(planes * weight) / shares.clamp_min(1e-4)
    tick()
    # Where only a part of four pixels counts it does so as a whole: neighbourhoods are much wider.
    return doubled(blur_where(halves, shares[0] > 0, _AROUND_PX / 2, tick))[:, :height, :width]
