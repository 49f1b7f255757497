"""The one check for everything that is read: an ordinary file of at most so many bytes."""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Final

from portrait_studio.errors import FileError, MissingFileError

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe would else wait for somebody to write into it."""
_MEGABYTE: Final = 1_000_000


def read_file(path: Path, most_bytes: int) -> bytes:
    """The bytes of a file.

    Args:
        path: the file.
        most_bytes: larger ones are refused before any of it is read.

    Raises:
        FileError: it is missing, unreadable, too large, or no ordinary file.
    """
    with open_file(path, most_bytes) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            data = file.read(size + 1)
            if len(data) > size:
                # It grows just now, or lies in a file system that does not tell sizes.
                data += file.read(most_bytes + 1 - len(data))
        except OSError as error:
            raise _refusal(error, path) from error
    if len(data) > most_bytes:
        raise _too_large(path, len(data), most_bytes)
    return data


def open_file(path: Path, most_bytes: int) -> BufferedReader:
    """Open a file to read bytes from it; a pipe, device, socket or folder is refused at once.

    Args:
        path: the file.
        most_bytes: larger ones are refused.

    Raises:
        FileError: it is missing, unreadable, too large, or no ordinary file.
    """
    try:
        # Opening a device can already have an effect, and what lies there may change until it is open.
        _check(path, path.stat(), most_bytes)
        file = os.fdopen(os.open(path, _FLAGS), "rb")
        try:
            _check(path, os.fstat(file.fileno()), most_bytes)
        except BaseException:
            file.close()
            raise
    except (OSError, ValueError) as error:
        raise _refusal(error, path) from error
    return file


def is_ordinary(path: Path) -> bool:
    """Whether there is an ordinary file, whatever the name: a wrong or endless one is none."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _check(path: Path, found: os.stat_result, most_bytes: int) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise FileError("{path} is a folder; choose a file in it.", path=path)
    if not stat.S_ISREG(found.st_mode):
        raise FileError("{path} is not an ordinary file; choose another one.", path=path)
    if found.st_size > most_bytes:
        raise _too_large(path, found.st_size, most_bytes)


def _too_large(path: Path, size: int, most_bytes: int) -> FileError:
    return FileError(
        "{path} has {size} MB, and what belongs there has at most {most} MB; choose another file.",
        path=path,
        size=max(1, size // _MEGABYTE),
        most=max(1, most_bytes // _MEGABYTE),
    )


def _refusal(error: OSError | ValueError, path: Path) -> FileError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return MissingFileError("There is no file {path}; check the name and the folder.", path=path)
    if isinstance(error, PermissionError):
        return FileError("{path} may not be read; change its permissions or copy it elsewhere.", path=path)
    return FileError(
        "{path} cannot be read from its disk ({reason}); copy it elsewhere and try again.",
        path=path,
        reason=getattr(error, "strerror", None) or str(error),
    )
