"""Ends a command as Ctrl+C does when the system asks for it: nothing half done is left."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(KeyboardInterrupt):
    """The system asked the command to end.

    Attributes:
        exit_code: what shells expect then.
    """

    def __init__(self, number: int) -> None:
        """Stop for a signal.

        Args:
            number: of the signal.
        """
        super().__init__()
        self.exit_code = 128 + number


def _stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # Clearing up must not be interrupted by the same wish.
    raise Stopped(number)


@contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Raise `Stopped` when the system asks for an end within the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # What is ignored, as by nohup, stays so.
    usual = {number: signal.getsignal(number) for number in _SIGNALS}
    taken = [number for number, handler in usual.items() if handler is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, usual[number])
