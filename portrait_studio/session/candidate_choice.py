"""The fills of the same holes to choose from, while the last step of the history is one of them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.history import Step
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fills import fill_step
from portrait_studio.editing.kept_fill import kept_fill
from portrait_studio.session.editing import Editing
from portrait_studio.session.last_fill import LastFill
from portrait_studio.session.parsing_maps import ParsingMaps


class CandidateChoice(QObject):
    """Remembers what each fill of the history was chosen from; to choose another one replaces the step."""

    changed = Signal()
    """Others are there to choose from, or another one is chosen"""

    def __init__(self, editing: Editing, last: LastFill, parsing_maps: ParsingMaps, parent: QObject) -> None:
        """Know of no fill yet.

        Args:
            editing: the open document.
            last: the last fill of its history.
            parsing_maps: of the photo; each fill brings one along.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._last, self._parsing_maps = editing, last, parsing_maps
        self._known: weakref.WeakKeyDictionary[Step, Candidates] = weakref.WeakKeyDictionary()
        self._told: Candidates | None = None
        self._is_replacing = False
        editing.history.changed.connect(self._tell)

    @property
    def candidates(self) -> Candidates | None:
        """What there is to choose from."""
        state = self._editing.history.state
        return None if state is None else self._known.get(state)

    def choose(self, place: int, hole: int | None = None) -> None:
        """Show another candidate, in one hole or in all."""
        candidates = self.candidates
        if candidates is not None and self._editing.may_edit and 0 <= place < len(candidates.all):
            self._replace_last(candidates.choosing(place, hole))

    def beside(self, candidate: Candidate) -> Candidates | None:
        """What another candidate of the last fill joins; None where its pixels and record do not suffice."""
        if self.candidates is not None:
            return self.candidates
        document, step = self._editing.document, self._last.step
        if document is None or step is None or step.fill is None:
            return None
        mask = self._last.masked_image_before(document).mask
        return kept_fill(document, step.fill, mask, candidate)

    def show(self, before: Candidates, candidates: Candidates) -> None:
        """Others are known than before; what is shown changes where they say so."""
        state = self._editing.history.state
        if candidates.chosen == before.chosen and state is not None:
            self._known[state] = candidates
        else:
            self._replace_last(candidates)

    def put(self, candidates: Candidates, over: MaskedImage | None) -> None:
        """Make a step of those that are shown.

        Args:
            candidates: what there is to choose from after it.
            over: what they were made of, in place of another fill; None = of what is masked now.
        """
        document = self._editing.document
        assert document is not None
        step = fill_step(document, candidates, over)
        self._known[step] = candidates
        self._editing.push(step)
        self._parsing_maps.learn(candidates.shown.result.structure)

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """One candidate gives way to another; nobody is told that there was none between them."""
        before, self._is_replacing = self._is_replacing, True
        try:
            yield
        finally:
            self._is_replacing = before
        self._tell()

    def _replace_last(self, candidates: Candidates) -> None:
        document = self._editing.document
        is_anew = document is not None and self._last.is_in_place_of_another
        over = self._last.masked_image_before(document) if document is not None and is_anew else None
        with self.replacing():
            self._editing.history.stack.undo()
            self.put(candidates, over)

    def _tell(self) -> None:
        if not self._is_replacing and self.candidates is not self._told:
            self._told = self.candidates
            self.changed.emit()
