"""The steps of a document's history, and all of it at one moment, for another thread to save."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.delta_store import FrozenBytes
from portrait_studio.document.deltas import Delta, Piece, Plane, PlaneName, exchange
from portrait_studio.document.document import Document
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the history.

    Attributes:
        title: what the user reads.
        delta: what it changes.
        fill: how it was made, for fills.
    """

    title: str
    delta: Delta
    fill: FillRecord | None = None


@dataclass(frozen=True, eq=False)
class Change:
    """What one step changed, free of the document.

    Attributes:
        title: what the user reads.
        fill: how it was made, for fills.
        pieces: rectangles in the order of the edit, in photo pixels; they may overlap.
        canvas: the canvas while the step is the last one, in photo pixels.
        changes_canvas: whether the step made it so.
        before: (N,) uint8, the bytes of all pieces before the step, one after the other.
        after: (N,) uint8, those after it.
    """

    title: str
    fill: FillRecord | None
    pieces: tuple[Piece, ...]
    canvas: Bounds
    changes_canvas: bool
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _FrozenStep:
    title: str
    fill: FillRecord | None
    pieces: tuple[Piece, ...]
    canvas: Bounds
    changes_canvas: bool
    stored: FrozenBytes


class Snapshot:
    """A document and its history at one moment; later edits do not change it.

    Made in the thread that edits, in the time of copying what steps have touched; read in any one.
    """

    def __init__(self, document: Document, steps: Sequence[Step], applied: int) -> None:
        """Copy what steps have touched.

        Args:
            document: as it is now.
            steps: all of its history, those that can be redone included.
            applied: how many of them are applied.
        """
        self.photo: Photo = document.photo
        self.references = document.references
        self.applied = applied
        self.canvas = document.canvas
        self._steps = list(_frozen(steps, Bounds.of(document.photo.extent)))
        canvases = (step.canvas for step in self._steps)
        self.reach = reduce(Bounds.united, canvases, Bounds.of(self.photo.extent))
        """All that the canvas of a step covers, in photo pixels."""
        self._places: dict[PlaneName, Bounds] = {}
        for step in self._steps:
            for piece in step.pieces:
                around = self._places.get(piece.plane, Bounds(0, 0, 0, 0))
                self._places[piece.plane] = around.united(piece.bounds)
        self._planes: dict[PlaneName, Plane] = {
            name: document.region(name, bounds).copy() for name, bounds in self._places.items()
        }

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    def changes(self) -> Iterator[tuple[int, Change]]:
        """Each step's number and change, from the last to the first; may be asked for once.

        Raises:
            OSError: the document was closed and its undo data is gone.
        """
        undone = {}
        for number in range(self.applied, len(self._steps)):
            step = self._steps[number]
            undone[number] = self._exchange(step, step.stored.read(), reverse=False)
        for number in reversed(range(len(self._steps))):
            step = self._steps[number]
            before = undone.pop(number) if number in undone else step.stored.read()
            after = self._exchange(step, before, reverse=True)
            yield (
                number,
                Change(step.title, step.fill, step.pieces, step.canvas, step.changes_canvas, before, after),
            )

    def touched(self, name: PlaneName) -> tuple[Bounds, Plane] | None:
        """The part of a plane that steps touch, and its values: now, or before the change that came last.

        Its place is in photo pixels.
        """
        place = self._places.get(name)
        return None if place is None else (place, self._planes[name])

    def _exchange(self, step: _FrozenStep, values: NDArray[np.uint8], reverse: bool) -> NDArray[np.uint8]:
        """Put values into the copied planes and return what was there; see `Delta`."""
        crops = []
        for piece in step.pieces:
            place = self._places[piece.plane]
            crops.append(self._planes[piece.plane][piece.bounds.shifted(-place.left, -place.top).slices])
        return exchange(crops, values, reverse=reverse)


def _frozen(steps: Sequence[Step], canvas: Bounds) -> Iterator[_FrozenStep]:
    for step in steps:
        change = step.delta.canvas
        canvas = canvas if change is None else change.after
        yield _FrozenStep(
            step.title,
            step.fill,
            step.delta.pieces,
            canvas,
            change is not None,
            step.delta.frozen_bytes(),
        )
