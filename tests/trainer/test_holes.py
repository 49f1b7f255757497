import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.errors import OptionError
from trainer.data.holes import (
    body_rectangle,
    edge_band,
    person_of,
    sample_hole,
    shapes_of,
    silhouette,
    strokes,
)
from trainer.recipes.samples import HoleMix

ONLY = {
    "rectangle": HoleMix(1, 0, 0, 0, 0),
    "strokes": HoleMix(0, 1, 0, 0, 0),
    "silhouette": HoleMix(0, 0, 1, 0, 0),
    "band": HoleMix(0, 0, 0, 1, 0),
}
SHAPE = np.triu(np.ones((40, 30), bool))


def person_at(left: int, top: int, size: int = 256) -> np.ndarray:
    person = np.zeros((size, size), bool)
    person[top : top + size // 2, left : left + size // 5] = True
    return person


@given(
    seed=st.integers(0, 10_000),
    left=st.integers(0, 200),
    top=st.integers(0, 200),
    kind=st.sampled_from(sorted(ONLY)),
)
@settings(max_examples=120, deadline=None)
def test_every_kind_keeps_the_limits_and_covers_the_body(seed: int, left: int, top: int, kind: str) -> None:
    person = person_at(left, top)
    mask = sample_hole(person, [SHAPE], np.random.default_rng(seed), ONLY[kind])
    assert mask.shape == person.shape
    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) <= {0, 255}
    assert 0.02 <= (mask > 0).mean() <= 0.35
    assert kind == "band" or (person & (mask > 0)).any()


@pytest.mark.parametrize("kind", sorted(ONLY))
def test_without_a_person_there_is_a_hole_all_the_same(kind: str) -> None:
    for seed in range(10):
        mask = sample_hole(np.zeros((96, 64), bool), [SHAPE], np.random.default_rng(seed), ONLY[kind])
        assert 0.02 <= (mask > 0).mean() <= 0.35


def test_none_is_empty_and_its_share_is_kept() -> None:
    rng = np.random.default_rng(0)
    mix = HoleMix(rectangle=0.5, strokes=0, silhouette=0, edge_band=0, none=0.5)
    empty = [not sample_hole(person_at(90, 60), [], rng, mix).any() for _ in range(300)]
    assert 0.4 < np.mean(empty) < 0.6


def test_silhouettes_fall_back_to_strokes_without_shapes() -> None:
    mask = sample_hole(person_at(90, 60), [], np.random.default_rng(1), ONLY["silhouette"])
    assert mask.any()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_rectangle_is_one_box_with_edges_in_range(seed: int) -> None:
    mask = body_rectangle(person_at(220, 10), np.random.default_rng(seed), (64, 128))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert 64 <= rows.size <= 128
    assert 64 <= columns.size <= 128
    assert (mask > 0).sum() == rows.size * columns.size
    assert (mask[person_at(220, 10)] > 0).any()


def test_rectangle_larger_than_the_image_covers_it_at_most() -> None:
    assert body_rectangle(np.ones((40, 30), bool), np.random.default_rng(0)).shape == (40, 30)


def test_same_seed_same_hole() -> None:
    holes = [sample_hole(person_at(90, 60), [SHAPE], np.random.default_rng(7), HoleMix()) for _ in range(2)]
    np.testing.assert_array_equal(*holes)


def test_silhouette_has_the_proportions_of_its_shape() -> None:
    areas = []
    for seed in range(20):
        mask = silhouette(np.ones((10, 40), bool), np.ones((400, 400), bool), np.random.default_rng(seed))
        areas.append((mask > 0).mean())
    assert max(areas) <= 0.26
    assert np.median(areas) > 0.03
    assert not silhouette(np.zeros((5, 5), bool), np.ones((40, 40), bool), np.random.default_rng(0)).any()


def test_strokes_stay_on_the_body_where_they_start() -> None:
    person = person_at(100, 60)
    assert all((strokes(person, np.random.default_rng(s))[person] > 0).any() for s in range(20))


def test_band_takes_whole_rows_of_the_side_asked_for() -> None:
    person = person_at(100, 60)
    for side, row in (("top", 0), ("bottom", 255)):
        mask = edge_band(person, np.random.default_rng(3), side)
        assert (mask[row] == 255).all()
        assert (mask == mask[:, :1]).all()
        assert not mask[255 - row].any()


def test_band_lies_where_the_body_reaches() -> None:
    sides = [edge_band(person_at(100, 128), np.random.default_rng(s))[-1, 0] for s in range(10)]
    assert set(sides) == {255}


def test_band_lies_more_often_above_portraits_and_below_whole_bodies() -> None:
    portrait = np.zeros((256, 256), bool)
    portrait[12:, 60:200] = True
    whole = portrait.copy()
    whole[-4:] = False
    above = [
        sum(edge_band(person, np.random.default_rng(s))[0, 0] > 0 for s in range(90))
        for person in (portrait, whole)
    ]
    assert above[0] > 45 > above[1] > 10


def test_person_counts_partial_codes_but_not_unknown_pixels() -> None:
    labels = np.array([[0, 4, 18, 24, 25, 255]], np.uint8)
    assert person_of(labels).tolist() == [[False, True, True, True, False, False]]


def test_shapes_are_the_connected_parts_and_the_person() -> None:
    labels = np.zeros((100, 80), np.uint8)
    labels[10:40, 10:20] = 14
    labels[10:40, 60:70] = 14
    labels[10:60, 20:60] = 4
    labels[0, 0] = 16
    shapes = shapes_of(labels)
    assert sorted(shape.shape for shape in shapes) == [(30, 10), (30, 10), (50, 40), (50, 60)]
    assert [shape.shape for shape in shapes_of(labels, [4])] == [(50, 40)]


def test_mix_refuses_nonsense() -> None:
    with pytest.raises(OptionError, match="must not be negative"):
        HoleMix(rectangle=-0.1)
    with pytest.raises(OptionError, match="above zero"):
        HoleMix(0, 0, 0, 0, 0)
