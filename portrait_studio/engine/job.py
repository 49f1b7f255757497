"""One request on its way through the stages, hole after hole."""

from __future__ import annotations

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.fill_hole import HoleFiller, Tools
from portrait_studio.engine.parse import ParsedWindow, average, glance, parse
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import (
    CompletionRequest,
    CompletionResult,
    FilledRegion,
)
from portrait_studio.engine.resample import resize_mask
from portrait_studio.engine.variation import varied
from portrait_studio.engine.work_crop import CropPolicy, find_holes, plan_hole, structure_windows
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

    def complete(self, policy: CropPolicy) -> CompletionResult:
        """Fill every hole."""
        request = self._request
        holes = find_holes(request.mask, policy, request.options.grow_px, self._progress.check)
        # The other half of the stage is left for a closer look.
        whole = self.parse_photo(end=0.5)
        regions = [self._fill(hole, number, len(holes), whole) for number, hole in enumerate(holes)]
        return CompletionResult(
            tuple(regions),
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
        self._weights[network.task] = network.sha256
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

    def _fill(self, hole: Bounds, number: int, count: int, whole: ParsedWindow) -> FilledRegion:
        self._progress.begin_part(number, count)

        def step(compute: Compute, policy: CropPolicy) -> FilledRegion:
            plan = plan_hole(hole, self._photo, policy)
            parsed = whole.seen_through(plan.appearance)
            if plan.structure is not None:
                closer = self._parse(plan.structure, compute, policy, (0.5, 1.0))
                parsed = average([closer.seen_through(plan.appearance), parsed])
            seed = (self._request.options.seed + 7919 * number) % 2**63
            if self._request.options.seed:
                window = plan.appearance
                hidden = resize_mask(self._request.mask[window.bounds.slices], window.size)
                parsed = varied(parsed, hidden, seed)
            filler = HoleFiller(self._request, hole, seed, self._tools, compute, policy, self._progress)
            region = filler.fill(self._overruled(parsed))
            self._weights.update(filler.weights)
            self._notices += filler.notices
            return region

        return self._fallback.run(step)

    def _overruled(self, parsed: ParsedWindow) -> ParsedWindow:
        structure = self._request.structure
        return parsed if structure is None else parsed.overruled_by(structure)
