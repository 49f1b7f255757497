"""Reads project files; see `project` for what is in them.

A file may be damaged, or made by somebody who wishes ill: whatever it holds, it is opened or refused in a
sentence, within seconds, and in no more memory than a long history of such a photo takes.
"""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

import numpy as np

from portrait_studio import __version__
from portrait_studio.document.archive import Archive
from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.document.history_limits import MOST_STEPS, HistoryLimits, LimitExceeded, check_count
from portrait_studio.document.project import Check, Project
from portrait_studio.document.project_index import (
    FORMAT,
    INDEX,
    MOST_INDEX_BYTES,
    VERSION,
    Origin,
    PhotoEntry,
    StepEntry,
)
from portrait_studio.document.reference_photos import (
    MOST_REFERENCE_PIXELS,
    MOST_REFERENCES,
    ReferencePhoto,
)
from portrait_studio.document.saved_file import reading, shown_version
from portrait_studio.document.saved_steps import SavedStep, StepApplier
from portrait_studio.errors import ImageFileError, OptionError, ProjectError
from portrait_studio.imaging.canvas_extension import check_canvas
from portrait_studio.imaging.decoding import MOST_BYTES
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import decode_photo
from portrait_studio.json_dataclass import read_dataclass
from portrait_studio.json_text import as_int, as_list, parse_object
from portrait_studio.messages import Message

_MOST_BYTES: Final = 1 << 40
_DAMAGED: Final = Message("open an older copy of it, or begin again from the photo.")


def read_project(path: Path, check: Check) -> Project:
    """Read a project file and do its steps again.

    Args:
        path: the file.
        check: called between steps.

    Raises:
        ProjectError: it is missing, damaged, no project, or of a newer version of the program.
    """
    with _sentences(path), Archive(path, _MOST_BYTES) as archive:
        return _Reader(archive, path).project(check)


def read_origin(path: Path) -> Origin:
    """Read where autosaved work came from, without its photo and steps.

    Raises:
        ProjectError: it is missing, damaged, no autosaved project, or of a newer version of the program.
    """
    with _sentences(path), Archive(path, _MOST_BYTES) as archive:
        origin = _Reader(archive, path).origin()
        if origin is None:
            raise ValueError("no origin")
        return origin


def _sentences(path: Path) -> AbstractContextManager[None]:
    """Turn whatever reading may raise into one sentence for the user."""
    others: dict[type[Exception], Message] = {
        LimitExceeded: Message(
            "The history in {path} is longer than that of any project; {advice}", path=path, advice=_DAMAGED
        ),
        OptionError: Message("{path} holds a canvas that cannot be; {advice}", path=path, advice=_DAMAGED),
        ImageFileError: Message(
            "The photo inside {path} cannot be read; {advice}", path=path, advice=_DAMAGED
        ),
        NotImplementedError: Message(
            "{path} was not written by this program; {advice}", path=path, advice=_DAMAGED
        ),
    }
    damaged = Message("{path} is damaged or no project; {advice}", path=path, advice=_DAMAGED)
    return reading(path, damaged, others)


class _Reader:
    """One archive on its way to a project."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self._archive, self._path = archive, path
        self._index = self._checked_index()

    def _checked_index(self) -> dict[str, Any]:
        index = parse_object(self._archive.read(INDEX, MOST_INDEX_BYTES))
        if index["format"] != FORMAT:
            raise ValueError("another format")
        version = index["version"]
        if not isinstance(version, int) or version > VERSION:
            raise ProjectError(
                "{path} was saved by a newer version of the program ({other});"
                " update this one ({version}) to open it.",
                path=self._path,
                other=shown_version(index.get("program")),
                version=__version__,
            )
        return index

    def origin(self) -> Origin | None:
        if self._index.get("origin") is None:
            return None
        return read_dataclass(Origin, self._index["origin"])

    def project(self, check: Check) -> Project:
        check_count(len(self._index["steps"]))
        entries = [read_dataclass(StepEntry, entry) for entry in as_list(self._index["steps"], MOST_STEPS)]
        applied = as_int(self._index["applied"], 0, len(entries))
        origin = self.origin()
        entry = read_dataclass(PhotoEntry, self._index["photo"])
        photo = self._photo(entry, None if origin is None else origin.photo)
        document = Document(photo)
        document.references = self._references()
        steps = self._steps(document, entries, check)
        return Project(document, steps, applied, origin)

    def _photo(self, entry: PhotoEntry, source: Path | None) -> Photo:
        data = self._archive.read(entry.member, MOST_BYTES)
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise ValueError("the photo is another one")
        name = None if entry.name is None else _file_name(entry.name)
        # Else the name of the photo beside the project; whether it lies there does not matter.
        source = source or (self._path if name is None else self._path.parent / name)
        wanted = Extent(entry.width, entry.height)

        def check(extent: Extent) -> None:
            if extent != wanted:
                raise ValueError(f"the photo has {extent}")

        photo = decode_photo(data, source, check, entry.page)
        if name is None:
            return Photo(photo.pixels, photo.alpha, photo.is_grey, photo.metadata)
        return photo

    def _references(self) -> tuple[ReferencePhoto, ...]:
        """Other photos at hand; none in projects before version 6."""
        entries = as_list(self._index.get("references", []), MOST_REFERENCES)
        left = MOST_REFERENCE_PIXELS
        found = []
        for each in entries:
            entry = read_dataclass(PhotoEntry, each)
            left -= entry.width * entry.height
            # What they take is judged before any of them is unpacked; another size is refused after that.
            if left < 0:
                raise LimitExceeded("large references")
            found.append(ReferencePhoto.of(self._photo(entry, None)))
        return tuple(found)

    def _steps(self, document: Document, entries: list[StepEntry], check: Check) -> tuple[Step, ...]:
        """Do all steps again. What they take is judged before any of them is unpacked."""
        reach = document.canvas
        for entry in entries:
            if entry.canvas is not None:
                check_canvas(entry.canvas)
                reach = reach.united(entry.canvas)
        sample_bytes = document.photo.pixels.dtype.itemsize
        limits = HistoryLimits(reach, sample_bytes)
        spans = [limits.span(entry.pieces) for entry in entries]
        # At once: each larger canvas would copy all arrays.
        document.reserve(reach)
        applier = StepApplier(document, sample_bytes)
        steps = []
        try:
            for entry, span in zip(entries, spans, strict=True):
                check()
                steps.append(self._step(document, entry, span, applier, limits))
        except BaseException:
            document.close()
            raise
        return tuple(steps)

    def _step(
        self, document: Document, entry: StepEntry, span: int, applier: StepApplier, limits: HistoryLimits
    ) -> Step:
        bits = (span + 7) // 8
        most_bytes = bits + min(span, limits.most_change)
        data = np.frombuffer(self._archive.read(entry.data, most_bytes), np.uint8)
        saved = SavedStep(entry.pieces, data[:bits], data[bits:])
        delta = document.apply_saved(lambda: applier.apply(saved, limits.most_change), entry.canvas)
        limits.change(limits.bytes_of(delta.pieces))
        return Step(entry.title, delta, entry.fill)


def _file_name(text: str) -> str:
    """The name of a file without a folder."""
    name = Path(text).name
    if name in ("", ".."):
        raise ValueError("no name of a file")
    return name
