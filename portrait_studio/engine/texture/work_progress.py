"""Progress of the texture stage in units of compared patches."""

from __future__ import annotations

from collections.abc import Callable


class WorkProgress:
    """Turns finished work into calls of a progress function, which may raise to cancel."""

    def __init__(self, progress: Callable[[float], None], total: float) -> None:
        """Begin.

        Args:
            progress: is told the finished share in [0, 1].
            total: expected amount of work.
        """
        self._progress = progress
        self._total = max(total, 1.0)
        self._done = 0.0

    def advance(self, work: float) -> None:
        """Add finished work and report.

        Raises:
            Cancelled: the progress function says so.
        """
        self._done += work
        self._progress(min(1.0, self._done / self._total))
