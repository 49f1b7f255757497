"""Each class and joint of each set, written down a second time and independently of the tables."""

import numpy as np
import pytest

from portrait_studio.networks.conventions import (
    KEYPOINTS,
    LABELS,
    MIRROR_KEYPOINTS,
    MIRROR_LABELS,
    PARTIAL_LABELS,
)
from trainer.data import mappings
from trainer.data.converters.reading import DamagedPhotoError, apply_table

LIP = "0 1 2 24 3 4 7 4 23 6 7 17 5 11 14 15 12 13 9 10"
ANIMAL = {
    11: "head leye reye lear rear muzzle lhorn rhorn",
    4: "torso neck",
    14: "lfuleg lflleg lfho",
    15: "rfuleg rflleg rfho",
    12: "lbuleg lblleg lbho",
    13: "rbuleg rblleg rbho",
    2: "tail",
}
FACE = {
    11: "skin nose l_eye r_eye l_brow r_brow l_ear r_ear mouth u_lip l_lip ear_r neck_l neck",
    3: "eye_g",
    2: "hair",
    1: "hat",
    4: "cloth",
}


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (mappings.ATR, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"),
        (mappings.LIP, LIP),
        (mappings.VITON_HD, LIP.replace("7 17 5", "11 17 5")),
        (mappings.FASHIONISTA, "0 19 2 4 20 6 21 22"),
    ],
)
def test_numbers_of_a_set_become_our_codes(table: mappings.LabelTable, codes: str) -> None:
    expected = [int(code) for code in codes.split()]
    numbers = np.arange(len(expected), dtype=np.uint8)[None]
    assert apply_table(numbers, table).tolist() == [expected]
    with pytest.raises(DamagedPhotoError, match=f"{len(expected)} instead of 0-{len(expected) - 1}"):
        apply_table(np.full((1, 1), len(expected), np.uint8), table)


@pytest.mark.parametrize(
    ("table", "expected"), [(mappings.PASCAL_ANIMALS, ANIMAL), (mappings.CELEBAMASK, FACE)]
)
def test_named_parts_become_our_codes(table: mappings.LabelTable, expected: dict[int, str]) -> None:
    wanted = {part: code for code, parts in expected.items() for part in parts.split()}
    assert {part: mappings.code_of(ours) for part, ours in table} == wanted
    assert len(table) == len(wanted)


def test_celebamask_has_its_19_classes() -> None:
    assert len(mappings.CELEBAMASK) + 1 == 19


def test_names_of_sets_of_labels_are_all_codes() -> None:
    assert sorted(mappings.PARTIAL_NAMES.values()) == sorted(PARTIAL_LABELS)


def _mirrored(name: str) -> str:
    """The name with its side changed: left-arm and right-arm, lfho and rfho, L_Knee and R_Knee."""
    for a, b in (("left", "right"), ("L_", "R_"), ("l_", "r_"), ("lf", "rf"), ("lb", "rb")):
        for one, other in ((a, b), (b, a)):
            if name.startswith(one):
                return other + name.removeprefix(one)
    return name


@pytest.mark.parametrize(
    "table", [mappings.ATR, mappings.LIP, mappings.VITON_HD, mappings.PASCAL_ANIMALS, mappings.CELEBAMASK]
)
def test_the_mirrored_class_is_the_mirrored_label(table: mappings.LabelTable) -> None:
    codes = {theirs: mappings.code_of(ours) for theirs, ours in table}
    for theirs, code in codes.items():
        mirrored = _mirrored(theirs)
        if mirrored in codes and code < len(LABELS):
            assert codes[mirrored] == MIRROR_LABELS[code], theirs


def test_the_mirrored_joint_of_lip_is_the_mirrored_keypoint() -> None:
    for theirs, ours in mappings.LIP_JOINTS.items():
        mirrored = mappings.LIP_JOINTS[_mirrored(theirs)]
        assert KEYPOINTS.index(mirrored) == MIRROR_KEYPOINTS[KEYPOINTS.index(ours)]


def test_joints_of_lip() -> None:
    order = "R_Ankle R_Knee R_Hip L_Hip L_Knee L_Ankle B_Pelvis B_Spine B_Neck B_Head R_Wrist R_Elbow "
    order += "R_Shoulder L_Shoulder L_Elbow L_Wrist"
    assert list(mappings.LIP_JOINTS) == order.split()
    assert mappings.LIP_JOINTS["B_Spine"] == "thorax"
    for theirs, ours in mappings.LIP_JOINTS.items():
        if not theirs.startswith("B_"):
            side, _, joint = theirs.partition("_")
            assert ours == f"{'left' if side == 'L' else 'right'}-{joint.lower()}"


def test_joints_of_animals_keep_their_side() -> None:
    assert set(mappings.ANIMAL_JOINTS) == set(KEYPOINTS)
    for joint, points in mappings.ANIMAL_JOINTS.items():
        mirrored = KEYPOINTS[MIRROR_KEYPOINTS[KEYPOINTS.index(joint)]]
        assert {_mirrored(point) for point in points} == set(mappings.ANIMAL_JOINTS[mirrored])
        if joint.startswith(("left", "right")):
            assert points[0].partition("_")[0] == joint.partition("-")[0]


# OpenPose's own lists of its points.
COCO18 = "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist RHip RKnee RAnkle LHip LKnee LAnkle"
BODY25 = COCO18.replace("RHip", "MidHip RHip")


@pytest.mark.parametrize(
    ("table", "order"), [(mappings.OPENPOSE18_LIMBS, COCO18), (mappings.OPENPOSE25_LIMBS, BODY25)]
)
def test_limbs_of_openpose(table: dict[str, int], order: str) -> None:
    assert len(table) == 12
    for name, index in table.items():
        side, _, joint = name.partition("-")
        assert order.split()[index] == side[0].upper() + joint.capitalize()
