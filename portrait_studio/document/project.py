"""Project files (`.psproj`): a ZIP with the original photo untouched and every step of its history.

Members: `project.json`; `photo/NAME`, the file as it was read (for a picture without a file, a lossless PNG);
`references/NN/NAME`, other photos that fills may borrow from, in the same way;
`steps/NNNN.bin`, what a step changed: one bit per byte of its pieces that says whether the byte changes, most
significant bit first, then the new values of those that do. So a fill costs about its own pixels, and bytes
that a step left alone are never touched when it is done again. Rectangles are in photo pixels; where a canvas
reaches above or to the left of the photo they are negative. `project_reading` reads them.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from portrait_studio import __version__
from portrait_studio.document.change_bounds import changed_parts
from portrait_studio.document.document import Document
from portrait_studio.document.history import Snapshot, Step
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
from portrait_studio.imaging.png import encoded_png
from portrait_studio.json_dataclass import write_dataclass

SUFFIX: Final = ".psproj"
_PACKING: Final[tuple[int, bool, int]] = (zipfile.ZIP_DEFLATED, True, 3)
"""Deflate, zip64 where needed, and a low level: fills are noise, which no level packs well."""

_PASTED: Final = "picture.png"

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
    original, member = _original(photo, "photo")
    try:
        with replacing(path) as file, zipfile.ZipFile(file, "w", *_PACKING) as archive:
            archive.writestr(member, original, zipfile.ZIP_STORED)
            references = _write_references(snapshot, archive, check)
            steps = _write_steps(snapshot, archive, check)
            index = {
                "format": FORMAT,
                "version": VERSION,
                "program": __version__,
                "photo": write_dataclass(_photo_entry(photo, member, original)),
                "references": references,
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


def _original(photo: Photo, folder: str) -> tuple[bytes, str]:
    """The bytes of a photo, and the name of the member that holds them."""
    if not photo.file:
        return encoded_png(photo), f"{folder}/{_PASTED}"
    return photo.file, f"{folder}/{photo.path.name if photo.path is not None else _PASTED}"


def _write_references(snapshot: Snapshot, archive: zipfile.ZipFile, check: Check) -> list[dict[str, Any]]:
    entries = []
    for number, reference in enumerate(snapshot.references, 1):
        check()
        original, member = _original(reference.photo, f"references/{number:02}")
        archive.writestr(member, original, zipfile.ZIP_STORED)
        entries.append(write_dataclass(_photo_entry(reference.photo, member, original)))
    return entries


def _photo_entry(photo: Photo, member: str, original: bytes) -> PhotoEntry:
    name = photo.path.name if photo.path is not None else None
    digest = hashlib.sha256(original).hexdigest()
    return PhotoEntry(member, name, digest, photo.extent.width, photo.extent.height, photo.bits, photo.page)


def _write_steps(snapshot: Snapshot, archive: zipfile.ZipFile, check: Check) -> list[dict[str, Any]]:
    check_count(len(snapshot))
    steps: list[dict[str, Any]] = [{} for _ in range(len(snapshot))]
    sample_bytes = snapshot.photo.pixels.dtype.itemsize
    limits = HistoryLimits(snapshot.reach, sample_bytes)
    for number, change in snapshot.changes():
        check()
        differs = change.before != change.after
        parts = list(changed_parts(change.pieces, sample_bytes, differs.__getitem__))
        pieces = tuple(piece for piece, _ in parts)
        limits.change(limits.span(pieces))
        name = f"steps/{number + 1:04}.bin"
        bits = np.packbits(np.concatenate([part for _, part in parts])).tobytes() if parts else b""
        archive.writestr(name, bits + change.after[differs].tobytes())
        canvas = change.canvas if change.changes_canvas else None
        steps[number] = write_dataclass(StepEntry(change.title, name, pieces, change.fill, canvas))
    return steps
