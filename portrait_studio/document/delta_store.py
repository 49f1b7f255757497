"""Bytes that undo steps need: in memory up to a budget, in files of a temporary folder beyond it."""

from __future__ import annotations

import itertools
import weakref
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.scratch_folder import ScratchFolder


class DeltaStore:
    """Keeps the bytes of deltas; the oldest go to a temporary folder when they exceed the budget.

    Bytes are freed, in memory and on disk, when the delta that they belong to is dropped.
    """

    def __init__(self, budget_bytes: int) -> None:
        """Hold nothing yet.

        Args:
            budget_bytes: how many bytes may stay in memory.
        """
        self._budget_bytes = budget_bytes
        # What is in memory, the oldest first, and how much each takes.
        self._blocks: dict[int, weakref.ref[StoredBytes]] = {}
        self._sizes: dict[int, int] = {}
        self._bytes_in_memory = 0
        self._numbers = itertools.count()
        self._folder: ScratchFolder | None = None

    def keep(self, data: NDArray[np.uint8]) -> StoredBytes:
        """Take (N,) uint8 into the store."""
        block = StoredBytes(self, next(self._numbers), data)
        self.use(block)
        return block

    def use(self, block: StoredBytes) -> None:
        """Mark a block as the most recent one and spill the oldest if the budget is exceeded."""
        self.forget(block.number)
        self._blocks[block.number] = weakref.ref(block, partial(_on_dropped, weakref.ref(self), block.number))
        self._sizes[block.number] = block.bytes_in_memory
        self._bytes_in_memory += block.bytes_in_memory
        self._spill()

    @property
    def bytes_in_memory(self) -> int:
        """Bytes held in memory now."""
        return self._bytes_in_memory

    def close(self) -> None:
        """Remove everything that was put on disk; deltas of this store cannot be used any more."""
        if self._folder is not None:
            self._folder.close()
            self._folder = None
        self._blocks.clear()
        self._sizes.clear()
        self._bytes_in_memory = 0

    def forget(self, number: int) -> None:
        """A block is not in memory any more."""
        self._blocks.pop(number, None)
        self._bytes_in_memory -= self._sizes.pop(number, 0)

    def _spill(self) -> None:
        # Without room on the disk the bytes stay in memory: an undo step is worth more than the budget.
        with suppress(OSError):
            while self._bytes_in_memory > self._budget_bytes and self._blocks:
                number, reference = next(iter(self._blocks.items()))
                block = reference()
                if block is not None:
                    if self._folder is None:
                        self._folder = ScratchFolder()
                    block.spill(self._folder.path)
                self.forget(number)


def _on_dropped(store: weakref.ref[DeltaStore], number: int, _: object) -> None:
    found = store()
    if found is not None:
        found.forget(number)


class StoredBytes:
    """Bytes in memory or in a file; made by `DeltaStore.keep`."""

    def __init__(self, store: DeltaStore, number: int, data: NDArray[np.uint8]) -> None:
        """Keep bytes in memory.

        Args:
            store: that they count for.
            number: their name within it.
            data: (N,) uint8.
        """
        self.number = number
        self._store = store
        self._data: NDArray[np.uint8] | None = data
        self._file: _SpillFile | None = None
        self._versions = itertools.count()

    @property
    def bytes_in_memory(self) -> int:
        """Bytes held in memory now; 0 when they lie on disk."""
        return 0 if self._data is None else self._data.nbytes

    def read(self) -> NDArray[np.uint8]:
        """The bytes, (N,) uint8, not to be written to."""
        if self._data is not None:
            return self._data
        assert self._file is not None
        return self._file.read()

    def write(self, data: NDArray[np.uint8]) -> None:
        """Put (N,) uint8 in the place of the bytes."""
        self._data, self._file = data, None
        self._store.use(self)

    def frozen(self) -> FrozenBytes:
        """The bytes as they are now, whatever is written later; no copy."""
        return FrozenBytes(self._data, self._file)

    def spill(self, folder: Path) -> None:
        """Move the bytes into a file of that folder."""
        if self._data is not None:
            self._file = _SpillFile(folder / f"{self.number}-{next(self._versions)}.bin", self._data)
            self._data = None


class _SpillFile:
    """Bytes in a file that never changes and that goes when nobody holds this object any more."""

    def __init__(self, path: Path, data: NDArray[np.uint8]) -> None:
        self._path = path
        weakref.finalize(self, path.unlink, missing_ok=True)
        data.tofile(path)

    def read(self) -> NDArray[np.uint8]:
        return np.fromfile(self._path, np.uint8)


@dataclass(frozen=True, eq=False)
class FrozenBytes:
    """What stored bytes were at one moment; may be read in another thread as long as the store is open."""

    _data: NDArray[np.uint8] | None
    _file: _SpillFile | None

    def read(self) -> NDArray[np.uint8]:
        """The bytes, (N,) uint8, not to be written to.

        Raises:
            OSError: the store was closed meanwhile.
        """
        if self._data is not None:
            return self._data
        assert self._file is not None
        return self._file.read()
