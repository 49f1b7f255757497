"""References that are made of a photo show the same as it, seen in another way."""

from __future__ import annotations

import numpy as np
import pytest

from portrait_studio.engine.references.registration import find_features, match, register
from portrait_studio.imaging.homography import scale_at
from tests.helpers.other_photos import drawn_scene
from trainer.protocols.reference import made_reference

SCENE = drawn_scene()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_the_mirrored_photo_at_another_size_and_in_another_light(seed: int) -> None:
    made = made_reference(SCENE, np.random.default_rng(seed))
    assert not np.array_equal(made.shape, SCENE.shape)
    plain = register(match(find_features(SCENE), find_features(np.ascontiguousarray(made[:, ::-1]))))
    assert plain is not None
    scale = 1 / scale_at(plain.matrix, made.shape[1] / 2, made.shape[0] / 2)
    assert 0.69 <= scale <= 1.42
    # Below nothing is missing: there are the feet.
    assert plain.matrix[1, 1] * made.shape[0] + plain.matrix[1, 2] == pytest.approx(SCENE.shape[0], abs=3)
    assert register(match(find_features(SCENE), find_features(made))) is None


def test_it_is_the_same_for_the_same_photo() -> None:
    first, second = (made_reference(SCENE, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(first, second)
