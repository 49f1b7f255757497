"""People and things that the detector sees in the open photo, and the exact masks of the people."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from portrait_studio.document.history import Step
from portrait_studio.engine.detection import Detected, Detection, main_person, roomy
from portrait_studio.engine.find_requests import DetectRequest, FindInBoxesRequest
from portrait_studio.engine.label_mask import body_in
from portrait_studio.engine.things import ThingFound
from portrait_studio.session.editing import Editing
from portrait_studio.session.engine_jobs import EngineJobs
from portrait_studio.session.history import State
from portrait_studio.session.jobs import JobKind
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.segmentation import Segmentation

_MOST_AHEAD: Final = 12
"""So many people are segmented before anybody asks; in a crowd the others are when they are clicked."""

_NOTHING: Final = Detected()


class Detections(QObject):
    """Asks the engine once for each state of the image, which is named as in `ParsingMaps`.

    Nobody waits for that: it follows the parsing map of the photo, gives way to every other job and goes on
    after it. Boxes are kept for each state, masks for the present one, as they are large.
    """

    changed = Signal()
    """Others were detected, or another state of the image is shown, or somebody was segmented"""

    def __init__(
        self,
        editing: Editing,
        jobs: EngineJobs,
        parsing_maps: ParsingMaps,
        segmentation: Segmentation,
        parent: QObject,
    ) -> None:
        """Know nothing yet.

        Args:
            editing: the open document.
            jobs: of the engine, which detects.
            parsing_maps: of the photo, which come first and say whom it is of.
            segmentation: knows whether there is a network that detects.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._jobs = editing, jobs
        self._parsing_maps, self._segmentation = parsing_maps, segmentation
        self._by_image_step: weakref.WeakKeyDictionary[Step, Detected] = weakref.WeakKeyDictionary()
        self._as_opened: Detected | None = None
        self._found: dict[Detection, ThingFound] = {}
        self._main: Detection | None = None
        self._image_step: State = None
        self._has_failed = False
        # A job that ends may end because another begins; who comes next is seen only after that.
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self._go_on)
        jobs.ended.connect(self._idle.start)
        segmentation.changed.connect(self._idle.start)
        parsing_maps.changed.connect(self._on_map_changed)
        editing.history.changed.connect(self._on_history_changed)

    @property
    def of_photo(self) -> Detected:
        """All that is seen in the photo as it looks now; nothing while that is not known yet."""
        return self._known() or _NOTHING

    @property
    def of_photo_if_known(self) -> Detected | None:
        """The same; None while it is not known yet."""
        return self._known()

    @property
    def main(self) -> Detection | None:
        """Whom of the people the photo is of."""
        return self._main

    @property
    def has_others(self) -> bool:
        """Whether anybody but the main person is seen."""
        return any(person is not self._main for person in self.of_photo.people)

    def thing_at(self, x: float, y: float, most_area: int | None = None) -> Detection | None:
        """The smallest thing whose box a photo position lies in.

        Args:
            x: from the left, in photo pixels.
            y: from the top.
            most_area: of a box that counts, in photo pixels; None = any.
        """
        around = [
            thing
            for thing in self.of_photo.things
            if thing.bounds.left <= x < thing.bounds.right
            and thing.bounds.top <= y < thing.bounds.bottom
            and (most_area is None or thing.bounds.extent.area <= most_area)
        ]
        return min(around, key=lambda thing: thing.bounds.extent.area, default=None)

    def person_at(self, x: float, y: float) -> Detection | None:
        """The smallest person, none of whom the photo is of, whose exact mask covers a photo position.

        Args:
            x: from the left, in photo pixels.
            y: from the top.
        """
        others = [person for person in self.of_photo.people if person is not self._main]
        covering = [
            person
            for person in others
            if (found := self._found.get(person)) is not None and found.stands_out and found.covers(x, y)
        ]
        return min(covering, key=lambda person: person.bounds.extent.area, default=None)

    def found(self, person: Detection) -> ThingFound | None:
        """The exact mask of one of the people; None while it is not known."""
        return self._found.get(person)

    def learn(self, person: Detection, found: ThingFound) -> None:
        """Somebody was segmented."""
        self._found[person] = found
        self.changed.emit()

    def begin(self) -> None:
        """Another document is open."""
        self._jobs.cancel(JobKind.DETECT)
        self._by_image_step.clear()
        self._as_opened = None
        self._image_step = self._editing.history.last_image_step
        self._show_state()

    def retry(self) -> None:
        """Detect what has failed before: the engine is another one."""
        self._has_failed = False
        self._idle.start()

    # -- jobs ----------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        document = self._editing.document
        is_busy = self._jobs.current is not None or self._parsing_maps.is_awaited
        if document is None or is_busy or self._has_failed or not self._segmentation.finds_people:
            return
        if self._known() is None:
            request = DetectRequest(document.visible_image)
            self._jobs.ask(JobKind.DETECT, request, partial(self._keep, self._image_step), self._on_stopped)
        elif (person := self._next()) is not None:
            box = FindInBoxesRequest(document.image, (roomy(person.bounds),))
            self._jobs.ask(JobKind.DETECT, box, lambda found: self.learn(person, found[0]), self._on_stopped)

    def _next(self) -> Detection | None:
        """Who is segmented next: the main person alone needs no mask, and larger ones come first."""
        if not self.has_others:
            return None
        largest = sorted(self.of_photo.people, key=lambda one: -one.bounds.extent.area)[:_MOST_AHEAD]
        return next((person for person in largest if person not in self._found), None)

    def _on_stopped(self, error: Exception | None) -> None:
        # It would fail again, unless it gave way.
        self._has_failed = error is not None

    # -- states of the image -------------------------------------------------------------------------------

    def _known(self) -> Detected | None:
        step = self._image_step
        return self._as_opened if step is None else self._by_image_step.get(step)

    def _keep(self, image_step: State, detected: Detected) -> None:
        if image_step is None:
            self._as_opened = detected
        else:
            self._by_image_step[image_step] = detected
        self._show_state()

    def _on_history_changed(self) -> None:
        step = self._editing.history.last_image_step
        if step is not self._image_step:
            self._image_step = step
            self._jobs.cancel(JobKind.DETECT)
            self._show_state()

    def _on_map_changed(self) -> None:
        self._choose_main()
        self.changed.emit()
        self._idle.start()

    def _show_state(self) -> None:
        self._has_failed = False
        self._found.clear()
        self._choose_main()
        self.changed.emit()
        self._idle.start()

    def _choose_main(self) -> None:
        document, structure = self._editing.document, self._parsing_maps.of_photo
        people = self.of_photo.people
        if document is None or not people:
            self._main = None
        else:
            figure = None if structure is None else body_in(structure.labels)
            self._main = main_person(people, document.extent, figure)
