"""Project files (`.psproj`): a ZIP with the original photo untouched and every step of its history.

Members: `project.json`; `photo/NAME`, the file as it was read (for a picture without a file, a lossless PNG);
`steps/NNNN.bin`, what a step changed: one bit per byte of its pieces that says whether the byte changes, most
significant bit first, then the new values of those that do. So a fill costs about its own pixels, and bytes
that a step left alone are never touched when it is done again. Rectangles are in photo pixels; where a canvas
reaches above or to the left of the photo they are negative.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio import __version__
from portrait_studio.document.deltas import Piece, PlaneName
from portrait_studio.document.document import Document
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.document.history import Change, Snapshot, Step
from portrait_studio.errors import ImageFileError, OptionError, ProjectError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.imaging.canvas_extension import check_canvas
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import decode_photo
from portrait_studio.imaging.writing import encoded_png
from portrait_studio.messages import Message

SUFFIX: Final = ".psproj"
FORMAT: Final = "portrait-studio project"
VERSION: Final = 3

_PACKING: Final[tuple[int, bool, int]] = (zipfile.ZIP_DEFLATED, True, 3)
"""Deflate, zip64 where needed, and a low level: fills are noise, which no level packs well."""

_INDEX: Final = "project.json"
_INDEX_BYTES: Final = 64 << 20
_PASTED: Final = "photo/picture.png"

Check = Callable[[], None]
"""Raises to stop a long job."""


@dataclass(frozen=True)
class Origin:
    """Where autosaved work came from.

    Attributes:
        name: what the user calls it.
        photo: file of the photo; None for a picture from elsewhere.
        project: the user's own project file; None when there is none yet.
    """

    name: str
    photo: Path | None
    project: Path | None


@dataclass(frozen=True, eq=False)
class Project:
    """What was read from a project file.

    Attributes:
        document: with all steps applied.
        steps: its history, those that can be redone included.
        applied: how many of them were applied when it was saved; the others are still to be undone.
        origin: where it came from, for autosaved work.
    """

    document: Document
    steps: tuple[Step, ...] = ()
    applied: int = 0
    origin: Origin | None = None


def write_project(snapshot: Snapshot, path: Path, check: Check, origin: Origin | None = None) -> None:
    """Write a project file; it appears complete or not at all.

    Args:
        snapshot: the document and its history.
        path: file to create or replace.
        check: called between steps.
        origin: for autosaved work, where it came from.

    Raises:
        ExportError: the file cannot be written; whatever was at `path` before is untouched.
    """
    photo = snapshot.photo
    has_file = bool(photo.file)
    original = photo.file if has_file else encoded_png(photo)
    member = f"photo/{photo.path.name}" if has_file and photo.path is not None else _PASTED
    steps: list[dict[str, Any]] = [{} for _ in range(len(snapshot))]
    with replacing(path) as file, zipfile.ZipFile(file, "w", *_PACKING) as archive:
        archive.writestr(member, original, zipfile.ZIP_STORED)
        for number, change in snapshot.changes():
            check()
            name = f"steps/{number + 1:04}.bin"
            archive.writestr(name, _packed(change))
            steps[number] = _entry(change, name)
        index = {
            "format": FORMAT,
            "version": VERSION,
            "program": __version__,
            "photo": {
                "member": member,
                "name": photo.path.name if photo.path is not None else None,
                "sha256": hashlib.sha256(original).hexdigest(),
                "width": photo.extent.width,
                "height": photo.extent.height,
                "bits": photo.bits,
            },
            "origin": None if origin is None else _origin_entry(origin),
            "applied": snapshot.applied,
            "steps": steps,
        }
        archive.writestr(_INDEX, json.dumps(index, indent=1))


def _origin_entry(origin: Origin) -> dict[str, str | None]:
    paths = {"photo": origin.photo, "project": origin.project}
    return {"name": origin.name} | {key: None if p is None else str(p) for key, p in paths.items()}


def _entry(change: Change, name: str) -> dict[str, Any]:
    entry = {
        "title": change.title,
        "data": name,
        "pieces": [[p.plane.value, *_box(p.bounds)] for p in change.pieces],
        "fill": None if change.fill is None else asdict(change.fill),
    }
    return entry | ({"canvas": _box(change.canvas)} if change.changes_canvas else {})


def _box(bounds: Bounds) -> tuple[int, int, int, int]:
    return bounds.left, bounds.top, bounds.right, bounds.bottom


def _packed(change: Change) -> bytes:
    differs = change.before != change.after
    data: bytes = np.packbits(differs).tobytes() + change.after[differs].tobytes()
    return data


def read_project(path: Path, check: Check) -> Project:
    """Read a project file and do its steps again.

    Args:
        path: the file.
        check: called between steps.

    Raises:
        ProjectError: it is missing, damaged, no project, or of a newer version of the program.
    """
    with _sentences(path), zipfile.ZipFile(path) as archive:
        return _Reader(archive, path).project(check)


def read_origin(path: Path) -> Origin:
    """Read where autosaved work came from, without its photo and steps.

    Raises:
        ProjectError: it is missing, damaged, no autosaved project, or of a newer version of the program.
    """
    with _sentences(path), zipfile.ZipFile(path) as archive:
        origin = _Reader(archive, path).origin()
        if origin is None:
            raise ValueError("no origin")
        return origin


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn whatever reading may raise into one sentence for the user."""
    try:
        yield
    except FileNotFoundError as error:
        raise ProjectError("There is no file {path}; check the name and the folder.", path=path) from error
    except (PermissionError, IsADirectoryError) as error:
        raise ProjectError(
            "{path} may not be read; change its permissions or copy it elsewhere.", path=path
        ) from error
    except MemoryError as error:
        raise ProjectError(
            "There is not enough memory to open {path}; close other programs first.", path=path
        ) from error
    except OptionError as error:
        raise ProjectError(
            "{path} holds a canvas that cannot be; {advice}", path=path, advice=_DAMAGED
        ) from error
    except ImageFileError as error:
        raise ProjectError(
            "The photo inside {path} cannot be read; {advice}", path=path, advice=_DAMAGED
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, OSError) as error:
        raise ProjectError("{path} is damaged or no project; {advice}", path=path, advice=_DAMAGED) from error
    except (NotImplementedError, RuntimeError) as error:
        # zipfile's words for encryption and for ways of packing that this program never uses.
        raise ProjectError(
            "{path} was not written by this program; {advice}", path=path, advice=_DAMAGED
        ) from error


