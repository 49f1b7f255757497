"""Labels, keypoints and value ranges that every network, stage and data set of this project shares.

Images enter networks as float RGB in [-1, 1], shape (N, 3, H, W), hole pixels replaced by 0; masks as float
(N, 1, H, W) with 1 = hole; parsing maps as probabilities (N, 18, H, W). "Left" and "right" are the person's
own.
"""

from typing import Final

CONVENTIONS_VERSION: Final = 1

LABELS: Final[tuple[str, ...]] = (
    "background",
    "hat",
    "hair",
    "sunglasses",
    "upper-clothes",
    "skirt",
    "pants",
    "dress",
    "belt",
    "left-shoe",
    "right-shoe",
    "face",
    "left-leg",
    "right-leg",
    "left-arm",
    "right-arm",
    "bag",
    "scarf",
)
"""The 18 labels of the ATR data set (Liang et al. 2015), in its order."""

LABEL_COUNT: Final = len(LABELS)
BACKGROUND: Final = LABELS.index("background")
FACE: Final = LABELS.index("face")
HAIR: Final = LABELS.index("hair")

THINGS: Final = frozenset(("hat", "sunglasses", "belt", "bag", "scarf"))
"""Labels of what a person can do without."""

LABEL_COLOURS: Final[tuple[tuple[int, int, int], ...]] = (
    (0, 0, 0),
    (230, 75, 60),
    (140, 88, 52),
    (90, 90, 220),
    (240, 130, 40),
    (235, 110, 190),
    (50, 110, 200),
    (170, 80, 200),
    (125, 125, 0),
    (60, 200, 120),
    (20, 140, 80),
    (255, 205, 150),
    (0, 200, 210),
    (0, 140, 160),
    (250, 225, 90),
    (205, 175, 30),
    (150, 200, 40),
    (200, 30, 100),
)
"""RGB colour of each label in overlays and indexed PNG files."""

MIRROR_LABELS: Final[tuple[int, ...]] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 9, 11, 13, 12, 15, 14, 16, 17)
"""Label of the same part in a left-right flipped photo."""

PARTIAL_LABELS: Final[dict[int, tuple[int, ...]]] = {
    18: tuple(range(1, 18)),
    19: (11, 12, 13, 14, 15),
    20: (9, 10),
    21: (5, 7),
    22: (1, 3, 4, 8, 12, 13, 14, 15, 16, 17),
    23: (12, 13),
    24: (14, 15),
    25: (0, 1, *range(3, 18)),
}
"""Codes of training label maps that stand for a set of labels: 18 any part of the person, 19 skin, 20 a shoe,
21 skirt or dress, 22 any other garment or thing worn, 23 a leg, 24 an arm, 25 anything but hair."""

IGNORE_LABEL: Final = 255
"""Code of pixels of a training label map about which nothing is known."""

OPEN_LABELS: Final = (25, IGNORE_LABEL)
"""Codes that leave open whether a person is there."""

KEYPOINTS: Final[tuple[str, ...]] = (
    "right-ankle",
    "right-knee",
    "right-hip",
    "left-hip",
    "left-knee",
    "left-ankle",
    "pelvis",
    "thorax",
    "upper-neck",
    "head-top",
    "right-wrist",
    "right-elbow",
    "right-shoulder",
    "left-shoulder",
    "left-elbow",
    "left-wrist",
)
"""The 16 keypoints of the LIP data set (Gong et al. 2017), in its order (that of MPII)."""

KEYPOINT_COUNT: Final = len(KEYPOINTS)

MIRROR_KEYPOINTS: Final[tuple[int, ...]] = (5, 4, 3, 2, 1, 0, 6, 7, 8, 9, 15, 14, 13, 12, 11, 10)
"""Index of the same joint in a left-right flipped photo."""

SKELETON: Final[tuple[tuple[int, int], ...]] = (
    (0, 1),
    (1, 2),
    (2, 6),
    (6, 3),
    (3, 4),
    (4, 5),
    (6, 7),
    (7, 8),
    (8, 9),
    (10, 11),
    (11, 12),
    (12, 7),
    (7, 13),
    (13, 14),
    (14, 15),
)
"""Pairs of keypoints that a limb joins."""

HEATMAP_STRIDE: Final = 4
"""Input pixels per heatmap pixel."""

HEATMAP_SIGMA: Final = 1.75
"""Standard deviation of the peaks that heatmaps are trained towards, in heatmap pixels."""
