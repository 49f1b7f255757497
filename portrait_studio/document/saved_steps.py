"""Doing steps again that were saved as the bytes that they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.change_bounds import changed_parts
from portrait_studio.document.deltas import Editable, Piece, Plane, PlaneName
from portrait_studio.document.history_limits import LimitExceeded
from portrait_studio.imaging.source_marks import PREFERRED
from portrait_studio.networks.conventions import KEYPOINT_COUNT, LABEL_COUNT

_GREATEST: Final = {
    PlaneName.LABELS: LABEL_COUNT,
    PlaneName.JOINTS: KEYPOINT_COUNT,
    PlaneName.SOURCES: PREFERRED,
}
"""Values of the planes that hold numbers of labels or joints, + 1, or marks."""


@dataclass(frozen=True, eq=False)
class SavedStep:
    """What a step changed, as it lies in a project file.

    Attributes:
        pieces: rectangles in the order of the edit, in photo pixels; they may overlap.
        differs: bits, most significant first: for each byte of all pieces, one after the other, whether it
            changes.
        values: (M,) uint8, one for each byte that does.
    """

    pieces: tuple[Piece, ...]
    differs: NDArray[np.uint8]
    values: NDArray[np.uint8]

    def changed(self, here: slice) -> NDArray[np.bool_] | None:
        """(N,) whether each of some bytes of all pieces changes; None where none of them does."""
        packed = self.differs[here.start // 8 : (here.stop + 7) // 8]
        if not packed.any():
            return None
        return np.unpackbits(packed)[here.start % 8 :][: here.stop - here.start].view(np.bool_)


class StepApplier:
    """Lays saved steps over a document, one after the other; each says what was there before.

    Only the rectangles around what changes are touched.
    """

    def __init__(self, document: Editable, sample_bytes: int) -> None:
        """Apply nothing yet.

        Args:
            document: whose arrays are changed.
            sample_bytes: of its photo, 1 or 2.
        """
        self._document = document
        self._sample_bytes = sample_bytes
        self._joints = 0

    def apply(self, step: SavedStep, most_bytes: int) -> list[tuple[Piece, Plane]]:
        """Do a step again.

        Args:
            step: its pieces lie where a canvas reaches.
            most_bytes: of all rectangles around what changes.

        Returns:
            These rectangles in the order of the edit, and what they held before.

        Raises:
            LimitExceeded: they have more bytes.
            ValueError: sizes do not fit each other, or a value is none of its plane.
        """
        before: list[tuple[Piece, Plane]] = []
        used = total = 0
        for part, differs in changed_parts(step.pieces, self._sample_bytes, step.changed):
            crop = self._document.region(part.plane, part.bounds)
            total += crop.nbytes
            if total > most_bytes:
                raise LimitExceeded("too many changes")
            old = crop.copy()
            changed = old.reshape(-1).view(np.uint8).copy()
            count = int(np.count_nonzero(differs))
            changed[differs] = step.values[used : used + count]
            used += count
            crop[...] = changed.view(crop.dtype).reshape(crop.shape)
            before.append((part, old))
            self._check(part.plane, old, crop)
        if used != len(step.values):
            raise ValueError(f"{len(step.values)} values for {used} bytes")
        return before

    def _check(self, plane: PlaneName, before: Plane, after: Plane) -> None:
        if plane in _GREATEST and after.max() > _GREATEST[plane]:
            raise ValueError(f"a {plane.value} of {after.max()}")
        if plane is PlaneName.JOINTS:
            self._joints += int(np.count_nonzero(after)) - int(np.count_nonzero(before))
            # While one is moved there may be one more.
            if self._joints > KEYPOINT_COUNT + 1:
                raise ValueError(f"{self._joints} joints")
