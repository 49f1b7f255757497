"""Several fills of the same holes, one of which is shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.label_plane import pack_labels
from portrait_studio.document.packed_plane import PackedPlane
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    Joints,
    Reference,
)

STAGE_PX: Final = 900
"""Longer side of the pictures of stages that are kept: else a candidate would hold the photo many times."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One fill of all holes.

    Attributes:
        result: what the engine answered.
        options: what it was asked.
        wanted_labels: those that it was asked to follow; None = all predicted.
        joints: joints that it was asked to follow.
        references: other photos that it could borrow from.
    """

    result: CompletionResult
    options: CompletionOptions
    wanted_labels: PackedPlane | None = None
    joints: Joints = field(default_factory=dict)
    references: tuple[Reference, ...] = ()

    @classmethod
    def of(cls, request: CompletionRequest, result: CompletionResult) -> Candidate:
        """What the engine answered to a request."""
        labels = pack_labels(request.wanted_labels)
        return cls(result, request.options, labels, request.joints, request.references)


def with_small_stages(result: CompletionResult) -> CompletionResult:
    """A result whose pictures of the stages are small enough to be kept while the photo is open."""
    regions = tuple(
        replace(region, stages={name: _small(picture) for name, picture in region.stages.items()})
        for region in result.regions
    )
    return replace(result, regions=regions)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    scale = STAGE_PX / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Fills of the same holes.

    Attributes:
        all: in the order in which they were made.
        chosen: for each hole the place of the candidate that is shown there.
    """

    all: tuple[Candidate, ...]
    chosen: tuple[int, ...]

    @classmethod
    def first(cls, candidate: Candidate) -> Candidates:
        """A fill of which there is no other yet."""
        return cls((candidate,), (0,) * len(candidate.result.regions))

    @property
    def regions(self) -> tuple[FilledRegion, ...]:
        """What is shown in each hole."""
        return tuple(self.all[place].result.regions[hole] for hole, place in enumerate(self.chosen))

    @property
    def by_hole(self) -> tuple[Candidate, ...]:
        """The candidate that is shown in each hole."""
        return tuple(self.all[place] for place in self.chosen)

    @property
    def shown(self) -> Candidate:
        """The candidate that is shown, in the first hole if they differ."""
        return self.all[self.chosen[0] if self.chosen else 0]

    def holds(self, candidate: Candidate) -> bool:
        """Whether a candidate fills the same holes."""
        return [r.bounds for r in candidate.result.regions] == [r.bounds for r in self.all[0].result.regions]

    def joined_by(self, candidate: Candidate) -> Candidates:
        """With another candidate, which is shown."""
        count = len(self.all)
        return replace(self, all=(*self.all, candidate), chosen=(count,) * len(self.chosen))

    def choosing(self, place: int, hole: int | None = None) -> Candidates:
        """Showing another candidate in one hole (None: in all)."""
        chosen = tuple(
            place if hole is None or hole == number else before for number, before in enumerate(self.chosen)
        )
        return replace(self, chosen=chosen)
