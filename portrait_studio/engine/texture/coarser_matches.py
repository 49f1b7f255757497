"""From one level of the pyramid to the next finer one: where its matches lead."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from portrait_studio.engine.texture.fields import Sources, Targets


@dataclass(frozen=True, eq=False)
class CoarserMatches:
    """The matches of a level, as the next finer one begins with them.

    Attributes:
        height: rows of one plane of its sources.
        width: columns.
        slot: see `Targets`.
        centres: see `Matches`.
    """

    height: int
    width: int
    slot: Tensor
    centres: Tensor

    def upsampled(self, targets: Targets, sources: Sources, part: slice, otherwise: Tensor) -> Tensor:
        """Double their coordinates.

        Args:
            targets: of the finer level.
            sources: the same.
            part: which of the targets.
            otherwise: (n,) int32, sources for targets that have no match here, or no valid one.

        Returns:
            (n,) int32, sources for the targets of that part.
        """
        width = sources.width
        centres = targets.centres[part]
        y, x = centres // width, centres % width
        slot = self.slot.index_select(0, (y // 2) * self.width + x // 2)
        source = self.centres.index_select(0, slot.clamp_min(0))
        row, column = source // self.width, source % self.width
        plane = row // self.height
        row = 2 * (row - plane * self.height) + y % 2
        mirrored = width - 1 - (2 * (self.width - 1 - column) + 1 - x % 2)
        column = torch.where(plane == 0, 2 * column + x % 2, mirrored)
        inside = (slot >= 0) & (row < sources.height) & (column >= 0) & (column < width)
        index = torch.where(inside, (plane * sources.height + row) * width + column, otherwise)
        return torch.where(sources.valid[index], index, otherwise)
