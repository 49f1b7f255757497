"""Finds out before the work whether all that it will write can be written, and harms nothing of the user's.

A file is the same whatever it is called: by links, by second names, by capitals on disks that do not tell
these from small letters.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Final

from portrait_studio.errors import ExportError
from portrait_studio.imaging.atomic import real_target, why_not_written

LEAST_ROOM_BYTES: Final = 64 << 10
"""What must be free wherever something is written."""


@dataclass(frozen=True)
class FilesIn:
    """Files that are known by what they are called, but not how many they will be.

    Attributes:
        folder: where they go; made if it does not exist.
        names: pattern that the whole name of each of them matches.
    """

    folder: Path
    names: re.Pattern[str]


def check_output_files(
    files: Iterable[Path],
    sources: Iterable[Path],
    several: Iterable[FilesIn] = (),
    made: Iterable[Path] = (),
    room_bytes: int = LEAST_ROOM_BYTES,
) -> None:
    """Refuse what would fail after the work, or overwrite what is read or what else is written.

    Args:
        files: to be written.
        sources: files that are read, or that must not change for another reason; they need not exist.
        several: more files to be written.
        made: folders that are made for `files` if they do not exist.
        room_bytes: how much will be written into each folder, at least.

    Raises:
        ExportError: the first thing that cannot be.
    """
    plan = _OutputCheck(sources)
    for folder in made:
        plan.add_folder(folder)
    for group in several:
        plan.add_group(group)
    for path in files:
        plan.add_file(path)
    for folder, path in plan.folders.items():
        _check_folder(folder, path, room_bytes)


class _OutputCheck:
    """What will be written, as far as it was looked at."""

    def __init__(self, sources: Iterable[Path]) -> None:
        """Make it.

        Args:
            sources: what must not be written to.
        """
        self._sources = {key: source for source in sources for key in _identities(source)}
        self._targets: dict[object, Path] = {}
        self._groups: dict[Path, FilesIn] = {}
        self._missing: set[Path] = set()
        self.folders: dict[Path, Path] = {}
        """Folders that exist and get something, links followed, and what, as the user named it."""

    def add_folder(self, folder: Path) -> Path:
        """Add a folder that is made if it does not exist; returns it, links followed."""
        real = Path(os.path.realpath(folder))
        lineage = (real, *real.parents)
        present = next(one for one in lineage if _is_there(one, folder))
        if present == real and not present.is_dir():
            raise ExportError(f"{folder} is no folder; choose another one.")
        if not present.is_dir():
            raise ExportError(f"The folder {folder} cannot be made in {present}; choose another one.")
        self._missing.update(lineage[: lineage.index(present)])
        self.folders.setdefault(present, folder)
        return real

    def add_group(self, group: FilesIn) -> None:
        """Add files that are known by their names."""
        real = self.add_folder(group.folder)
        if real in self._groups:
            other = self._groups[real].folder
            raise ExportError(f"{other} and {group.folder} are the same folder; choose another one.")
        for name in _names_in(real):
            if group.names.fullmatch(name):
                self.add_file(group.folder / name)
        self._groups[real] = group

    def add_file(self, path: Path) -> None:
        """Add a file."""
        target = real_target(path, self._missing)
        _check_owner(target, path)
        keys = _identities(target)
        source = next((self._sources[key] for key in keys if key in self._sources), None)
        if source is not None:
            raise _overwritten(path, source)
        self._check_groups(target, path)
        for key in (*keys, unicodedata.normalize("NFC", str(target)).casefold()):
            other = self._targets.setdefault(key, path)
            if other is not path:
                raise ExportError(f"{other} and {path} would be the same file; give one another name.")
        if target.parent not in self._missing:
            self.folders.setdefault(target.parent, path)

    def _check_groups(self, target: Path, path: Path) -> None:
        group = self._groups.get(target.parent)
        if group is not None and group.names.fullmatch(target.name.casefold()):
            raise ExportError(
                f"{path} is what another file in {group.folder} may be called; choose another name."
            )
        if target in self._missing:
            raise ExportError(f"{path} would be a folder as well; choose another name.")


def _is_there(path: Path, folder: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ExportError(
            f"The folder {folder} cannot be made ({error.strerror}); choose another one."
        ) from error
    return True


def _overwritten(path: Path, source: Path) -> ExportError:
    if path.absolute() == source.absolute():
        return ExportError(f"{path} is read, and would be overwritten; choose another name for the output.")
    return ExportError(
        f"{path} is another name of {source}, which is read and would be overwritten; choose another one."
    )


def _identities(path: Path) -> tuple[object, ...]:
    """Where a file lies, links followed, and which one it is if it is there."""
    real = os.path.realpath(path)
    try:
        found = Path(real).stat()
    except OSError:
        return (real,)
    return real, (found.st_dev, found.st_ino)


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ExportError(
            f"The folder {folder} cannot be read ({error.strerror}); choose another one."
        ) from error


def _check_owner(target: Path, path: Path) -> None:
    """In a folder that all share, such as /tmp, nobody may replace files of others."""
    if not hasattr(os, "geteuid") or not target.exists():
        return
    folder = target.parent.stat()
    owners = (0, target.stat().st_uid, folder.st_uid)
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners:
        raise ExportError(f"{path} belongs to somebody else; choose another name.")


def _check_folder(folder: Path, path: Path, room_bytes: int) -> None:
    """Write something there, which the system forgets at once."""
    try:
        if shutil.disk_usage(folder).free < room_bytes:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):
                _reserve(file.fileno(), room_bytes)
    except OSError as error:
        raise ExportError(why_not_written(error, path, folder)) from error


def _reserve(descriptor: int, room_bytes: int) -> None:
    """Free is not always what may be taken: there are quotas and limits. Some disks cannot reserve."""
    try:
        os.posix_fallocate(descriptor, 0, room_bytes)
    except OSError as error:
        if error.errno in (EDQUOT, EFBIG, ENOSPC):
            raise