_DAMAGED: Final = Message("open an older copy of it, or begin again from the photo.")


class _Reader:
    """One archive on its way to a project."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive, self._path = archive, path

    def index(self) -> dict[str, Any]:
        index: dict[str, Any] = json.loads(self._member(_INDEX, _INDEX_BYTES))
        if index["format"] != FORMAT:
            raise ValueError(f"format {index['format']!r}")
        if not isinstance(index["version"], int) or index["version"] > VERSION:
            raise ProjectError(
                "{path} was saved by a newer version of the program ({other});"
                " update this one ({version}) to open it.",
                path=self._path,
                other=index.get("program", "?"),
                version=__version__,
            )
        return index

    def origin(self) -> Origin | None:
        entry = self.index().get("origin")
        if entry is None:
            return None
        photo, project = (None if entry[key] is None else Path(entry[key]) for key in ("photo", "project"))
        return Origin(str(entry["name"]), photo, project)

    def project(self, check: Check) -> Project:
        index, origin = self.index(), self.origin()
        document = Document(self._photo(index["photo"], None if origin is None else origin.photo))
        steps = []
        for entry in index["steps"]:
            check()
            steps.append(self._step(document, entry))
        applied = int(index["applied"])
        if not 0 <= applied <= len(steps):
            raise ValueError(f"{applied} of {len(steps)} steps are applied")
        return Project(document, tuple(steps), applied, origin)

    def _member(self, name: str, most_bytes: int) -> bytes:
        """Refuse what would unpack to more than it can be, before unpacking it."""
        if self._archive.getinfo(name).file_size > most_bytes:
            raise ValueError(f"{name} is too large")
        return self._archive.read(name)

    def _photo(self, entry: dict[str, Any], source: Path | None) -> Photo:
        data = self._archive.read(str(entry["member"]))
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise ValueError("the photo is another one")
        name = entry["name"]
        # Else the name of the photo beside the project; whether it lies there does not matter.
        source = source or (self._path if name is None else self._path.parent / Path(str(name)).name)
        photo = decode_photo(data, source)
        if [photo.extent.width, photo.extent.height] != [entry["width"], entry["height"]]:
            raise ValueError(f"the photo has {photo.extent}")
        if name is None:
            return Photo(photo.pixels, photo.alpha, photo.is_grey, photo.metadata)
        return photo

    def _step(self, document: Document, entry: dict[str, Any]) -> Step:
        pieces = [Piece(PlaneName(plane), Bounds(*(int(v) for v in box))) for plane, *box in entry["pieces"]]
        sizes = [p.bounds.extent.area * document.plane(p.plane)[:1, :1].nbytes for p in pieces]
        total = sum(sizes)
        bits = (total + 7) // 8
        data = np.frombuffer(self._member(str(entry["data"]), bits + total), np.uint8)
        differs: NDArray[np.bool_] = np.unpackbits(data[:bits], count=total).view(np.bool_)
        canvas = None if entry.get("canvas") is None else Bounds(*(int(v) for v in entry["canvas"]))
        if canvas is not None:
            check_canvas(canvas.united(document.canvas))
        delta = document.repeat(pieces, differs, data[bits:], canvas)
        fill = None if entry["fill"] is None else FillRecord.from_json(entry["fill"])
        return Step(str(entry["title"]), delta, fill)
