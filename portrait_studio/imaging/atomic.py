"""Writes a file under a temporary name in its own folder and moves it into place: all of it or nothing."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from portrait_studio.errors import ExportError
from portrait_studio.messages import Message


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write; when the block ends without an error, it takes the place of `path`.

    Raises:
        ExportError: the folder is missing, the target is protected, or the disk is full; `path` is as it was.
    """
    try:
        target = path.resolve()
        _check_target(target, path)
        temporary = target.with_name(f".{target.name[:60]}.{secrets.token_hex(4)}.part")
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise ExportError(_sentence(error, path)) from error


def make_folder(folder: Path) -> None:
    """Make a folder for files to write, and those above it, unless it is there.

    Raises:
        ExportError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            "The folder {folder} cannot be made ({reason}); choose another one.",
            folder=folder,
            reason=error.strerror,
        ) from error


def _check_target(target: Path, path: Path) -> None:
    if target.is_dir():
        raise ExportError("{path} is a folder; give the name of a file in it.", path=path)
    if not target.parent.is_dir():
        raise ExportError("There is no folder {parent}; create it or choose another one.", parent=path.parent)
    if target.exists() and not target.is_file():
        raise ExportError("{path} is not an ordinary file; choose another name.", path=path)
    # Moving a file into place would replace even a protected one: only the folder's permissions count there.
    if target.exists() and not target.stat().st_mode & 0o222:
        raise ExportError(
            "{path} is write-protected; choose another name or remove the protection.", path=path
        )


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; not every system can open a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sentence(error: OSError, path: Path) -> Message:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Message(
            "There is not enough space on the disk for {path}; free some or choose another folder.", path=path
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Message(
            "Nothing may be written in the folder {folder}; choose another one.", folder=path.parent
        )
    return Message(
        "{path} could not be written ({reason}); choose another name or folder.",
        path=path,
        reason=error.strerror or str(error),
    )
