from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import ndimage

from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.mask_shapes import (
    draw_soft_stroke,
    feather,
    fill_holes,
    fill_share,
    mixed,
    surrounded_by_stroke,
    touched_places,
)
from portrait_studio.imaging.masks import HOLE, Mask, draw_stroke

masks = npst.arrays(
    np.uint8, st.tuples(st.integers(1, 24), st.integers(1, 24)), elements=st.sampled_from([0, 255])
)


@given(masks)
def test_holes_are_filled_as_scipy_fills_them(mask: Mask) -> None:
    before = mask.copy()
    filled = fill_holes(mask)
    assert np.array_equal(filled != 0, ndimage.binary_fill_holes(mask != 0))
    assert np.array_equal(mask, before)
    assert np.array_equal(fill_holes(filled), filled)


@given(masks, st.floats(0, 6))
@settings(max_examples=50)
def test_feathering_keeps_inside_and_outside_apart(mask: Mask, radius: float) -> None:
    soft = feather(mask, radius)
    padded = cv2.copyMakeBorder(mask, 12, 12, 12, 12, cv2.BORDER_REPLICATE)
    distance = cv2.distanceTransform((padded == 0).astype(np.uint8), cv2.DIST_L2, 5)[12:-12, 12:-12]
    if mask.any():
        assert not soft[distance > 1.5 * radius + 3].any()
    if mask.all():
        assert (soft == HOLE).all()


def test_feathering_falls_evenly_across_an_edge() -> None:
    mask = np.zeros((20, 60), np.uint8)
    mask[:, :30] = HOLE
    row = feather(mask, 8)[10].astype(int)
    assert (np.diff(row) <= 0).all()
    assert abs(row[29] + row[30] - HOLE) <= 2
    assert row[20] > 240
    assert row[39] < 15


@pytest.mark.parametrize("gap", [0, 15])
def test_a_stroke_surrounds_what_it_goes_around(gap: int) -> None:
    around = [(50 + 30 * np.cos(a), 50 + 30 * np.sin(a)) for a in np.radians(range(gap, 361 - gap, 5))]
    inside = surrounded_by_stroke(around, 6, Bounds(0, 0, 100, 100))
    assert inside[50, 50]
    assert not inside[5, 5]
    assert not inside[50, 80]


def test_an_open_stroke_surrounds_nothing() -> None:
    arc = [(50 + 30 * np.cos(a), 50 + 30 * np.sin(a)) for a in np.radians(range(0, 181, 5))]
    assert not surrounded_by_stroke(arc, 4, Bounds(0, 0, 100, 100)).any()
    assert not surrounded_by_stroke([(50, 50)], 8, Bounds(0, 0, 100, 100)).any()


@given(st.floats(2, 30), st.floats(0, 0.95))
@settings(max_examples=40)
def test_a_soft_brush_covers_its_core_and_fades_to_its_edge(radius: float, hardness: float) -> None:
    mask = np.zeros((80, 90), np.uint8)
    bounds = draw_soft_stroke(mask, [(45.5, 40.5)], radius, hardness)
    hard = np.zeros((80, 90), np.uint8)
    draw_stroke(hard, [(45.5, 40.5)], radius + 1)
    assert not mask[hard == 0].any()
    assert mask[40, 45] == HOLE
    row = mask[40, 45:].astype(int)
    assert (np.diff(row) <= 0).all()
    outside = mask.copy()
    outside[bounds.slices] = 0
    assert not outside.any()


def test_soft_strokes_never_weaken_each_other_and_erase_what_they_paint() -> None:
    mask = np.zeros((60, 80), np.uint8)
    draw_soft_stroke(mask, [(20, 30), (60, 30)], 12, 0.3)
    first = mask.copy()
    draw_soft_stroke(mask, [(40, 10), (40, 50)], 12, 0.3)
    assert (mask >= first).all()
    draw_soft_stroke(mask, [(40, 10), (40, 50)], 14, 1.0, erases=True)
    assert not mask[10:50, 40].any()
    assert mask[30, 20] == first[30, 20]


def test_hard_masks_show_the_fill_fully() -> None:
    mask = np.zeros((8, 8), np.uint8)
    mask[2:6, 2:6] = HOLE
    assert fill_share(mask, np.ones((8, 8), np.bool_)) is None


def test_soft_masks_let_the_photo_shine_through() -> None:
    mask = np.zeros((12, 12), np.uint8)
    mask[4:8, 4:8] = HOLE
    mask[4:8, 8] = 128
    changed = np.zeros((12, 12), np.bool_)
    changed[2:10, 2:11] = True
    share = fill_share(mask, changed)
    assert share is not None
    assert share[5, 5] == 1
    assert share[5, 8] == pytest.approx(128 / 255)
    assert share[5, 10] == pytest.approx(128 / 255)
    assert share[5, 3] == 1
    assert share[0, 0] == 0


@given(npst.arrays(np.uint16, (5, 4, 3)), npst.arrays(np.uint16, (5, 4, 3)), npst.arrays(np.bool_, (5, 4)))
def test_mixing_is_exact_at_both_ends(
    below: np.ndarray[tuple[int, ...], np.dtype[np.uint16]],
    above: np.ndarray[tuple[int, ...], np.dtype[np.uint16]],
    chosen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> None:
    result = mixed(below, above, chosen.astype(np.float32))
    assert result.dtype == np.uint16
    assert np.array_equal(result, np.where(chosen[..., None], above, below))


def test_places_that_are_touched_nowhere_are_left_out() -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[2:6, 2:6] = 40
    mask[10:15, 10:20] = 255
    touched = np.zeros(mask.shape, np.bool_)
    touched[3, 3] = True
    places = touched_places(mask, touched)
    assert places[2:6, 2:6].all()
    assert not places[10:15].any()
    assert not touched_places(np.zeros_like(mask), touched).any()
