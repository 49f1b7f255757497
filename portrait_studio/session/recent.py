"""Photos and projects that were open lately, and the neighbours of a photo in its folder."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from portrait_studio.errors import ExportError, FileError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.imaging.reading import SUFFIXES_READ
from portrait_studio.json_text import as_list, parse_json
from portrait_studio.ordinary_file import is_ordinary, read_file

_MOST: Final = 12
_MOST_LISTED: Final = 100
_MOST_BYTES: Final = 1 << 20


class RecentFiles:
    """The list in a file of the user's data folder; without a place to write it, it is forgotten."""

    def __init__(self, path: Path) -> None:
        """Read nothing yet.

        Args:
            path: the JSON file, which need not exist.
        """
        self._path = path

    def paths(self) -> list[Path]:
        """The latest first; files that are gone are left out."""
        try:
            found = as_list(parse_json(read_file(self._path, _MOST_BYTES)), _MOST_LISTED)
        except (FileError, ValueError):
            return []
        paths = (Path(item) for item in found if isinstance(item, str))
        return list(islice((path for path in paths if is_ordinary(path)), _MOST))

    def add(self, path: Path) -> None:
        """Put a file to the top. Read anew each time, since another window may have added some."""
        path = path.absolute()
        self._write([path, *(other for other in self.paths() if other != path)])

    def clear(self) -> None:
        """Forget all."""
        self._write([])

    def _write(self, paths: list[Path]) -> None:
        with suppress(OSError, ExportError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path) as file:
                file.write(json.dumps([str(path) for path in paths[:_MOST]], indent=1).encode())


def neighbour(photo: Path, step: int) -> Path | None:
    """The photo so many places after (before, when negative) a photo in its folder; None beyond the ends.

    Names are in the order that people expect: 2 before 10, capitals beside small letters. Hidden files, such
    as those that a Mac puts beside each photo on other disks, are no photos.
    """
    names = photos_beside(photo)
    if photo not in names:
        return None
    place = names.index(photo) + step
    return names[place] if 0 <= place < len(names) else None


def photos_beside(photo: Path) -> list[Path]:
    """The photos of a photo's folder and itself, in the order that people expect; none if unreadable."""
    try:
        shown = (path for path in photo.parent.iterdir() if not path.name.startswith("."))
        found = [path for path in shown if path.suffix.lower() in SUFFIXES_READ and path.is_file()]
    except OSError:
        return []
    return sorted({*found, photo}, key=_natural)


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], path.name
