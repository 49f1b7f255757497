"""What the classes and joints of every data set are called here: all mapping tables in one place.

A label table lists, in the order of the set's own numbers, pairs (the set's name, our name). Our names are
those of `LABELS` and, where a class of the set may be several labels, those of `PARTIAL_NAMES`. "Left" and
"right" are the person's own throughout; LIP, ATR, OpenPose, BlazePose and PASCAL-Part mean the same by it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import KEYPOINTS, LABELS, THINGS

LabelTable = tuple[tuple[str, str], ...]

PARTIAL_NAMES: Final[dict[str, int]] = {
    "any-part": 18,
    "skin": 19,
    "a-shoe": 20,
    "skirt-or-dress": 21,
    "other-thing": 22,
    "a-leg": 23,
    "an-arm": 24,
    "no-hair": 25,
}
"""Names of the codes of `PARTIAL_LABELS`, which stand for sets of labels."""


def code_of(name: str) -> int:
    """Code of a label or of a set of labels by our name."""
    return PARTIAL_NAMES[name] if name in PARTIAL_NAMES else LABELS.index(name)


def codes_of(table: LabelTable) -> NDArray[np.uint8]:
    """(n,) uint8: our code for each of a set's n class numbers."""
    return np.array([code_of(ours) for _, ours in table], np.uint8)


ATR: Final[LabelTable] = tuple((name, name) for name in LABELS)
"""ATR (Liang et al. 2015): its 18 labels are ours."""

LIP: Final[LabelTable] = (
    ("background", "background"),
    ("hat", "hat"),
    ("hair", "hair"),
    ("glove", "an-arm"),
    ("sunglasses", "sunglasses"),
    ("upper-clothes", "upper-clothes"),
    ("dress", "dress"),
    ("coat", "upper-clothes"),
    ("socks", "a-leg"),
    ("pants", "pants"),
    ("jumpsuits", "dress"),
    ("scarf", "scarf"),
    ("skirt", "skirt"),
    ("face", "face"),
    ("left-arm", "left-arm"),
    ("right-arm", "right-arm"),
    ("left-leg", "left-leg"),
    ("right-leg", "right-leg"),
    ("left-shoe", "left-shoe"),
    ("right-shoe", "right-shoe"),
)
"""LIP (Gong et al. 2017): gloves and socks take the side of the nearest joint where the pose is known."""

VITON_HD: Final[LabelTable] = tuple(
    ("neck", "face") if theirs == "jumpsuits" else (theirs, ours) for theirs, ours in LIP
)
"""VITON-HD (Choi et al. 2021): LIP's numbers, but 10 is the neck, which ATR counts to the face."""

FASHIONISTA: Final[LabelTable] = (
    ("background", "background"),
    ("skin", "skin"),
    ("hair", "hair"),
    ("tops", "upper-clothes"),
    ("shoes", "a-shoe"),
    ("pants", "pants"),
    ("dress or skirt", "skirt-or-dress"),
    ("other", "other-thing"),
)
"""Fashionista (Yamaguchi et al. 2012) in eight coarse values."""

CCP: Final[dict[str, str]] = {
    "null": "background",
    "hat": "hat",
    "hair": "hair",
    **dict.fromkeys(("glasses", "sunglasses"), "sunglasses"),
    **dict.fromkeys(("blazer", "blouse", "bodysuit", "bra", "cape", "cardigan", "coat"), "upper-clothes"),
    **dict.fromkeys(("hoodie", "intimate", "jacket", "jumper", "shirt", "sweater"), "upper-clothes"),
    **dict.fromkeys(("sweatshirt", "swimwear", "t-shirt", "top", "vest"), "upper-clothes"),
    "skirt": "skirt",
    **dict.fromkeys(("jeans", "leggings", "panties", "pants", "shorts", "stockings", "tights"), "pants"),
    **dict.fromkeys(("dress", "romper"), "dress"),
    "belt": "belt",
    **dict.fromkeys(("bag", "purse", "wallet"), "bag"),
    **dict.fromkeys(("scarf", "tie"), "scarf"),
}
"""Clothing Co-Parsing (Yang et al. 2014): classes that are one of our labels wherever they lie."""

CCP_SHOES: Final = frozenset(
    ("boots", "clogs", "flats", "heels", "loafers", "pumps", "sandals", "shoes", "sneakers", "wedges")
)
"""Divided into left and right by the pose."""

CCP_GARMENTS: Final = frozenset(("upper-clothes", "skirt", "pants", "dress"))
"""Our labels of which every dressed person wears one: tags without any of them are incomplete."""

CCP_OPTIONAL: Final = CCP_GARMENTS | THINGS
"""Our labels that a photo shows only if one of its tags says so; all others any photo may show."""

