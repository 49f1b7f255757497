"""What the user prefers, kept in a file of the user's data folder; applied by whoever listens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.errors import ExportError, FileError
from portrait_studio.hardware import DEVICES, MOST_THREADS, PRECISIONS, Hardware
from portrait_studio.imaging.atomic import replacing
from portrait_studio.json_dataclass import by_name, listed, read_dataclass, text, whole, write_dataclass
from portrait_studio.json_text import parse_object
from portrait_studio.language.translators import LANGUAGES, SYSTEM
from portrait_studio.ordinary_file import is_ordinary, read_file

THEMES: Final = ("system", "light", "dark")
CHOICES_OF_LANGUAGE: Final = (SYSTEM, *LANGUAGES)

_MOST_BYTES: Final = 1 << 20
_MOST_COMMANDS: Final = 1000
_MOST_KEYS: Final = 20
_MOST_LETTERS: Final = 200
_KEYS: Final = by_name(listed(text(_MOST_LETTERS), _MOST_KEYS), _MOST_COMMANDS, _MOST_LETTERS)


@dataclass(frozen=True)
class Settings:
    """Preferences; a value outside its range is the default.

    Attributes:
        device: one of `DEVICES`.
        precision: of the networks on the CPU, one of `PRECISIONS`; "auto" takes what a measurement prefers.
        threads: of the CPU for a fill; 0 = as many as there are.
        autosave_s: seconds between two autosaves; 0 = none.
        theme: one of `THEMES`.
        language: of the window from the next start on, one of `CHOICES_OF_LANGUAGE`.
        keys: for each command whose keys are not the usual ones, its name and its keys.
    """

    device: Annotated[str, text(_MOST_LETTERS, DEVICES)] = "auto"
    precision: Annotated[str, text(_MOST_LETTERS, PRECISIONS)] = "auto"
    threads: Annotated[int, whole(0, MOST_THREADS)] = 0
    autosave_s: Annotated[int, whole(0, 3600)] = 60
    theme: Annotated[str, text(_MOST_LETTERS, THEMES)] = "system"
    language: Annotated[str, text(_MOST_LETTERS, CHOICES_OF_LANGUAGE)] = SYSTEM
    keys: Annotated[Mapping[str, tuple[str, ...]], _KEYS] = field(default_factory=dict)

    @property
    def hardware(self) -> Hardware:
        """What fills run on."""
        return Hardware(self.device, self.precision, self.threads)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Settings:
        """From what was written, perhaps by another version: what is unknown or wrong is left out."""
        return read_dataclass(cls, content, is_lenient=True)


def _merged(now: Settings, before: Settings, wanted: Settings) -> Settings:
    """What others made of the settings, and in it what this window changed."""
    own = {
        each.name: getattr(wanted, each.name)
        for each in fields(Settings)
        if getattr(wanted, each.name) != getattr(before, each.name)
    }
    if "keys" in own:
        names = {*wanted.keys, *before.keys}
        changed = {name for name in names if wanted.keys.get(name) != before.keys.get(name)}
        kept = {name: keys for name, keys in now.keys.items() if name not in changed}
        own["keys"] = kept | {name: wanted.keys[name] for name in changed if name in wanted.keys}
    return replace(now, **own)


class Preferences(QObject):
    """The settings of the moment; each change is written and told.

    Several windows may share the file: each writes only what it changed itself, and takes over what others
    wrote before.
    """

    changed = Signal(object)
    """Settings"""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Read the file; one that is missing or damaged gives the usual settings."""
        super().__init__(parent)
        self._path = path
        self._settings = Settings.from_json(self._content() or {})
        self._in_file = self._settings

    @property
    def settings(self) -> Settings:
        """What applies now."""
        return self._settings

    def change(self, **values: Any) -> None:
        """Change some settings; where they cannot be written, they hold until the program ends."""
        wanted = replace(self._settings, **values)
        if wanted == self._settings:
            return
        content = self._content()
        now = self._in_file if content is None else Settings.from_json(content)
        self._settings = _merged(now, self._in_file, wanted)
        with suppress(OSError, ExportError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                self._keep_damaged()
            with replacing(self._path) as file:
                # What another version of the program keeps there stays.
                file.write(json.dumps((content or {}) | write_dataclass(self._settings), indent=1).encode())
            self._in_file = self._settings
        self.changed.emit(self._settings)

    def _content(self) -> dict[str, Any] | None:
        """What the file holds; None where there is none, or a damaged one."""
        with suppress(FileError, ValueError):
            return parse_object(read_file(self._path, _MOST_BYTES), is_strict=False)
        return None

    def _keep_damaged(self) -> None:
        """What the user wrote there by hand is not lost for a missing comma."""
        if is_ordinary(self._path):
            self._path.replace(self._path.with_name(f"{self._path.stem}-damaged{self._path.suffix}"))
