"""Search and vote at one level of the pyramid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from portrait_studio.engine.texture.coarser_matches import CoarserMatches
from portrait_studio.engine.texture.fields import (
    Sources,
    Targets,
    collect_sources,
    collect_targets,
    colour_features,
    feature_cap,
    guide_at,
)
from portrait_studio.engine.texture.grain import with_grain
from portrait_studio.engine.texture.level_plan import CANDIDATES, FIRST_STRIDES, LevelPlan
from portrait_studio.engine.texture.matching import (
    CROSS,
    DIAGONALS,
    Candidates,
    Matcher,
    Matches,
    chunks,
    labelled_candidates,
    neighbour_candidates,
    random_candidates,
    reuse_penalty,
)
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level
from portrait_studio.engine.texture.shifted_ground import shifted_along
from portrait_studio.engine.texture.voting import HolePixels
from portrait_studio.engine.texture.work_progress import WorkProgress
from portrait_studio.networks.conventions import FACE

_INTERIM_SHARPNESS = 0.3


class LevelSynthesis:
    """Search and vote at one level."""

    def __init__(
        self,
        level: Level,
        plan: LevelPlan,
        generator: torch.Generator,
        options: TextureOptions,
        tick: Callable[[], None],
    ) -> None:
        """Begin.

        Args:
            level: of the pyramid.
            plan: of that level.
            generator: source of all chance.
            options: see `TextureOptions`.
            tick: is told of each step.
        """
        blur_px = options.start_blur * max(level.hole.shape)
        self.sources = sources = collect_sources(level, blur_px, plan.start_weight, options, tick)
        self.level = level = _without_unsourced(level, sources, plan.min_sources)
        self.plan, self.generator, self.options = plan, generator, options
        self.targets: Targets = collect_targets(level, options.patch_px)
        tick()
        index = level.hole.flatten().nonzero()[:, 0]
        self.pixels = HolePixels(index, sources.structure[index], self.targets, sources, options.patch_px)

    @property
    def can_run(self) -> bool:
        """Whether there is anything to fill and anything to fill it with."""
        return self.targets.centres.numel() > 0 and self.sources.pool.numel() > 0

    def run(self, above: CoarserMatches | None, work: WorkProgress) -> tuple[Matches, Tensor]:
        """Alternate search and vote, from the matches of the coarser level or from random ones.

        Args:
            above: the coarser level, or None at the first one.
            work: told about each chunk of work.

        Returns:
            The matches, and the colours (Q, 3) float32 that they vote for in the hole.
        """
        matches = self._first_matches(above)
        if self.plan.begins_shifted:
            matches = shifted_along(matches, self.level.hole, self.targets, self.sources, self._guide)
        if above is not None:
            matches = self._matcher().search(matches, [], None, work)
            self._vote(matches, 0.5, work)
        for iteration in range(self.plan.iterations):
            reuse = None
            if self.options.reuse_penalty > 0 and iteration > 0:
                reuse = reuse_penalty(matches, self.targets, self.sources, self.options.reuse_penalty)
            matcher = self._matcher()
            for stride in self._strides(above is None and iteration == 0, iteration):
                matches = matcher.search(matches, self._candidates(matches, stride), reuse, work)
            is_last = iteration == self.plan.iterations - 1 and self.plan.share == 1
            colours = self._vote(matches, self.options.sharpness if is_last else _INTERIM_SHARPNESS, work)
        if self.options.keeps_grain and self.plan.share == 1:
            colours = with_grain(colours, self.level.hole, self.pixels, matches, work)
        return matches, colours

    def _first_matches(self, above: CoarserMatches | None) -> Matches:
        uniform = self._uniform(1)[0]
        centres = torch.empty_like(self.targets.centres)
        for part in chunks(centres.numel(), centres.device):
            found = self.sources.random_of_label(self.targets.labels[part], uniform[part])
            if above is not None:
                found = above.upsampled(self.targets, self.sources, part, found)
            centres[part] = found
        return Matches(centres, torch.zeros(centres.numel(), device=centres.device))

    def _strides(self, is_first: bool, iteration: int) -> tuple[int, ...]:
        if is_first:
            return FIRST_STRIDES
        return (1,) if self.plan.is_big else (1 + iteration % 2,)

    def _matcher(self) -> Matcher:
        return Matcher(
            sources=self.sources,
            targets=self.targets,
            guide=self._guide,
            patch_px=self.options.patch_px,
            row_step=2 if self.plan.is_big else 1,
            cap=feature_cap(self.options, self.options.patch_px, self.level.image.device),
            is_careful=self.options.careful,
        )

    def _guide(self, centres: Tensor) -> Tensor:
        return guide_at(centres, self.sources, self.plan.start_weight, self.options)

    def _candidates(self, matches: Matches, stride: int) -> list[Candidates]:
        width = self.sources.width
        found = neighbour_candidates(matches, self.targets, width, CROSS, stride)
        if self.plan.is_big:
            return [*found, random_candidates(matches, width, 4, self._uniform(2))]
        found += neighbour_candidates(matches, self.targets, width, DIAGONALS, stride)
        found.append(labelled_candidates(self.targets, self.sources, self._uniform(1)[0]))
        radius = max(self.level.hole.shape) // 2 if self.plan.share < 0.5 else 16
        while radius >= 1 and len(found) < CANDIDATES:
            found.append(random_candidates(matches, width, radius, self._uniform(2)))
            radius //= 3
        return found

    def _vote(self, matches: Matches, sharpness: float, work: WorkProgress) -> Tensor:
        """Colours of the hole, which also take the place of those that the search compares with."""
        colours = self.pixels.vote(matches, sharpness, work)
        self.sources.features[self.pixels.index, :3] = colour_features(colours.t()[:, None])[:, 0].t()
        return colours

    def _uniform(self, rows: int) -> Tensor:
        device = self.generator.device
        numbers = torch.rand(rows, self.targets.centres.numel(), generator=self.generator, device=device)
        return numbers.to(self.level.image.device)


def _without_unsourced(level: Level, sources: Sources, min_sources: int) -> Level:
    """Take pixels whose label has no source out of the hole: they keep the start.

    So does a face of which more is missing than known: eyes and mouths put together from cheeks frighten
    people.
    """
    has_sources = sources.count >= min_sources
    missing, known = (
        ((level.labels == FACE) & where).count_nonzero()
        for where in (level.hole, ~(level.hole | level.excluded))
    )
    has_sources[FACE] &= missing <= known
    is_sourced = has_sources.index_select(0, level.labels.flatten().int()).view_as(level.hole)
    return replace(level, hole=level.hole & is_sourced)
