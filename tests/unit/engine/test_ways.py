"""In which ways holes are filled, and patches from one side of one."""

from __future__ import annotations

from itertools import islice

import numpy as np

from portrait_studio.engine.intent import Intent
from portrait_studio.engine.patch_side import beyond_side
from portrait_studio.engine.request import CompletionOptions, Method, PatchSide
from portrait_studio.engine.ways import INTENTS, ORDER, Kind, Way, found_faces, next_seed, other_ways
from portrait_studio.imaging.geometry import Bounds


def kinds(first: Way, count: int, *, taken: tuple[Way, ...] = (), worth: bool = True) -> list[Kind]:
    ways = other_ways(first, [first, *taken], lambda way: worth)
    return [way.kind for way in islice(ways, count)]


def test_all_kinds_come_before_structures_that_are_drawn() -> None:
    first = Way.of(CompletionOptions())
    found = kinds(first, len(ORDER) + 2)
    assert found == [*ORDER, Kind.STRUCTURE, Kind.STRUCTURE]
    drawn = list(islice(other_ways(first, [first, first.drawn(4)], lambda way: False), 2))
    assert [way.options.seed for way in drawn] == [5, 6]
    assert next_seed([]) == 0


def test_what_was_taken_does_not_come_again() -> None:
    first = Way.of(CompletionOptions())
    taken = Way(ORDER[0], CompletionOptions())
    assert ORDER[0] not in kinds(first, 20, taken=(taken,))
    assert kinds(first, 3, worth=False) == [Kind.STRUCTURE] * 3


def test_each_kind_changes_one_thing() -> None:
    first = Way.of(CompletionOptions(seed=3))
    ways = {way.kind: way for way in islice(other_ways(first, [first], lambda way: True), len(ORDER))}
    assert ways[Kind.LEFT].options == CompletionOptions(seed=3, patches_from=PatchSide.LEFT)
    assert ways[Kind.PATCHES].options == CompletionOptions(Method.PATCHES, 3)
    assert ways[Kind.GENERAL].options == CompletionOptions(Method.GENERAL, 3)
    assert ORDER[-1] is Kind.GENERAL
    assert ways[Kind.NO_REFERENCE].options == CompletionOptions(seed=3, borrow=False)
    assert ways[Kind.NO_MATE].options == CompletionOptions(seed=3, copy_mates=False)
    assert {ways[kind].intent for kind in INTENTS} == {Intent.BODY, Intent.BACKGROUND, Intent.SURFACE}
    assert all(ways[kind].options == first.options for kind in INTENTS)


def test_who_said_what_is_meant_is_shown_nothing_else() -> None:
    first = Way.of(CompletionOptions(), Intent.BACKGROUND)
    found = kinds(first, len(ORDER))
    assert not set(found) & set(INTENTS)


def test_faces_are_those_of_one_search_best_first_and_then_of_the_next_one() -> None:
    first = Way.of(CompletionOptions())
    faces = found_faces(first, [first, first.drawn(9)], 4)
    assert [way.options for way in faces] == [CompletionOptions(Method.SEARCH, seed) for seed in range(4)]
    assert {Way.of(way.options).kind for way in faces} == {Kind.SEARCH}
    # A search that was cancelled half way is not gone on with: its faces would no longer be best first.
    later = found_faces(first, [first, *faces[:2]], 4)
    assert [way.options.seed for way in later] == [4, 5, 6, 7]
    assert Kind.SEARCH not in ORDER


def test_the_network_alone_has_no_sides() -> None:
    found = kinds(Way.of(CompletionOptions(Method.NETWORK)), len(ORDER))
    assert not {Kind.LEFT, Kind.RIGHT, Kind.NETWORK} & set(found)
    assert Kind.PATCHES in found


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
