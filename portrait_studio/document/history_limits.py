"""How much the history of a project may take, so that a small file does not ask for hours and gigabytes.

The same holds for reading and writing: what is written can be opened again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from portrait_studio.document.change_bounds import count_bands
from portrait_studio.document.deltas import Piece, PlaneName, bytes_of_pixel
from portrait_studio.imaging.geometry import Bounds

MOST_STEPS: Final = 50_000
MOST_PARTS: Final = 100_000
"""Rectangles of all steps, those higher than a band of `change_bounds` counted by their bands."""

_STEP_SPAN: Final = (2 << 30, 8)
_STEP_CHANGE: Final = (128 << 20, 2)
_SPAN: Final = (4 << 30, 64)
_CHANGE: Final = (1 << 30, 16)
"""Bytes of the rectangles of a step, of what changes in it, and of all steps: so many, and so many times all
arrays of the document."""


class LimitExceeded(ValueError):
    """A history that takes more than it may."""


class HistoryLimits:
    """Adds up what the steps of one history take."""

    def __init__(self, reach: Bounds, sample_bytes: int) -> None:
        """Add up nothing yet.

        Args:
            reach: all that the canvas ever covers, in photo pixels.
            sample_bytes: of the photo, 1 or 2.
        """
        self._reach = reach
        self._pixel_bytes = {name: bytes_of_pixel(name, sample_bytes) for name in PlaneName}
        self._document_bytes = reach.extent.area * sum(self._pixel_bytes.values())
        self._span = self._change = self._parts = 0

    def span(self, pieces: Sequence[Piece]) -> int:
        """Take the rectangles of one step; returns how many bytes they have.

        Raises:
            LimitExceeded: they, or those of all steps so far, are too many or too large.
            ValueError: one lies outside what the canvas ever covers.
        """
        if any(piece.bounds.intersected(self._reach) != piece.bounds for piece in pieces):
            raise ValueError("a piece lies outside the canvas")
        found = self.bytes_of(pieces)
        self._parts += sum(count_bands(piece.bounds.height) for piece in pieces)
        self._span += found
        self._check(found, _STEP_SPAN)
        self._check(self._span, _SPAN)
        if self._parts > MOST_PARTS:
            raise LimitExceeded("too many pieces")
        return found

    def bytes_of(self, pieces: Sequence[Piece]) -> int:
        """How many bytes rectangles have."""
        return sum(piece.bounds.extent.area * self._pixel_bytes[piece.plane] for piece in pieces)

    @property
    def most_change(self) -> int:
        """How many bytes the rectangles around what the next step changes may have."""
        return min(self._most(_STEP_CHANGE), self._most(_CHANGE) - self._change)

    def change(self, changed: int) -> None:
        """Take what one step changes.

        Args:
            changed: bytes of the rectangles around it.

        Raises:
            LimitExceeded: it is more than `most_change`.
        """
        if changed > self.most_change:
            raise LimitExceeded("too many changes")
        self._change += changed

    def _most(self, limit: tuple[int, int]) -> int:
        return limit[0] + limit[1] * self._document_bytes

    def _check(self, found: int, limit: tuple[int, int]) -> None:
        if found > self._most(limit):
            raise LimitExceeded("pieces too large")


def check_count(steps: int) -> None:
    """Make sure that a history has not too many steps. Raises: LimitExceeded."""
    if steps > MOST_STEPS:
        raise LimitExceeded(f"{steps} steps")
