"""One request on its way through the stages, hole after hole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.align_face import (
    MOST_ERROR_PX,
    AlignedFace,
    SeenFace,
    align_face,
    read_face,
)
from portrait_studio.engine.bystanders import Bystanders, find_bystanders
from portrait_studio.engine.complete import complete_window
from portrait_studio.engine.complete_head import complete_heads, overruled_by_heads
from portrait_studio.engine.face_label import LabelledFace
from portrait_studio.engine.fill_hole import fill_hole
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.fill_small_hole import SmallHoleFiller
from portrait_studio.engine.hole_run import HoleRun
from portrait_studio.engine.invent_feet import invent_feet
from portrait_studio.engine.mates.copied_shoes import copied_shoes, labels_around_copies
from portrait_studio.engine.overlays import Overlay
from portrait_studio.engine.parse import parse_once
from portrait_studio.engine.parsed_window import ParsedWindow, average
from portrait_studio.engine.perturb_and_map import perturb_and_map
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.references.borrowing import Lender
from portrait_studio.engine.repetition import repetitions
from portrait_studio.engine.request import CompletionResult, FilledRegion, Pixels
from portrait_studio.engine.resample import read_window, resize_mask
from portrait_studio.engine.visible_in_hole import hidden_from_parser
from portrait_studio.engine.work_crop import find_holes, plan_together, share_windows, structure_windows
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.networks.face_completion import FACE_COMPLETION

_SKETCH = 0.75
"""Size of a sketch relative to a look: as small as the outline of a body can be told from."""


class FillJob:
    """One request on its way through the engine; use once."""

    def __init__(self, run: FillRun) -> None:
        """Do nothing yet.

        Args:
            run: the request, and what it runs on.
        """
        self._whole_run, self._request = run, run.request
        self._photo = extent_of(run.request.image)
        self._finished = 0
        self._lender = Lender(run.request, self._parse_reference, self._align)
        self._bystanders = Bystanders()
        self._hidden = run.request.mask

    def complete(self) -> CompletionResult:
        """Fill every hole."""
        run, request, fallback = self._whole_run, self._request, self._whole_run.fallback
        holes = find_holes(request.mask, run.policy, request.options.grow_px, run.progress.check)
        self._look_inside()
        # The other half of the stage is left for a closer look.
        whole = self.parse_photo(0, 2)
        regions = self._fill_small_holes(holes, whole)
        left = [number for number in range(len(holes)) if number not in regions]
        if left:
            large = [holes[number] for number in left]
            self._bystanders = self._whole_run.attempt(
                lambda run: find_bystanders(run, large, self._overruled(whole))
            )
        for group in self._groups([holes[number] for number in left]):
            numbers = [left[place] for place in group]
            regions |= self._fill({number: holes[number] for number in numbers}, whole, len(holes))
        return CompletionResult(
            tuple(regions[number] for number in range(len(holes))),
            self._overruled(whole).structure(),
            {stage.label: seconds for stage, seconds in run.progress.seconds.items()},
            run.weights,
            fallback.compute.description,
            (*fallback.notices, *dict.fromkeys(run.notices)),
            fallback.compute.hardware,
        )

    def parse_photo(self, part: int = 0, parts: int = 1) -> ParsedWindow:
        """What the parser says about the whole photo.

        Args:
            part: number of the part of the stage that this is.
            parts: how many equal ones there are.
        """
        whole = Bounds.of(self._photo)
        return self._whole_run.attempt(lambda run: self._parse(run, self._hidden, whole, part, parts))

    def look_and_parse(self) -> ParsedWindow:
        """The same where `CompletionOptions.looks_inside` is obeyed, with heads as a fill completes them."""
        self._look_inside()
        whole = self.parse_photo()

        def step(run: FillRun) -> ParsedWindow:
            mask = run.request.mask
            holes = find_holes(mask, run.policy, run.request.options.grow_px, run.progress.check)
            return overruled_by_heads(whole, complete_heads(run, holes, whole, whole, self._align), mask)

        return self._whole_run.attempt(step)

    def _look_inside(self) -> None:
        self._hidden = self._whole_run.attempt(hidden_from_parser)

    def _parse_reference(self, image: Pixels) -> ParsedWindow:
        """What the parser says about the whole of another picture."""

        def step(run: FillRun) -> ParsedWindow:
            nothing = np.zeros(image.shape[:2], np.uint8)
            request = replace(run.request, image=image, mask=nothing, joints={})
            whole = Bounds.of(extent_of(image))
            return self._parse(replace(run, request=request), nothing, whole, 1, 2)

        return self._whole_run.attempt(step)

    def _align(
        self,
        image: Pixels,
        mask: Mask,
        face: LabelledFace,
        turn: float,
        most_error_px: float = MOST_ERROR_PX,
    ) -> tuple[SeenFace, AlignedFace] | None:
        """The aligned window of a face of this or another picture; None where no network can tell."""
        networks = self._whole_run.parts.networks
        if not networks.has(FACE_COMPLETION):
            return None

        def step(run: FillRun) -> tuple[SeenFace, AlignedFace] | None:
            try:
                network = networks.load(FACE_COMPLETION)
            except WeightsError:
                return None
            seen = read_face(image, mask, face)
            aligned = align_face(run.runner(network, Stage.PARSE), seen, face, turn, most_error_px)
            if aligned is not None:
                run.note_weights(network)
            return None if aligned is None else (seen, aligned)

        return self._whole_run.attempt(step)

    def sketch(self) -> ParsedWindow:
        """What the parser says at one look at the whole photo."""

        def step(run: FillRun) -> ParsedWindow:
            network = run.parts.networks.load("parsing")
            window = structure_windows(Bounds.of(self._photo), run.policy.reduced(_SKETCH))[0]
            view = read_window(run.request.image, run.request.mask, window)
            return parse_once(run.runner(network, Stage.PARSE), view)

        return self._whole_run.attempt(step)

    def _parse(self, run: FillRun, hidden: Mask, bounds: Bounds, part: int, parts: int) -> ParsedWindow:
        """Parse a part of the photo, some of it hidden, as one of some equal parts of the stage."""
        run.progress.report(Stage.PARSE, part / parts)
        network, request = run.parts.networks.load("parsing"), run.request
        run.note_weights(network)
        # Shrinking a large photo takes as long as a look at it: each size is made once.
        windows = structure_windows(bounds, run.policy)
        views = [read_window(request.image, hidden, window) for window in windows]
        runner = run.runner(network, Stage.PARSE).part(part, parts)
        return run.parts.parsed.parse(runner, network.sha256, views, request.joints)

    def _fill_small_holes(self, holes: Sequence[Bounds], whole: ParsedWindow) -> dict[int, FilledRegion]:
        """The holes that take the short way, by number."""
        filler = SmallHoleFiller(self._whole_run, whole)
        regions: dict[int, FilledRegion] = {}
        for number, hole in enumerate(holes):
            self._whole_run.progress.begin_part(len(regions), len(holes))
            region = filler.fill(hole, self._seed_of(number) if self._request.options.seed else 0)
            if region is not None:
                regions[number] = region
        self._finished = len(regions)
        return regions

    def _groups(self, holes: Sequence[Bounds]) -> list[list[int]]:
        """Which holes are parsed and completed together."""
        if self._request.options.hole_by_hole:
            return [[place] for place in range(len(holes))]
        return share_windows(holes, self._photo, self._whole_run.policy, self._whole_run.progress.check)

    def _seed_of(self, number: int) -> int:
        return (self._request.options.seed + 7919 * number) % 2**63

    def _fill(self, holes: dict[int, Bounds], whole: ParsedWindow, count: int) -> dict[int, FilledRegion]:
        """Fill holes, by number, that share their windows; `count` says how many the job has."""

        def step(run: FillRun) -> dict[int, FilledRegion]:
            run.progress.begin_part(self._finished, count)
            parsed = self._parsed_closer(run, list(holes.values()), min(holes), whole)
            heads = complete_heads(run, holes.values(), whole, parsed, self._align)
            parsed = self._overruled(overruled_by_heads(parsed, heads, run.request.mask))
            loans = self._lender.lend(holes, whole, parsed)
            copies = copied_shoes(run.request, holes, whole, parsed)
            overlays: dict[int, tuple[Overlay, ...]] = {number: (copy,) for number, copy in copies.items()}
            overlays |= {number: loan.overlays for number, loan in loans.items()}
            bare = {number: hole for number, hole in holes.items() if number not in overlays}
            invented = invent_feet(run, bare, whole, parsed)
            overlays |= {number: (shoes,) for number, shoes in invented.items()}
            if overlays:
                wanted = labels_around_copies(run.request, holes, overlays, parsed)
                run = replace(run, request=replace(run.request, wanted_labels=wanted))
                parsed = parsed.overruled_by(wanted)
            spared = self._spared(run, parsed)
            completed = complete_window(run, parsed, heads, spared)
            patterns = repetitions(run.request, holes, parsed, spared)
            regions = {}
            for place, (number, hole) in enumerate(holes.items()):
                run.progress.begin_part(self._finished + place, count)
                laid = (*patterns.get(number, ()), *overlays.get(number, ()))
                one = HoleRun(run, hole, self._seed_of(number), heads)
                region = fill_hole(one, parsed, completed, whole, laid, self._bystanders)
                borrowed = loans[number].borrowed if number in loans else ()
                copies_mate = number in copies and number not in loans
                regions[number] = replace(
                    region,
                    borrowed=borrowed,
                    copies_mate=copies_mate,
                    invents_feet=number in invented,
                )
            return regions

        regions = self._whole_run.attempt(step)
        self._finished += len(regions)
        return regions

    def _spared(self, run: FillRun, parsed: ParsedWindow) -> NDArray[np.bool_] | None:
        """What of a window is other people's, (h, w) bool; None where nobody is near."""
        if not self._bystanders.people:
            return None
        hidden = resize_mask(run.request.mask[parsed.window.bounds.slices], parsed.window.size)
        return self._bystanders.excluded(parsed.window, hidden, parsed.labels)

    def _parsed_closer(
        self, run: FillRun, holes: Sequence[Bounds], number: int, whole: ParsedWindow
    ) -> ParsedWindow:
        """Structure of the appearance window of holes, of which the first one has a number."""
        plan = plan_together(holes, self._photo, run.policy)
        window, parsed = plan.appearance, whole.seen_through(plan.appearance)
        if plan.structure is not None:
            closer = self._parse(run, self._hidden, plan.structure, 1, 2)
            parsed = average([closer.seen_through(window), parsed])
        if not self._request.options.seed:
            return parsed
        hidden = resize_mask(self._request.mask[window.bounds.slices], window.size)
        return perturb_and_map(parsed, hidden, self._seed_of(number))

    def _overruled(self, parsed: ParsedWindow) -> ParsedWindow:
        wanted = self._request.wanted_labels
        return parsed if wanted is None else parsed.overruled_by(wanted)
