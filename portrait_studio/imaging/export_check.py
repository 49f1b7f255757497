"""Reads a written file again, and says in how far it holds what was given to be written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import ExportError, ImageFileError
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.masks import Mask, extent_of
from portrait_studio.imaging.photo import Photo, Pixels, Plane
from portrait_studio.imaging.reading import decode_photo

_ROWS_AT_A_TIME: Final = 256


@dataclass(frozen=True)
class Difference:
    """How pixels of a file differ from what was given to be written.

    Attributes:
        compared: how many were compared.
        changed: how many of them differ.
        most_levels: by how much at most, in levels of 8 bits, rounded up.
    """

    compared: int
    changed: int
    most_levels: int

    @property
    def share(self) -> float:
        """Share of the compared pixels that differ, 0..1."""
        return self.changed / self.compared if self.compared else 0.0


class ExportCheck:
    """Compares one file with what it was made of, before it takes its place.

    Attributes:
        difference: what was found; None where nothing was compared.
    """

    def __init__(self, excused: Mask) -> None:
        """Make it.

        Args:
            excused: (H, W) uint8, not zero where the difference does not count.
        """
        self._excused = excused
        self.difference: Difference | None = None

    def check(self, given: Photo, data: bytes, path: Path, *, is_lossless: bool) -> None:
        """Read the file again.

        Args:
            given: what was given to the encoder.
            data: the bytes that were written.
            path: the file that they will be.
            is_lossless: whether they must hold every pixel.

        Raises:
            ExportError: they are no sound picture, or do not hold every pixel although they must.
        """
        found = read_again(data, path)
        if found is None:
            return
        if given.is_grey:
            luma = cv2.cvtColor(given.pixels, cv2.COLOR_RGB2GRAY)
            given = given.with_pixels(cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB))
        fits = extent_of(self._excused) == given.extent
        self.difference = difference(given, found, self._excused if fits and not is_lossless else None)
        if is_lossless and self.difference.changed:
            raise ExportError(
                "{path} would not hold every pixel as it is; choose another format, and report this.",
                path=path,
            )


def read_again(data: bytes, path: Path) -> Photo | None:
    """Decode what was written; None where there is no memory for it.

    Raises:
        ExportError: it is no sound picture.
    """
    try:
        return decode_photo(data, path)
    except ImageFileError as error:
        if isinstance(error.__cause__, MemoryError):
            return None
        raise ExportError(
            "{path} could not be written so that it can be read again; choose another format.", path=path
        ) from error


def difference(given: Photo, found: Photo, excused: Mask | None = None) -> Difference:
    """Compare two photos of one size.

    Args:
        given: what was to be written.
        found: what was read again.
        excused: (H, W) uint8, not zero where pixels do not count; None = all count.
    """
    changed = compared = most = 0
    for top in range(0, given.extent.height, _ROWS_AT_A_TIME):
        rows = slice(top, top + _ROWS_AT_A_TIME)
        distance = _distance(given.pixels[rows], found.pixels[rows]).max(axis=2)
        if given.alpha is not None and found.alpha is not None:
            np.maximum(distance, _distance(given.alpha[rows], found.alpha[rows]), out=distance)
        counts = np.ones(distance.shape, np.bool_) if excused is None else excused[rows] == 0
        distance = distance[counts]
        compared += distance.size
        changed += int(np.count_nonzero(distance))
        most = max(most, int(distance.max(initial=0)))
    levels = most if given.bits == found.bits == 8 else -(-most // 257)
    return Difference(compared, changed, levels)


def _distance(first: Pixels | Plane, second: Pixels | Plane) -> NDArray[np.int32]:
    if first.dtype != second.dtype:
        first, second = (part if part.dtype == np.uint8 else in_8_bits(part) for part in (first, second))
    distance: NDArray[np.int32] = np.abs(first.astype(np.int32) - second)
    return distance
