"""The ground beyond a photo begins as one copy of what is beside it."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import Tensor

from portrait_studio.engine.texture import TextureOptions
from portrait_studio.engine.texture.fields import collect_sources, collect_targets, guide_at
from portrait_studio.engine.texture.level_plan import plan_level
from portrait_studio.engine.texture.matching import Matches
from portrait_studio.engine.texture.pyramid import Level
from portrait_studio.engine.texture.shifted_ground import shifted_along
from portrait_studio.networks.conventions import LABELS

PANTS = LABELS.index("pants")
HEIGHT, WIDTH, NEW = 60, 48, 16
OPTIONS = TextureOptions(ground_follows=8.0, mirror=False)


def level(side: int, right: float = 0.5) -> Level:
    """Grey ground, of another grey in its right half, whose last rows before a number of turns are new."""
    image = torch.full((3, HEIGHT, WIDTH), 0.5)
    image[:, :, WIDTH // 2 :] = right
    hole = torch.zeros(HEIGHT, WIDTH, dtype=torch.bool)
    hole[-NEW:] = True
    labels = torch.zeros(HEIGHT, WIDTH, dtype=torch.uint8)
    labels[:, :8] = PANTS
    parts = [torch.rot90(part, side, (-2, -1)).contiguous() for part in (image, hole, labels)]
    return Level(parts[0], parts[1], parts[2], torch.zeros_like(parts[1]))


def begun(small: Level) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of each target row, column and label, and rows down and columns right to where it begins, (N, 2)."""
    sources = collect_sources(small, 0.5, 0.2, OPTIONS, lambda: None)
    targets = collect_targets(small, OPTIONS.patch_px)
    # The last one that is ground: at the right.
    start = sources.pool[int(sources.count[0]) - 1].long()
    first = Matches(start.expand(len(targets.centres)), torch.zeros(1))
    guide = partial(guide_at, sources=sources, start_weight=0.2, options=OPTIONS)
    found = shifted_along(first, small.hole, targets, sources, guide).centres
    width = small.hole.shape[1]
    row, column = targets.centres // width, targets.centres % width
    return row, column, targets.labels, torch.stack([found // width - row, found % width - column], 1)


@pytest.mark.parametrize("side", range(4))
def test_new_ground_is_one_copy_at_every_side(side: int) -> None:
    _, _, labels, moves = begun(level(side))
    moves = moves[labels == 0]
    away = {0: (-NEW, 0), 1: (0, -NEW), 2: (NEW, 0), 3: (0, NEW)}[side]
    assert float((moves == torch.tensor(away)).all(1).float().mean()) > 0.5
    assert len(moves.unique(dim=0)) < 12


def test_people_are_no_ground() -> None:
    row, column, labels, moves = begun(level(0))
    there = torch.stack([row, column], 1) + moves
    assert len(there[labels == PANTS].unique(dim=0)) == 1


def test_a_place_of_another_colour_will_not_do() -> None:
    small = level(0, right=0.9)
    small.image[:, -NEW:] = 0.9
    row, column, labels, moves = begun(small)
    new = (labels == 0) & (row >= HEIGHT - NEW) & (moves[:, 0] == -NEW)
    assert int(new.sum()) > 20
    assert bool(((column + moves[:, 1])[new] >= WIDTH // 2 - 2).all())


def test_only_one_level_of_an_extension_begins_so() -> None:
    small = level(0)
    begins = [plan_level(small, number, 5, OPTIONS).begins_shifted for number in range(5)]
    assert begins == [False, False, True, False, False]
    assert not any(plan_level(small, number, 5, TextureOptions()).begins_shifted for number in range(5))
    assert not plan_level(small, 0, 3, OPTIONS).begins_shifted
