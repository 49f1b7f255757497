"""What project files and edit records have in common: rectangles, versions, and how reading them fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from portrait_studio.errors import Cancelled, FileError, ProjectError
from portrait_studio.imaging.canvas_extension import MOST_PIXELS
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.json_dataclass import Codec
from portrait_studio.json_text import as_int, as_list
from portrait_studio.messages import Message

_MOST_LETTERS: Final = 40


def read_bounds(box: Any) -> Bounds:
    """A rectangle from its left, top, right and bottom. Raises: TypeError, ValueError: it is none."""
    left, top, right, bottom = (as_int(value, -MOST_PIXELS, MOST_PIXELS) for value in as_list(box, 4))
    return Bounds(left, top, right, bottom)


def write_bounds(bounds: Bounds) -> tuple[int, int, int, int]:
    """Its left, top, right and bottom."""
    return bounds.left, bounds.top, bounds.right, bounds.bottom


BOUNDS: Final = Codec(read_bounds, write_bounds)
"""A rectangle in pixels."""


def shown_version(program: object) -> str:
    """The version of the program that wrote a file, for the user to read."""
    is_one = isinstance(program, str) and len(program) <= _MOST_LETTERS and program.isprintable()
    return str(program) if is_one else "?"


@contextmanager
def reading(
    path: Path, damaged: Message, others: Mapping[type[Exception], Message] | None = None
) -> Iterator[None]:
    """Turn whatever reading a file may raise into one sentence for the user.

    Args:
        path: the file.
        damaged: what to say of errors that are not expected.
        others: what to say of those that are.

    Raises:
        ProjectError: the sentence.
        Cancelled: as it was raised.
    """
    try:
        yield
    except (ProjectError, Cancelled):
        raise
    except FileError as error:
        raise ProjectError(error.message) from error
    except MemoryError as error:
        raise ProjectError(
            "There is not enough memory to open {path}; close other programs first.", path=path
        ) from error
    except Exception as error:
        # zipfile, zlib, numpy and OpenCV raise many types on damaged data, and more with each version.
        told = (said for kind, said in (others or {}).items() if isinstance(error, kind))
        raise ProjectError(next(told, damaged)) from error
