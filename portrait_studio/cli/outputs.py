"""Whether what a command is going to write can be written, asked before anything is read or done."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from portrait_studio.locations import models_dir
from portrait_studio.output_files import LEAST_ROOM_BYTES, FilesIn, check_output_files


def check_outputs(
    files: Iterable[Path | None],
    sources: Iterable[Path | None],
    several: Iterable[FilesIn] = (),
    made: Iterable[Path] = (),
) -> None:
    """Find out before the work what would spoil its end; see `check_output_files`.

    Args:
        files: to be written; None = not wanted. The first is the result.
        sources: files that are read, the photo first; None = none.
        several: more files to be written.
        made: folders that are made for `files` if they do not exist.

    Raises:
        ExportError: a target is a source, another target, or cannot be written.
    """
    targets = [path for path in files if path is not None]
    read = [path for path in sources if path is not None]
    check_output_files(targets, [*read, *_weights()], several, made, _room_bytes(targets, read))


def _weights() -> list[Path]:
    folder = models_dir()
    return list(folder.iterdir()) if folder.is_dir() else []


def _room_bytes(targets: list[Path], sources: list[Path]) -> int:
    """What a result takes at least: in the photo's own format about as much as the photo."""
    if targets and sources and targets[0].suffix.lower() == sources[0].suffix.lower():
        with suppress(OSError):
            return max(LEAST_ROOM_BYTES, sources[0].stat().st_size // 2)
    return LEAST_ROOM_BYTES
