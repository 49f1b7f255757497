"""Laws of the windows, for photos from 64 pixels to 50 megapixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.engine.work_crop import (
    STRIDE,
    CropPolicy,
    Window,
    find_holes,
    group_boxes,
    plan_hole,
    plan_together,
    share_windows,
    square_around,
    structure_windows,
    texture_window,
)
from portrait_studio.imaging.geometry import Bounds, Extent

POLICY = CropPolicy()

photos = st.builds(Extent, st.integers(64, 9000), st.integers(64, 9000))


@st.composite
def photos_with_holes(draw: st.DrawFn) -> tuple[Extent, Bounds]:
    photo = draw(photos)
    left, top = draw(st.integers(0, photo.width - 1)), draw(st.integers(0, photo.height - 1))
    right, bottom = draw(st.integers(left + 1, photo.width)), draw(st.integers(top + 1, photo.height))
    return photo, Bounds(left, top, right, bottom)


def contains(outer: Bounds, inner: Bounds) -> bool:
    return outer.intersected(inner) == inner


def check_window(window: Window, photo: Extent) -> None:
    assert contains(Bounds.of(photo), window.bounds)
    assert window.padded.width % STRIDE == 0
    assert window.padded.height % STRIDE == 0
    assert 0 <= window.padded.width - window.size.width < STRIDE
    # The aspect ratio is kept to half a network pixel.
    assert abs(window.size.width - window.bounds.width * window.scale) <= 0.5 + 1e-6
    assert abs(window.size.height - window.bounds.height * window.scale) <= 1.0


@settings(max_examples=300)
@given(photos_with_holes())
def test_windows_hold_the_hole_and_its_surroundings(case: tuple[Extent, Bounds]) -> None:
    photo, hole = case
    plan = plan_hole(hole, photo, POLICY)
    check_window(plan.appearance, photo)
    bounds = plan.appearance.bounds
    assert contains(bounds, hole)
    assert max(plan.appearance.size.width, plan.appearance.size.height) <= POLICY.appearance_most
    assert max(plan.appearance.size.width, plan.appearance.size.height) >= POLICY.appearance_least
    # Context as wide as the hole on every side, or all that the photo has.
    assert bounds.left <= max(0, hole.left - hole.width + 1)
    assert bounds.right >= min(photo.width, hole.right + hole.width - 1)
    assert bounds.top <= max(0, hole.top - hole.height + 1)
    assert bounds.bottom >= min(photo.height, hole.bottom + hole.height - 1)
    if plan.structure is not None:
        assert contains(Bounds.of(photo), plan.structure)
        assert contains(plan.structure, bounds)
        closer = structure_windows(plan.structure, POLICY)
        assert closer[0].scale > structure_windows(Bounds.of(photo), POLICY)[0].scale


@given(
    photo=st.builds(Extent, st.integers(1200, 9000), st.integers(1200, 9000)),
    side=st.integers(1, 9000),
    place=st.floats(0, 1),
)
def test_small_holes_get_a_closer_look(photo: Extent, side: int, place: float) -> None:
    side = min(side, photo.width, photo.height)
    left, top = int(place * (photo.width - side)), int(place * (photo.height - side))
    plan = plan_hole(Bounds(left, top, left + side, top + side), photo, POLICY)
    seen = side * structure_windows(Bounds.of(photo), POLICY)[0].scale
    if seen >= POLICY.structure_hole_least:
        assert plan.structure is None
    elif seen < POLICY.structure_hole_least / 2:
        assert plan.structure is not None


@given(photos)
def test_the_whole_photo_keeps_its_shape(photo: Extent) -> None:
    windows = structure_windows(Bounds.of(photo), POLICY)
    sides = [max(window.size.width, window.size.height) for window in windows]
    assert sides == sorted(set(sides))
    assert POLICY.structure_long <= sides[0] <= 2.5 * POLICY.structure_long
    for window, side in zip(windows, sides, strict=True):
        assert window.bounds == Bounds.of(photo)
        check_window(window, photo)
        # Only the first look enlarges a small photo.
        assert side <= max(sides[0], photo.width, photo.height)


def test_fifty_megapixels_and_sixty_four_pixels() -> None:
    large = plan_hole(Bounds(4000, 3000, 4600, 3600), Extent(8660, 5773), POLICY)
    assert large.appearance.bounds.extent == Extent(1800, 1800)
    assert large.appearance.size == Extent(256, 256)
    small = plan_hole(Bounds(10, 10, 30, 30), Extent(64, 64), POLICY)
    assert small.appearance.bounds == Bounds(0, 0, 64, 64)
    assert small.appearance.size == Extent(256, 256)


def test_a_reduced_policy_makes_smaller_windows() -> None:
    half = POLICY.reduced(0.5)
    hole, photo = Bounds(400, 400, 700, 700), Extent(2000, 2000)
    assert plan_hole(hole, photo, half).appearance.size == Extent(128, 128)
    tiny = POLICY.reduced(0.01)
    assert structure_windows(Bounds.of(photo), tiny)[0].size == Extent(2 * STRIDE, 2 * STRIDE)


@settings(max_examples=200)
@given(photos_with_holes())
def test_patches_are_made_as_finely_as_allowed(case: tuple[Extent, Bounds]) -> None:
    photo, hole = case
    appearance = plan_hole(hole, photo, POLICY).appearance.bounds
    window = texture_window(hole, appearance, photo, POLICY)
    assert contains(appearance, window.bounds)
    assert contains(window.bounds, hole)
    assert max(window.size.width, window.size.height) <= POLICY.texture_most
    assert window.scale <= 1.0
    if max(hole.width, hole.height) * POLICY.texture_context <= POLICY.texture_most:
        assert window.scale == 1.0
    if max(appearance.width, appearance.height) <= POLICY.texture_most:
        assert window == Window.scaled(appearance, 1.0)


def test_square_moves_into_the_photo() -> None:
    photo = Extent(100, 60)
    assert square_around(Bounds(0, 0, 10, 10), 40, photo) == Bounds(0, 0, 40, 40)
    assert square_around(Bounds(90, 50, 100, 60), 40, photo) == Bounds(60, 20, 100, 60)
    assert square_around(Bounds(40, 20, 50, 30), 80, photo) == Bounds(5, 0, 85, 60)
    assert square_around(Bounds(0, 20, 100, 30), 10, photo) == Bounds(0, 0, 100, 60)


def test_close_holes_are_grouped_and_distant_ones_not() -> None:
    near = [Bounds(0, 0, 100, 100), Bounds(110, 0, 210, 100)]
    far = [Bounds(0, 0, 100, 100), Bounds(500, 0, 600, 100)]
    assert group_boxes(near, POLICY, 4) == [Bounds(0, 0, 210, 100)]
    assert group_boxes(far, POLICY, 4) == far


def test_grouping_goes_on_until_nothing_is_close() -> None:
    chain = [Bounds(x, 0, x + 100, 100) for x in range(0, 1000, 103)]
    assert group_boxes(chain, POLICY, 4) == [Bounds(0, 0, 1027, 100)]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 180), st.integers(0, 140), st.integers(1, 20), st.integers(1, 20)),
        min_size=0,
        max_size=8,
    ),
    st.integers(0, 5),
)
def test_every_hole_pixel_is_in_one_rectangle(boxes: list[tuple[int, int, int, int]], grow_px: int) -> None:
    mask = np.zeros((160, 200), np.uint8)
    for x, y, width, height in boxes:
        mask[y : y + height, x : x + width] = 255
    found = find_holes(mask, CropPolicy(appearance_most=64), grow_px)
    count = np.zeros(mask.shape, int)
    for box in found:
        count[box.slices] += 1
        assert mask[box.slices].any()
    assert (count[mask != 0] == 1).all()
    assert count.max(initial=0) <= 1
    for one in found:
        for other in found:
            if one is not other:
                assert one.grown(grow_px + 2).intersected(other.grown(grow_px + 2)).is_empty


@settings(max_examples=100)
@given(
    photo=photos,
    places=st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from([6, 12, 40, 90, 300])),
        min_size=1,
        max_size=12,
    ),
)
def test_holes_share_a_window_that_suits_each_of_them(
    photo: Extent, places: list[tuple[float, float, int]]
) -> None:
    holes = []
    for across, down, wanted in places:
        side = min(wanted, photo.width // 2, photo.height // 2)
        left, top = int(across * (photo.width - side)), int(down * (photo.height - side))
        holes.append(Bounds(left, top, left + side, top + side))
    groups = share_windows(holes, photo, POLICY)
    assert sorted(number for group in groups for number in group) == list(range(len(holes)))
    for group in groups:
        plan = plan_together([holes[number] for number in group], photo, POLICY)
        check_window(plan.appearance, photo)
        if plan.structure is not None:
            assert contains(plan.structure, plan.appearance.bounds)
        for number in group:
            alone = plan_hole(holes[number], photo, POLICY)
            around = holes[number].grown(holes[number].width - 1).intersected(Bounds.of(photo))
            assert contains(plan.appearance.bounds, around)
            assert plan.appearance.scale >= alone.appearance.scale / POLICY.shared_coarser / 1.02
            if len(group) == 1:
                assert plan == alone


def test_near_holes_share_a_window_and_far_ones_do_not() -> None:
    photo = Extent(3000, 2000)
    holes = [Bounds(1000, 1000, 1040, 1040), Bounds(1150, 1080, 1190, 1120), Bounds(2000, 400, 2040, 440)]
    assert share_windows(holes, photo, POLICY) == [[0, 1], [2]]


def test_looking_for_holes_can_be_cancelled() -> None:
    class Stop(Exception):
        pass

    def check() -> None:
        raise Stop

    with pytest.raises(Stop):
        find_holes(np.ones((10, 10), np.uint8), POLICY, 2, check)
