"""What Numba compiles for processors finds what the tensor code finds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import Tensor

from portrait_studio.engine.texture.fields import (
    Sources,
    Targets,
    collect_sources,
    collect_targets,
    feature_cap,
    guide_at,
)
from portrait_studio.engine.texture.matching import Matcher
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level
from portrait_studio.engine.texture.voting import Votes

OPTIONS = TextureOptions(patch_px=5)


def tables(generator: torch.Generator, is_careful: bool) -> tuple[Level, Sources, Targets]:
    hole = torch.zeros(48, 60, dtype=torch.bool)
    hole[12:30, 20:42] = True
    labels = torch.zeros(48, 60, dtype=torch.uint8)
    labels[:, 25:40] = 14
    labels[:, 40:] = 4
    level = Level(torch.rand(3, 48, 60, generator=generator), hole, labels, torch.zeros_like(hole))
    sources = collect_sources(level, 0.6, 0.2, replace(OPTIONS, careful=is_careful), lambda: None)
    return level, sources, collect_targets(level, OPTIONS.patch_px)


def anything(sources: Sources, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Centres of any kind, a few outside the picture."""
    last = sources.valid.numel()
    return torch.randint(-50, last + 50, shape, generator=generator)


def of_pool(sources: Sources, count: int, generator: torch.Generator) -> Tensor:
    return sources.pool[torch.randint(0, sources.pool.numel(), (count,), generator=generator)].long()


@pytest.mark.parametrize("row_step", [1, 2])
@pytest.mark.parametrize("has_reuse", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("is_careful", [False, True])
def test_the_nearest_of_the_candidates(
    row_step: int, has_reuse: bool, threads: int, is_careful: bool
) -> None:
    generator = torch.Generator().manual_seed(4)
    level, sources, targets = tables(generator, is_careful)
    matcher = Matcher(
        sources=sources,
        targets=targets,
        guide=partial(guide_at, sources=sources, start_weight=0.2, options=OPTIONS),
        patch_px=OPTIONS.patch_px,
        row_step=row_step,
        cap=feature_cap(OPTIONS, OPTIONS.patch_px, level.image.device),
        is_careful=is_careful,
    )
    count, every = targets.centres.numel(), slice(0, targets.centres.numel())
    assert count > 512  # Enough of them for two threads.
    present = of_pool(sources, count, generator)
    tried = torch.cat([present[None], anything(sources, (9, count), generator)])
    reuse = torch.rand(sources.valid.numel(), generator=generator) * 0.05 if has_reuse else None
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        best, distance = matcher.nearest_on_processor(every, tried, reuse)
    finally:
        torch.set_num_threads(before)
    expected, apart = matcher.nearest_in_tables(every, tried, reuse)
    assert (expected != present).float().mean() > 0.5
    assert torch.equal(best, expected)
    assert torch.allclose(distance, apart, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("sharpness", [0.0, 0.7])
@pytest.mark.parametrize("is_careful", [False, True])
def test_the_vote_on_a_pixel(sharpness: float, is_careful: bool) -> None:
    generator = torch.Generator().manual_seed(5)
    level, sources, targets = tables(generator, is_careful)
    count = targets.centres.numel()
    places, directions = sources.in_photo(of_pool(sources, count, generator))
    weights = -5 * torch.rand(count, generator=generator)
    votes = Votes(targets, sources, weights, places.int(), directions.to(torch.int8), OPTIONS.patch_px)
    pixels = level.hole.flatten().nonzero()[:, 0]
    structure = sources.structure[pixels].float()
    expected = votes.in_tables(pixels, structure, sharpness)
    found = votes.on_processor(pixels, structure, sharpness)
    assert expected.std() > 0.05
    assert torch.allclose(found, expected, atol=0.01)
    assert (found - expected).abs().mean() < 5e-4
