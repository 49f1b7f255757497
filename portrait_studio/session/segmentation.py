"""Segmenting things, people and damage in the background: in a loose mask, in a box, under clicks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.engine.damage import DamageFound
from portrait_studio.engine.detection import Detection, roomy
from portrait_studio.engine.find_requests import (
    FindDamageRequest,
    FindInBoxesRequest,
    FindThingRequest,
    PeopleMaskRequest,
    ShadowRequest,
    TightenRequest,
)
from portrait_studio.engine.request import Answer, Pixels, Request
from portrait_studio.engine.things import Clicks, ThingFound
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.editing import Editing
from portrait_studio.session.engine_jobs import EngineJobs
from portrait_studio.session.jobs import JobKind

Found = tuple[ThingFound, ...]

SEGMENTATIONS: Final = (JobKind.TIGHTEN, JobKind.FIND, JobKind.PEOPLE, JobKind.DAMAGE, JobKind.SHADOW)
"""Jobs that segment something."""


class Segmentation(QObject):
    """One job at a time; any edit cancels it, and what is answered after that is dropped."""

    changed = Signal()
    """Whether things can be found at all"""
    ended = Signal(bool)
    """The job under way is no more; whether it was answered"""

    def __init__(self, editing: Editing, jobs: EngineJobs, parent: QObject) -> None:
        """Segment nothing yet.

        Args:
            editing: the open document.
            jobs: of the engine, which segments.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._jobs = editing, jobs
        self._is_available = True
        self._finds_people = True
        self._finds_damage = True
        editing.about_to_change.connect(self.cancel)
        editing.history.delta_exchanged.connect(self.cancel)

    @property
    def is_available(self) -> bool:
        """Whether the network that finds things is there, as far as is known."""
        return self._is_available

    @property
    def finds_people(self) -> bool:
        """Whether people can be found as well, as far as is known."""
        return self._is_available and self._finds_people

    @property
    def finds_damage(self) -> bool:
        """Whether the network that finds damage is there, as far as is known."""
        return self._finds_damage

    @property
    def may_start(self) -> bool:
        """Whether things may be sought now: a fill that runs keeps the engine."""
        return self._is_available and self._may_ask

    @property
    def may_find_damage(self) -> bool:
        """The same for damage."""
        return self._finds_damage and self._may_ask

    @property
    def is_under_way(self) -> bool:
        """Whether something is being segmented."""
        job = self._jobs.current
        return job is not None and job.kind in SEGMENTATIONS

    def tighten(self, loose: Mask, done: Callable[[Found], None]) -> None:
        """Find the things in (H, W) uint8 not zero, one in each of its places; see `may_start`."""
        self._start(JobKind.TIGHTEN, lambda image: TightenRequest(image, loose), done)

    def find_thing(self, clicks: Clicks, loose: Mask | None, done: Callable[[ThingFound], None]) -> None:
        """Find the one thing under clicks or in a loose mask, (H, W) uint8; see `may_start`."""
        self._start(JobKind.FIND, lambda image: FindThingRequest(image, clicks, loose), done)

    def find_in_boxes(self, detections: Sequence[Detection], done: Callable[[Found], None]) -> None:
        """Find who or what stands in each box of a detector; see `may_start`."""
        boxes = tuple(roomy(one.bounds) for one in detections)
        self._start(JobKind.FIND, lambda image: FindInBoxesRequest(image, boxes), done)

    def find_other_people(self, done: Callable[[Mask], None]) -> None:
        """Find all people but the main person, (H, W) uint8; see `may_start`."""
        self._start(JobKind.PEOPLE, PeopleMaskRequest, done)

    def find_damage(self, done: Callable[[DamageFound], None]) -> None:
        """Find damage in the whole photo; see `may_find_damage`."""
        self._start(JobKind.DAMAGE, FindDamageRequest, done)

    def find_shadow(self, request: ShadowRequest, done: Callable[[Mask], None]) -> None:
        """Find the shadow of a thing, (H, W) uint8; needs none of the networks that find things."""
        self._start(JobKind.SHADOW, lambda _: request, done)

    def cancel(self) -> None:
        """What is being segmented would be of the past."""
        self._jobs.cancel(*SEGMENTATIONS)

    def set_available(self, available: bool, finds_people: bool = False, finds_damage: bool = False) -> None:
        """The engine is another one, or has turned out to lack a network."""
        now = (available, finds_people, finds_damage)
        if now != (self._is_available, self._finds_people, self._finds_damage):
            self._is_available, self._finds_people, self._finds_damage = now
            self.changed.emit()

    @property
    def _may_ask(self) -> bool:
        return self._editing.document is not None and self._editing.may_edit

    def _start(
        self, kind: JobKind, request_for: Callable[[Pixels], Request[Answer]], done: Callable[[Answer], None]
    ) -> None:
        document = self._editing.document
        if document is None:
            return

        def answer(found: Answer) -> None:
            done(found)
            self.ended.emit(True)

        self._jobs.ask(kind, request_for(document.image), answer, partial(self._on_stopped, kind))

    def _on_stopped(self, kind: JobKind, error: Exception | None) -> None:
        self.ended.emit(False)
        if not isinstance(error, WeightsError):
            return
        if kind is JobKind.DAMAGE:
            self.set_available(self._is_available, self._finds_people, False)
        else:
            self.set_available(False, False, self._finds_damage)
