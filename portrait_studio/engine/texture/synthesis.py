"""The main loop of the texture stage: from the coarsest level to the finest, search and vote in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from portrait_studio.engine.memory import give_back_memory
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
from portrait_studio.engine.texture.pyramid import Level, box_around, build_pyramid, grown, labels_in
from portrait_studio.engine.texture.smooth import blur, blur_where, fill_by_label
from portrait_studio.engine.texture.voting import VOTE_WORK, vote
from portrait_studio.engine.texture.work_progress import WorkProgress
from portrait_studio.networks.conventions import FACE

_MANY_TARGETS = 250_000
_CANDIDATES = 13
_FEW_CANDIDATES = 5
_FIRST_STRIDES = (4, 2, 1)
_INTERIM_SHARPNESS = 0.3
_START_BLURS = (0.0, 0.004, 0.008, 0.016, 0.032)


def synthesise(
    image: Tensor,
    hole: Tensor,
    labels: Tensor,
    start: Tensor | None,
    generator: torch.Generator,
    progress: Callable[[float], None],
    options: TextureOptions | None = None,
    excluded: Tensor | None = None,
    careful: bool = False,
    keeps_grain: bool = False,
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
        careful: see `TextureOptions`; overrules the options where it is set.
        keeps_grain: likewise; more targets are then searched thoroughly, too.

    Returns:
        (3, H, W) float32 in [0, 1]; known pixels are those of `image`.

    Raises:
        Cancelled: raised by `progress`.
    """
    options = options or TextureOptions()
    options = replace(options, careful=careful or options.careful)
    if keeps_grain:
        options = replace(options, keeps_grain=True, many_targets=_MANY_TARGETS)
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
        pull = _pull_by_label if start is None else _pull_to_start
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
    plans = [_plan(level, number, len(levels), options) for number, level in enumerate(levels)]
    work = WorkProgress(progress, sum(plan.work for plan in plans))
    above: _Coarser | None = None
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


@dataclass(frozen=True, eq=False)
class _Coarser:
    """What a level hands on to the next finer one.

    Attributes:
        height: rows of one plane of its sources.
        width: columns.
        slot: see `Targets`.
        centres: see `Matches`.
    """

    height: int
    width: int
    slot: Tensor
    centres: Tensor


def _run_level(
    level: Level,
    plan: _Plan,
    above: _Coarser | None,
    generator: torch.Generator,
    options: TextureOptions,
    work: WorkProgress,
) -> tuple[_Painted, _Coarser | None]:
    """Search and vote at one level; its tables, which are large, end with it."""
    give_back_memory()
    step = _LevelSynthesis(level, plan, generator, options, lambda: work.advance(0.0))
    if not step.can_run:
        return _Painted(torch.zeros_like(level.hole), level.image.new_empty(0, 3)), None
    give_back_memory()
    matches, colours = step.run(above, work)
    coarser = _Coarser(step.sources.height, step.sources.width, step.targets.slot, matches.centres)
    return _Painted(step.level.hole, colours), coarser


@dataclass(frozen=True)
class _Plan:
    """How one level is treated.

    Attributes:
        share: place of the level, from coarsest (0) to finest (1).
        iterations: rounds of search and vote.
        is_big: whether there are so many targets that a few candidates must do.
        start_weight: weight of the distance to `start`.
        min_sources: fewest sources of a label that is synthesised.
        work: expected effort in units of compared patches.
    """

    share: float
    iterations: int
    is_big: bool
    start_weight: float
    min_sources: int
    work: float


