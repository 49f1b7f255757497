"""The parsing map of the photo as it looks now, predicted in the background while nothing else runs."""

from __future__ import annotations

import weakref
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from portrait_studio.document.history import Step
from portrait_studio.editing.parts import Parts
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Pixels, Structure
from portrait_studio.session.editing import Editing
from portrait_studio.session.history import changes_look
from portrait_studio.session.jobs import Job, JobDesk, JobKind


class Parser(Protocol):
    """The part of the engine that a survey needs."""

    def parse(self, image: Pixels, mask: NDArray[np.uint8], device: str, progress: Progress) -> Structure:
        """Predict the parsing map of a photo."""


class Survey(QObject):
    """Knows, for each look of the photo, what is where.

    A look is named by the fill or the other canvas that led to it, None being the photo as it was opened. A
    survey gives way to every other job and begins again after it.
    """

    changed = Signal()
    """Another map is that of the photo as it looks now"""

    def __init__(self, editing: Editing, desk: JobDesk, parser: Parser, parent: QObject) -> None:
        """Args: the document; who works; who knows."""
        super().__init__(parent)
        self._editing, self._desk, self._parser = editing, desk, parser
        # A fill that nobody can bring back takes what was known of it along.
        self._known: weakref.WeakKeyDictionary[Step, Structure] = weakref.WeakKeyDictionary()
        self._as_opened: Structure | None = None
        self._parts: tuple[Structure, Parts] | None = None
        self._asked: Step | None = None
        self._told: Structure | None = None
        self._has_failed = False
        # A job that ends may end because another begins; who comes next is seen only after that.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._start)
        editing.history.changed.connect(self._on_history_changed)

    @property
    def structure(self) -> Structure | None:
        """The parsing map of the photo as it looks now; None while it is not known yet."""
        return self._of(self._look())

    @property
    def before_last_fill(self) -> Structure | None:
        """The parsing map of the photo before its last fill, if it was ever known."""
        history = self._editing.history
        undone = history.steps_of_last_fill
        if not undone:
            return None
        earlier = list(history.applied_backwards())[len(undone) :]
        return self._of(next((step for step in earlier if changes_look(step)), None))

    @property
    def parts(self) -> Parts | None:
        """The same, as parts."""
        structure = self.structure
        if structure is None:
            return None
        if self._parts is None or self._parts[0] is not structure:
            self._parts = (structure, Parts(structure))
        return self._parts[1]

    @property
    def is_under_way(self) -> bool:
        """Whether the map will come by itself."""
        return self._editing.document is not None and self.structure is None and not self._has_failed

    def begin(self) -> None:
        """Another document is open."""
        self._known.clear()
        self._as_opened = self._asked = None
        self._parts = self._told = None
        self._has_failed = False
        self.go_on()

    def learn(self, structure: Structure) -> None:
        """A fill, which is the last step now, has said what is where."""
        self._has_failed = False
        self._remember(self._look(), structure)
        self._tell()

    def go_on(self) -> None:
        """Start looking, as soon as nobody else needs the engine, if something is to be seen."""
        self._soon.start()

    def _start(self) -> None:
        document = self._editing.document
        if document is None or not self.is_under_way or self._desk.current is not None:
            return
        self._asked = self._look()
        image, blank, parser = document.visible_image, document.blank, self._parser
        hidden = np.zeros(image.shape[:2], np.uint8) if blank is None else blank

        def task(progress: Progress) -> Structure:
            return parser.parse(image, hidden, "auto", progress)

        self._desk.start(JobKind.SURVEY, task)

    def take(self, structure: Structure) -> None:
        """The survey is done."""
        asked, self._asked = self._asked, None
        self._remember(asked, structure)
        self._tell()

    def give_way(self) -> None:
        """It was cancelled."""
        self._asked = None

    def give_up(self) -> None:
        """It failed, and would fail again, unless a fill or another engine says otherwise."""
        self._asked, self._has_failed = None, True

    def try_again(self) -> None:
        """The engine is another one."""
        self._has_failed = False
        self.go_on()

    def _on_history_changed(self) -> None:
        job: Job | None = self._desk.current
        if job is not None and job.kind is JobKind.SURVEY and self._asked is not self._look():
            self._desk.cancel()
        self.go_on()
        self._tell()

    def _tell(self) -> None:
        if self.structure is not self._told:
            self._told = self.structure
            self.changed.emit()

    def _of(self, look: Step | None) -> Structure | None:
        return self._as_opened if look is None else self._known.get(look)

    def _remember(self, look: Step | None, structure: Structure) -> None:
        if look is None:
            self._as_opened = structure
        else:
            self._known[look] = structure

    def _look(self) -> Step | None:
        return self._editing.history.last_look
