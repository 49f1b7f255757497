"""Reads project files; see `project` for what is in them.

A file may be damaged, or made by somebody who wishes ill: whatever it holds, it is opened or refused in a
sentence, within seconds, and in no more memory than a long history of such a photo takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from portrait_studio import __version__
from portrait_studio.document.allowance import MOST_PARTS, MOST_STEPS, Allowance, TooMuch, check_count
from portrait_studio.document.archive import Archive
from portrait_studio.document.deltas import Piece, PlaneName
from portrait_studio.document.document import Document
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.document.history import Step
from portrait_studio.document.project import (
    FORMAT,
    INDEX,
    MOST_INDEX_BYTES,
    VERSION,
    Check,
    Origin,
    Project,
    shown_version,
)
from portrait_studio.document.repeating import Repeater, SavedStep
from portrait_studio.errors import Cancelled, FileError, ImageFileError, OptionError, ProjectError
from portrait_studio.imaging.canvas_extension import MOST_PIXELS, check_canvas
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import MOST_BYTES, decode_photo
from portrait_studio.json_text import as_int, as_list, as_object, as_text, parse_object
from portrait_studio.messages import Message

_MOST_BYTES: Final = 1 << 40
_MOST_LETTERS: Final = 1000
_MOST_PATH_LETTERS: Final = 4096
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


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn whatever reading may raise into one sentence for the user."""
    try:
        yield
    except (ProjectError, Cancelled):
        raise
    except FileError as error:
        raise ProjectError(error.message) from error
    except MemoryError as error:
        raise ProjectError(
            "There is not enough memory to open {path}; close other programs first.", path=path
        ) from error
    except TooMuch as error:
        raise ProjectError(
            "The history in {path} is longer than that of any project; {advice}", path=path, advice=_DAMAGED
        ) from error
    except OptionError as error:
        raise ProjectError(
            "{path} holds a canvas that cannot be; {advice}", path=path, advice=_DAMAGED
        ) from error
    except ImageFileError as error:
        raise ProjectError(
            "The photo inside {path} cannot be read; {advice}", path=path, advice=_DAMAGED
        ) from error
    except NotImplementedError as error:
        raise ProjectError(
            "{path} was not written by this program; {advice}", path=path, advice=_DAMAGED
        ) from error
    except Exception as error:
        # zipfile, zlib and numpy raise many types on damaged data, and more with each version.
        raise ProjectError("{path} is damaged or no project; {advice}", path=path, advice=_DAMAGED) from error


@dataclass(frozen=True)
class _Entry:
    """What the index says of one step."""

    title: str
    member: str
    pieces: tuple[Piece, ...]
    canvas: Bounds | None
    fill: FillRecord | None

    @classmethod
    def of(cls, entry: dict[str, Any]) -> _Entry:
        found = as_list(entry["pieces"], MOST_PARTS)
        canvas, fill = entry.get("canvas"), entry["fill"]
        return cls(
            as_text(entry["title"], _MOST_LETTERS),
            as_text(entry["data"], _MOST_LETTERS),
            tuple(Piece(PlaneName(plane), _bounds(box)) for plane, *box in found),
            None if canvas is None else _bounds(canvas),
            None if fill is None else FillRecord.from_json(as_object(fill)),
        )


def _bounds(box: Any) -> Bounds:
    left, top, right, bottom = (as_int(value, -MOST_PIXELS, MOST_PIXELS) for value in as_list(box, 4))
    return Bounds(left, top, right, bottom)


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
        entry = as_object(self._index["origin"])
        photo, project = (
            None if entry[key] is None else Path(as_text(entry[key], _MOST_PATH_LETTERS))
            for key in ("photo", "project")
        )
        return Origin(as_text(entry["name"], _MOST_LETTERS), photo, project)

    def project(self, check: Check) -> Project:
        check_count(len(self._index["steps"]))
        entries = [_Entry.of(as_object(entry)) for entry in as_list(self._index["steps"], MOST_STEPS)]
        applied = as_int(self._index["applied"], 0, len(entries))
        origin = self.origin()
        photo = self._photo(as_object(self._index["photo"]), None if origin is None else origin.photo)
        document = Document(photo)
        steps = self._steps(document, entries, check)
        return Project(document, steps, applied, origin)

    def _photo(self, entry: dict[str, Any], source: Path | None) -> Photo:
        data = self._archive.read(as_text(entry["member"], _MOST_LETTERS), MOST_BYTES)
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise ValueError("the photo is another one")
        name = None if entry["name"] is None else _file_name(entry["name"])
        # Else the name of the photo beside the project; whether it lies there does not matter.
        source = source or (self._path if name is None else self._path.parent / name)
        photo = decode_photo(data, source)
        if [photo.extent.width, photo.extent.height] != [entry["width"], entry["height"]]:
            raise ValueError(f"the photo has {photo.extent}")
        if name is None:
            return Photo(photo.pixels, photo.alpha, photo.is_grey, photo.metadata)
        return photo

    def _steps(self, document: Document, entries: list[_Entry], check: Check) -> tuple[Step, ...]:
        """Do all steps again. What they take is judged before any of them is unpacked."""
        reach = document.canvas
        for entry in entries:
            if entry.canvas is not None:
                check_canvas(entry.canvas)
                reach = reach.united(entry.canvas)
        sample_bytes = document.photo.pixels.dtype.itemsize
        allowance = Allowance(reach, sample_bytes)
        spans = [allowance.span(entry.pieces) for entry in entries]
        # At once: each larger canvas would copy all arrays.
        document.reserve(reach)
        repeater = Repeater(document, sample_bytes)
        steps = []
        try:
            for entry, span in zip(entries, spans, strict=True):
                check()
                steps.append(self._step(document, entry, span, repeater, allowance))
        except BaseException:
            document.close()
            raise
        return tuple(steps)

    def _step(
        self, document: Document, entry: _Entry, span: int, repeater: Repeater, allowance: Allowance
    ) -> Step:
        bits = (span + 7) // 8
        most_bytes = bits + min(span, allowance.most_change)
        data = np.frombuffer(self._archive.read(entry.member, most_bytes), np.uint8)
        saved = SavedStep(entry.pieces, data[:bits], data[bits:])
        delta = document.repeat(lambda: repeater.lay(saved, allowance.most_change), entry.canvas)
        allowance.change(allowance.bytes_of(delta.pieces))
        return Step(entry.title, delta, entry.fill)


def _file_name(value: object) -> str:
    """The name of a file without a folder."""
    name = Path(as_text(value, _MOST_LETTERS)).name
    if name in ("", ".."):
        raise ValueError("no name of a file")
    return name
