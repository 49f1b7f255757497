"""In which ways holes are filled, and patches from one side of one."""

from __future__ import annotations

from itertools import islice

import numpy as np

from portrait_studio.engine.fill_variants import (
    INTENTS,
    ORDER,
    CandidateKind,
    FillVariant,
    found_faces,
    next_seed,
    other_variants,
)
from portrait_studio.engine.intent import Intent
from portrait_studio.engine.patch_side import beyond_side
from portrait_studio.engine.request import CompletionOptions, Method, PatchSide
from portrait_studio.imaging.geometry import Bounds


def kinds(
    first: FillVariant, count: int, *, taken: tuple[FillVariant, ...] = (), worth: bool = True
) -> list[CandidateKind]:
    variants = other_variants(first, [first, *taken], lambda variant: worth)
    return [variant.kind for variant in islice(variants, count)]


def test_all_kinds_come_before_structures_that_are_drawn() -> None:
    first = FillVariant.of(CompletionOptions())
    found = kinds(first, len(ORDER) + 2)
    assert found == [*ORDER, CandidateKind.STRUCTURE, CandidateKind.STRUCTURE]
    drawn = list(islice(other_variants(first, [first, first.drawn(4)], lambda variant: False), 2))
    assert [variant.options.seed for variant in drawn] == [5, 6]
    assert next_seed([]) == 0


def test_what_was_taken_does_not_come_again() -> None:
    first = FillVariant.of(CompletionOptions())
    taken = FillVariant(ORDER[0], CompletionOptions())
    assert ORDER[0] not in kinds(first, 20, taken=(taken,))
    assert kinds(first, 3, worth=False) == [CandidateKind.STRUCTURE] * 3


def test_each_kind_changes_one_thing() -> None:
    first = FillVariant.of(CompletionOptions(seed=3))
    variants = {
        variant.kind: variant
        for variant in islice(other_variants(first, [first], lambda variant: True), len(ORDER))
    }
    assert variants[CandidateKind.LEFT].options == CompletionOptions(seed=3, patches_from=PatchSide.LEFT)
    assert variants[CandidateKind.PATCHES].options == CompletionOptions(Method.PATCHES, 3)
    assert variants[CandidateKind.GENERAL].options == CompletionOptions(Method.GENERAL, 3)
    assert ORDER[-1] is CandidateKind.GENERAL
    assert variants[CandidateKind.NO_REFERENCE].options == CompletionOptions(seed=3, borrow=False)
    assert variants[CandidateKind.NO_MATE].options == CompletionOptions(seed=3, copy_mates=False)
    assert variants[CandidateKind.OTHER_SHOES].options == CompletionOptions(seed=4)
    assert {variants[kind].intent for kind in INTENTS} == {Intent.BODY, Intent.BACKGROUND, Intent.SURFACE}
    assert all(variants[kind].options == first.options for kind in INTENTS)


def test_structures_are_drawn_by_seeds_that_no_kind_has_taken() -> None:
    first = FillVariant.of(CompletionOptions())
    found = list(islice(other_variants(first, [first], lambda variant: True), len(ORDER) + 2))
    assert [variant.options.seed for variant in found[-2:]] == [2, 3]


def test_who_said_what_is_meant_is_shown_nothing_else() -> None:
    first = FillVariant.of(CompletionOptions(), Intent.BACKGROUND)
    found = kinds(first, len(ORDER))
    assert not set(found) & set(INTENTS)


def test_faces_are_those_of_one_search_best_first_and_then_of_the_next_one() -> None:
    first = FillVariant.of(CompletionOptions())
    faces = found_faces(first, [first, first.drawn(9)], 4)
    assert [variant.options for variant in faces] == [
        CompletionOptions(Method.SEARCH, seed) for seed in range(4)
    ]
    assert {FillVariant.of(variant.options).kind for variant in faces} == {CandidateKind.SEARCH}
    # A search that was cancelled half way is not gone on with: its faces would no longer be best first.
    later = found_faces(first, [first, *faces[:2]], 4)
    assert [variant.options.seed for variant in later] == [4, 5, 6, 7]
    assert CandidateKind.SEARCH not in ORDER


def test_the_network_alone_has_no_sides() -> None:
    found = kinds(FillVariant.of(CompletionOptions(Method.NETWORK)), len(ORDER))
    assert not {CandidateKind.LEFT, CandidateKind.RIGHT, CandidateKind.NETWORK} & set(found)
    assert CandidateKind.PATCHES in found


def test_patches_come_from_one_side_where_that_has_enough_of_a_label() -> None:
    inside = np.zeros((20, 40), np.bool_)
    inside[5:15, 10:20] = True
    labels = np.zeros(inside.shape, np.uint8)
    labels[:, 30:] = 4
    labels[5:7, 10:20] = 4
    window, hole = Bounds(100, 0, 140, 20), Bounds(110, 5, 120, 15)
    nothing = np.zeros_like(inside)
    assert not beyond_side(PatchSide.ANYWHERE, (window, hole), inside, nothing, labels).any()
    left = beyond_side(PatchSide.LEFT, (window, hole), inside, nothing, labels)
    right = beyond_side(PatchSide.RIGHT, (window, hole), inside, nothing, labels)
    # Garments lie on the right only, so that side is let in for them.
    assert left[:, 15:30][labels[:, 15:30] == 0].all()
    assert not left[labels == 4].any()
    assert not left[:, :15].any()
    assert right[:, :15][labels[:, :15] == 0].all()
    assert not right[:, 15:].any()
    spared = beyond_side(PatchSide.LEFT, (window, hole), inside, np.ones_like(inside), labels)
    assert not spared.any()


def test_a_window_at_another_size_is_divided_at_the_same_place() -> None:
    inside = np.zeros((10, 20), np.bool_)
    inside[4:6, 4:6] = True
    labels = np.zeros(inside.shape, np.uint8)
    places = Bounds(0, 0, 40, 20), Bounds(8, 8, 12, 12)
    left = beyond_side(PatchSide.LEFT, places, inside, np.zeros_like(inside), labels)
    assert left[:, 5:].all()
    assert not left[:, :5].any()
