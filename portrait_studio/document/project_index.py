"""The index of a project file, `project.json`: what it says of the photo, of each step and of the origin.

It is an object of `format`, `version`, `program`, `photo`, `origin`, `applied` (how many steps were applied)
and `steps`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from portrait_studio.document.deltas import Piece, PlaneName
from portrait_studio.document.fill_record import FILL_RECORD, FillRecord
from portrait_studio.document.history_limits import MOST_PARTS
from portrait_studio.document.saved_file import BOUNDS, read_bounds, write_bounds
from portrait_studio.imaging.canvas_extension import MOST_PIXELS
from portrait_studio.imaging.decoding import MOST_PAGES
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.json_dataclass import Codec, listed, optional, text, whole
from portrait_studio.json_text import as_text

FORMAT: Final = "portrait-studio project"
VERSION: Final = 8
INDEX: Final = "project.json"
MOST_INDEX_BYTES: Final = 64 << 20

_MOST_PATH_LETTERS: Final = 4096
_WORD: Final = text(1000)
_SIDE: Final = whole(0, MOST_PIXELS)


def _read_piece(entry: Any) -> Piece:
    plane, *box = entry
    return Piece(PlaneName(plane), read_bounds(box))


def _write_piece(piece: Piece) -> list[Any]:
    return [piece.plane.value, *write_bounds(piece.bounds)]


_PIECES: Final = listed(Codec(_read_piece, _write_piece), MOST_PARTS)
_PATH: Final = optional(Codec(lambda value: Path(as_text(value, _MOST_PATH_LETTERS)), str))


@dataclass(frozen=True)
class Origin:
    """Where autosaved work came from.

    Attributes:
        name: what the user calls it.
        photo: file of the photo; None for a picture from elsewhere.
        project: the user's own project file; None when there is none yet.
    """

    name: Annotated[str, _WORD]
    photo: Annotated[Path | None, _PATH]
    project: Annotated[Path | None, _PATH]


@dataclass(frozen=True)
class PhotoEntry:
    """What the index says of the photo.

    Attributes:
        member: that holds it.
        name: of its file; None for a picture from elsewhere.
        sha256: of the member.
        width: in pixels.
        height: in pixels.
        bits: of a sample.
        page: number of the picture in a file of several; None = the file holds one.
    """

    member: Annotated[str, _WORD]
    name: Annotated[str | None, optional(_WORD)]
    sha256: Annotated[str, _WORD]
    width: Annotated[int, _SIDE]
    height: Annotated[int, _SIDE]
    bits: Annotated[int, whole(1, 16)] = 8
    page: Annotated[int | None, optional(whole(1, MOST_PAGES), is_left_out=True)] = None


@dataclass(frozen=True)
class StepEntry:
    """What the index says of a step.

    Attributes:
        title: what the user reads.
        data: member that holds what it changed.
        pieces: rectangles in the order of the edit, in photo pixels; they may overlap.
        fill: how it was made, for fills.
        canvas: after it, in photo pixels; None where it left the canvas as it was.
    """

    title: Annotated[str, _WORD]
    data: Annotated[str, _WORD]
    pieces: Annotated[tuple[Piece, ...], _PIECES]
    fill: Annotated[FillRecord | None, optional(FILL_RECORD)]
    canvas: Annotated[Bounds | None, optional(BOUNDS, is_left_out=True)] = None
