from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from portrait_studio.errors import FileError
from portrait_studio.ordinary_file import is_ordinary, open_file, read_file


def _link(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _socket(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _below_a_file(path: Path) -> Path:
    path.touch()
    return path / "x"


STRANGE: dict[str, Callable[[Path], Path]] = {
    "pipe": _pipe,
    "link to a pipe": lambda path: _link(path, _pipe(path.with_suffix(".pipe"))),
    "socket": _socket,
    "device": lambda path: Path("/dev/zero"),
    "folder": _folder,
    "loop": lambda path: _link(path, path),
    "long name": lambda path: path.with_name("x" * 300),
    "nul": lambda path: path / "a\0b",
    "half a character": lambda path: path / "\ud800",
    "below a file": _below_a_file,
    "missing": lambda path: path,
}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("pipe", "is not an ordinary file; choose another one"),
        ("link to a pipe", "is not an ordinary file"),
        ("socket", "is not an ordinary file"),
        ("device", "is not an ordinary file"),
        ("folder", "is a folder; choose a file in it"),
        ("loop", "cannot be read from its disk"),
        ("long name", "cannot be read from its disk"),
        ("nul", "cannot be read from its disk"),
        ("half a character", "cannot be read from its disk"),
        ("below a file", "There is no file"),
        ("missing", "There is no file"),
    ],
)
def test_what_is_no_file_is_one_sentence_at_once(tmp_path: Path, kind: str, sentence: str) -> None:
    path = STRANGE[kind](tmp_path / "strange")
    for read in (read_file, open_file):
        with pytest.raises(FileError, match=sentence):
            read(path, 1000)
    assert not is_ordinary(path)


def test_the_size_is_judged_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(FileError, match="has 1099511 MB, and what belongs there has at most 5 MB"):
        read_file(path, 5_000_000)
    path.write_bytes(b"12345")
    assert read_file(path, 5) == b"12345"
    with pytest.raises(FileError, match="at most"):
        read_file(path, 4)


def test_files_that_do_not_tell_their_size_are_bounded_too() -> None:
    path = Path("/proc/self/status")
    assert b"VmSize" in read_file(path, 1 << 20)
    with pytest.raises(FileError, match="at most"):
        read_file(path, 10)
