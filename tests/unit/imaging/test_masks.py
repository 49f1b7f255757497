import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from portrait_studio.errors import MaskError
from portrait_studio.imaging import masks
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, Mask

EXTENT = Extent(48, 32)
small_masks = npst.arrays(
    np.uint8,
    npst.array_shapes(min_dims=2, max_dims=2, max_side=24),
    elements=st.sampled_from([0, 0, 0, 1, 255]),
)
coordinates = st.floats(-20, 70, allow_nan=False)
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5)
radii = st.floats(0.3, 25)


def empty_mask(extent: Extent) -> Mask:
    return np.zeros((extent.height, extent.width), np.uint8)


def _distance_to(points: list[tuple[float, float]], extent: Extent) -> NDArray[np.float64]:
    """Distance of each pixel's centre to a line through the points."""
    y, x = np.mgrid[0 : extent.height, 0 : extent.width] + 0.5
    nearest = np.full(x.shape, np.inf)
    for (x0, y0), (x1, y1) in zip(points, points[1:] or points, strict=False):
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / max(length, 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)))
    return nearest


@given(points=points, radius=radii)
def test_a_stroke_is_what_lies_within_its_radius(points: list[tuple[float, float]], radius: float) -> None:
    mask = empty_mask(EXTENT)
    dirty = masks.draw_stroke(mask, points, radius)
    distance = _distance_to(points, EXTENT)
    assert (mask[distance <= radius - 1.0] == HOLE).all()
    assert (mask[distance >= radius + 1.0] == 0).all()
    mask[dirty.slices] = 0
    assert not mask.any()
    assert dirty == masks.stroke_bounds(EXTENT, points, radius)


@given(points=points, radius=radii)
def test_erasing_a_stroke_leaves_nothing(points: list[tuple[float, float]], radius: float) -> None:
    mask = empty_mask(EXTENT)
    masks.draw_stroke(mask, points, radius)
    masks.draw_stroke(mask, points, radius, value=0)
    assert not mask.any()


@pytest.mark.parametrize("radius", [0.1, 0.5, 1.0, 3.0])
def test_the_smallest_brush_paints_the_pixel_under_it(radius: float) -> None:
    mask = empty_mask(EXTENT)
    masks.draw_stroke(mask, [(10.9, 7.1)], radius)
    assert mask[7, 10] == HOLE
    assert radius > 0.5 or np.count_nonzero(mask) == 1


def test_a_stroke_without_points_does_nothing() -> None:
    mask = empty_mask(EXTENT)
    assert masks.draw_stroke(mask, [], 5.0).is_empty
    assert not mask.any()


def test_rectangle_and_polygon() -> None:
    mask = empty_mask(EXTENT)
    assert masks.draw_rectangle(mask, Bounds(-5, 3, 4, 6)) == Bounds(0, 3, 4, 6)
    assert masks.mask_bounds(mask) == Bounds(0, 3, 4, 6)
    assert masks.draw_rectangle(mask, Bounds(100, 100, 120, 120)).is_empty
    assert np.count_nonzero(mask) == 12
    masks.clear(mask)
    masks.draw_polygon(mask, [(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)])
    assert 200 <= np.count_nonzero(mask) <= 231
    assert mask[15, 20] == HOLE


@given(mask=small_masks)
def test_inverting_twice_and_clearing(mask: Mask) -> None:
    once = mask.copy()
    masks.invert(once)
    assert np.array_equal(once != 0, mask == 0)
    masks.invert(once)
    assert np.array_equal(once != 0, mask != 0)
    masks.clear(once)
    assert not once.any()


