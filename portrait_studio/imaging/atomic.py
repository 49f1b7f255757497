"""Writes files under temporary names in their own folders and moves them into place: all of it or nothing."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

from portrait_studio.errors import ExportError
from portrait_studio.messages import Message

Opening = Callable[[Path], AbstractContextManager[BinaryIO]]
"""Opens a file that appears whole or not at all: `replacing`, or that of a `Transaction`."""


_ENDINGS: Final = ("part", "former")
_MOST_LETTERS: Final = 60


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write; when the block ends without an error, it takes the place of `path`.

    Raises:
        ExportError: the folder is missing, the target is protected, or the disk is full; `path` is as it was.
    """
    with Transaction() as transaction, transaction.replacing(path) as file:
        yield file


@dataclass
class _Written:
    """A file that waits for its place.

    Attributes:
        path: as the user named it.
        target: where it goes, links followed.
        part: where it is.
        former: where a second name of what was at `target` is, to bring it back.
    """

    path: Path
    target: Path
    part: Path
    former: Path | None = None


class Transaction:
    """Files that take their places together when the block ends; after an error all is as it was."""

    def __init__(self) -> None:
        """Begin without any."""
        self._parts: list[Path] = []
        self._written: list[_Written] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Self:
        """Begin to write."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Put all in place, or nothing where there was an error.

        Raises:
            ExportError: a file cannot take its place; all is as it was.
        """
        try:
            if kind is None:
                self._put_in_place()
        except BaseException:
            self._remove_folders()
            raise
        finally:
            for path in self._parts:
                _remove(path)
            for one in self._written:
                _remove(one.former)
        if kind is not None:
            self._remove_folders()

    @contextmanager
    def replacing(self, path: Path) -> Iterator[BinaryIO]:
        """Open a file to write, which takes the place of `path` together with the others.

        Raises:
            ExportError: the folder is missing, the target is protected, or the disk is full.
        """
        target = real_target(path)
        part = _beside(target, "part")
        # Known before it is there: Ctrl+C may come at any moment, even before the caller's block begins.
        self._parts.append(part)
        try:
            try:
                with part.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
            except BaseException:
                _remove(part)
                raise
        except OSError as error:
            raise ExportError(why_not_written(error, path)) from error
        self._written.append(_Written(path, target, part))

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it, unless they are there; they go again after an error.

        Raises:
            ExportError: it cannot be made.
        """
        missing = [one for one in (folder, *folder.parents) if not os.path.lexists(one)]
        self._folders += reversed(missing)
        make_folder(folder)

    def _put_in_place(self) -> None:
        placed = 0
        try:
            # Nothing comes after the last one that could fail and want it back.
            for one in self._written[:-1]:
                one.former = _second_name(one.target)
            for one in self._written:
                if one.target.exists():
                    shutil.copymode(one.target, one.part)
                one.part.replace(one.target)
                placed += 1
        except BaseException as error:
            for one in self._written[:placed]:
                _bring_back(one)
            if isinstance(error, OSError):
                raise ExportError(why_not_written(error, self._written[placed].path)) from error
            raise
        for folder in {one.target.parent for one in self._written}:
            _sync_folder(folder)

    def _remove_folders(self) -> None:
        for folder in reversed(self._folders):
            # Others may have put something there meanwhile.
            with suppress(OSError):
                folder.rmdir()


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


def real_target(path: Path, to_be_made: Collection[Path] = ()) -> Path:
    """The file that writing to `path` would make or replace, links followed.

    Args:
        path: as the user named it.
        to_be_made: folders, links followed, that will be there by then.

    Raises:
        ExportError: it is a folder or no ordinary file, it is protected, or its folder is missing.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode if target.exists() or target.is_symlink() else None
    except OSError as error:
        raise ExportError(why_not_written(error, path)) from error
    if target.is_dir():
        raise ExportError("{path} is a folder; give the name of a file in it.", path=path)
    if not target.parent.is_dir() and target.parent not in to_be_made:
        # Where a link leads, what is missing is not what the user named.
        parent = target.parent if path.parent.is_dir() else path.parent
        raise ExportError("There is no folder {parent}; create it or choose another one.", parent=parent)
    if mode is not None and not target.is_file():
        raise ExportError("{path} is not an ordinary file; choose another name.", path=path)
    # Moving a file into place would replace even a protected one: only the folder's permissions count there.
    if mode is not None and not (mode & 0o222 and os.access(target, os.W_OK)):
        raise ExportError(
            "{path} is write-protected; choose another name or remove the protection.", path=path
        )
    return target


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(f".{target.name[:_MOST_LETTERS]}.{secrets.token_hex(4)}.{ending}")


def remove_leavings(target: Path) -> None:
    """Remove what a process that was killed while it wrote a file has left beside it.

    Args:
        target: the file; nobody may be writing it.
    """
    for ending in _ENDINGS:
        pattern = f".{glob.escape(target.name[:_MOST_LETTERS])}.{'[0-9a-f]' * 8}.{ending}"
        for path in target.parent.glob(pattern):
            _remove(path)


def _second_name(target: Path) -> Path | None:
    """Another name for the file that is there, or a copy where the disk has no second names."""
    if not target.exists():
        return None
    former = _beside(target, "former")
    try:
        os.link(target, former)
    except OSError:
        shutil.copy2(target, former)
    return former


def _bring_back(one: _Written) -> None:
    with suppress(OSError):
        if one.former is None:
            one.target.unlink()
        else:
            one.former.replace(one.target)


def _remove(path: Path | None) -> None:
    if path is not None:
        with suppress(OSError):
            path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; not every system can open a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def why_not_written(error: OSError, path: Path, folder: Path | None = None) -> Message:
    """What to tell the user of a file that could not be written.

    Args:
        error: of the system.
        path: the file.
        folder: where it is; None = as the file's name says.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Message(
            "There is not enough space on the disk for {path}; free some or choose another folder.", path=path
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Message(
            "Nothing may be written in the folder {folder}; choose another one.",
            folder=folder or path.parent,
        )
    if error.errno == errno.ELOOP:
        return Message("{path} is a link that leads back to itself; choose another name.", path=path)
    return Message(
        "{path} could not be written ({reason}); choose another name or folder.",
        path=path,
        reason=error.strerror or str(error),
    )
