import numpy as np
import pytest

from portrait_studio.networks.conventions import LABELS, MIRROR_LABELS
from tests.helpers.tiny_sets import photo, standing_pose
from trainer.data.poses import lip_from_blazepose
from trainer.data.sample import Sample, unknown_keypoints
from trainer.data.sides import SideCheck


def _sample(*, swapped: bool = False) -> Sample:
    labels = np.zeros((200, 120), np.uint8)
    for name, left, top in (("left-leg", 66, 130), ("right-leg", 44, 130), ("left-arm", 88, 60)):
        labels[top : top + 30, left : left + 10] = LABELS.index(name)
    labels[60:90, 22:32] = LABELS.index("right-arm")
    if swapped:
        labels = np.array(MIRROR_LABELS, np.uint8)[labels]
    return Sample("set/a", photo(1), labels, lip_from_blazepose(standing_pose()))


@pytest.mark.parametrize("swapped", [False, True])
def test_sides_that_are_swapped_are_noticed(swapped: bool) -> None:
    check = SideCheck()
    for _ in range(10):
        check.add(_sample(swapped=swapped))
    assert check.pairs == 20
    assert check.agreeing == (0 if swapped else 20)
    assert ("seem to swap the sides" in check.text()) == swapped


def test_without_joints_or_labels_nothing_is_said() -> None:
    sample, check = _sample(), SideCheck()
    check.add(Sample(sample.key, sample.image, sample.labels, unknown_keypoints()))
    check.add(Sample(sample.key, sample.image, np.zeros_like(sample.labels), sample.keypoints))
    assert check.text() == ""
