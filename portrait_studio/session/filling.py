"""Fills: starting them, trying again in other variants, and what waits for the one under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.candidates import Candidate, Candidates, with_small_stages
from portrait_studio.editing.fill_records import options_of
from portrait_studio.editing.fills import FillWishes, fill_request
from portrait_studio.editing.references import reference_of
from portrait_studio.editing.useful_variants import is_useful
from portrait_studio.engine.fill_variants import (
    INTENTS,
    NEED_A_FILL,
    FillVariant,
    found_faces,
    next_seed,
    other_variants,
)
from portrait_studio.engine.intent import Intent
from portrait_studio.engine.request import (
    FACES_FOUND,
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    Method,
)
from portrait_studio.errors import PortraitStudioError
from portrait_studio.imaging.masks import check_mask
from portrait_studio.session.candidate_choice import CandidateChoice
from portrait_studio.session.editing import Editing
from portrait_studio.session.engine_jobs import EngineJobs
from portrait_studio.session.jobs import Failure, JobKind
from portrait_studio.session.last_fill import LastFill
from portrait_studio.session.painting import Painting
from portrait_studio.session.parsing_maps import ParsingMaps

MORE_VARIANTS: Final = 3
"""How many further candidates are made at once."""


class _Purpose(Enum):
    """A result is a new fill, a candidate in the place of the last one, or a fill on top of it."""

    NEW = auto()
    CANDIDATE = auto()
    ANEW = auto()


@dataclass(frozen=True, eq=False)
class QueuedFill:
    """A fill that waits for others.

    Attributes:
        variant: how it will be made.
        is_shown: whether its result will be shown at once; else the user has to choose it.
    """

    variant: FillVariant
    is_shown: bool = True


@dataclass(frozen=True, eq=False)
class _PendingFill:
    """A fill under way.

    Attributes:
        purpose: what becomes of its result.
        asked: how it is made.
        before: the photo and the mask that it fills.
        request: what the engine was asked.
    """

    purpose: _Purpose
    asked: QueuedFill
    before: MaskedImage
    request: CompletionRequest


class Filling(QObject):
    """Asks the engine for fills of the mask and puts them into the document, one step each.

    Attributes:
        choice: the candidates that there are to choose from.
        intent: what the next fills are meant to do.
    """

    filled = Signal(object)
    """CompletionResult that was put into the document"""
    refused = Signal(object)
    """Failure: there is nothing to fill"""
    waiting_changed = Signal()
    """Other tries wait for the fill under way"""

    def __init__(
        self,
        editing: Editing,
        jobs: EngineJobs,
        parsing_maps: ParsingMaps,
        painting: Painting,
        parent: QObject,
    ) -> None:
        """Fill nothing yet.

        Args:
            editing: the open document.
            jobs: of the engine, which fills.
            parsing_maps: of the photo; each fill brings one along.
            painting: whose strokes are not torn off.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._jobs = editing, jobs
        self._parsing_maps, self._painting = parsing_maps, painting
        self._result: CompletionResult | None = None
        self._last = LastFill(editing)
        self.intent = Intent.AUTOMATIC
        self._pending: _PendingFill | None = None
        self._waiting: tuple[QueuedFill, ...] = ()
        self._next: QueuedFill | None = None
        self.choice = CandidateChoice(editing, self._last, parsing_maps, self)
        painting.ended.connect(self._take)

    # -- state ---------------------------------------------------------------------------------------------

    @property
    def can_try_again(self) -> bool:
        """Whether the last step was a fill, or will be: then another try waits for it."""
        return self.is_under_way or (self._editing.may_edit and self._last.is_last_step)

    @property
    def is_under_way(self) -> bool:
        """Whether a fill runs."""
        job = self._jobs.current
        return self._pending is not None and job is not None and job.kind is JobKind.FILL

    @property
    def waiting(self) -> tuple[QueuedFill, ...]:
        """What waits for the fill under way, the next one first."""
        return self._waiting if self._next is None else (*self._waiting, self._next)

    @property
    def can_fill_next(self) -> bool:
        """Whether something was marked while fills run, for a fill that waits for them."""
        return self.is_under_way and self._editing.during_fill.marks_mask

    @property
    def can_fill_anew(self) -> bool:
        """Whether anything steers a fill by hand, and nothing else came after the last one."""
        document = self._editing.document
        if not self._editing.may_edit or document is None:
            return False
        is_steered = document.has_wanted_labels or bool(document.joints) or document.has_sources
        return is_steered and (document.has_mask or self._last.step is not None)

    def set_intent(self, intent: Intent) -> None:
        """What the next fills are meant to do."""
        self.intent = intent

    # -- asking --------------------------------------------------------------------------------------------

    def fill(self, options: CompletionOptions) -> None:
        """Start filling what is masked, or do so after the fills under way."""
        document = self._editing.document
        if self.can_fill_next:
            self._next = QueuedFill(FillVariant.of(options, self.intent))
            self.waiting_changed.emit()
        if document is None or not self._editing.may_edit:
            return
        masked = document.masked_image()
        try:
            check_mask(masked.mask, document.extent)
        except PortraitStudioError as error:
            self.refused.emit(Failure(JobKind.FILL, error, ""))
            return
        self._start(_Purpose.NEW, masked, QueuedFill(FillVariant.of(options, self.intent)))

    def try_again(self, method: Method) -> None:
        """Make another candidate for the last fill, with the next seed, and show it."""
        taken = self._taken_variants()
        if taken and self.can_try_again:
            options = replace(taken[0].options, method=method)
            variant = FillVariant.of(options, self.intent).drawn(next_seed(taken))
            self._queue([QueuedFill(variant)])

    def try_other_variants(self) -> None:
        """Make further candidates of other kinds, one after the other; what is shown stays until then."""
        taken = self._taken_variants()
        if taken and self.can_try_again:
            variants = islice(other_variants(taken[0], taken, self._is_useful), MORE_VARIANTS)
            self._queue([QueuedFill(variant, is_shown=False) for variant in variants])

    def try_found_faces(self) -> None:
        """Make candidates whose face is found by search, best first; what is shown stays until then."""
        taken = self._taken_variants()
        if taken and self.can_try_again:
            self._queue(
                [QueuedFill(variant, is_shown=False) for variant in found_faces(taken[0], taken, FACES_FOUND)]
            )

    def fill_anew(self, options: CompletionOptions) -> None:
        """Fill the mask, or else the last hole once more, by the labels and joints that the user wants."""
        document = self._editing.document
        if document is None or not self.can_fill_anew:
            return
        if document.has_mask:
            self.fill(options)
        else:
            # What the user left of the structure that he saw must come again.
            same = replace(options, seed=self._last.seed)
            asked = QueuedFill(FillVariant.of(same, self.intent))
            self._start(_Purpose.ANEW, self._last.masked_image_before(document), asked)

    # -- answers -------------------------------------------------------------------------------------------

    def _on_result(self, result: CompletionResult) -> None:
        """It waits for the end of a stroke under way."""
        self._result = result
        if not self._painting.is_under_way:
            self._take()

    def _take(self) -> None:
        result, self._result = self._result, None
        if result is None:
            return
        pending, self._pending = self._pending, None
        if pending is None:
            return
        with self.choice.replacing(), self._editing.during_fill.rebased():
            self._land(pending, result)
        self.filled.emit(result)
        self.go_on()

    def _land(self, pending: _PendingFill, result: CompletionResult) -> None:
        candidate = Candidate.of(pending.request, with_small_stages(result), pending.asked.variant)
        known = self.choice.beside(candidate) if pending.purpose is _Purpose.CANDIDATE else None
        if known is not None and known.holds(candidate):
            self.choice.show(known, known.joined_by(candidate, pending.asked.is_shown))
        else:
            is_anew = pending.purpose is _Purpose.ANEW
            if pending.purpose is _Purpose.CANDIDATE:
                is_anew = self._last.is_in_place_of_another
                self._editing.history.stack.undo()
            self.choice.put(Candidates.first(candidate), pending.before if is_anew else None)

    def go_on(self) -> None:
        """Begin what waits longest, if nothing runs: a try of a fill that is there, or else the next fill."""
        if self.is_under_way:
            return
        if not self._waiting:
            self._fill_next()
            return
        document = self._editing.document
        if document is None or not self.can_try_again:
            self.stop()
            return
        asked, *others = self._waiting
        self._wait(others)
        self._start(_Purpose.CANDIDATE, self._last.masked_image_before(document), asked)

    def leave_out(self, asked: QueuedFill) -> None:
        """Make no such try or fill after all, if it still waits."""
        if asked is self._next:
            self._forget_next()
        else:
            self._wait([other for other in self._waiting if other is not asked])

    def leave_all_out(self) -> None:
        """Make none of those that wait."""
        self._wait(())
        self._forget_next()

    def stop(self) -> None:
        """The fill under way is no more, and none that waited for it begins."""
        self._result = None
        self._wait(())
        self._end()

    def _on_stopped(self, error: Exception | None) -> None:
        if error is None:
            self._end()
        else:
            self.stop()

    def _end(self) -> None:
        """What the fill under way was to replace is still there.

        What was marked meanwhile stays, but is not filled together with what this one was to fill.
        """
        self._pending = None
        self._forget_next()
        if not self._waiting:
            self._editing.during_fill.end()

    # -- pieces --------------------------------------------------------------------------------------------

    def _queue(self, tries: Sequence[QueuedFill]) -> None:
        """Let tries follow what runs and what waits."""
        self._wait((*self._waiting, *tries))
        self.go_on()

    def _wait(self, tries: Sequence[QueuedFill]) -> None:
        if tuple(tries) != self._waiting:
            self._waiting = tuple(tries)
            self.waiting_changed.emit()

    def _start(self, purpose: _Purpose, before: MaskedImage, asked: QueuedFill) -> None:
        document = self._editing.document
        assert document is not None
        maps = self._parsing_maps
        seen = maps.of_photo if purpose is _Purpose.NEW else maps.before_last_fill
        how = replace(asked.variant.options, keep_stages=True)
        borrows = how.borrow and how.method is Method.DEFAULT
        references = tuple(reference_of(one) for one in document.references) if borrows else ()
        wishes = FillWishes(
            how,
            asked.variant.intent,
            document.wanted_labels,
            document.joints,
            references,
            document.sources,
        )
        request = fill_request(before, wishes, seen)
        self._pending = _PendingFill(purpose, asked, before, request)
        self._editing.during_fill.begin()
        self._jobs.ask(JobKind.FILL, request, self._on_result, self._on_stopped)

    def _fill_next(self) -> None:
        asked, document = self._next, self._editing.document
        self._editing.during_fill.end()
        self._forget_next()
        if asked is not None and document is not None and document.has_mask:
            self.fill(asked.variant.options)

    def _forget_next(self) -> None:
        if self._next is not None:
            self._next = None
            self.waiting_changed.emit()

    def _taken_variants(self) -> list[FillVariant]:
        """Of all fills of the same holes that were made, run or wait, that of the first one first."""
        pending = self._pending
        taken = [] if pending is None or pending.purpose is _Purpose.CANDIDATE else [pending.asked.variant]
        if not taken:
            taken = self._made_variants()
            taken += [] if pending is None else [pending.asked.variant]
        return [*taken, *(asked.variant for asked in self._waiting)]

    def _made_variants(self) -> list[FillVariant]:
        known, state = self.choice.candidates, self._editing.history.state
        if known is not None:
            return list(known.variants)
        if state is None or state.fill is None:
            return []
        return [FillVariant.of(options_of(state.fill), self.intent)]

    def _is_useful(self, variant: FillVariant) -> bool:
        known, document = self.choice.candidates, self._editing.document
        if known is None or document is None:
            return variant.kind not in (*INTENTS, *NEED_A_FILL)
        masked, seen = self._last.masked_image_before(document), self._parsing_maps.before_last_fill
        return is_useful(variant, known.all[0], masked, seen, document.wanted_labels)
