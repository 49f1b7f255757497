"""Project files (`.psproj`): a ZIP with the original photo untouched and every step of its history.

Members: `project.json`; `photo/NAME`, the file as it was read (for a picture without a file, a lossless PNG);
`steps/NNNN.bin`, what a step changed: one bit per byte of its pieces that says whether the byte changes, most
significant bit first, then the new values of those that do. So a fill costs about its own pixels, and bytes
that a step left alone are never touched when it is done again. Rectangles are in photo pixels; where a canvas
reaches above or to the left of the photo they are negative. `project_reading` reads them.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio import __version__
from portrait_studio.document.change_bounds import bands, bounds_of_changes
from portrait_studio.document.deltas import Piece, bytes_of_pixel
from portrait_studio.document.document import Document
from portrait_studio.document.history import Change, Snapshot, Step
from portrait_studio.document.history_limits import HistoryLimits, LimitExceeded, check_count
from portrait_studio.document.project_index import (
    FORMAT,
    INDEX,
    MOST_INDEX_BYTES,
    VERSION,
    Origin,
    PhotoEntry,
    StepEntry,
)
from portrait_studio.errors import ExportError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.writing import encoded_png
from portrait_studio.json_dataclass import write_dataclass

SUFFIX: Final = ".psproj"
_PACKING: Final[tuple[int, bool, int]] = (zipfile.ZIP_DEFLATED, True, 3)
"""Deflate, zip64 where needed, and a low level: fills are noise, which no level packs well."""

_PASTED: Final = "photo/picture.png"

Check = Callable[[], None]
"""Raises to stop a long job."""


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
        ExportError: the file cannot be written, or the history is longer than one may be; whatever was at
            `path` before is untouched.
    """
    photo = snapshot.photo
    original, member = _original(photo)
    try:
        with replacing(path) as file, zipfile.ZipFile(file, "w", *_PACKING) as archive:
            archive.writestr(member, original, zipfile.ZIP_STORED)
            steps = _write_steps(snapshot, archive, check)
            index = {
                "format": FORMAT,
                "version": VERSION,
                "program": __version__,
                "photo": write_dataclass(_photo_entry(photo, member, original)),
                "origin": None if origin is None else write_dataclass(origin),
                "applied": snapshot.applied,
                "steps": steps,
            }
            data = json.dumps(index).encode()
            if len(data) > MOST_INDEX_BYTES:
                raise LimitExceeded("a long index")
            archive.writestr(INDEX, data)
    except LimitExceeded as error:
        raise ExportError(
            "The history has become longer than a project file can hold; export the picture, and go on"
            " from that."
        ) from error


def _original(photo: Photo) -> tuple[bytes, str]:
    """The bytes of the photo, and the name of the member that holds them."""
    if not photo.file:
        return encoded_png(photo), _PASTED
    return photo.file, f"photo/{photo.path.name}" if photo.path is not None else _PASTED


def _photo_entry(photo: Photo, member: str, original: bytes) -> PhotoEntry:
    name = photo.path.name if photo.path is not None else None
    digest = hashlib.sha256(original).hexdigest()
    return PhotoEntry(member, name, digest, photo.extent.width, photo.extent.height, photo.bits)


def _write_steps(snapshot: Snapshot, archive: zipfile.ZipFile, check: Check) -> list[dict[str, Any]]:
    check_count(len(snapshot))
    steps: list[dict[str, Any]] = [{} for _ in range(len(snapshot))]
    sample_bytes = snapshot.photo.pixels.dtype.itemsize
    limits = HistoryLimits(snapshot.reach, sample_bytes)
    for number, change in snapshot.changes():
        check()
        parts = list(_parts(change, sample_bytes))
        pieces = tuple(piece for piece, *_ in parts)
        limits.change(limits.span(pieces))
        name = f"steps/{number + 1:04}.bin"
        archive.writestr(name, _packed(parts))
        canvas = change.canvas if change.changes_canvas else None
        steps[number] = write_dataclass(StepEntry(change.title, name, pieces, change.fill, canvas))
    return steps


_Part = tuple[Piece, NDArray[np.bool_], NDArray[np.uint8]]
"""A rectangle around what a step changes, (N,) for each of its bytes whether it does, and (N,) after it."""


def _parts(change: Change, sample_bytes: int) -> Iterator[_Part]:
    place = 0
    for piece in change.pieces:
        pixel_bytes = bytes_of_pixel(piece.plane, sample_bytes)
        row = piece.bounds.width * pixel_bytes
        for top, bottom in bands(piece.bounds.height if row else 0):
            here = slice(place, place + (bottom - top) * row)
            place = here.stop
            after = change.after[here].reshape(-1, row)
            differs = change.before[here].reshape(-1, row) != after
            inner = bounds_of_changes(differs, pixel_bytes)
            if inner is not None:
                columns = slice(inner.left * pixel_bytes, inner.right * pixel_bytes)
                box = slice(inner.top, inner.bottom), columns
                bounds = inner.shifted(piece.bounds.left, piece.bounds.top + top)
                yield Piece(piece.plane, bounds), differs[box].ravel(), after[box].ravel()


def _packed(parts: list[_Part]) -> bytes:
    if not parts:
        return b""
    bits: bytes = np.packbits(np.concatenate([differs for _, differs, _ in parts])).tobytes()
    return bits + b"".join(after[differs].tobytes() for _, differs, after in parts)
