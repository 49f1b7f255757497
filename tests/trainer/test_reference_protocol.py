"""References that are made of a photo show the same as it, seen in another way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from portrait_studio.engine.references.registration import find_features, match, register
from portrait_studio.imaging.homography import scale_at
from tests.helpers.made_up_people import SET
from tests.helpers.other_photos import drawn_scene
from tests.helpers.tiny_packs import figure
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.protocols.reference import feet_with_other_pose, feet_with_reference, made_reference

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


def test_another_pose_has_the_same_holes_and_another_place_behind_the_person(tmp_path: Path) -> None:
    samples = [figure(f"{SET}/{number}", number, (96, 96)) for number in range(3)]
    for sample in samples[:2]:
        sample.keypoints[[1, 4]] = (40, 66, 1), (56, 66, 1)
    write_packs([(sample, {}) for sample in samples], tmp_path, SET, "val")
    photos = PackedSet(tmp_path, "val", (SET,))
    usual = {case.name: case for case in feet_with_reference(photos)}
    cases = list(feet_with_other_pose(photos))
    # Of one photo the knees are not known.
    assert {case.name for case in cases} == {"0", "1"}
    for case, again in zip(cases, feet_with_other_pose(photos), strict=True):
        assert np.array_equal(case.mask, usual[case.name].mask)
        assert case.extension == usual[case.name].extension
        assert np.array_equal(case.references[0], again.references[0])
        corner = case.references[0][:10, :10].astype(float).mean((0, 1))
        assert not np.allclose(corner, case.image[:10, :10].mean((0, 1)), atol=4)
