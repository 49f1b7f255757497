"""Several fills of the same holes without a window, in the ways and the order that the window makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fills import FillWishes, fill_request, is_guessed
from portrait_studio.editing.hole_warnings import hole_warnings
from portrait_studio.editing.useful_variants import is_useful
from portrait_studio.engine.fill_variants import CandidateKind, FillVariant, other_variants
from portrait_studio.engine.request import ParseRequest, Structure

if TYPE_CHECKING:
    from portrait_studio.document.masked_image import MaskedImage
    from portrait_studio.engine.interface import Engine
    from portrait_studio.engine.progress import Progress

ProgressOfFill = Callable[[], AbstractContextManager["Progress"]]
"""Shows how far one fill is."""

_MOST_ALIKE: Final = 4
"""How many drawn structures may look like what is there before nothing else is expected."""


def several_fills(
    engine: Engine,
    masked: MaskedImage,
    wishes: FillWishes,
    shown: ProgressOfFill,
    seen: Structure | None = None,
    warn: Callable[[str], None] = lambda warning: None,
) -> Iterator[Candidate]:
    """Fills that look different, the wished one first; each is made when it is asked for.

    Args:
        engine: what fills.
        masked: photo and mask.
        wishes: what the first one shall be like.
        shown: called for each fill.
        seen: parsing map of the photo, where it is known already.
        warn: hears before the first fill what it is bound to do badly, where a parsing map is there.

    Raises:
        WeightsError, DeviceError, OptionError: see `Engine.run`.
    """
    if seen is None and is_guessed(wishes, masked):
        seen = engine.run(ParseRequest(masked.image, masked.blank))
    if seen is not None and masked.blank is None:
        for warning in hole_warnings(masked.mask, seen, wishes.intent):
            warn(warning)

    def made(variant: FillVariant) -> Candidate:
        request = fill_request(masked, replace(wishes, options=variant.options, intent=variant.intent), seen)
        with shown() as progress:
            return Candidate.of(request, engine.run(request, progress), variant)

    first = FillVariant.of(wishes.options, wishes.intent)
    base = made(first)
    yield base
    known, alike = Candidates.first(base), 0
    for variant in other_variants(
        first, [first], lambda variant: is_useful(variant, base, masked, seen, wishes.wanted_labels)
    ):
        candidate = made(variant)
        count, known = len(known.all), known.joined_by(candidate, is_shown=False)
        if len(known.all) > count:
            yield candidate
        elif variant.kind is CandidateKind.STRUCTURE:
            alike += 1
        if alike == _MOST_ALIKE:
            return
