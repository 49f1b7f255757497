"""Parsing maps of the open photo: what is known, what is being predicted, and for what reason."""

from __future__ import annotations

import weakref

from PySide6.QtCore import QObject, QTimer, Signal

from portrait_studio.document.history import Step
from portrait_studio.editing.body_outline import BodyOutline, OutlinePredictor
from portrait_studio.editing.map_regions import MapRegions
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.imaging.geometry import Margins
from portrait_studio.session.editing import Editing
from portrait_studio.session.engine_jobs import EngineJobs
from portrait_studio.session.history import State, changes_image
from portrait_studio.session.jobs import JobKind
from portrait_studio.session.last_fill import LastFill


class ParsingMaps(QObject):
    """Asks the engine what is where, and keeps what it answered.

    Three things are predicted:

    - The photo as it looks now, without being asked for. A job for that gives way to every other and begins
      again after it. Maps are kept for each state of the image, which is named by the fill or the other
      canvas that led to it, None being the photo as it was opened.
    - The photo behind its hole, on request and whenever joints move. The map is kept until the photo looks
      otherwise; any edit cancels the job.
    - The outlines of bodies on a canvas whose edges are dragged. The latest margins win, those in between are
      left out.
    """

    changed = Signal()
    """Another map is that of the photo as it looks now"""
    shown_changed = Signal()
    """Another map is to be shown, or the same in another place"""
    outlined = Signal()
    """Other outlines were predicted"""

    def __init__(self, editing: Editing, jobs: EngineJobs, parent: QObject) -> None:
        """Know nothing yet.

        Args:
            editing: the open document.
            jobs: of the engine, which predicts.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._jobs = editing, jobs
        self._last_fill = LastFill(editing)
        # A fill that nobody can bring back takes what was known of it along.
        self._by_image_step: weakref.WeakKeyDictionary[Step, Structure] = weakref.WeakKeyDictionary()
        self._as_opened: Structure | None = None
        self._told: Structure | None = None
        self._regions: tuple[Structure, MapRegions] | None = None
        self._step_parsed: State = None
        self._has_failed = False
        self._behind_hole: Structure | None = None
        self._outlines = OutlinePredictor(jobs.engine)
        self._outline: BodyOutline | None = None
        self._margins = Margins()
        self._vain_margins: Margins | None = None
        # A job that ends may end because another begins; who comes next is seen only after that.
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self._parse_photo)
        # Undoing tells of a change before the step counts as undone, which decides what is to be predicted.
        self._joints_moved = QTimer(self, singleShot=True, interval=0)
        self._joints_moved.timeout.connect(self._follow_joints)
        jobs.ended.connect(self.resume)
        editing.history.changed.connect(self._on_history_changed)
        editing.about_to_change.connect(self._cancel_hole)
        editing.history.delta_exchanged.connect(self._cancel_hole)
        editing.image_changed.connect(self.forget_hole)
        editing.canvas_changed.connect(lambda: self._show_hole(None))
        editing.joints_changed.connect(lambda _: self._joints_moved.start())

    # -- what is known -------------------------------------------------------------------------------------

    @property
    def of_photo(self) -> Structure | None:
        """That of the photo as it looks now; None while it is not known yet."""
        return self._of(self._editing.history.last_image_step)

    @property
    def regions(self) -> MapRegions | None:
        """The regions of that map."""
        structure = self.of_photo
        if structure is None:
            return None
        if self._regions is None or self._regions[0] is not structure:
            self._regions = (structure, MapRegions(structure))
        return self._regions[1]

    @property
    def before_last_fill(self) -> Structure | None:
        """That of the photo before its last fill, if it was ever known."""
        history = self._editing.history
        undone = history.steps_of_last_fill
        if not undone:
            return None
        earlier = list(history.applied_backwards())[len(undone) :]
        return self._of(next((step for step in earlier if changes_image(step)), None))

    @property
    def shown(self) -> Structure | None:
        """That of the photo behind its hole if it was asked for, or else of the photo as it looks now."""
        return self._behind_hole or self.of_photo

    @property
    def outline(self) -> BodyOutline | None:
        """Of the bodies on the canvas that is dragged, or that was a moment ago."""
        return self._outline

    @property
    def is_awaited(self) -> bool:
        """Whether the map of the photo will come by itself."""
        return self._editing.document is not None and self.of_photo is None and not self._has_failed

    def begin(self) -> None:
        """Another document is open."""
        self._by_image_step.clear()
        self._as_opened = self._regions = self._told = None
        self._has_failed = False
        self.forget_hole()
        self.resume()

    def learn(self, structure: Structure) -> None:
        """A fill, which is the last step now, has said what is where."""
        self._has_failed = False
        self.forget_hole()
        self._keep(self._editing.history.last_image_step, structure)

    def retry(self) -> None:
        """Predict what has failed before: the engine is another one."""
        self._has_failed, self._vain_margins = False, None
        self.resume()
        self._predict_outline()

    # -- the photo as it looks -----------------------------------------------------------------------------

    def resume(self) -> None:
        """Parse the photo as it looks, as soon as nobody else needs the engine, unless its map is known."""
        self._idle.start()

    def _parse_photo(self) -> None:
        document = self._editing.document
        if document is None or not self.is_awaited or self._jobs.current is not None:
            return
        step = self._step_parsed = self._editing.history.last_image_step
        self._jobs.ask(
            JobKind.PARSE_PHOTO,
            ParseRequest(document.visible_image, document.blank),
            lambda structure: self._keep(step, structure),
            self._on_photo_stopped,
        )

    def _on_photo_stopped(self, error: Exception | None) -> None:
        # It would fail again, unless a fill or another engine says otherwise.
        self._has_failed = error is not None

    def _on_history_changed(self) -> None:
        if self._step_parsed is not self._editing.history.last_image_step:
            self._jobs.cancel(JobKind.PARSE_PHOTO)
        self.resume()
        self._tell()

    def _keep(self, image_step: State, structure: Structure) -> None:
        if image_step is None:
            self._as_opened = structure
        else:
            self._by_image_step[image_step] = structure
        self._tell()

    def _tell(self) -> None:
        if self.of_photo is not self._told:
            self._told = self.of_photo
            self.changed.emit()
            self.shown_changed.emit()

    def _of(self, image_step: State) -> Structure | None:
        return self._as_opened if image_step is None else self._by_image_step.get(image_step)

    # -- the photo behind its hole -------------------------------------------------------------------------

    def parse_hole(self) -> None:
        """Predict the map behind the mask, or behind the last fill, if nothing is in the way."""
        document = self._editing.document
        if document is None or not self._editing.may_edit:
            return
        masked = self._last_fill.masked_image_to_fill(document)
        request = ParseRequest(masked.image, masked.mask, document.joints, looks_inside=True)
        self._jobs.ask(JobKind.PARSE_HOLE, request, self._show_hole)

    def forget_hole(self) -> None:
        """The photo looks otherwise than what was predicted."""
        self._behind_hole = None

    def _show_hole(self, structure: Structure | None) -> None:
        self._behind_hole = structure
        self.shown_changed.emit()

    def _cancel_hole(self) -> None:
        """What is being predicted would be of the past."""
        self._jobs.cancel(JobKind.PARSE_HOLE)

    def _follow_joints(self) -> None:
        document = self._editing.document
        if document is None:
            return
        if not document.joints:
            self._show_hole(None)
        elif document.has_mask or self._last_fill.step is not None:
            self.parse_hole()

    # -- outlines on a canvas that is dragged --------------------------------------------------------------

    def outline_on(self, margins: Margins) -> None:
        """Predict the outlines of bodies on the canvas that has these margins for the moment."""
        self._margins = margins
        if not margins.extends:
            self._outline = None
        self._predict_outline()

    def forget_outline(self) -> None:
        """No canvas is dragged any more."""
        self._outline = self._vain_margins = None
        self._margins = Margins()

    def _predict_outline(self) -> None:
        document, current, margins = self._editing.document, self._jobs.current, self._margins
        is_free = current is None or current.kind.gives_way
        is_known = self._outline is not None and self._outline.margins == margins
        is_vain = not margins.extends or margins == self._vain_margins
        if document is None or not is_free or is_known or is_vain:
            return
        self._vain_margins = None
        image, outlines = document.image, self._outlines
        self._jobs.start(
            JobKind.OUTLINE,
            lambda progress: outlines.predict(image, margins, progress),
            self._on_outline,
            lambda error: self._on_outline_stopped(margins, error),
        )

    def _on_outline(self, outline: BodyOutline) -> None:
        """If the margins are others by now, they are next."""
        if self._margins.extends:
            self._outline = outline
            self.outlined.emit()
            self._predict_outline()

    def _on_outline_stopped(self, margins: Margins, error: Exception | None) -> None:
        """It failed, unless it gave way; other margins are another try."""
        if error is not None:
            self._vain_margins = margins
            self._predict_outline()
