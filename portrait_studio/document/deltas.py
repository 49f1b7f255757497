"""Undo data: the pixels that an edit replaced, in memory up to a budget and on disk beyond it."""

from __future__ import annotations

import itertools
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds

TILE_PX: Final = 128
"""Side of the squares in which strokes are remembered."""

DEFAULT_BUDGET_BYTES: Final = 512 << 20

Plane = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W) or (H, W, 3)."""


class PlaneName(Enum):
    """Arrays of a document that edits change."""

    IMAGE = "image"
    MASK = "mask"
    FILLED = "filled"


class Editable(Protocol):
    """What a delta needs of the document."""

    def writeable(self, name: PlaneName) -> Plane:
        """The array of that name, to be changed in place."""


class DeltaStore:
    """Keeps the bytes of deltas; the oldest go to a temporary folder when they exceed the budget.

    Bytes are freed, in memory and on disk, when the delta that they belong to is dropped.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        """Args: how many bytes may stay in memory."""
        self._budget_bytes = budget_bytes
        self._blocks: dict[int, weakref.ref[StoredBytes]] = {}
        self._numbers = itertools.count()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def keep(self, data: NDArray[np.uint8]) -> StoredBytes:
        """Take (N,) uint8 into the store."""
        block = StoredBytes(self, next(self._numbers), data)
        self.use(block)
        return block

    def use(self, block: StoredBytes) -> None:
        """Mark a block as the most recent one and spill the oldest if the budget is exceeded."""
        self._blocks.pop(block.number, None)
        self._blocks[block.number] = weakref.ref(block)
        self._spill()

    @property
    def bytes_in_memory(self) -> int:
        """Bytes held in memory now."""
        return sum(block.bytes_in_memory for block in self._living())

    def close(self) -> None:
        """Remove everything that was put on disk; deltas of this store cannot be used any more."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._blocks.clear()

    def _living(self) -> list[StoredBytes]:
        found = {number: reference() for number, reference in self._blocks.items()}
        living = [block for block in found.values() if block is not None]
        if len(living) < len(found):
            self._blocks = {block.number: self._blocks[block.number] for block in living}
        return living

    def _spill(self) -> None:
        living = self._living()
        excess = sum(block.bytes_in_memory for block in living) - self._budget_bytes
        for block in living:
            if excess <= 0:
                return
            # Without room on the disk the bytes stay in memory: an undo step is worth more than the budget.
            with suppress(OSError):
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix="portrait-studio-undo-")
                excess -= block.spill(Path(self._folder.name))


class StoredBytes:
    """Bytes in memory or in a file; made by `DeltaStore.keep`."""

    def __init__(self, store: DeltaStore, number: int, data: NDArray[np.uint8]) -> None:
        """Args: the store, the name within it, and (N,) uint8."""
        self.number = number
        self._store = store
        self._data: NDArray[np.uint8] | None = data
        self._path: Path | None = None

    @property
    def bytes_in_memory(self) -> int:
        """Bytes held in memory now; 0 when they lie on disk."""
        return 0 if self._data is None else self._data.nbytes

    def read(self) -> NDArray[np.uint8]:
        """The bytes, (N,) uint8, not to be written to."""
        if self._data is not None:
            return self._data
        assert self._path is not None
        return np.fromfile(self._path, np.uint8)

    def write(self, data: NDArray[np.uint8]) -> None:
        """Put (N,) uint8 in the place of the bytes."""
        self._data = data
        self._store.use(self)

    def spill(self, folder: Path) -> int:
        """Move the bytes into a file of that folder; returns how many left the memory."""
        if self._data is None:
            return 0
        freed = self._data.nbytes
        path = folder / f"{self.number}.bin"
        self._data.tofile(path)
        if self._path is None:
            weakref.finalize(self, path.unlink, missing_ok=True)
        self._data, self._path = None, path
        return freed


@dataclass(frozen=True)
class Piece:
    """A rectangle of one array of the document."""

    plane: PlaneName
    bounds: Bounds


class Delta:
    """One undoable step: rectangles and the values that they had before it (or, while undone, after it)."""

    def __init__(self, pieces: Iterable[tuple[Piece, Plane]], store: DeltaStore) -> None:
        """Args: each rectangle in the order of the edit with its values before, and where to keep them."""
        found = list(pieces)
        self._pieces = tuple(piece for piece, _ in found)
        self._stored = store.keep(_joined([before for _, before in found]))
        self._is_applied = True

    @property
    def bounds(self) -> Bounds:
        """Rectangle around everything that the step changes."""
        around = Bounds(0, 0, 0, 0)
        for piece in self._pieces:
            around = around.united(piece.bounds)
        return around

    @property
    def changes_image(self) -> bool:
        """Whether pixels of the photo change, and not only the mask."""
        return any(piece.plane is PlaneName.IMAGE for piece in self._pieces)

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
        """Swap stored and current values, last piece first when undoing, since pieces may overlap."""
        stored = self._stored.read()
        current = np.empty_like(stored)
        crops = [document.writeable(piece.plane)[piece.bounds.slices] for piece in self._pieces]
        ends = np.cumsum([crop.nbytes for crop in crops]).tolist()
        places = list(zip(crops, [0, *ends[:-1]], ends, strict=True))
        for crop, start, end in reversed(places) if reverse else places:
            current[start:end] = _as_bytes(crop)
            crop[...] = stored[start:end].view(crop.dtype).reshape(crop.shape)
        self._stored.write(current)
        self._is_applied = not self._is_applied


def _as_bytes(array: Plane) -> NDArray[np.uint8]:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def _joined(arrays: list[Plane]) -> NDArray[np.uint8]:
    return np.concatenate([_as_bytes(array) for array in arrays]) if arrays else np.empty(0, np.uint8)


class TileRecorder:
    """Copies the 128-pixel tiles of an array (H, W) when they are touched for the first time."""

    def __init__(self, plane: PlaneName, array: Plane) -> None:
        """Args: the array's name and the array, which is about to be changed in place."""
        self._plane = plane
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

    def finish(self, store: DeltaStore) -> Delta | None:
        """The undoable step; None when nothing changed."""
        before = self.before
        if not before:
            return None
        return Delta(((Piece(self._plane, tile), values) for tile, values in before.items()), store)


def _tiles(bounds: Bounds, width: int, height: int) -> Iterable[Bounds]:
    for top in range(bounds.top // TILE_PX * TILE_PX, bounds.bottom, TILE_PX):
        for left in range(bounds.left // TILE_PX * TILE_PX, bounds.right, TILE_PX):
            yield Bounds(left, top, min(width, left + TILE_PX), min(height, top + TILE_PX))
