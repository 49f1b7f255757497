"""Other photos of the same scene give what a hole hides, where they fit, and nothing where they do not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.references.light import settle_light
from portrait_studio.engine.references.registration import find_features, match, register
from portrait_studio.engine.request import (
    Borrowed,
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    Method,
    Part,
    Reference,
)
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.homography import moved
from portrait_studio.imaging.similarity import transformed
from tests.helpers.other_photos import drawn_scene, seen_again
from tests.helpers.tiny_networks import TinyNetworks

SCENE = drawn_scene()
HOLE = np.zeros(SCENE.shape[:2], np.uint8)
HOLE[120:190, 90:170] = 255


def filled(image: NDArray[np.uint8], result: CompletionResult) -> NDArray[np.uint8]:
    picture = image.copy()
    for region in result.regions:
        np.copyto(picture[region.bounds.slices], region.pixels, where=region.changed[..., None] != 0)
    return picture


def error(result: CompletionResult, hole: NDArray[np.uint8] = HOLE) -> float:
    """Mean absolute error in the hole, 0 to 255."""
    return float(np.abs(filled(SCENE, result).astype(int) - SCENE)[hole > 0].mean())


def damaged(hole: NDArray[np.uint8] = HOLE) -> NDArray[np.uint8]:
    """The scene with noise in its hole, which nobody may look at."""
    noise = np.random.default_rng(1).integers(0, 256, SCENE.shape)
    return np.where(hole[..., None] > 0, noise, SCENE).astype(np.uint8)


@pytest.mark.parametrize("scale", [0.7, 1.3])
@pytest.mark.parametrize("is_mirrored", [True, False])
def test_the_same_scene_is_found_to_the_pixel(scale: float, is_mirrored: bool) -> None:
    other, matrix = seen_again(SCENE, scale, is_mirrored=is_mirrored, light=1.2)
    view = np.ascontiguousarray(other[:, ::-1]) if is_mirrored else other
    found = register(match(find_features(damaged(), HOLE), find_features(view)))
    assert found is not None
    places = np.array([[130.0, 155.0], [20.0, 20.0], [240.0, 320.0]])
    there = transformed(matrix, places)
    if is_mirrored:
        there[:, 0] = other.shape[1] - there[:, 0]
    assert np.abs(moved(found.matrix, there) - places).max() < 1.0


def test_another_scene_is_not_found() -> None:
    features = find_features(SCENE)
    assert register(match(features, find_features(drawn_scene(seed=8)))) is None
    assert register(match(features, find_features(np.full((100, 100, 3), 90, np.uint8)))) is None


def test_light_is_learnt_from_most_of_what_both_show() -> None:
    photo = cv2.GaussianBlur(SCENE, (0, 0), 2).astype(np.float32) / 255
    other = np.clip((photo / 1.3) + 0.02, 0, 1).astype(np.float32)
    changed = other.copy()
    changed[:60] = 0.9
    bounds = Bounds(0, 0, 260, 340)
    light = settle_light(changed, photo, bounds, np.ones(photo.shape[:2], np.bool_))
    assert np.abs(light.on(other, bounds) - photo)[80:].mean() < 0.01
    part = Bounds(40, 100, 90, 160)
    assert np.allclose(light.on(other[part.slices], part), light.on(other, bounds)[part.slices], atol=1e-5)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_hole_shows_what_the_other_photo_does(depth: type[np.uint8]) -> None:
    other, _ = seen_again(SCENE, 1.2, light=0.85)
    factor = depth(1 if depth is np.uint8 else 257)
    image = damaged().astype(depth) * factor
    request = CompletionRequest(image, HOLE, references=(Reference("other.jpg", other),))
    result = Pipeline(TinyNetworks()).run(request)
    assert [region.borrowed for region in result.regions] == [(Borrowed(0, Part.SCENE),)]
    picture = filled(image, result)
    assert np.array_equal(picture[HOLE == 0][:50], image[HOLE == 0][:50])
    apart = picture.astype(np.float64) / factor - SCENE
    assert np.abs(apart)[HOLE > 0].mean() < 6
    assert not result.notices


def test_what_does_not_fit_is_left_out_and_said() -> None:
    strange = Reference("strange.jpg", drawn_scene(seed=8))
    engine = Pipeline(TinyNetworks())
    plain = engine.run(CompletionRequest(damaged(), HOLE))
    tried = engine.run(CompletionRequest(damaged(), HOLE, references=(strange,)))
    assert np.array_equal(filled(SCENE, plain), filled(SCENE, tried))
    assert tried.notices == ("strange.jpg shows nothing that fits here; the photo was filled without it.",)
    assert error(plain) > 20


def test_of_several_the_one_that_fits_is_taken() -> None:
    other, _ = seen_again(SCENE, is_mirrored=False)
    references = (Reference("strange.jpg", drawn_scene(seed=8)), Reference("other.jpg", other))
    result = Pipeline(TinyNetworks()).run(CompletionRequest(damaged(), HOLE, references=references))
    assert [region.borrowed for region in result.regions] == [(Borrowed(1, Part.SCENE),)]
    assert error(result) < 6
    assert [str(notice).split()[0] for notice in result.notices] == ["strange.jpg"]


def test_where_only_a_part_is_seen_the_rest_is_filled_as_without() -> None:
    other, _ = seen_again(SCENE, 1.0, is_mirrored=False)
    part = Reference("part.jpg", np.ascontiguousarray(other[:, :130]))
    result = Pipeline(TinyNetworks()).run(CompletionRequest(damaged(), HOLE, references=(part,)))
    apart = np.abs(filled(SCENE, result).astype(int) - SCENE).mean(2)
    assert apart[125:185, 95:124].mean() < 6
    assert apart[125:185, 136:165].mean() > 15


def test_a_change_beside_the_hole_is_no_reason_to_believe_the_rest() -> None:
    other, _ = seen_again(SCENE, 1.0, is_mirrored=False)
    moved_thing = other.copy()
    moved_thing[85:225, 55:205] = drawn_scene(seed=8)[85:225, 55:205]
    request = CompletionRequest(damaged(), HOLE, references=(Reference("moved.jpg", moved_thing),))
    assert [region.borrowed for region in Pipeline(TinyNetworks()).run(request).regions] == [()]


def test_what_has_moved_by_itself_is_laid_over_by_itself() -> None:
    thing = drawn_scene(seed=8, width=150, height=150)
    photo, other = SCENE.copy(), seen_again(SCENE, 1.0, is_mirrored=False)[0]
    photo[80:230, 55:205] = thing
    other[95:245, 80:230] = thing
    image = np.where(HOLE[..., None] > 0, damaged(), photo)
    request = CompletionRequest(image, HOLE, references=(Reference("moved.jpg", other),))
    result = Pipeline(TinyNetworks()).run(request)
    assert np.abs(filled(image, result).astype(int) - photo)[HOLE > 0].mean() < 6


def test_rows_below_the_photo_come_from_the_other_one() -> None:
    other, _ = seen_again(SCENE, 0.9, light=1.1)
    hole = np.zeros(SCENE.shape[:2], np.uint8)
    hole[270:] = 255
    request = CompletionRequest(
        damaged(hole), hole, extension=Margins(bottom=70), references=(Reference("other.jpg", other),)
    )
    result = Pipeline(TinyNetworks()).run(request)
    assert {one for region in result.regions for one in region.borrowed} == {Borrowed(0, Part.SCENE)}
    assert error(result, hole) < 12


def test_who_wants_none_of_them_is_shown_the_fill_without() -> None:
    other = Reference("other.jpg", seen_again(SCENE)[0])
    options = CompletionOptions(borrow=False)
    plain = Pipeline(TinyNetworks()).run(CompletionRequest(damaged(), HOLE))
    without = Pipeline(TinyNetworks()).run(CompletionRequest(damaged(), HOLE, options, references=(other,)))
    assert np.array_equal(filled(SCENE, plain), filled(SCENE, without))
    assert not without.notices


def test_other_methods_say_that_they_do_not_borrow() -> None:
    other, _ = seen_again(SCENE)
    request = CompletionRequest(
        damaged(),
        HOLE,
        CompletionOptions(method=Method.NETWORK),
        references=(Reference("other.jpg", other),),
    )
    result = Pipeline(TinyNetworks()).run(request)
    assert result.notices == ("Only the default method borrows from other photos.",)
    assert [region.borrowed for region in result.regions] == [()]
