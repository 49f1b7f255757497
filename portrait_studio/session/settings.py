"""What the user prefers, kept in a file of the user's data folder; applied by whoever listens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from portrait_studio.engine.request import MOST_THREADS
from portrait_studio.errors import ExportError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.language.choice import LANGUAGES, SYSTEM

DEVICES: Final = ("auto", "cpu", "cuda", "mps")
PRECISIONS: Final = ("auto", "float32", "bfloat16")
THEMES: Final = ("system", "light", "dark")
CHOICES_OF_LANGUAGE: Final = (SYSTEM, *LANGUAGES)


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

    device: str = "auto"
    precision: str = "auto"
    threads: int = 0
    autosave_s: int = 60
    theme: str = "system"
    language: str = SYSTEM
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Settings:
        """From what was written, perhaps by another version: what is unknown or wrong is left out."""
        usual, found = cls(), {}
        for each in fields(cls):
            value = content.get(each.name, getattr(usual, each.name))
            found[each.name] = value if _fits(each.name, value) else getattr(usual, each.name)
        found["keys"] = {name: tuple(keys) for name, keys in found["keys"].items()}
        return cls(**found)


def _fits(name: str, value: object) -> bool:
    choices = {
        "device": DEVICES,
        "precision": PRECISIONS,
        "theme": THEMES,
        "language": CHOICES_OF_LANGUAGE,
    }
    limits = {"threads": MOST_THREADS, "autosave_s": 3600}
    if name in choices:
        return value in choices[name]
    if name in limits:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limits[name]
    return isinstance(value, dict) and all(
        isinstance(keys, list | tuple) and all(isinstance(key, str) for key in keys)
        for keys in value.values()
    )


class Preferences(QObject):
    """The settings of the moment; each change is written and told."""

    changed = Signal(object)
    """Settings"""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Read the file; one that is missing or damaged gives the usual settings."""
        super().__init__(parent)
        self._path = path
        self._settings = Settings()
        with suppress(OSError, ValueError, TypeError, AttributeError):
            self._settings = Settings.from_json(json.loads(path.read_text("utf-8")))

    @property
    def settings(self) -> Settings:
        """What applies now."""
        return self._settings

    def change(self, **values: Any) -> None:
        """Change some settings; where they cannot be written, they hold until the program ends."""
        settings = replace(self._settings, **values)
        if settings == self._settings:
            return
        self._settings = settings
        with suppress(OSError, ExportError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path) as file:
                file.write(json.dumps(asdict(settings), indent=1).encode())
        self.changed.emit(settings)
