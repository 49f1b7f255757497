"""The streams of a program: closed, full, or read by nobody, they hurt neither the work nor any file."""

from __future__ import annotations

import errno
import faulthandler
import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

EXIT_UNSAID: Final = 1
"""Exit code of a program that did everything, but could not say so."""

_UNSEEN: Final = frozenset(("Cc", "Cs", "Zl", "Zp"))
"""Unicode categories that end lines or steer a terminal, and parts of names that are no text."""
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They change the direction of writing, so that a name may look like another."""


def printable(text: str) -> str:
    r"""A text on one line that a terminal shows as it is: what is none is written like \x1b."""
    return "".join(_escaped(c) if unicodedata.category(c) in _UNSEEN or c in _TURNING else c for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"  # a byte of a file name that is not UTF-8
    return character.encode("unicode_escape").decode("ascii")


def say(line: str) -> None:
    """Write a line to stdout, at once.

    Args:
        line: the line, which may hold names of files.
    """
    sys.stdout.write(f"{printable(line)}\n")
    sys.stdout.flush()


def complain(program: str, sentence: str) -> None:
    """Write a sentence to stderr.

    Args:
        program: who says it.
        sentence: may hold names of files.
    """
    sys.stderr.write(f"{program}: {printable(sentence)}\n")
    sys.stderr.flush()


def attended(program: str, run: Callable[[], int]) -> int:
    """Run a program whose streams may be closed, full, or read by nobody any more.

    Args:
        program: its name.
        run: does everything.

    Returns:
        Its exit code; `EXIT_UNSAID` where only what it said on stdout was lost, and not because its reader
        has left.
    """
    _open_all()
    lost = _outlive()
    with suppress(io.UnsupportedOperation):
        # What a crash leaves behind must not go where the chatter of libraries goes.
        faulthandler.enable(sys.stderr)
    try:
        code = run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    sys.stdout.flush()
    if lost is None or lost.failure is None or lost.failure.errno == errno.EPIPE:
        return code
    complain(program, f"What was to be said could not be written ({lost.failure.strerror}).")
    return code or EXIT_UNSAID


@contextmanager
def libraries_silenced() -> Iterator[None]:
    """Let what libraries write to stderr past Python go nowhere: their lines stand before our sentences.

    Where stderr is not that of `attended`, Python's own lines go, too.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class _OutlivingFile(io.FileIO):
    """A stream that outlives its reader and its disk: what cannot be written is lost, and no error.

    Attributes:
        failure: why something was lost; None = nothing was.
    """

    failure: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """Write bytes; returns for how many of them nothing is left to be done."""
        if self.failure is None:
            try:
                return super().write(data)
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


def _outlive() -> _OutlivingFile | None:
    """Put outliving files under stdout and stderr; returns that of stdout, None where there can be none."""
    spoken, complained = _under(sys.stdout, 1), _under(sys.stderr, os.dup(2))
    if complained is not None:
        sys.stderr = _above(complained, sys.stderr, by_line=True)
    if spoken is not None:
        sys.stdout = _above(spoken, sys.stdout, by_line=spoken.isatty())
    return spoken


def _under(stream: TextIO, descriptor: int) -> _OutlivingFile | None:
    """None where the stream is no file, as in a console of Windows."""
    buffer = getattr(stream, "buffer", None)
    is_file = isinstance(getattr(buffer, "raw", buffer), io.FileIO)
    return _OutlivingFile(descriptor, "w", closefd=False) if is_file else None


def _above(file: _OutlivingFile, stream: TextIO, by_line: bool) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(file), stream.encoding, "backslashreplace", line_buffering=by_line
    )


def _open_all() -> None:
    """A file of the user's must not get the number of a stream that is closed: libraries write there."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
