"""Label maps in LIP's numbers, which say "glove" and "socks" without a side."""

from __future__ import annotations

from typing import Final

import numpy as np

from portrait_studio.networks.conventions import KEYPOINTS
from trainer.data.converters.reading import apply_table
from trainer.data.mappings import LIP, LabelTable, code_of
from trainer.data.sample import LabelArray, PointArray

_SIDES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "an-arm": {"left-arm": ("left-elbow", "left-wrist"), "right-arm": ("right-elbow", "right-wrist")},
    "a-leg": {"left-leg": ("left-knee", "left-ankle"), "right-leg": ("right-knee", "right-ankle")},
}


def to_codes(numbers: LabelArray, keypoints: PointArray, table: LabelTable = LIP) -> LabelArray:
    """Label codes (h, w) uint8 for a map of LIP's numbers 0-19 (h, w) uint8.

    Gloves and socks take the side of the nearest joint of the pose (keypoints (16, 3) in pixels of the map);
    without these joints they stay "an arm" and "a leg".

    Raises:
        DamagedPhotoError: a number above 19.
    """
    codes = apply_table(numbers, table)
    for name, sides in _SIDES.items():
        _choose_side(codes, code_of(name), sides, keypoints)
    return codes


def _choose_side(
    codes: LabelArray, code: int, sides: dict[str, tuple[str, ...]], keypoints: PointArray
) -> None:
    ys, xs = np.nonzero(codes == code)
    joints = [(side, keypoints[KEYPOINTS.index(name)]) for side, names in sides.items() for name in names]
    joints = [(side, joint) for side, joint in joints if joint[2] > 0]
    if not len(xs) or {side for side, _ in joints} != set(sides):
        return
    distances = np.stack([np.hypot(xs - joint[0], ys - joint[1]) for _, joint in joints])
    codes[ys, xs] = np.array([code_of(side) for side, _ in joints], np.uint8)[distances.argmin(0)]
