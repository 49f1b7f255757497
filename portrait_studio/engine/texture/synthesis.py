"""The main loop of the texture stage: from the coarsest level to the finest, search and vote in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.texture.coarser_matches import CoarserMatches
from portrait_studio.engine.texture.level_plan import LevelPlan, plan_level
from portrait_studio.engine.texture.level_synthesis import LevelSynthesis
from portrait_studio.engine.texture.low_frequencies import pull_by_label, pull_to_start
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level, build_pyramid
from portrait_studio.engine.texture.smooth import fill_by_label
from portrait_studio.engine.texture.work_progress import WorkProgress


def synthesise(
    image: Tensor,
    hole: Tensor,
    labels: Tensor,
    start: Tensor | None,
    generator: torch.Generator,
    progress: Callable[[float], None],
    options: TextureOptions | None = None,
    excluded: Tensor | None = None,
) -> Tensor:
    """Fill a hole with patches of the photo's own texture that fit the parsing map and the start.

    Coarse-to-fine patch synthesis (Wexler et al. 2007, Barnes et al. 2009) with a parsing-map term in the
    patch distance.

    Args:
        image: (3, H, W) float32 in [0, 1]; its content inside the hole is ignored.
        hole: (H, W) bool, True = to fill.
        labels: (H, W) int64 or uint8 parsing map, 0..17, hole included.
        start: (3, H, W) float32 in [0, 1], the completion network's picture; `image` itself if its hole holds
            that; None = smooth colours by label.
        generator: source of all randomness; the same seed gives the same pixels.
        progress: called often with the finished share in [0, 1]; may raise to cancel.
        options: weights and limits.
        excluded: (H, W) bool, known pixels that may not be copied.

    Returns:
        (3, H, W) float32 in [0, 1]; known pixels are those of `image`.

    Raises:
        Cancelled: raised by `progress`.
    """
    options = options or TextureOptions()
    work = WorkProgress(progress, 1.0)
    work.advance(0.0)
    if not bool(hole.any()):
        return image.clone()
    labels = labels.to(torch.uint8)
    finest = Level(
        image=_begun(
            image, hole, labels, start, lambda: work.advance(0.0), excluded if options.careful else None
        ),
        hole=hole,
        labels=labels,
        excluded=torch.zeros_like(hole) if excluded is None else excluded & ~hole,
    )
    if min(hole.shape) < options.patch_px or bool(hole.all()):
        return finest.image
    filled, synthesised = _coarse_to_fine(finest, generator, progress, options)
    if bool(synthesised.any()):
        pull = pull_by_label if start is None else pull_to_start
        pull(filled, finest, synthesised, options, lambda: progress(1.0))
    return filled


def _begun(
    image: Tensor,
    hole: Tensor,
    labels: Tensor,
    start: Tensor | None,
    tick: Callable[[], None],
    excluded: Tensor | None,
) -> Tensor:
    """The picture with `start` in its hole, (3, H, W) float32; the same one if it has that already.

    Smooth colours are made of none that are excluded, unless there are no others.

    The values of a pixel lie side by side in memory, so that it is a table to copy from, too.
    """
    if start is None:
        known = torch.where(hole, torch.zeros_like(image), image)
        unknown = hole if excluded is None or bool((hole | excluded).all()) else hole | excluded
        start = fill_by_label(torch.where(unknown, torch.zeros_like(known), known), unknown, labels, tick)
    begun = image if start is image else torch.where(hole, start, image)
    return begun.permute(1, 2, 0).contiguous().permute(2, 0, 1)


def _coarse_to_fine(
    finest: Level, generator: torch.Generator, progress: Callable[[float], None], options: TextureOptions
) -> tuple[Tensor, Tensor]:
    """Return the (3, H, W) picture and the (H, W) bool mask of the pixels that patches have filled."""
    levels = build_pyramid(finest, options.patch_px, options.max_levels, lambda: progress(0.0))
    plans = [plan_level(level, number, len(levels), options) for number, level in enumerate(levels)]
    work = WorkProgress(progress, sum(plan.work for plan in plans))
    above: CoarserMatches | None = None
    *coarse, last = plans
    for plan in coarse:
        above = _run_level(levels.pop(0), plan, above, generator, options, work)[1]
    painted, _ = _run_level(levels.pop(), last, above, generator, options, work)
    return painted.on(finest.image), painted.hole


@dataclass(frozen=True, eq=False)
class _Painted:
    """What a level made of its hole.

    Attributes:
        hole: (H, W) bool, the pixels that patches have filled.
        colours: (Q, 3) float32 of these pixels, row by row.
    """

    hole: Tensor
    colours: Tensor

    def on(self, image: Tensor) -> Tensor:
        """(3, H, W) float32: a copy of the level's picture with these pixels in it."""
        picture = image.clone(memory_format=torch.contiguous_format)
        picture[:, self.hole] = self.colours.t()
        return picture


def _run_level(
    level: Level,
    plan: LevelPlan,
    above: CoarserMatches | None,
    generator: torch.Generator,
    options: TextureOptions,
    work: WorkProgress,
) -> tuple[_Painted, CoarserMatches | None]:
    """Search and vote at one level; its tables, which are large, end with it."""
    give_back_memory()
    step = LevelSynthesis(level, plan, generator, options, lambda: work.advance(0.0))
    if not step.can_run:
        return _Painted(torch.zeros_like(level.hole), level.image.new_empty(0, 3)), None
    give_back_memory()
    matches, colours = step.run(above, work)
    coarser = CoarserMatches(step.sources.height, step.sources.width, step.targets.slot, matches.centres)
    return _Painted(step.level.hole, colours), coarser
