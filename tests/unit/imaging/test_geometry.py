from hypothesis import given
from hypothesis import strategies as st

from portrait_studio.imaging.geometry import Bounds, Extent

edges = st.integers(-12, 12)
boxes = st.builds(Bounds, edges, edges, edges, edges)


def _pixels(bounds: Bounds) -> set[tuple[int, int]]:
    return {(x, y) for x in range(bounds.left, bounds.right) for y in range(bounds.top, bounds.bottom)}


@given(one=boxes, other=boxes)
def test_the_intersection_holds_the_common_pixels(one: Bounds, other: Bounds) -> None:
    assert _pixels(one.intersected(other)) == _pixels(one) & _pixels(other)


@given(one=boxes, other=boxes)
def test_the_union_is_the_smallest_rectangle_around_both(one: Bounds, other: Bounds) -> None:
    united, inside = one.united(other), _pixels(one) | _pixels(other)
    assert inside <= _pixels(united)
    if inside:
        assert (united.left, united.right) == (min(x for x, _ in inside), max(x for x, _ in inside) + 1)
        assert (united.top, united.bottom) == (min(y for _, y in inside), max(y for _, y in inside) + 1)


@given(box=boxes, dx=edges, dy=edges, pixels=st.integers(0, 20))
def test_moving_and_growing_can_be_taken_back(box: Bounds, dx: int, dy: int, pixels: int) -> None:
    assert box.shifted(dx, dy).shifted(-dx, -dy) == box
    assert box.grown(pixels).grown(-pixels) == box
    assert box.extent.area == len(_pixels(box))
    assert box.is_empty == (box.extent.area == 0)


def test_the_whole_image() -> None:
    assert Bounds.of(Extent(7, 3)) == Bounds(0, 0, 7, 3)
    assert Bounds.of(Extent(7, 3)).slices == (slice(0, 3), slice(0, 7))
