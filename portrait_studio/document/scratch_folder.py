"""A temporary folder that the next start removes when its process was killed."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

_PREFIX: Final = "portrait-studio-undo-"
_LOCK: Final = "lock"
_YOUNGEST_S: Final = 60.0
"""Age below which a folder is left alone: its process may be about to lock it."""


class ScratchFolder:
    """A folder that lives as long as this object, and no longer than this process."""

    def __init__(self) -> None:
        """Make the folder.

        Raises:
            OSError: there is no room or no right for it.
        """
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.path / _LOCK).open("wb")
        _try_lock(self._lock)
        self._finalizer = weakref.finalize(self, _remove, self.path, self._lock)

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        self._finalizer()


def remove_abandoned(parent: Path | None = None) -> None:
    """Remove the folders of processes that were killed.

    Args:
        parent: where they lie; None = where temporary files go.
    """
    for folder in (parent or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        # Folders of others, and those that go this very moment, are none of our business.
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _YOUNGEST_S and _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether nobody holds the lock; folders of the first version have none."""
    lock = folder / _LOCK
    if not lock.exists():
        return True
    with lock.open("r+b") as file:
        return _try_lock(file)


def _remove(folder: Path, lock: IO[bytes]) -> None:
    lock.close()
    shutil.rmtree(folder, ignore_errors=True)


def _try_lock(file: IO[Any]) -> bool:
    """Lock a file until it is closed or the process is gone; False where another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
