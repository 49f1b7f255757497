"""Other photos at hand: read in the background, kept with the document, given to every fill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from portrait_studio.document.reference_photos import ReferencePhoto, joined_by
from portrait_studio.engine.progress import Progress
from portrait_studio.imaging.reading import read_photo
from portrait_studio.session.editing import Editing
from portrait_studio.session.jobs import BackgroundJobs, JobKind


class References(QObject):
    """The list of other photos that fills of the open document may borrow from; no step of its history."""

    changed = Signal()

    def __init__(self, editing: Editing, jobs: BackgroundJobs, parent: QObject) -> None:
        """Know of none yet.

        Args:
            editing: the open document.
            jobs: of the thread for files.
            parent: owns this.
        """
        super().__init__(parent)
        self._editing, self._jobs = editing, jobs

    @property
    def photos(self) -> tuple[ReferencePhoto, ...]:
        """Those of the open document."""
        document = self._editing.document
        return () if document is None else document.references

    def add(self, paths: Sequence[Path]) -> None:
        """Read photo files and keep them at hand; if one cannot be read, or they are too many, none is."""
        document = self._editing.document
        if document is None or not self._editing.may_edit or not paths:
            return
        present = document.references

        def task(progress: Progress) -> tuple[ReferencePhoto, ...]:
            found = []
            for path in paths:
                progress.check()
                found.append(ReferencePhoto.of(read_photo(path)))
            return joined_by(present, found)

        self._jobs.start(JobKind.READ_REFERENCES, task, self._take)

    def remove(self, place: int) -> None:
        """Keep one at hand no more; what fills have borrowed from it stays."""
        photos = self.photos
        if self._editing.may_edit and 0 <= place < len(photos):
            self._take((*photos[:place], *photos[place + 1 :]))

    def _take(self, photos: tuple[ReferencePhoto, ...]) -> None:
        document = self._editing.document
        if document is not None and photos != document.references:
            document.references = photos
            # A project remembers them.
            self._editing.history.mark_unsaved()
            self.changed.emit()
