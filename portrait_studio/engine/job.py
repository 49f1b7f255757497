"""One request on its way through the stages, hole after hole."""

from __future__ import annotations

from collections.abc import Sequence

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.fill_hole import HoleFiller, Tools
from portrait_studio.engine.fill_speck import SpeckFiller
from portrait_studio.engine.paint_window import paint_window
from portrait_studio.engine.parse import ParsedWindow, average, glance, parse
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import (
    CompletionRequest,
    CompletionResult,
    FilledRegion,
)
from portrait_studio.engine.resample import resize_mask
from portrait_studio.engine.variation import varied
from portrait_studio.engine.work_crop import (
    CropPolicy,
    find_holes,
    plan_together,
    share_windows,
    structure_windows,
)
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of

_GLANCE = 0.75
"""Size of a glance relative to a look: as small as the outline of a body can be told from."""


class Job:
    """One request on its way through the engine."""

    def __init__(
        self, request: CompletionRequest, tools: Tools, fallback: Fallback, progress: Progress
    ) -> None:
        """Args: photo, mask and options; what fills; what it runs on; who hears of it."""
        self._request, self._tools, self._fallback, self._progress = request, tools, fallback, progress
        self._photo = extent_of(request.image)
        self._weights: dict[str, str] = {}
        self._notices: list[str] = []
        self._finished = 0

    def complete(self, policy: CropPolicy) -> CompletionResult:
        """Fill every hole."""
        request = self._request
        holes = find_holes(request.mask, policy, request.options.grow_px, self._progress.check)
        # The other half of the stage is left for a closer look.
        whole = self.parse_photo(end=0.5)
        regions = self._fill_specks(holes, whole, policy)
        left = [number for number in range(len(holes)) if number not in regions]
        for group in self._groups([holes[number] for number in left], policy):
            numbers = [left[place] for place in group]
            regions |= self._fill({number: holes[number] for number in numbers}, whole, len(holes))
        return CompletionResult(
            tuple(regions[number] for number in range(len(holes))),
            self._overruled(whole).structure(),
            {stage.value: seconds for stage, seconds in self._progress.seconds.items()},
            self._weights,
            self._fallback.compute.description,
            (*self._fallback.notices, *dict.fromkeys(self._notices)),
            self._fallback.compute.hardware,
        )

    def parse_photo(self, end: float) -> ParsedWindow:
        """What the parser says about the whole photo; `end` is the share of the stage that this finishes."""

        def step(compute: Compute, policy: CropPolicy) -> ParsedWindow:
            return self._parse(Bounds.of(self._photo), compute, policy, (0.0, end))

        return self._fallback.run(step)

    def glance(self) -> ParsedWindow:
        """What the parser says at one look at the whole photo."""

        def step(compute: Compute, policy: CropPolicy) -> ParsedWindow:
            network = self._tools.networks.load("parsing")
            window = structure_windows(Bounds.of(self._photo), policy.reduced(_GLANCE))[0]
            request = self._request
            return glance(network.module, request.image, request.mask, window, compute, self._report_parse)

        return self._fallback.run(step)

    def _report_parse(self, fraction: float) -> None:
        self._progress.report(Stage.PARSE, fraction)

    def _parse(
        self, bounds: Bounds, compute: Compute, policy: CropPolicy, part: tuple[float, float]
    ) -> ParsedWindow:
        """Parse a part of the photo; `part` says where in the stage this begins and ends."""
        begin, end = part
        self._progress.report(Stage.PARSE, begin)
        network = self._tools.networks.load("parsing")
        self._weights[network.name] = network.sha256
        request = self._request
        return parse(
            network.module,
            request.image,
            request.mask,
            structure_windows(bounds, policy),
            compute,
            lambda fraction: self._progress.report(Stage.PARSE, begin + (end - begin) * fraction),
            request.joints,
            self._tools.parsed,
            network.sha256,
        )

    def _fill_specks(
        self, holes: Sequence[Bounds], whole: ParsedWindow, policy: CropPolicy
    ) -> dict[int, FilledRegion]:
        """The holes that take the short way, by number."""
        filler = SpeckFiller(self._request, whole, policy, self._progress)
        regions: dict[int, FilledRegion] = {}
        for number, hole in enumerate(holes):
            self._progress.begin_part(len(regions), len(holes))
            region = filler.fill(hole, self._seed_of(number) if self._request.options.seed else 0)
            if region is not None:
                regions[number] = region
        self._finished = len(regions)
        return regions

    def _groups(self, holes: Sequence[Bounds], policy: CropPolicy) -> list[list[int]]:
        """Which holes are parsed and completed together."""
        if self._request.options.hole_by_hole:
            return [[place] for place in range(len(holes))]
        return share_windows(holes, self._photo, policy, self._progress.check)

    def _seed_of(self, number: int) -> int:
        return (self._request.options.seed + 7919 * number) % 2**63

    def _fill(self, holes: dict[int, Bounds], whole: ParsedWindow, count: int) -> dict[int, FilledRegion]:
        """Fill holes, by number, that share their windows; `count` says how many the job has."""

        def step(compute: Compute, policy: CropPolicy) -> dict[int, FilledRegion]:
            self._progress.begin_part(self._finished, count)
            parsed = self._overruled(
                self._parsed_closer(list(holes.values()), min(holes), whole, compute, policy)
            )
            painted = paint_window(self._request, parsed, self._tools.networks, compute, self._progress)
            if painted is not None:
                self._weights.update(painted.weights)
            regions = {}
            for place, (number, hole) in enumerate(holes.items()):
                self._progress.begin_part(self._finished + place, count)
                seed = self._seed_of(number)
                filler = HoleFiller(self._request, hole, seed, self._tools, compute, policy, self._progress)
                regions[number] = filler.fill(parsed, painted)
                self._weights.update(filler.weights)
                self._notices += filler.notices
            return regions

        regions = self._fallback.run(step)
        self._finished += len(regions)
        return regions

    def _parsed_closer(
        self, holes: Sequence[Bounds], number: int, whole: ParsedWindow, compute: Compute, policy: CropPolicy
    ) -> ParsedWindow:
        """Structure of the appearance window of holes, of which the first one has a number."""
        plan = plan_together(holes, self._photo, policy)
        window, parsed = plan.appearance, whole.seen_through(plan.appearance)
        if plan.structure is not None:
            closer = self._parse(plan.structure, compute, policy, (0.5, 1.0))
            parsed = average([closer.seen_through(window), parsed])
        if not self._request.options.seed:
            return parsed
        hidden = resize_mask(self._request.mask[window.bounds.slices], window.size)
        return varied(parsed, hidden, self._seed_of(number))

    def _overruled(self, parsed: ParsedWindow) -> ParsedWindow:
        structure = self._request.structure
        return parsed if structure is None else parsed.overruled_by(structure)
