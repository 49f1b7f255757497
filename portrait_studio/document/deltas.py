"""Undo data: the pixels that an edit replaced, and how they are put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.delta_store import DeltaStore, FrozenBytes
from portrait_studio.imaging.geometry import Bounds

TILE_PX: Final = 128
"""Side of the squares in which strokes are remembered."""

Plane = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W) or (H, W, 3)."""


class PlaneName(Enum):
    """Arrays of a document that edits change."""

    IMAGE = "image"
    MASK = "mask"
    FILLED = "filled"
    LABELS = "structure"
    PROTECTED = "protected"
    JOINTS = "joints"
    SOURCES = "sources"


def bytes_of_pixel(plane: PlaneName, sample_bytes: int) -> int:
    """How many bytes a pixel of an array has.

    Args:
        plane: name of the array.
        sample_bytes: of the photo, 1 or 2.
    """
    return 3 * sample_bytes if plane is PlaneName.IMAGE else 1


class Editable(Protocol):
    """What a delta needs of the document."""

    def region(self, name: PlaneName, bounds: Bounds) -> Plane:
        """A part of the array of that name, to be changed in place; in photo pixels."""

    def show(self, canvas: Bounds) -> None:
        """Show another canvas; in photo pixels."""


@dataclass(frozen=True)
class CanvasChange:
    """The canvas of a document before and after a step, in photo pixels."""

    before: Bounds
    after: Bounds


@dataclass(frozen=True)
class Piece:
    """A rectangle of one array of the document, in photo pixels, wherever the canvas begins."""

    plane: PlaneName
    bounds: Bounds


class Delta:
    """One undoable step: rectangles and the values that they had before it (or, while undone, after it)."""

    def __init__(
        self,
        pieces: Iterable[tuple[Piece, Plane]],
        store: DeltaStore,
        canvas: CanvasChange | None = None,
    ) -> None:
        """Begin as applied.

        Args:
            pieces: each rectangle in the order of the edit with its values before.
            store: where to keep them.
            canvas: for steps that change it.
        """
        self.canvas = canvas
        found = list(pieces)
        self._pieces = tuple(piece for piece, _ in found)
        self._stored = store.keep(_joined([before for _, before in found]))
        self._is_applied = True

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What the step changes, in the order of the edit."""
        return self._pieces

    @property
    def is_applied(self) -> bool:
        """Whether the document shows the step; its bytes are then those of before, else those of after."""
        return self._is_applied

    def frozen_bytes(self) -> FrozenBytes:
        """The bytes of all pieces as they are stored now, for another thread to read later."""
        return self._stored.frozen()

    @property
    def bounds(self) -> Bounds:
        """Rectangle around everything that the step changes."""
        around = Bounds(0, 0, 0, 0)
        for piece in self._pieces:
            around = around.united(piece.bounds)
        return around

    @property
    def planes(self) -> frozenset[PlaneName]:
        """The arrays that the step changes."""
        return frozenset(piece.plane for piece in self._pieces)

    def before(self, image_dtype: np.dtype[Any]) -> list[tuple[Piece, Plane]]:
        """The pieces of an applied step and their values before it, in the order of the edit.

        Args:
            image_dtype: that of the photo.
        """
        values, place = self._stored.read(), 0
        found: list[tuple[Piece, Plane]] = []
        for piece in self._pieces:
            is_image = piece.plane is PlaneName.IMAGE
            dtype = image_dtype if is_image else np.dtype(np.uint8)
            shape = (piece.bounds.height, piece.bounds.width, *((3,) if is_image else ()))
            end = place + int(np.prod(shape)) * dtype.itemsize
            found.append((piece, values[place:end].view(dtype).reshape(shape)))
            place = end
        return found

    def undo(self, document: Editable) -> Bounds:
        """Bring back what was before; nothing happens when that was done already. Returns what changed."""
        if self._is_applied:
            self._exchange(document, reverse=True)
        return self.bounds

    def redo(self, document: Editable) -> Bounds:
        """Apply again, or nothing while it is applied (undo stacks call it at once). Returns what changed."""
        if not self._is_applied:
            self._exchange(document, reverse=False)
        return self.bounds

    def _exchange(self, document: Editable, reverse: bool) -> None:
        if self.canvas is not None:
            document.show(self.canvas.before if reverse else self.canvas.after)
        crops = [document.region(piece.plane, piece.bounds) for piece in self._pieces]
        self._stored.write(exchange(crops, self._stored.read(), reverse=reverse))
        self._is_applied = not self._is_applied


def exchange(crops: Sequence[Plane], values: NDArray[np.uint8], *, reverse: bool) -> NDArray[np.uint8]:
    """Put stored values into rectangles and take out what they held.

    Args:
        crops: views of the arrays, which are changed in place; they may overlap.
        values: (N,) uint8, the bytes of all of them, one after the other.
        reverse: whether the last crop is served first, as undoing wants it.

    Returns:
        (N,) uint8 in the same order: what was there, each crop read just before it was changed.
    """
    current = np.empty_like(values)
    ends = np.cumsum([crop.nbytes for crop in crops]).tolist()
    places = list(zip(crops, [0, *ends][:-1], ends, strict=True))
    for crop, start, end in reversed(places) if reverse else places:
        current[start:end] = _as_bytes(crop)
        crop[...] = values[start:end].view(crop.dtype).reshape(crop.shape)
    return current


def _as_bytes(array: Plane) -> NDArray[np.uint8]:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def _joined(arrays: list[Plane]) -> NDArray[np.uint8]:
    return np.concatenate([_as_bytes(array) for array in arrays]) if arrays else np.empty(0, np.uint8)


class TileRecorder:
    """Copies the 128-pixel tiles of an array (H, W) when they are touched for the first time."""

    def __init__(self, plane: PlaneName, array: Plane, origin: tuple[int, int] = (0, 0)) -> None:
        """Copy nothing yet.

        Args:
            plane: name of the array.
            array: about to be changed in place.
            origin: where its top left lies (x, y), in photo pixels.
        """
        self._plane, self._origin = plane, origin
        self._array = array
        self._before: dict[Bounds, Plane] = {}

    def touch(self, bounds: Bounds) -> None:
        """Announce a change inside these bounds; must come before the change."""
        inside = bounds.intersected(Bounds(0, 0, self._array.shape[1], self._array.shape[0]))
        if inside.is_empty:
            return
        for tile in _tiles(inside, self._array.shape[1], self._array.shape[0]):
            if tile not in self._before:
                self._before[tile] = self._array[tile.slices].copy()

    @property
    def before(self) -> Mapping[Bounds, Plane]:
        """The tiles that did change, as they were."""
        return {
            tile: values
            for tile, values in self._before.items()
            if not np.array_equal(values, self._array[tile.slices])
        }

    @property
    def pieces(self) -> list[tuple[Piece, Plane]]:
        """The same, as pieces of a step, in photo pixels."""
        shifted = ((tile.shifted(*self._origin), values) for tile, values in self.before.items())
        return [(Piece(self._plane, bounds), values) for bounds, values in shifted]

    def finish(self, store: DeltaStore) -> Delta | None:
        """The undoable step; None when nothing changed."""
        pieces = self.pieces
        return Delta(pieces, store) if pieces else None


def _tiles(bounds: Bounds, width: int, height: int) -> Iterable[Bounds]:
    for top in range(bounds.top // TILE_PX * TILE_PX, bounds.bottom, TILE_PX):
        for left in range(bounds.left // TILE_PX * TILE_PX, bounds.right, TILE_PX):
            yield Bounds(left, top, min(width, left + TILE_PX), min(height, top + TILE_PX))
