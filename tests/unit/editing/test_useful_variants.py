"""Which other ways of filling would show anything else, and how candidates join."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.useful_variants import is_useful
from portrait_studio.engine.fill_variants import CandidateKind, FillVariant, other_variants
from portrait_studio.engine.request import (
    Borrowed,
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    Part,
    Structure,
)
from portrait_studio.imaging.geometry import Bounds

SHAPE = (40, 60)
UPPER = 4


def structure(labels: np.ndarray) -> Structure:
    return Structure(Bounds(0, 0, 60, 40), labels.astype(np.uint8), np.zeros((16, 10, 15), np.float16))


def masked() -> MaskedImage:
    mask = np.zeros(SHAPE, np.uint8)
    mask[10:20, 10:20] = 255
    return MaskedImage.of(np.zeros((*SHAPE, 3), np.uint8), mask, None)


def candidate(
    guided: int,
    grey: int = 0,
    *,
    copies_mate: bool = False,
    invents_feet: bool = False,
    borrowed: tuple[Borrowed, ...] = (),
) -> Candidate:
    """A fill whose hole has one label."""
    labels = np.zeros(SHAPE)
    labels[10:20, 10:20] = guided
    pixels = np.full((12, 12, 3), grey, np.uint8)
    changed = np.ones((12, 12), np.uint8)
    place = Bounds(9, 9, 21, 21)
    region = FilledRegion(
        place,
        pixels,
        changed,
        structure(labels),
        copies_mate=copies_mate,
        borrowed=borrowed,
        invents_feet=invents_feet,
    )
    result = CompletionResult((region,), structure(labels), {}, {}, "Fake")
    picture = masked()
    return Candidate.of(CompletionRequest(picture.image, picture.mask), result)


def worthy(base: Candidate, seen: Structure | None) -> set[CandidateKind]:
    first = FillVariant.of(CompletionOptions())
    variants = other_variants(first, [first], lambda variant: is_useful(variant, base, masked(), seen, None))
    found = set()
    for variant in variants:
        if variant.kind is CandidateKind.STRUCTURE:
            return found
        found.add(variant.kind)
    raise AssertionError


def test_background_is_worth_showing_only_where_the_fill_shows_a_body() -> None:
    seen = structure(np.zeros(SHAPE))
    assert CandidateKind.BACKGROUND in worthy(candidate(UPPER), seen)
    assert CandidateKind.BACKGROUND not in worthy(candidate(0), seen)
    assert CandidateKind.BACKGROUND in worthy(candidate(UPPER), None)


def test_the_same_surface_is_worth_showing_where_the_photo_shows_something_else() -> None:
    bag = np.zeros(SHAPE)
    bag[8:22, 8:22] = 16
    assert CandidateKind.SURFACE in worthy(candidate(UPPER), structure(bag))
    shirt = np.where(bag > 0, UPPER, 0)
    assert CandidateKind.SURFACE not in worthy(candidate(UPPER), structure(shirt))
    assert CandidateKind.SURFACE not in worthy(candidate(UPPER), None)


def test_a_fill_without_the_other_shoe_needs_one_with_it() -> None:
    assert CandidateKind.NO_MATE in worthy(candidate(9, copies_mate=True), None)
    assert CandidateKind.NO_MATE not in worthy(candidate(9), None)


def test_other_shoes_are_for_fills_with_invented_ones() -> None:
    assert CandidateKind.OTHER_SHOES in worthy(candidate(9, invents_feet=True), None)
    assert CandidateKind.OTHER_SHOES not in worthy(candidate(9), None)


def test_a_fill_without_other_photos_needs_one_with_them() -> None:
    assert CandidateKind.NO_REFERENCE in worthy(candidate(9, borrowed=(Borrowed(0, Part.FACE),)), None)
    assert CandidateKind.NO_REFERENCE not in worthy(candidate(9), None)


def test_another_candidate_is_shown_only_if_asked_for() -> None:
    first = Candidates.first(candidate(UPPER, 10))
    other = candidate(UPPER, 20)
    assert first.joined_by(other, is_shown=False).chosen == (0,)
    assert len(first.joined_by(other, is_shown=False).all) == 2
    assert first.joined_by(other, is_shown=True).chosen == (1,)


def test_what_looks_the_same_joins_once() -> None:
    both = Candidates.first(candidate(UPPER, 10)).joined_by(candidate(UPPER, 20), is_shown=True)
    again = both.joined_by(replace(candidate(UPPER, 10)), is_shown=True)
    assert len(again.all) == 2
    assert again.chosen == (0,)
    assert len(again.variants) == 3
