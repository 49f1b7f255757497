"""In which ways the same holes can be filled, so that candidates differ in kind, and which ones are next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from typing import Final

from portrait_studio.engine.intent import Intent
from portrait_studio.engine.request import CompletionOptions, FilledRegion, Method, PatchSide
from portrait_studio.messages import Message


class CandidateKind(Enum):
    """What sets a candidate apart; the value is what it is called."""

    BOTH = Message("network and patches")
    LEFT = Message("patches from the left")
    RIGHT = Message("patches from the right")
    PATCHES = Message("patches only")
    NO_REFERENCE = Message("without other photos")
    NO_MATE = Message("without the other shoe")
    OTHER_SHOES = Message("other shoes")
    SURFACE = Message("same surface")
    BACKGROUND = Message("background only")
    BODY = Message("body behind")
    NETWORK = Message("network only")
    GENERAL = Message("general network")
    SEARCH = Message("face by search")
    STRUCTURE = Message("another structure")


ORDER: Final = (
    CandidateKind.NO_REFERENCE,
    CandidateKind.NO_MATE,
    CandidateKind.OTHER_SHOES,
    CandidateKind.BODY,
    CandidateKind.RIGHT,
    CandidateKind.PATCHES,
    CandidateKind.LEFT,
    CandidateKind.SURFACE,
    CandidateKind.NETWORK,
    CandidateKind.BACKGROUND,
    CandidateKind.GENERAL,
)
"""In which order further kinds are made: by their mean LPIPS on tightened holes, as `evaluate --protocol
candidates` has it, since no measure that does not know the truth chose better (seam, sharpness, colours,
patches, agreement). The network for any photo was not measured there and comes last. Drawn structures, which
are mostly the same with small changes, come after them."""

NEED_A_FILL: Final[dict[CandidateKind, Callable[[FilledRegion], bool]]] = {
    CandidateKind.NO_REFERENCE: lambda region: bool(region.borrowed),
    CandidateKind.NO_MATE: lambda region: region.copies_mate,
    CandidateKind.OTHER_SHOES: lambda region: region.invents_feet,
}
"""Kinds that show something else only where a part of the first fill is so: nobody knows before that."""

INTENTS: Final = {
    CandidateKind.BODY: Intent.BODY,
    CandidateKind.BACKGROUND: Intent.BACKGROUND,
    CandidateKind.SURFACE: Intent.SURFACE,
}
"""Kinds that are another answer to what is meant by a hole."""


@dataclass(frozen=True)
class FillVariant:
    """How a candidate is made.

    Attributes:
        kind: what sets it apart.
        options: how the engine is asked.
        intent: what the fill is meant to do.
    """

    kind: CandidateKind
    options: CompletionOptions
    intent: Intent = Intent.AUTOMATIC

    @classmethod
    def of(cls, options: CompletionOptions, intent: Intent = Intent.AUTOMATIC) -> FillVariant:
        """The way of a fill that is asked for by its options."""
        return cls(_kind_of(options), options, intent)

    def drawn(self, seed: int) -> FillVariant:
        """The same by another structure that the parser's doubt leaves open."""
        return FillVariant(CandidateKind.STRUCTURE, replace(self.options, seed=seed), self.intent)


def other_variants(
    first: FillVariant, taken: Sequence[FillVariant], is_useful: Callable[[FillVariant], bool]
) -> Iterator[FillVariant]:
    """Further ways, first those that differ in kind, then structures that are drawn, without end.

    Args:
        first: the way of the fill that they are to differ from.
        taken: ways that were taken already, the first one included.
        is_useful: whether a way of another kind would show something else.
    """
    kinds, seen = {variant.kind for variant in taken}, list(taken)
    for kind in ORDER:
        variant = _in_kind(first, kind)
        if variant is not None and kind not in kinds and is_useful(variant):
            seen.append(variant)
            yield variant
    yield from (first.drawn(seed) for seed in count(next_seed(seen)))


def next_seed(taken: Sequence[FillVariant]) -> int:
    """A seed that none of some ways has."""
    return 1 + max((variant.options.seed for variant in taken), default=-1)


def found_faces(first: FillVariant, taken: Sequence[FillVariant], count: int) -> list[FillVariant]:
    """The ways of all faces of a search that was not made yet, best first.

    Args:
        first: the way of the fill that they are to differ from.
        taken: ways that were taken already.
        count: how many faces a search finds.
    """
    known = max(
        (variant.options.seed for variant in taken if variant.kind is CandidateKind.SEARCH), default=-1
    )
    start = (known // count + 1) * count
    options = [replace(first.options, method=Method.SEARCH, seed=start + n) for n in range(count)]
    return [FillVariant(CandidateKind.SEARCH, each, first.intent) for each in options]


def _kind_of(options: CompletionOptions) -> CandidateKind:
    painted = {
        Method.NETWORK: CandidateKind.NETWORK,
        Method.GENERAL: CandidateKind.GENERAL,
        Method.SEARCH: CandidateKind.SEARCH,
    }
    if options.method in painted:
        return painted[options.method]
    if options.patches_from is not PatchSide.ANYWHERE:
        return CandidateKind.LEFT if options.patches_from is PatchSide.LEFT else CandidateKind.RIGHT
    if options.method is Method.PATCHES:
        return CandidateKind.PATCHES
    return CandidateKind.STRUCTURE if options.seed else CandidateKind.BOTH


def _in_kind(first: FillVariant, kind: CandidateKind) -> FillVariant | None:
    """The same way but for what a kind says; None where it would say nothing else."""
    options = first.options
    if kind in INTENTS:
        # Who says what is meant is not shown something else.
        return replace(first, kind=kind, intent=INTENTS[kind]) if first.intent is Intent.AUTOMATIC else None
    methods = {
        CandidateKind.PATCHES: Method.PATCHES,
        CandidateKind.NETWORK: Method.NETWORK,
        CandidateKind.GENERAL: Method.GENERAL,
    }
    sides = {CandidateKind.LEFT: PatchSide.LEFT, CandidateKind.RIGHT: PatchSide.RIGHT}
    if kind in methods:
        other = replace(options, method=methods[kind])
    elif kind in sides:
        if options.method.is_painted:
            return None
        other = replace(options, patches_from=sides[kind])
    elif kind is CandidateKind.OTHER_SHOES:
        other = replace(options, seed=options.seed + 1)
    elif kind is CandidateKind.NO_REFERENCE:
        other = replace(options, borrow=False)
    else:
        other = replace(options, copy_mates=False)
    return None if other == options else replace(first, kind=kind, options=other)
