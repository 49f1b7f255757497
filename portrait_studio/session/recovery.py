"""Autosaved projects in a folder: who owns them, which were left behind by a crash, which are old."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

from portrait_studio.document.project import SUFFIX
from portrait_studio.document.project_index import Origin
from portrait_studio.document.project_reading import read_origin
from portrait_studio.errors import ProjectError
from portrait_studio.ordinary_file import is_ordinary

_KEPT_DAYS: Final = 30
_DAY_S: Final = 86_400


class AutosaveFile:
    """The place of one autosave: a project file and a lock that lives as long as the process that owns it."""

    def __init__(self, path: Path) -> None:
        """Own nothing yet.

        Args:
            path: the project file, which need not exist.
        """
        self.path = path
        self._lock = QLockFile(str(path.with_suffix(".lock")))
        # The lock is held for hours; only the death of its process makes it stale.
        self._lock.setStaleLockTime(0)

    @classmethod
    def new(cls, folder: Path) -> AutosaveFile:
        """A place that no process has used yet."""
        return cls(folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}{SUFFIX}")

    def take(self) -> bool:
        """Become the owner; False while another living process is, or where no lock can be made.

        Raises:
            OSError: in the place of the lock is something that Qt would wait for.
        """
        lock = Path(self._lock.fileName())
        if lock.exists() and not is_ordinary(lock):
            raise OSError(f"{lock} is no file")
        return self._lock.isLocked() or self._lock.tryLock(0)

    def release(self) -> None:
        """Leave the file to whoever looks for it next."""
        self._lock.unlock()

    def clear(self) -> None:
        """Remove the file and give the place up."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._lock.unlock()


@dataclass(frozen=True, eq=False)
class Recoverable:
    """Unsaved work that a crash left behind.

    Attributes:
        file: where it lies; owned by this process until it is released, recovered or cleared.
        origin: what it is of.
        saved_at: when it was autosaved, in seconds since the epoch.
    """

    file: AutosaveFile
    origin: Origin
    saved_at: float


@dataclass(frozen=True, eq=False)
class FoundAutosaves:
    """What crashes left behind.

    Attributes:
        recoverable: what can be opened, the latest first.
        unreadable: files that cannot be, or are none; they stay where they are.
    """

    recoverable: tuple[Recoverable, ...] = ()
    unreadable: tuple[Path, ...] = ()


def find_autosaves(folder: Path) -> FoundAutosaves:
    """Autosaves without a living owner; takes those that can be read, and removes what is old."""
    found, unreadable = [], []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        file = AutosaveFile(path)
        try:
            one = _recoverable(file)
        except (OSError, ProjectError):
            # Damaged on the disk, of a newer version, or no file at all.
            file.release()
            unreadable.append(path)
        else:
            found += [] if one is None else [one]
    _remove_partial_files(folder)
    return FoundAutosaves(tuple(sorted(found, key=lambda one: -one.saved_at)), tuple(unreadable))


def _recoverable(file: AutosaveFile) -> Recoverable | None:
    """None where it has an owner, or was old and is gone now. Raises: OSError, ProjectError: unreadable."""
    if not file.take():
        return None
    saved_at = file.path.stat().st_mtime
    if time.time() - saved_at > _KEPT_DAYS * _DAY_S:
        file.clear()
        return None
    return Recoverable(file, read_origin(file.path), saved_at)


def _remove_partial_files(folder: Path) -> None:
    """Remove half-written files of processes that were killed while they wrote; others may be writing now."""
    for path in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _DAY_S:
                path.unlink()
