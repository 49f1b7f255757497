"""Asking the engine for the exact thing that a loose mask, a box or clicks mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.things import Clicks, ThingFound
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.editing import Editing
from portrait_studio.session.jobs import JobDesk, JobKind, Task

Found = tuple[ThingFound, ...]

SEARCHES: Final = (JobKind.TIGHTEN, JobKind.FIND, JobKind.PEOPLE)
"""Jobs that look for things."""


class Seeker(Protocol):
    """The part of the engine that finds things."""

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str, progress: Progress
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask, one for each of its places."""

    def mask_of_others(self, image: Pixels, device: str, progress: Progress) -> Mask:
        """All people but the main person."""

    def find_thing(
        self,
        image: Pixels,
        clicks: Clicks,
        device: str,
        progress: Progress,
        loose: NDArray[np.uint8] | None = None,
    ) -> ThingFound:
        """The one thing under clicks, or in a loose mask."""


class Seeking(QObject):
    """One search at a time; any edit cancels it, and what is answered after that is dropped."""

    changed = Signal()
    """Whether things can be found at all"""
    ended = Signal(bool)
    """The search under way is no more; whether it was answered"""

    def __init__(self, editing: Editing, desk: JobDesk, seeker: Seeker, parent: QObject) -> None:
        """Args: the document; who works; who finds."""
        super().__init__(parent)
        self._editing, self._desk, self._seeker = editing, desk, seeker
        self._is_able = True
        self._finds_people = True
        self._answered: Callable[[Any], None] | None = None
        editing.about_to_change.connect(self.cancel)
        editing.history.delta_exchanged.connect(self.cancel)

    @property
    def is_able(self) -> bool:
        """Whether the network that finds things is there, as far as is known."""
        return self._is_able

    @property
    def finds_people(self) -> bool:
        """Whether people can be found as well, as far as is known."""
        return self._is_able and self._finds_people

    @property
    def is_possible(self) -> bool:
        """Whether a search may begin now: a fill that runs keeps the engine."""
        return self._is_able and self._editing.document is not None and self._editing.may_edit

    @property
    def is_under_way(self) -> bool:
        """Whether something is being looked for."""
        job = self._desk.current
        return job is not None and job.kind in SEARCHES

    def tighten(self, loose: Mask, answered: Callable[[Found], None]) -> None:
        """Look for the things in (H, W) uint8 not zero, one in each of its places; see `is_possible`."""
        document, seeker = self._editing.document, self._seeker
        if document is not None:
            image = document.image
            self._start(
                JobKind.TIGHTEN, lambda progress: seeker.tighten(image, loose, "auto", progress), answered
            )

    def find(self, clicks: Clicks, loose: Mask | None, answered: Callable[[Found], None]) -> None:
        """Look for the one thing under clicks or in a loose mask, (H, W) uint8; see `is_possible`."""
        document, seeker = self._editing.document, self._seeker
        if document is not None:
            image = document.image

            def task(progress: Progress) -> Found:
                return (seeker.find_thing(image, clicks, "auto", progress, loose),)

            self._start(JobKind.FIND, task, answered)

    def find_others(self, answered: Callable[[Mask], None]) -> None:
        """Look for all people but the main person, (H, W) uint8; see `is_possible`."""
        document, seeker = self._editing.document, self._seeker
        if document is not None:
            image = document.image
            self._start(
                JobKind.PEOPLE, lambda progress: seeker.mask_of_others(image, "auto", progress), answered
            )

    def take(self, found: Found | Mask) -> None:
        """The engine has an answer."""
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(found)
        self.ended.emit(True)

    def end(self) -> None:
        """The search was cancelled."""
        self._answered = None
        self.ended.emit(False)

    def fail(self, error: Exception) -> bool:
        """The search failed; returns whether its network is missing, so that nothing is found any more."""
        self.end()
        if isinstance(error, WeightsError):
            self.set_able(False)
        return not self._is_able

    def cancel(self) -> None:
        """What is being looked for would be of the past."""
        if self.is_under_way:
            self._desk.cancel()

    def set_able(self, able: bool, finds_people: bool = False) -> None:
        """The engine is another one, or has turned out to lack the network."""
        if (able, finds_people) != (self._is_able, self._finds_people):
            self._is_able, self._finds_people = able, finds_people
            self.changed.emit()

    def _start(self, kind: JobKind, task: Task, answered: Callable[[Any], None]) -> None:
        # Starting cancels the search before, which forgets who waited for it.
        self._desk.start(kind, task)
        self._answered = answered
