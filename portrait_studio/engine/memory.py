"""Freed memory that the C library would keep for itself."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any, Final

_WORTH_BYTES: Final = 192 << 20
"""So much is kept for the next step: what is given back has to be asked for, and emptied, once more."""


class _Held(ctypes.Structure):
    """What `mallinfo2` of the GNU C library says (mallinfo(3)); `fordblks` is freed, and still held."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


def give_back_memory() -> None:
    """Return freed memory to the system, for other programs and for the next step's large buffers.

    The GNU C library keeps what was freed below anything still in use, in each thread; others need no such
    reminder. It takes milliseconds where there is much of it: call it between stages, not in loops.
    """
    library = _gnu_library()
    if library is None or held_bytes(library) < _WORTH_BYTES:
        return
    library.malloc_trim(0)


def held_bytes(library: Any) -> int:
    """How much was freed that the library still holds; as much as matters where it does not say."""
    said = getattr(library, "mallinfo2", None)
    if said is None:
        return _WORTH_BYTES
    said.restype = _Held
    return int(said().fordblks)


@cache
def _gnu_library() -> Any:
    """The C library, if it is GNU's."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None
