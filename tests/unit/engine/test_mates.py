"""A hidden shoe is copied from the other one: at its place, on its side, and only where that is believed."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.mates.copied_shoes import chosen_copy, copied_shoes, labels_around_copies
from portrait_studio.engine.mates.shoe_copy import ShoeCopy, copies_of_mate
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.engine.resample import to_float
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.imaging.masks import mask_bounds
from tests.helpers.drawn_feet import (
    LEFT_SHOE,
    RIGHT_SHOE,
    TOE,
    ColourParser,
    DrawnFeet,
    drawn_feet,
    guessed,
)
from tests.helpers.tiny_networks import TinyNetworks

WHOLE = Bounds.of(Extent(240, 260))


def copies_for(feet: DrawnFeet, likely: float = 0.9) -> list[ShoeCopy]:
    parsed = guessed(feet, likely)
    return copies_of_mate(feet.image, feet.hole, mask_bounds(feet.hole), parsed, parsed)


def laid(copy: ShoeCopy, feet: DrawnFeet) -> NDArray[np.float32]:
    """The copy over bare ground."""
    hole = feet.hole > 0
    fill = to_float(feet.image)
    fill[hole] = fill[:20].mean((0, 1))
    return copy.laid_over(fill, feet.image, WHOLE, hole)


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float(np.count_nonzero(one & other) / np.count_nonzero(one | other))


@pytest.mark.parametrize(("left_points", "right_points"), [(-1, 1), (1, -1), (1, 1), (-1, -1)])
def test_the_copy_stands_where_the_shoe_was_and_points_to_its_side(
    left_points: int, right_points: int
) -> None:
    feet = drawn_feet(left_points, right_points)
    ways = [copy for copy in copies_for(feet) if copy.place.is_mirrored == (left_points != right_points)]
    picture = laid(ways[0], feet)
    is_shoe = np.abs(picture - to_float(feet.image)[:20].mean((0, 1))).max(2) > 0.25
    assert overlap(is_shoe & (feet.hole > 0), (feet.labels > 0) & (feet.hole > 0)) > 0.75
    tips = np.nonzero((np.abs(picture - np.array(TOE) / 255).max(2) < 0.1) & (feet.hole > 0))[1]
    assert tips.size > 100
    assert np.sign(tips.mean() - 165) == right_points


def test_feet_that_point_apart_are_mirrored_first() -> None:
    copies = copies_for(drawn_feet(-1, 1))
    assert copies[0].place.is_mirrored
    assert len({(copy.place.is_mirrored, copy.place.turn) for copy in copies}) == len(copies) > 1
    assert [copy.place.score for copy in copies] == sorted((c.place.score for c in copies), reverse=True)


def test_only_the_hole_changes_in_any_depth() -> None:
    feet = drawn_feet()
    deep = feet.image.astype(np.uint16) * 257
    copy = copies_for(feet)[0]
    hole = feet.hole > 0
    fill = np.zeros((*feet.labels.shape, 3), np.float32)
    changed = copy.laid_over(fill, deep, WHOLE, hole)
    assert not changed[~hole].any()
    assert np.allclose(changed, copy.laid_over(fill, feet.image, WHOLE, hole), atol=1e-6)


def test_a_region_shows_the_same_as_the_whole_photo() -> None:
    feet = drawn_feet()
    copy, region = copies_for(feet)[0], mask_bounds(feet.hole)
    hole = feet.hole > 0
    fill = np.zeros((*feet.labels.shape, 3), np.float32)
    part = copy.laid_over(fill[region.slices], feet.image, region, hole[region.slices])
    assert np.allclose(part, copy.laid_over(fill, feet.image, WHOLE, hole)[region.slices], atol=1e-3)


def test_what_is_left_of_the_guessed_shoe_is_ground() -> None:
    feet = drawn_feet()
    parsed, hole = guessed(feet), mask_bounds(feet.hole)
    copy = copies_for(feet)[0]
    labels = copy.labels_in(hole, feet.hole, parsed)
    was_shoe = (parsed.labels[hole.slices] == LEFT_SHOE) & (feet.hole[hole.slices] > 0)
    assert set(np.unique(labels[was_shoe])) <= {0, LEFT_SHOE, 12}
    assert overlap(labels == LEFT_SHOE, feet.hidden[hole.slices]) > 0.75
    assert np.count_nonzero(labels[was_shoe] == 0) > 50
    assert not (labels == RIGHT_SHOE).any()
    assert (labels[feet.hole[hole.slices] == 0] == PREDICT).all()


def test_the_light_is_that_of_the_leg_above() -> None:
    assert copies_for(drawn_feet())[0].gain == pytest.approx(1.0, abs=0.03)
    assert copies_for(drawn_feet(light=0.9))[0].gain == pytest.approx(0.9, abs=0.03)


def _hidden_too(feet: DrawnFeet) -> DrawnFeet:
    """The mate touches the hole: a stroke goes from the one to the other."""
    hole = feet.hole.copy()
    cv2.line(hole, (60, 204), (165, 204), 255, 16)
    return replace(feet, hole=hole)


def _surface(feet: DrawnFeet) -> DrawnFeet:
    """Only a spot on the shoe is hidden."""
    hole = np.zeros_like(feet.hole)
    hole[195:203, 160:170] = 255
    return replace(feet, hole=hole)


def _beside(feet: DrawnFeet) -> DrawnFeet:
    """The hole hides ground."""
    hole = np.zeros_like(feet.hole)
    hole[40:80, 200:235] = 255
    return replace(feet, hole=hole)


def _alone(feet: DrawnFeet) -> DrawnFeet:
    """There is no other foot."""
    return replace(feet, labels=np.where(np.isin(feet.labels, (10, 13)), np.uint8(0), feet.labels))


@pytest.mark.parametrize("change", [_hidden_too, _surface, _beside, _alone])
def test_without_a_whole_mate_or_a_hidden_shoe_nothing_is_copied(change: object) -> None:
    assert callable(change)
    assert copies_for(drawn_feet())
    assert copies_for(change(drawn_feet())) == []


def test_a_mate_that_the_frame_cuts_is_none() -> None:
    assert copies_for(drawn_feet(mate_at=(39, 190)))
    assert copies_for(drawn_feet(mate_at=(30, 190))) == []


def test_a_hole_that_cannot_hold_the_shoe_keeps_its_fill() -> None:
    feet = drawn_feet()
    narrow = np.zeros_like(feet.hole)
    narrow[186:217, 168:190] = 255
    ground = np.where(narrow > 0, feet.labels, np.where(feet.labels == LEFT_SHOE, np.uint8(0), feet.labels))
    assert copies_for(replace(feet, hole=narrow, labels=ground)) == []


def test_seeds_go_through_the_ways_and_what_there_was_before() -> None:
    copies = copies_for(drawn_feet())
    first, *others = copies
    chosen = [chosen_copy(copies, seed) for seed in range(len(copies) + 2)]
    assert chosen == [first, *others, None, first]
    assert chosen_copy([], 3) is None


def test_what_the_user_wants_wins() -> None:
    feet = drawn_feet()
    parsed, hole = guessed(feet), mask_bounds(feet.hole)
    given = np.full(feet.labels.shape, PREDICT, np.uint8)
    given[210:216, 160:190] = 6
    request = CompletionRequest(feet.image, feet.hole, wanted_labels=given)
    copies = copied_shoes(request, {0: hole}, parsed, parsed)
    overlays = {number: (copy,) for number, copy in copies.items()}
    wanted = labels_around_copies(request, {0: hole}, overlays, parsed)
    assert (wanted[given == 6] == 6).all()
    assert (wanted == LEFT_SHOE).any()
    assert (given == PREDICT).sum() == given.size - 6 * 30


@pytest.mark.parametrize(
    "request_",
    [
        {"options": CompletionOptions(copy_mates=False)},
        {"options": CompletionOptions(method=Method.PATCHES)},
        {"options": CompletionOptions(method=Method.NETWORK)},
        {"extension": Margins(bottom=10)},
    ],
)
def test_other_ways_to_fill_do_without(request_: dict[str, object]) -> None:
    feet = drawn_feet()
    parsed, holes = guessed(feet), {0: mask_bounds(feet.hole)}
    request = CompletionRequest(feet.image, feet.hole)
    assert copied_shoes(request, holes, parsed, parsed)
    assert not copied_shoes(replace(request, **request_), holes, parsed, parsed)  # type: ignore[arg-type]


def test_the_engine_gives_the_shoe_back() -> None:
    feet = drawn_feet()
    networks = TinyNetworks()
    networks.modules["parsing"] = ColourParser().eval()
    engine = Pipeline(networks)
    errors = []
    for copy_mates in (True, False):
        options = CompletionOptions(copy_mates=copy_mates)
        (region,) = engine.run(CompletionRequest(feet.image, feet.hole, options)).regions
        inside, truth = feet.hole[region.bounds.slices] > 0, feet.image[region.bounds.slices]
        errors.append(float(np.abs(region.pixels.astype(int) - truth)[inside].mean()))
        assert np.array_equal(region.pixels[region.changed == 0], truth[region.changed == 0])
    assert errors[0] < 0.6 * errors[1]
