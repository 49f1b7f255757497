"""Marks of the user say from where may be copied, and the whole fill obeys them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.engine.steered_sources import closed_with, forbidden_in, hidden_with, steered
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import MaskError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.source_marks import FORBIDDEN, FREE, PREFERRED, marks_of

MakeEngine = Callable[..., Pipeline]
JUMPER, HAIR = 4, 2


def striped(hole: Bounds) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Red to the left, green to the right, both with a little noise, and a mask in the middle."""
    rng = np.random.default_rng(5)
    photo = rng.integers(0, 16, (96, 160, 3)).astype(np.uint8)
    photo[:, :80, 0] += 200
    photo[:, 80:, 1] += 200
    mask = np.zeros((96, 160), np.uint8)
    mask[hole.slices] = 255
    return photo, mask


def texture(engine: Pipeline, request: CompletionRequest, hole: Bounds) -> NDArray[np.uint8]:
    """What patches make of the middle of a hole, before the blend; their window shows the whole photo."""
    kept = replace(request, options=replace(request.options, keep_stages=True))
    picture = engine.run(kept).regions[0].stages["texture"]
    assert picture.shape == request.image.shape
    return picture[hole.grown(-4).slices]


def marks(photo: NDArray[np.uint8], columns: slice, value: int) -> NDArray[np.uint8]:
    plane = np.full(photo.shape[:2], FREE, np.uint8)
    plane[:, columns] = value
    return plane


@pytest.mark.parametrize(
    ("columns", "value"),
    [(slice(80, 160), FORBIDDEN), (slice(0, 50), PREFERRED)],
    ids=["not from the right", "from the left"],
)
@pytest.mark.parametrize(
    ("method", "hole"),
    [(Method.DEFAULT, Bounds(56, 34, 86, 64)), (Method.PATCHES, Bounds(60, 34, 100, 64))],
    ids=["network and patches", "patches"],
)
def test_a_hole_between_two_colours_takes_the_one_that_may_be_copied(
    make_engine: MakeEngine, columns: slice, value: int, method: Method, hole: Bounds
) -> None:
    photo, mask = striped(hole)
    request = CompletionRequest(photo, mask, CompletionOptions(method), hardware=Hardware("cpu"))
    free = texture(make_engine(), request, hole)
    assert (free[..., 1] > free[..., 0]).mean() > 0.2, "green is copied from where it may be"
    red = texture(make_engine(), replace(request, sources=marks(photo, columns, value)), hole)
    assert (red[..., 0] > red[..., 1]).mean() > 0.97


def test_what_is_preferred_far_away_is_found(make_engine: MakeEngine) -> None:
    photo = np.full((240, 900, 3), 90, np.uint8)
    photo[:, 850:] = (20, 220, 20)
    hole = Bounds(60, 100, 90, 130)
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[hole.slices] = 255
    far = marks(photo, slice(850, 900), PREFERRED)
    options = CompletionOptions(Method.PATCHES)
    request = CompletionRequest(photo, mask, options, sources=far, hardware=Hardware("cpu"))
    assert (texture(make_engine(), request, hole)[..., 1] > 150).mean() > 0.9


def test_specks_obey_too(make_engine: MakeEngine) -> None:
    hole = Bounds(78, 40, 81, 43)
    photo, mask = striped(hole)
    wide = np.concatenate([photo, photo, photo], axis=0)
    mask = np.concatenate([mask, np.zeros_like(mask), np.zeros_like(mask)], axis=0)
    request = CompletionRequest(wide, mask, hardware=Hardware("cpu"))
    plain, shut = (
        make_engine().run(replace(request, sources=sources)).regions[0].pixels
        for sources in (None, marks(wide, slice(0, 160), FREE) + FORBIDDEN * _around(wide, hole))
    )
    assert not np.array_equal(plain, shut)


def _around(photo: NDArray[np.uint8], hole: Bounds) -> NDArray[np.uint8]:
    near = np.zeros(photo.shape[:2], np.uint8)
    near[hole.grown(20).slices] = 1
    return near


def test_nothing_to_copy_at_all_is_a_sentence(make_engine: MakeEngine) -> None:
    photo, mask = striped(Bounds(60, 40, 90, 60))
    everything = marks(photo, slice(0, 160), FORBIDDEN)
    with pytest.raises(MaskError, match="Erase some of these marks"):
        make_engine().run(CompletionRequest(photo, mask, sources=everything))
    with pytest.raises(MaskError, match="not of the photo's size"):
        make_engine().run(CompletionRequest(photo, mask, sources=everything[:50]))


def test_a_label_that_is_preferred_comes_from_there_only() -> None:
    window = Window.scaled(Bounds(0, 0, 60, 40), 1.0)
    labels = np.zeros((40, 60), np.uint8)
    labels[:, 30:] = JUMPER
    hole, excluded = np.zeros((40, 60), np.bool_), np.zeros((40, 60), np.bool_)
    hole[10:20, 25:35] = True
    excluded[0:5] = True
    plane = np.zeros((40, 60), np.uint8)
    plane[0:10, 40:60] = PREFERRED
    told, closed = steered(plane, window, hole, labels, excluded)
    assert np.array_equal(told, labels)
    assert not closed[0:10, 40:60].any(), "what is preferred may be copied, whoever stands there"
    assert closed[20:, 30:].all(), "no jumper from elsewhere"
    assert not closed[20:, :30].any(), "the background from anywhere"
    plane[30:] = FORBIDDEN
    assert steered(plane, window, hole, labels, excluded)[1][30:].all()


def test_where_the_parser_is_wrong_about_what_is_preferred_the_user_is_right() -> None:
    window = Window.scaled(Bounds(0, 0, 60, 40), 1.0)
    labels, hole = np.zeros((40, 60), np.uint8), np.zeros((40, 60), np.bool_)
    hole[10:20, 25:35] = True
    labels[25:] = HAIR
    plane = np.zeros((40, 60), np.uint8)
    plane[28:38, 5:20] = PREFERRED
    told, closed = steered(plane, window, hole, labels, np.zeros_like(hole))
    assert (told[28:38, 5:20] == 0).all()
    assert closed[:25][~hole[:25]].all()


def test_marks_are_made_of_two_masks_and_read_through_windows() -> None:
    bad, good = np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)
    bad[:4], good[2:6] = 255, 255
    plane = marks_of(bad, good)
    assert plane is not None
    assert plane[:, 0].tolist() == [1, 1, 1, 1, 2, 2, 0, 0]
    assert marks_of(None, None) is None
    assert forbidden_in(plane, Window.scaled(Bounds(0, 0, 8, 8), 0.5))[:, 0].tolist() == [1, 1, 0, 0]
    mask = np.zeros((8, 8), np.uint8)
    mask[7] = 255
    assert (hidden_with(mask, plane)[:, 0] != 0).tolist() == [1, 1, 1, 1, 0, 0, 0, 1]
    assert (closed_with(mask, plane)[:, 0] != 0).tolist() == [1, 1, 1, 1, 0, 0, 1, 1]
    assert (closed_with(mask, marks_of(bad, None))[:, 0] != 0).tolist() == [1, 1, 1, 1, 0, 0, 0, 1]