def _plan(level: Level, number: int, count: int, options: TextureOptions) -> _Plan:
    share = 1.0 - (count - 1 - number) / max(1, count - 1)
    targets = int(grown(level.hole, options.patch_px // 2).sum())
    is_big = targets > options.many_targets
    fine = options.fine_iterations - options.coarse_iterations
    iterations = 1 if is_big else max(1, round(options.coarse_iterations + share * fine))
    candidates = _FEW_CANDIDATES if is_big else _CANDIDATES
    rounds = iterations + (len(_FIRST_STRIDES) - 1 if number == 0 else 0)
    votes = iterations + 1 + (options.keeps_grain and number == count - 1)
    return _Plan(
        share=share,
        iterations=iterations,
        is_big=is_big,
        start_weight=options.start_weight_coarse
        + share * (options.start_weight_fine - options.start_weight_coarse),
        min_sources=options.min_sources if number == count - 1 else 1,
        work=float(targets * (rounds * (candidates + 1) + votes * VOTE_WORK + 1)),
    )


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


class _LevelSynthesis:
    """Search and vote at one level."""

    def __init__(
        self,
        level: Level,
        plan: _Plan,
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
        self.hole_index = level.hole.flatten().nonzero()[:, 0]
        self.hole_structure = sources.structure[self.hole_index]

    @property
    def can_run(self) -> bool:
        """Whether there is anything to fill and anything to fill it with."""
        return self.targets.centres.numel() > 0 and self.sources.pool.numel() > 0

    def run(self, above: _Coarser | None, work: WorkProgress) -> tuple[Matches, Tensor]:
        """Alternate search and vote, from the matches of the coarser level or from random ones.

        Args:
            above: the coarser level, or None at the first one.
            work: told about each chunk of work.

        Returns:
            The matches, and the colours (Q, 3) float32 that they vote for in the hole.
        """
        matches = self._first_matches(above)
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
            colours = self._with_grain(matches, colours, work)
        return matches, colours

    def _with_grain(self, matches: Matches, colours: Tensor, work: WorkProgress) -> Tensor:
        return with_grain(
            colours,
            self.level.hole,
            self.hole_index,
            self.hole_structure,
            matches,
            self.targets,
            self.sources,
            self.options.patch_px,
            work,
        )

    def _first_matches(self, above: _Coarser | None) -> Matches:
        uniform = self._uniform(1)[0]
        centres = torch.empty_like(self.targets.centres)
        for part in chunks(centres.numel(), centres.device):
            random = self.sources.random_of_label(self.targets.labels[part], uniform[part])
            centres[part] = random if above is None else self._from_coarser(above, part, random)
        return Matches(centres, torch.zeros(centres.numel(), device=centres.device))

    def _strides(self, is_first: bool, iteration: int) -> tuple[int, ...]:
        if is_first:
            return _FIRST_STRIDES
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
        while radius >= 1 and len(found) < _CANDIDATES:
            found.append(random_candidates(matches, width, radius, self._uniform(2)))
            radius //= 3
        return found

    def _vote(self, matches: Matches, sharpness: float, work: WorkProgress) -> Tensor:
        """Colours of the hole, which also take the place of those that the search compares with."""
        colours = vote(
            self.hole_index,
            self.hole_structure,
            matches,
            self.targets,
            self.sources,
            self.options.patch_px,
            sharpness,
            work,
        )
        self.sources.features[self.hole_index, :3] = colour_features(colours.t()[:, None])[:, 0].t()
        return colours

    def _from_coarser(self, coarse: _Coarser, part: slice, random: Tensor) -> Tensor:
        """Double the coordinates of the coarser matches; a target without one takes the random one."""
        width, coarse_width = self.sources.width, coarse.width
        centres = self.targets.centres[part]
        y, x = centres // width, centres % width
        slot = coarse.slot.index_select(0, (y // 2) * coarse_width + x // 2)
        source = coarse.centres.index_select(0, slot.clamp_min(0))
        row, column = source // coarse_width, source % coarse_width
        plane = row // coarse.height
        row = 2 * (row - plane * coarse.height) + y % 2
        mirrored = width - 1 - (2 * (coarse_width - 1 - column) + 1 - x % 2)
        column = torch.where(plane == 0, 2 * column + x % 2, mirrored)
        inside = (slot >= 0) & (row < self.sources.height) & (column >= 0) & (column < width)
        index = torch.where(inside, (plane * self.sources.height + row) * width + column, random)
        return torch.where(self.sources.valid[index], index, random)

    def _uniform(self, rows: int) -> Tensor:
        device = self.generator.device
        numbers = torch.rand(rows, self.targets.centres.numel(), generator=self.generator, device=device)
        return numbers.to(self.level.image.device)


def _pull_to_start(
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


def _pull_by_label(
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
