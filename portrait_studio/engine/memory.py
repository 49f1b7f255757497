"""Freed memory that the C library would keep for itself."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """Return freed memory to the system, for other programs and for the next step's large buffers.

    The GNU C library keeps what was freed below anything still in use, in each thread; others need no such
    reminder. It takes milliseconds: call it between stages, not in loops.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