CCP_ON_ARMS: Final = frozenset(("bracelet", "gloves", "ring", "watch"))
"""Divided into left and right arm by the pose."""

CCP_ON_LEGS: Final = frozenset(("socks",))
"""Divided into left and right leg by the pose."""

CCP_NEAREST: Final = frozenset(("accessories", "earrings", "necklace"))
"""Take the label of the nearest pixel of the person."""

CCP_SKIN: Final = "skin"
"""Divided into face, arms and legs by the pose."""

CCP_SUIT: Final = "suit"
"""Upper-clothes above the hips of the pose, pants below."""

CELEBAMASK: Final[LabelTable] = (
    *((part, "face") for part in ("skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "l_ear", "r_ear")),
    *((part, "face") for part in ("mouth", "u_lip", "l_lip")),
    ("eye_g", "sunglasses"),
    ("hair", "hair"),
    ("hat", "hat"),
    *((part, "face") for part in ("ear_r", "neck_l", "neck")),
    ("cloth", "upper-clothes"),
)
"""The masks of CelebAMask-HQ (Lee et al. 2020), each laid over those before it.

The order is its authors', but for glasses, which cover the eyes. Where no mask is, is the 19th class, the
background. Earrings and necklaces, worn on face and neck, count there.
"""

PASCAL_ANIMALS: Final[LabelTable] = (
    *((part, "face") for part in ("head", "leye", "reye", "lear", "rear", "muzzle", "lhorn", "rhorn")),
    *((part, "upper-clothes") for part in ("torso", "neck")),
    *((part, "left-arm") for part in ("lfuleg", "lflleg", "lfho")),
    *((part, "right-arm") for part in ("rfuleg", "rflleg", "rfho")),
    *((part, "left-leg") for part in ("lbuleg", "lblleg", "lbho")),
    *((part, "right-leg") for part in ("rbuleg", "rblleg", "rbho")),
    ("tail", "hair"),
)
"""Parts of horses and cows in PASCAL-Part; each borrows a label of ours: front legs those of arms.

Later parts lie over earlier ones, but eyes, ears, muzzle and horns are parts of the head anyway.
"""

LIP_JOINTS: Final[dict[str, str]] = dict(
    zip(
        (
            *("R_Ankle", "R_Knee", "R_Hip", "L_Hip", "L_Knee", "L_Ankle", "B_Pelvis", "B_Spine", "B_Neck"),
            *("B_Head", "R_Wrist", "R_Elbow", "R_Shoulder", "L_Shoulder", "L_Elbow", "L_Wrist"),
        ),
        KEYPOINTS,
        strict=True,
    )
)
"""LIP's joints in the order of its CSV files: they are ours."""

BLAZEPOSE_LIMBS: Final[dict[str, int]] = {
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
"""Index of each joint among MediaPipe's 33 points; `trainer.data.poses` derives those of the axis."""

OPENPOSE18_LIMBS: Final[dict[str, int]] = {
    "right-ankle": 10,
    "right-knee": 9,
    "right-hip": 8,
    "left-hip": 11,
    "left-knee": 12,
    "left-ankle": 13,
    "right-wrist": 4,
    "right-elbow": 3,
    "right-shoulder": 2,
    "left-shoulder": 5,
    "left-elbow": 6,
    "left-wrist": 7,
}
"""Index of each joint among OpenPose's 18 points (COCO order)."""

OPENPOSE25_LIMBS: Final[dict[str, int]] = {
    **OPENPOSE18_LIMBS,
    "right-hip": 9,
    "right-knee": 10,
    "right-ankle": 11,
    "left-hip": 12,
    "left-knee": 13,
    "left-ankle": 14,
}
"""Index of each joint among OpenPose's 25 points (BODY_25), which have the pelvis at 8."""

ANIMAL_JOINTS: Final[dict[str, tuple[str, ...]]] = {
    "right-ankle": ("right_back_paw",),
    "right-knee": ("right_back_knee",),
    "right-hip": ("right_back_elbow",),
    "left-hip": ("left_back_elbow",),
    "left-knee": ("left_back_knee",),
    "left-ankle": ("left_back_paw",),
    "pelvis": ("tailbase",),
    "thorax": ("withers",),
    "upper-neck": ("throat",),
    "head-top": ("left_ear", "right_ear"),
    "right-wrist": ("right_front_paw",),
    "right-elbow": ("right_front_knee",),
    "right-shoulder": ("right_front_elbow",),
    "left-shoulder": ("left_front_elbow",),
    "left-elbow": ("left_front_knee",),
    "left-wrist": ("left_front_paw",),
}
"""Points of Animal-Pose (Cao et al. 2019) whose middle a joint is; front legs are arms, as in the labels."""
