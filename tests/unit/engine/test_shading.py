"""Small differences are light and shade, large ones are not."""

from __future__ import annotations

import numpy as np
import pytest

from portrait_studio.engine.completion_weight import shading_of
from portrait_studio.engine.outlines import soften_outlines
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.shading import shading_weight

HOLE = np.ones((40, 40), np.bool_)


def plane(value: float) -> Floats:
    return np.full((40, 40), value, np.float32)


def test_the_weight_falls_from_one_to_nothing_and_is_a_half_at_the_tolerance() -> None:
    square = np.array([0.0, 0.05, 0.2, 0.8], np.float32) ** 2
    weight = shading_weight(square, 0.2)
    assert weight[0] == 1
    assert weight[1] > 0.99
    assert weight[2] == pytest.approx(0.5)
    assert weight[3] < 0.01


def test_the_network_is_followed_only_where_it_is_near_the_patches() -> None:
    near, far = (np.full((40, 40, 3), apart, np.float32) for apart in (0.02, 0.4))
    added = shading_of(near, HOLE, plane(0), plane(0))
    assert added == pytest.approx(0.65 * near, rel=0.01)
    assert np.abs(shading_of(far, HOLE, plane(0), plane(0))).max() < 0.01


def test_a_face_follows_the_network_however_far_it_is_off() -> None:
    far = np.full((40, 40, 3), 0.4, np.float32)
    assert shading_of(far, HOLE, plane(1), plane(0)) == pytest.approx(0.85 * far, rel=1e-5)


def test_of_the_background_the_network_knows_the_light_and_not_the_detail() -> None:
    light = np.full((40, 40, 3), 0.03, np.float32)
    detail = np.where(np.indices((40, 40)).sum(0) % 2, 0.03, -0.03).astype(np.float32)[..., None]
    added = shading_of(light + detail, HOLE, plane(0), plane(1))
    assert added == pytest.approx(0.65 * light, rel=0.05)
    garment = shading_of(light + detail, HOLE, plane(0), plane(0))
    assert np.ptp(garment) == pytest.approx(0.039, rel=0.05)


def test_what_lies_beside_the_hole_says_nothing_about_its_light() -> None:
    hole = np.zeros((40, 40), np.bool_)
    hole[:, 20:] = True
    towards = np.where(hole[..., None], np.float32(0.03), np.float32(0.9)) * np.ones(3, np.float32)
    added = shading_of(towards, hole, plane(0), plane(1))
    assert added[hole] == pytest.approx(0.0195, rel=0.05)


def test_outlines_are_softened_where_parts_meet_and_nowhere_else() -> None:
    labels = np.zeros((20, 20), np.uint8)
    labels[:, 10:] = 4
    picture = np.repeat(labels[..., None] / np.float32(4), 3, axis=2).astype(np.float32)
    picture[5, 3] = 1.0
    where = np.zeros((20, 20), np.bool_)
    where[:15] = True
    soft = soften_outlines(picture, labels, where)
    assert 0 < soft[2, 9, 0] < 0.5 < soft[2, 10, 0] < 1
    changed = (soft != picture).any(axis=2)
    assert not changed[15:].any()
    assert not changed[:, :9].any()
    assert not changed[:, 11:].any()


def test_ground_that_is_known_better_takes_only_the_shading_it_has_as_a_whole() -> None:
    rows = np.mgrid[:96, :96][0].astype(np.float32)
    hole, ground = np.ones((96, 96), np.bool_), np.ones((96, 96), np.float32)
    waves = 0.1 * np.sin(rows / 6)[..., None] * np.ones(3, np.float32)
    darker = np.full((96, 96, 3), -0.05, np.float32)
    usual, known = (
        shading_of((darker + waves).astype(np.float32), hole, 0 * ground, ground, is_ground_known=is_known)
        for is_known in (False, True)
    )
    assert -0.0325 < known.mean() < -0.02
    assert known.std() < 0.5 * usual.std()
    people = shading_of(waves.astype(np.float32), hole, 0 * ground, 0 * ground, is_ground_known=True)
    assert np.array_equal(people, shading_of(waves.astype(np.float32), hole, 0 * ground, 0 * ground))