@given(mask=small_masks)
def test_bounds_are_tight(mask: Mask) -> None:
    rows, columns = np.nonzero(mask)
    bounds = masks.mask_bounds(mask)
    assert bounds.is_empty == (rows.size == 0)
    if rows.size:
        assert bounds == Bounds(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


@given(mask=small_masks, merge_px=st.integers(0, 5))
def test_hole_rectangles_hold_every_hole_and_keep_their_distance(mask: Mask, merge_px: int) -> None:
    found = masks.hole_bounds(mask, merge_px)
    rest = mask.copy()
    for bounds in found:
        assert mask[bounds.slices].any()
        rest[bounds.slices] = 0
    assert not rest.any()
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            assert one.grown(merge_px).intersected(other.grown(merge_px)).is_empty
    assert list(found) == sorted(found, key=lambda bounds: (bounds.top, bounds.left))


def test_far_holes_stay_apart_and_near_ones_are_one() -> None:
    mask = empty_mask(Extent(100, 50))
    mask[10:20, 10:20] = 1
    mask[10:20, 30:40] = 1
    assert masks.hole_bounds(mask) == (Bounds(10, 10, 20, 20), Bounds(30, 10, 40, 20))
    assert masks.hole_bounds(mask, 4) == (Bounds(10, 10, 20, 20), Bounds(30, 10, 40, 20))
    assert masks.hole_bounds(mask, 5) == (Bounds(10, 10, 40, 20),)


@given(mask=small_masks, radius=st.integers(-6, 6))
@settings(max_examples=60)
def test_growing_moves_the_edge_by_its_radius(mask: Mask, radius: int) -> None:
    hole = mask != 0
    grown = masks.grow(mask, radius) != 0
    y, x = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]]
    places = np.argwhere(hole if radius >= 0 else ~hole)
    if len(places) == 0:
        assert np.array_equal(grown, hole)
        return
    distance = np.hypot(y[:, :, None] - places[:, 0], x[:, :, None] - places[:, 1]).min(axis=2)
    expected = distance <= radius if radius >= 0 else distance > -radius
    # OpenCV's exact distances are float32.
    sure = np.abs(distance - abs(radius)) > 1e-4
    assert np.array_equal(grown[sure], expected[sure])


def test_masks_that_cannot_be_filled_are_sentences() -> None:
    mask = empty_mask(EXTENT)
    with pytest.raises(MaskError, match="is empty"):
        masks.check_mask(mask, EXTENT)
    with pytest.raises(MaskError, match="48 x 32 pixels and the photo 32 x 48"):
        masks.check_mask(mask, Extent(32, 48))
    mask[...] = 7
    with pytest.raises(MaskError, match="covers the whole photo"):
        masks.check_mask(mask, EXTENT)
    mask[0, 0] = 0
    masks.check_mask(mask, EXTENT)


@given(mask=small_masks)
def test_a_copy_is_the_same_and_its_own(mask: Mask) -> None:
    copy = masks.copied(mask)
    assert np.array_equal(copy, mask)
    assert not np.shares_memory(copy, mask)


def test_small_islands_are_filled_and_bays_and_large_ones_stay() -> None:
    mask = empty_mask(Extent(60, 40))
    mask[5:35, 0:50] = HOLE
    mask[10:13, 10:13] = 0
    mask[20:32, 20:40] = 0
    mask[8:12, 0:3] = 0
    wanted = mask.copy()
    wanted[10:13, 10:13] = HOLE
    assert np.array_equal(masks.without_islands(mask, 0.02), wanted)
    assert np.array_equal(masks.without_islands(empty_mask(EXTENT), 0.02), empty_mask(EXTENT))


def test_what_ends_near_the_frame_goes_on_to_it() -> None:
    mask = empty_mask(Extent(60, 40))
    mask[5:10, 3:20] = HOLE
    mask[15:20, 6:20] = HOLE
    mask[25:30, 40:57] = HOLE
    wanted = mask.copy()
    wanted[5:10, :3] = HOLE
    wanted[25:30, 57:] = HOLE
    before = mask.copy()
    assert np.array_equal(masks.to_the_frame(mask, 4), wanted)
    assert np.array_equal(mask, before)
