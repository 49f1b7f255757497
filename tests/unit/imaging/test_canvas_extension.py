from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.errors import OptionError
from portrait_studio.imaging.canvas_extension import (
    MOST_PIXELS,
    RATIOS,
    SIDES,
    canvas_of,
    check_canvas,
    laid_on,
    margins_of,
    parse_length,
    parse_margins,
    parse_ratio,
    percent_of,
    ratio_text,
    snapped,
    to_ratio,
)
from portrait_studio.imaging.geometry import Bounds, Extent, Margins

EXTENTS = st.builds(Extent, st.integers(64, 5000), st.integers(64, 5000))
MARGINS = st.builds(Margins, *[st.integers(0, 3000)] * 4)
SMALL = st.builds(Margins, *[st.integers(0, 12)] * 4)
RATIO = st.sampled_from(RATIOS)


@pytest.mark.parametrize(
    ("text", "side", "expected"),
    [
        ("33%", 900, 297),
        ("12.5 %", 800, 100),
        ("64px", 10, 64),
        ("64", 10, 64),
        (" 0 ", 10, 0),
        ("0.5%", 10, 0),
    ],
)
def test_lengths(text: str, side: int, expected: int) -> None:
    assert parse_length(text, side) == expected


@pytest.mark.parametrize("text", ["", "-5", "33 percent", "6.5", "1.5px", "%", "1e3", "٣", "64 px px"])
def test_what_is_no_length_is_answered_by_how_to_write_one(text: str) -> None:
    with pytest.raises(OptionError, match=r"is no length; write it like 33%, 64px or 64\.$"):
        parse_length(text, 100)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_length_written_as_percent_is_the_same_length(length: int, side: int) -> None:
    assert parse_length(f"{percent_of(length, side):.6f}%", side) == length


@pytest.mark.parametrize(
    ("text", "expected"), [("4:5", (4, 5)), ("16/9", (16, 9)), ("2x3", (2, 3)), ("1.5:1", (3, 2))]
)
def test_ratios(text: str, expected: tuple[int, int]) -> None:
    assert parse_ratio(text) == Fraction(*expected)


@pytest.mark.parametrize("text", ["", "4", "4:0", "0:5", "a:b", "1:21", "-1:2", "4:5:6"])
def test_what_is_no_ratio_is_answered_by_how_to_write_one(text: str) -> None:
    with pytest.raises(OptionError, match="write it like 4:5"):
        parse_ratio(text)


@given(RATIO)
def test_a_ratio_is_read_as_it_is_written(ratio: Fraction) -> None:
    assert parse_ratio(ratio_text(ratio)) == ratio


def test_percent_are_of_the_side_that_grows() -> None:
    given_texts = {"left": "10%", "top": "10%", "bottom": "7"}
    assert parse_margins(given_texts, Extent(300, 500)) == Margins(left=30, top=50, bottom=7)


@given(EXTENTS, RATIO, MARGINS, st.sets(st.sampled_from(SIDES)))
def test_to_ratio_gives_the_ratio_and_takes_nothing_away(
    photo: Extent, ratio: Fraction, margins: Margins, growing: set[str]
) -> None:
    found = to_ratio(photo, ratio, margins, growing)
    canvas = canvas_of(photo, found).extent
    assert all(getattr(found, side) >= getattr(margins, side) for side in SIDES)
    assert min(abs(canvas.width - canvas.height * ratio), abs(canvas.height - canvas.width / ratio)) <= 0.5


@given(EXTENTS, RATIO, MARGINS)
def test_to_ratio_grows_the_named_side_alone_and_else_both_alike(
    photo: Extent, ratio: Fraction, margins: Margins
) -> None:
    found = to_ratio(photo, ratio, margins, ("bottom", "right"))
    assert (found.left, found.top) == (margins.left, margins.top)
    even = to_ratio(photo, ratio, margins)
    assert abs((even.left - margins.left) - (even.right - margins.right)) <= 1
    assert abs((even.top - margins.top) - (even.bottom - margins.bottom)) <= 1


@given(EXTENTS, MARGINS, st.sampled_from(SIDES), st.floats(0, 200))
def test_snapping_moves_only_the_dragged_side_and_not_far(
    photo: Extent, margins: Margins, side: str, reach: float
) -> None:
    found, ratio = snapped(photo, margins, (side,), reach)
    assert abs(getattr(found, side) - getattr(margins, side)) <= reach
    assert all(getattr(found, other) == getattr(margins, other) for other in SIDES if other != side)
    if ratio is None:
        assert found == margins
    else:
        canvas = canvas_of(photo, found).extent
        assert (
            min(abs(canvas.width - canvas.height * ratio), abs(canvas.height - canvas.width / ratio)) <= 0.5
        )


def test_the_nearest_ratio_wins() -> None:
    # 400 x 495 is five rows from 4:5 and 38 from 3:4.
    found, ratio = snapped(Extent(400, 400), Margins(bottom=95), ("bottom",), 60)
    assert (found, ratio) == (Margins(bottom=100), Fraction(4, 5))


@given(EXTENTS, MARGINS)
def test_margins_of_a_canvas_are_those_it_was_made_with(photo: Extent, margins: Margins) -> None:
    assert margins_of(Bounds.of(photo), canvas_of(photo, margins)) == margins


@settings(max_examples=40, deadline=None)
@given(
    st.integers(4, 20), st.integers(4, 20), SMALL, st.sampled_from((np.uint8, np.uint16)), st.integers(0, 99)
)
def test_extend_then_crop_is_the_identity(
    width: int, height: int, margins: Margins, dtype: type[np.uint8], seed: int
) -> None:
    photo = np.random.default_rng(seed).integers(0, 250, (height, width, 3)).astype(dtype)
    canvas = canvas_of(Extent(width, height), margins)
    extended = laid_on(photo, canvas)
    assert extended.dtype == photo.dtype
    back = margins_of(canvas, Bounds(0, 0, width, height))
    inner = Bounds(-back.left, -back.top, canvas.width + back.right, canvas.height + back.bottom)
    assert np.array_equal(extended[inner.slices], photo)


@settings(max_examples=30, deadline=None)
@given(SMALL, SMALL)
def test_overlapping_canvases_show_the_same(one: Margins, other: Margins) -> None:
    photo, extent = np.zeros((9, 14, 3), np.uint8), Extent(14, 9)
    canvases = [canvas_of(extent, margins) for margins in (one, other)]
    common = canvases[0].intersected(canvases[1])
    first, second = (
        laid_on(photo, canvas)[common.shifted(-canvas.left, -canvas.top).slices] for canvas in canvases
    )
    assert np.array_equal(first, second)


def test_a_canvas_must_have_pixels_and_not_too_many() -> None:
    check_canvas(Bounds(0, 0, 1, MOST_PIXELS))
    with pytest.raises(OptionError, match="megapixels that fit; extend it less"):
        check_canvas(Bounds(0, 0, 2, MOST_PIXELS))
    with pytest.raises(OptionError, match="Nothing would be left"):
        check_canvas(Bounds(4, 0, 4, 9))
