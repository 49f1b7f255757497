import json
from pathlib import Path

import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import KEYPOINTS, MIRROR_KEYPOINTS
from tests.helpers.tiny_sets import openpose_points, standing_pose
from trainer.data.poses import forget_outside, lip_from_blazepose, lip_from_openpose, read_blazepose


def _named(keypoints: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(KEYPOINTS, keypoints, strict=True))


BLAZEPOSE = {
    "right-ankle": 28,
    "right-knee": 26,
    "right-hip": 24,
    "left-hip": 23,
    "left-knee": 25,
    "left-ankle": 27,
    "right-wrist": 16,
    "right-elbow": 14,
    "right-shoulder": 12,
    "left-shoulder": 11,
    "left-elbow": 13,
    "left-wrist": 15,
}


@pytest.mark.parametrize(("name", "index"), BLAZEPOSE.items())
def test_limbs_are_those_of_blazepose(name: str, index: int) -> None:
    pose = standing_pose()
    pose[:, 2] = np.linspace(0.1, 0.9, 33)
    assert np.array_equal(_named(lip_from_blazepose(pose))[name], pose[index])


@pytest.mark.parametrize("convert", ["blazepose", "openpose"])
def test_points_on_the_axis(convert: str) -> None:
    openpose = np.array(openpose_points(), np.float32).reshape(18, 3)
    points = _named(
        lip_from_blazepose(standing_pose()) if convert == "blazepose" else lip_from_openpose(openpose)
    )
    for name in ("pelvis", "thorax", "upper-neck", "head-top"):
        assert points[name][0] == pytest.approx(60, abs=0.1), "the person stands upright in the middle"
    assert points["pelvis"][1] == pytest.approx(100)
    assert points["thorax"][1] == pytest.approx(45)
    mouth, eyes = 30, 20
    assert mouth < points["upper-neck"][1] < 45
    assert points["head-top"][1] < eyes - 8, "above the eyes by about the distance from eyes to chin"
    assert points["head-top"][1] > eyes - 20


def test_both_detectors_agree() -> None:
    openpose = np.array(openpose_points(), np.float32).reshape(18, 3)
    difference = lip_from_openpose(openpose)[:, :2] - lip_from_blazepose(standing_pose())[:, :2]
    assert np.abs(difference).max() < 3


def test_a_mirrored_person_gives_mirrored_keypoints() -> None:
    pose = standing_pose()
    swap = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9] + [i + 1 if i % 2 else i - 1 for i in range(11, 33)]
    mirrored = pose[swap] * [-1, 1, 1] + [120, 0, 0]
    expected = lip_from_blazepose(pose)[list(MIRROR_KEYPOINTS)] * [-1, 1, 1] + [120, 0, 0]
    assert np.allclose(lip_from_blazepose(mirrored.astype(np.float32)), expected, atol=1e-3)


def test_a_derived_point_is_as_certain_as_its_least_certain_source() -> None:
    pose = standing_pose()
    pose[23, 2] = 0.2
    assert _named(lip_from_blazepose(pose))["pelvis"][2] == pytest.approx(0.2)


def test_missing_openpose_points_stay_unknown() -> None:
    points = np.array(openpose_points(), np.float32).reshape(18, 3)
    points[2] = 0
    named = _named(lip_from_openpose(points))
    for name in ("right-shoulder", "thorax", "upper-neck", "head-top"):
        assert np.array_equal(named[name], [0, 0, 0])
    assert named["left-shoulder"][2] > 0


def test_points_outside_are_forgotten() -> None:
    keypoints = np.array([[5, 5, 1], [-1, 5, 1], [5, 10, 1], [9.9, 0, 0.5]], np.float32)
    assert (forget_outside(keypoints, 10, 10)[:, 2] > 0).tolist() == [True, False, False, True]


def test_missing_poses_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"blazepose\.json cannot be read"):
        read_blazepose(tmp_path / "blazepose.json")


@pytest.mark.parametrize(
    "content",
    ["", "[1]", '{"a": 3}', json.dumps({"a": {"size": [1, 2], "landmarks": [[0, 0, 0]]}})],
)
def test_damaged_poses_are_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "blazepose.json"
    path.write_text(content)
    with pytest.raises(DataSetError, match="are damaged"):
        read_blazepose(path)
