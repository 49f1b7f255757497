"""Several fills of the same holes, one of which is shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.label_plane import pack_labels
from portrait_studio.document.packed_plane import PackedPlane, pack_plane
from portrait_studio.engine.fill_variants import FillVariant
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    Joints,
    Reference,
)
from portrait_studio.imaging.conversion import scaled_down
from portrait_studio.imaging.photo import Photo

STAGE_PX: Final = 900
"""Longer side of the pictures of stages that are kept: else a candidate would hold the photo many times."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One fill of all holes.

    Attributes:
        result: what the engine answered.
        variant: what sets it apart, and how it was asked for.
        wanted_labels: those that it was asked to follow; None = all predicted.
        joints: joints that it was asked to follow.
        references: other photos that it could borrow from.
        sources: marks that said from where it could copy; None = from anywhere.
    """

    result: CompletionResult
    variant: FillVariant
    wanted_labels: PackedPlane | None = None
    joints: Joints = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    sources: PackedPlane | None = None

    @classmethod
    def of(
        cls, request: CompletionRequest, result: CompletionResult, variant: FillVariant | None = None
    ) -> Candidate:
        """What the engine answered to a request, which was made to ask for a way (None: for its options)."""
        asked = (
            FillVariant.of(request.options) if variant is None else replace(variant, options=request.options)
        )
        labels = pack_labels(request.wanted_labels)
        sources = None if request.sources is None else pack_plane(request.sources)
        return cls(result, asked, labels, request.joints, request.references, sources)

    @property
    def options(self) -> CompletionOptions:
        """What the engine was asked."""
        return self.variant.options

    def looks_like(self, other: Candidate) -> bool:
        """Whether another one has the same pixels in the same holes."""
        mine, others = self.result.regions, other.result.regions
        return len(mine) == len(others) and all(
            a.bounds == b.bounds and np.array_equal(a.pixels, b.pixels)
            for a, b in zip(mine, others, strict=True)
        )


def with_small_stages(result: CompletionResult) -> CompletionResult:
    """A result whose pictures of the stages are small enough to be kept while the photo is open."""
    regions = tuple(
        replace(region, stages={name: _small(picture) for name, picture in region.stages.items()})
        for region in result.regions
    )
    return replace(result, regions=regions)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return scaled_down(Photo(picture), STAGE_PX).pixels.astype(np.uint8, copy=False)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Fills of the same holes.

    Attributes:
        all: in the order in which they were made.
        chosen: for each hole the place of the candidate that is shown there.
        alike: ways that were tried, too, and looked like one of them.
    """

    all: tuple[Candidate, ...]
    chosen: tuple[int, ...]
    alike: tuple[FillVariant, ...] = ()

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
    def variants(self) -> tuple[FillVariant, ...]:
        """All that were tried, that of the first one first."""
        return (*(candidate.variant for candidate in self.all), *self.alike)

    @property
    def shown(self) -> Candidate:
        """The candidate that is shown, in the first hole if they differ."""
        return self.all[self.chosen[0] if self.chosen else 0]

    def holds(self, candidate: Candidate) -> bool:
        """Whether a candidate fills the same holes."""
        return [r.bounds for r in candidate.result.regions] == [r.bounds for r in self.all[0].result.regions]

    def joined_by(self, candidate: Candidate, is_shown: bool) -> Candidates:
        """With another candidate, which is shown or not; what looks like one that is there does not join."""
        places = (place for place, each in enumerate(self.all) if each.looks_like(candidate))
        place = next(places, len(self.all))
        if place == len(self.all):
            joined = replace(self, all=(*self.all, candidate))
        else:
            joined = replace(self, alike=(*self.alike, candidate.variant))
        return joined.choosing(place) if is_shown else joined

    def choosing(self, place: int, hole: int | None = None) -> Candidates:
        """Showing another candidate in one hole (None: in all)."""
        chosen = tuple(
            place if hole is None or hole == number else before for number, before in enumerate(self.chosen)
        )
        return replace(self, chosen=chosen)
