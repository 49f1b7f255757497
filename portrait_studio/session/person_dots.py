"""A dot for each person of the photo, which says whether the mask takes them, and changes that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.editing.people import Person
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.label_mask import body_in
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.masks import HOLE, KNOWN
from portrait_studio.messages import Message
from portrait_studio.session.detections import Detections
from portrait_studio.session.editing import Editing
from portrait_studio.session.parsing_maps import ParsingMaps
from portrait_studio.session.segmentation import Segmentation
from portrait_studio.session.step_names import picked_part
from portrait_studio.session.tools import Tools


@dataclass(frozen=True, eq=False)
class PersonDot:
    """One person's dot.

    Attributes:
        person: whose.
        is_taken: whether the mask takes them.
    """

    person: Person
    is_taken: bool

    @property
    def place(self) -> tuple[float, float]:
        """Photo position (x, y)."""
        return self.person.chest


class PersonDots(QObject):
    """Reads from the mask who is taken, so that undo, strokes and commands change dots as clicks do."""

    changed = Signal()
    """Other people have dots, or others of them are taken"""
    marked = Signal()
    """Somebody was added to the mask"""
    hinted = Signal(object)
    """Message: why nothing was marked"""

    def __init__(
        self,
        editing: Editing,
        parsing_maps: ParsingMaps,
        detections: Detections,
        segmentation: Segmentation,
        tools: Tools,
        parent: QObject,
    ) -> None:
        """Show nobody yet.

        Args:
            editing: the open document.
            parsing_maps: of the photo.
            detections: who is in the photo.
            segmentation: finds the exact masks that are not known yet.
            tools: which probability is enough.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._parsing_maps, self._detections = editing, parsing_maps, detections
        self._segmentation, self._tools = segmentation, tools
        self._dots: tuple[PersonDot, ...] = ()
        self._people: tuple[Person, ...] = ()
        self._regions: dict[Person, MapRegion | None] = {}
        detections.changed.connect(self._on_detections_changed)
        editing.mask_changed.connect(self._read_mask)
        editing.canvas_changed.connect(self._forget)

    @property
    def dots(self) -> tuple[PersonDot, ...]:
        """From left to right; none where the main person is alone, as there is nobody to choose."""
        return self._dots

    def region(self, dot: PersonDot) -> MapRegion | None:
        """What of the photo is the person; None while the exact mask is not known."""
        return self._regions.get(dot.person)

    def toggle(self, dot: PersonDot) -> None:
        """Take the person, or keep whom the mask takes."""
        self._set(dot, takes=not dot.is_taken)

    def keep(self, dot: PersonDot) -> None:
        """Take the person out of the mask."""
        if dot.is_taken:
            self._set(dot, takes=False)

    def _set(self, dot: PersonDot, *, takes: bool) -> None:
        """Add the person to the mask, or the reverse, as soon as all masks that this needs are known.

        Whoever shall be on the other side is not touched.
        """
        rivals = [
            other
            for other in self._dots
            if other.person is not dot.person
            and other.is_taken is not takes
            and dot.person.may_touch(other.person)
        ]
        people = [dot.person, *(rival.person for rival in rivals)]
        unknown = [person for person in people if person.found is None]
        if not unknown:
            self._change(dot.person, people[1:], takes=takes)
        elif self._segmentation.may_start:
            self._segmentation.find_in_boxes(
                [person.detection for person in unknown],
                lambda found: self._go_on(dot.person, unknown, found, takes=takes),
            )

    def _go_on(
        self, person: Person, segmented: list[Person], found: tuple[ThingFound, ...], *, takes: bool
    ) -> None:
        for one, its in zip(segmented, found, strict=True):
            self._detections.learn(one.detection, its)
        # The dots are new ones now that know the masks.
        dot = next((dot for dot in self._dots if dot.person.detection == person.detection), None)
        if dot is not None and dot.is_taken is not takes:
            self._set(dot, takes=takes)

    def _change(self, person: Person, rivals: list[Person], *, takes: bool) -> None:
        document = self._editing.document
        if document is None or not self._editing.may_mark:
            return
        threshold, figure = self._tools.threshold, self._figure(rivals)
        bounds, shape = person.outline(rivals, document.extent, threshold, figure)
        if bounds.is_empty:
            self.hinted.emit(
                Message("Nothing stands out there; drag a rectangle around it, or paint over it.")
            )
            return
        if not takes:
            others = [one for one in self._people if one is not person]
            bounds, shape = person.with_rest(document.mask, (bounds, shape), others, threshold)
        name = picked_part(person.detection.name, leaves=not takes)
        self._editing.change(name, lambda edit: edit.stamp(bounds, shape, HOLE if takes else KNOWN))
        is_spared = document.protected[bounds.slices][shape != 0] != 0
        if takes and is_spared.all():
            self.hinted.emit(Message("That belongs to a protected person; take the protection away first."))
        elif takes:
            self.marked.emit()

    def _figure(self, rivals: list[Person]) -> NDArray[np.bool_] | None:
        """Where the parser sees the main person, if they are not to be touched."""
        structure = self._parsing_maps.of_photo
        if structure is None or not any(rival.is_main for rival in rivals):
            return None
        return body_in(structure.labels)

    def _forget(self) -> None:
        """Everybody stands elsewhere on another canvas; the history says that only after it has changed."""
        self._people, self._dots, self._regions = (), (), {}
        self.changed.emit()

    def _on_detections_changed(self) -> None:
        people = self._detections.of_photo.people if self._detections.has_others else ()
        known = {person.detection: person for person in self._people}
        self._people = tuple(
            self._person(one, known.get(one))
            for one in sorted(people, key=lambda one: one.bounds.left + one.bounds.right)
        )
        threshold = self._tools.threshold
        self._regions = {
            person: person.region([other for other in self._people if other is not person], threshold)
            for person in self._people
        }
        self._dots = ()
        self._read_mask()
        self.changed.emit()

    def _person(self, detection: Detection, known: Person | None) -> Person:
        """The same one as before where nothing more is known, with what was computed of them."""
        found, is_main = self._detections.found(detection), detection is self._detections.main
        if known is not None and known.found is found and known.is_main is is_main:
            return known
        return Person(detection, found, is_main)

    def _read_mask(self) -> None:
        document = self._editing.document
        if document is None or not self._people:
            return
        mask = document.mask
        taken = [person.is_taken(mask, self._regions[person]) for person in self._people]
        if taken != [dot.is_taken for dot in self._dots]:
            self._dots = tuple(map(PersonDot, self._people, taken))
            self.changed.emit()
