"""How much work each level of the pyramid is worth."""

from __future__ import annotations

from dataclasses import dataclass

from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level, grown
from portrait_studio.engine.texture.voting import VOTE_WORK

FIRST_STRIDES = (4, 2, 1)
"""Distances at which the coarsest level compares with neighbours in its first round."""
CANDIDATES = 13
"""Most candidates of a target in each round."""
_FEW_CANDIDATES = 5
_SHIFTED_AT = 2
"""How many finer levels follow the one at which ground begins as one copy: its stones are seen there."""


@dataclass(frozen=True)
class LevelPlan:
    """How one level is treated.

    Attributes:
        share: place of the level, from coarsest (0) to finest (1).
        iterations: rounds of search and vote.
        is_big: whether there are so many targets that a few candidates must do.
        begins_shifted: whether the ground begins as one copy; see `shifted_ground`.
        start_weight: weight of the distance to `start`.
        min_sources: fewest sources of a label that is synthesised.
        work: expected effort in units of compared patches.
    """

    share: float
    iterations: int
    is_big: bool
    begins_shifted: bool
    start_weight: float
    min_sources: int
    work: float


def plan_level(level: Level, number: int, count: int, options: TextureOptions) -> LevelPlan:
    """Plan a level.

    Args:
        level: of the pyramid.
        number: its place, from the coarsest (0).
        count: of the levels.
        options: see `TextureOptions`.
    """
    share = 1.0 - (count - 1 - number) / max(1, count - 1)
    targets = int(grown(level.hole, options.patch_px // 2).sum())
    is_big = targets > options.many_targets
    fine = options.fine_iterations - options.coarse_iterations
    iterations = 1 if is_big else max(1, round(options.coarse_iterations + share * fine))
    candidates = _FEW_CANDIDATES if is_big else CANDIDATES
    rounds = iterations + (len(FIRST_STRIDES) - 1 if number == 0 else 0)
    votes = iterations + 1 + (options.keeps_grain and number == count - 1)
    return LevelPlan(
        share=share,
        iterations=iterations,
        is_big=is_big,
        begins_shifted=options.ground_follows > 1 and number > 0 and count - 1 - number == _SHIFTED_AT,
        start_weight=options.start_weight_coarse
        + share * (options.start_weight_fine - options.start_weight_coarse),
        min_sources=options.min_sources if number == count - 1 else 1,
        work=float(targets * (rounds * (candidates + 1) + votes * VOTE_WORK + 1)),
    )
