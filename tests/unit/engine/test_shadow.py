"""Shadows are found in drawn pictures, and what is dark for another reason is not taken for one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.progress import Cancelled
from portrait_studio.engine.shadow import shadow_of
from tests.helpers.drawn_shadows import HEIGHT, WIDTH, Drawn, drawn, ground, lying, on_wall, somebody

NOBODY = np.zeros((HEIGHT, WIDTH), np.uint8)


def found(picture: Drawn, others: NDArray[np.uint8] = NOBODY) -> NDArray[np.bool_]:
    return shadow_of(picture.image, picture.thing, others) != 0


def share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    return np.count_nonzero(part & whole) / max(1, np.count_nonzero(whole))


def near(true: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    return cv2.dilate(true.astype(np.uint8), np.ones((2 * pixels + 1,) * 2, np.uint8)) != 0


@pytest.mark.parametrize("surface", ["even", "gradient", "texture"])
@pytest.mark.parametrize("softness", [0.0, 8.0])
def test_a_shadow_on_the_ground_is_found_whole(surface: str, softness: float) -> None:
    picture = drawn(ground(surface), lying(softness))
    shadow = found(picture)
    assert share(shadow, picture.cast) > 0.95
    assert share(near(picture.cast, 12), shadow) > 0.97
    assert not (shadow & (picture.thing != 0)).any()


@pytest.mark.parametrize("softness", [0.0, 10.0])
@pytest.mark.parametrize("surface", ["even", "gradient"])
def test_a_shadow_on_the_wall_is_found_though_the_photo_ends_at_the_hips(
    surface: str, softness: float
) -> None:
    whole = drawn(ground(surface), on_wall(softness), left=(0.55, 0.55, 0.58))
    cut = Drawn(whole.image[:180], whole.thing[:180], whole.shadow[:180])
    shadow = shadow_of(cut.image, cut.thing, NOBODY[:180]) != 0
    assert share(shadow, cut.cast) > 0.9
    assert share(near(cut.cast, 14), shadow) > 0.9


def test_a_soft_edge_is_taken_with_it() -> None:
    picture = drawn(ground(), lying(12.0))
    fading = (picture.shadow > 0.2) & (picture.thing == 0)
    assert share(found(picture), fading) > 0.97


def test_shadow_touches_the_thing_without_a_gap_in_a_large_photo() -> None:
    picture = drawn(ground(), lying())
    large = cv2.resize(picture.image, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
    thing = cv2.resize(picture.thing, None, fx=5, fy=5, interpolation=cv2.INTER_NEAREST)
    shadow = shadow_of(large, thing, np.zeros_like(thing))
    both = cv2.morphologyEx(np.maximum(shadow, thing), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(both)
    assert len(stats) == 2
    cast = cv2.resize(picture.cast.astype(np.uint8), (thing.shape[1], thing.shape[0])) != 0
    assert share(shadow != 0, cast) > 0.95


def test_sixteen_bits_say_the_same_as_eight() -> None:
    picture = drawn(ground("texture"), lying(6.0))
    deep = shadow_of(picture.image.astype(np.uint16) * 257, picture.thing, NOBODY)
    assert np.array_equal(deep, shadow_of(picture.image, picture.thing, NOBODY))


@pytest.mark.parametrize("surface", ["even", "gradient", "texture"])
def test_where_no_shadow_lies_none_is_found(surface: str) -> None:
    assert not found(drawn(ground(surface), np.zeros((HEIGHT, WIDTH), np.float32))).any()


def test_dark_trousers_of_somebody_else_are_no_shadow() -> None:
    surface = ground()
    trousers = NOBODY.copy()
    cv2.rectangle(trousers, (136, 190), (176, 308), 255, -1)
    surface[trousers != 0] = (0.02, 0.02, 0.025)
    picture = drawn(surface, np.zeros((HEIGHT, WIDTH), np.float32))
    assert not found(picture, trousers).any()


def test_the_shadow_beside_dark_trousers_is_found_and_they_are_left() -> None:
    trousers = NOBODY.copy()
    cv2.rectangle(trousers, (30, 190), (84, 308), 255, -1)
    surface = ground()
    surface[trousers != 0] = (0.02, 0.02, 0.025)
    picture = drawn(surface, lying() * (trousers == 0))
    shadow = found(picture, trousers)
    assert share(shadow, picture.cast) > 0.95
    assert not (shadow & (trousers != 0)).any()


def test_black_shoes_that_the_mask_holds_do_not_hide_the_shadow() -> None:
    picture = drawn(ground(), lying())
    image = picture.image.copy()
    image[286:301][picture.thing[286:301] != 0] = 8
    shadow = shadow_of(image, picture.thing, NOBODY) != 0
    assert share(shadow, picture.cast) > 0.95
    assert share(near(picture.cast, 8), shadow) > 0.97


def test_a_dark_road_that_runs_behind_is_no_shadow() -> None:
    surface = ground()
    surface[250:] *= 0.3
    assert not found(drawn(surface, np.zeros((HEIGHT, WIDTH), np.float32))).any()


@pytest.mark.parametrize("colour", [(0.05, 0.3, 0.05), (0.02, 0.1, 0.35), (0.4, 0.1, 0.3)])
def test_a_rug_of_another_colour_is_no_shadow(colour: tuple[float, float, float]) -> None:
    surface = ground()
    cv2.ellipse(surface, (120, 300), (90, 24), 0, 0, 360, colour, -1)
    assert not found(drawn(surface, np.zeros((HEIGHT, WIDTH), np.float32))).any()


def test_dark_leaves_around_a_head_are_no_shadow() -> None:
    noise = np.random.default_rng(1).normal(0, 1, (120, WIDTH)).astype(np.float32)
    leaves = cv2.GaussianBlur(noise, (0, 0), 4.0)
    surface = ground()
    surface[:120] = 0.08 * np.exp(0.9 * leaves / leaves.std())[..., None]
    assert not found(drawn(surface, np.zeros((HEIGHT, WIDTH), np.float32))).any()


def test_a_shadow_that_is_not_joined_is_somebody_elses() -> None:
    away = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(away, (230, 290), (40, 12), 0, 0, 360, 1.0, -1)
    assert not found(drawn(ground(), away)).any()


def test_each_of_two_things_gets_its_own() -> None:
    thing = somebody()
    second = np.zeros_like(thing)
    cv2.rectangle(second, (20, 120), (50, 200), 255, -1)
    darkness = np.maximum(lying(), 0)
    cv2.ellipse(darkness, (50, 202), (26, 9), 0, 0, 360, 1.0, -1)
    picture = drawn(ground(), darkness, thing=np.maximum(thing, second))
    shadow = found(picture)
    assert share(shadow, picture.cast) > 0.93
    assert shadow[203:208, 40:70].all()


def test_specks_and_an_empty_mask_have_none() -> None:
    picture = drawn(ground(), lying())
    assert not shadow_of(picture.image, NOBODY, NOBODY).any()
    speck = NOBODY.copy()
    speck[298:301, 140:143] = 255
    assert not shadow_of(picture.image, speck, NOBODY).any()
    assert not shadow_of(picture.image, np.full_like(NOBODY, 255), NOBODY).any()


def test_it_can_be_cancelled() -> None:
    picture = drawn(ground(), lying())

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        shadow_of(picture.image, picture.thing, NOBODY, stop)
