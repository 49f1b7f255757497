"""Label maps that a relabelling has decided so far, in a file from which it goes on, whatever ended it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np

from portrait_studio.errors import DataSetError
from trainer.data.sample import LabelArray

_HEAD: Final = struct.Struct("<II")
"""Length and CRC-32 of the PNG file that follows."""


class DecidedLabels:
    """The maps of the first photos of a set, in their order, up to the first one that is damaged."""

    def __init__(self, path: Path, terms: str) -> None:
        """Open nothing yet.

        Args:
            path: the file; its folder must be there when the block begins.
            terms: by what is decided; maps that were decided by other terms are not taken.
        """
        self._path, self._terms = path, terms.encode() + b"\n"
        self._file: io.BufferedRandom | None = None
        self.count = 0
        """How many maps there are."""

    def __enter__(self) -> Self:
        """Find what there is; raises DataSetError where the file cannot be written."""
        try:
            self._file = self._path.open("r+b" if self._path.exists() else "w+b")
            if self._file.readline(len(self._terms)) == self._terms:
                self.count = sum(1 for _ in self._maps())
            else:
                self._file.seek(0)
                self._file.write(self._terms)
            self._file.truncate()
        except OSError as error:
            raise _unwritable(self._path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        self._file.close()
        if not self.count:
            self.remove()

    def read(self) -> Iterator[LabelArray]:
        """The maps, (H, W) uint8 each; then others may be added."""
        assert self._file is not None
        self._file.seek(len(self._terms))
        yield from self._maps()

    def _maps(self) -> Iterator[LabelArray]:
        """All that are whole from here on; the file then stands after the last of them."""
        file = self._file
        assert file is not None
        while True:
            start = file.tell()
            head = file.read(_HEAD.size)
            length, check = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, 0)
            data = file.read(length)
            if not data or len(data) < length or zlib.crc32(data) != check:
                file.seek(start)
                return
            yield np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)

    def add(self, labels: LabelArray) -> None:
        """Keep the map of the next photo; raises DataSetError where the disk is full."""
        assert self._file is not None
        data = cv2.imencode(".png", labels)[1].tobytes()
        try:
            self._file.write(_HEAD.pack(len(data), zlib.crc32(data)) + data)
            self._file.flush()
        except OSError as error:
            raise _unwritable(self._path, error) from error
        self.count += 1

    def remove(self) -> None:
        """Delete the file, once nobody needs it."""
        self._path.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> DataSetError:
    return DataSetError(
        f"Packs cannot be written to {path.parent} ({error.strerror}); make room or give another folder."
    )
