"""Small values that the window keeps between starts, in a file of the user's data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from portrait_studio.errors import ExportError, FileError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.json_text import parse_object
from portrait_studio.ordinary_file import read_file

Value = bool | int | str

_MOST_BYTES: Final = 1_000_000


class StoredValues:
    """Values by name; what cannot be read was never kept, and what cannot be written is forgotten."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Args:
            path: the JSON file, which need not exist.
        """
        self._path = path
        self._values = self._read()

    def switch(self, name: str) -> bool | None:
        """What was kept of something that is on or off."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """What was kept of a number."""
        value = self._values.get(name)
        return value if type(value) is int else None

    def text(self, name: str) -> str | None:
        """What was kept of a text."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def keep(self, values: Mapping[str, Value]) -> None:
        """Keep some values. Read anew before, since another window may have kept others."""
        self._values = {**self._read(), **values}
        with suppress(OSError, ExportError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path) as file:
                file.write(json.dumps(self._values, indent=1).encode())

    def _read(self) -> dict[str, object]:
        try:
            return parse_object(read_file(self._path, _MOST_BYTES))
        except (FileError, ValueError):
            return {}
