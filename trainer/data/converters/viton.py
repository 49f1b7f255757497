"""VITON: three-quarter bodies with machine-made maps of LIP's 20 labels and OpenPose's 18 points."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINTS, LABELS
from trainer.data.converters.reading import (
    DamagedPhotoError,
    Skips,
    packed_sample,
    photo_files,
    read_codes,
    read_photo,
    require_same_size,
    skipping,
)
from trainer.data.poses import OPENPOSE_COUNT, forget_outside, lip_from_openpose
from trainer.data.sample import Extras, LabelArray, PointArray, Sample

NAME: Final = "viton"

A_LEG, AN_ARM = 23, 24

LIP_CODES: Final[tuple[int, ...]] = (
    *(
        LABELS.index("background"),
        LABELS.index("hat"),
        LABELS.index("hair"),
        AN_ARM,
        LABELS.index("sunglasses"),
    ),
    *(LABELS.index("upper-clothes"), LABELS.index("dress"), LABELS.index("upper-clothes"), A_LEG),
    *(LABELS.index("pants"), LABELS.index("dress"), LABELS.index("scarf"), LABELS.index("skirt")),
    *(LABELS.index("face"), LABELS.index("left-arm"), LABELS.index("right-arm")),
    *(
        LABELS.index("left-leg"),
        LABELS.index("right-leg"),
        LABELS.index("left-shoe"),
        LABELS.index("right-shoe"),
    ),
)
"""Code of each of LIP's labels.

0 background, 1 hat, 2 hair, 3 glove, 4 sunglasses, 5 upper clothes, 6 dress, 7 coat, 8 socks, 9 pants, 10
jumpsuit, 11 scarf, 12 skirt, 13 face, 14/15 left/right arm, 16/17 leg, 18/19 shoe.
"""

_NECK_WIDTH_SHARE: Final = 0.42
"""Width of the bands along neck and shoulders that are left unknown, in shoulder widths."""

_JOINTS: Final[dict[int, dict[int, tuple[str, ...]]]] = {
    AN_ARM: {
        LABELS.index("left-arm"): ("left-elbow", "left-wrist"),
        LABELS.index("right-arm"): ("right-elbow", "right-wrist"),
    },
    A_LEG: {
        LABELS.index("left-leg"): ("left-knee", "left-ankle"),
        LABELS.index("right-leg"): ("right-knee", "right-ankle"),
    },
}


def to_codes(ids: LabelArray, keypoints: PointArray) -> LabelArray:
    """Label codes (h, w) uint8 for a map of LIP's ids 0-19 (h, w) uint8.

    Gloves and socks take the side of the nearest joint of the pose (keypoints (16, 3) in pixels of the map);
    without these joints they stay "an arm" and "a leg".

    Raises:
        DamagedPhotoError: an id above 19.
    """
    if ids.max(initial=0) >= len(LIP_CODES):
        raise DamagedPhotoError(f"label map holds the id {ids.max()} instead of 0-19")
    codes = np.asarray(np.array(LIP_CODES, np.uint8)[ids], np.uint8)
    for code, sides in _JOINTS.items():
        _choose_side(codes, code, sides, keypoints)
    return codes


def _choose_side(
    codes: LabelArray, code: int, sides: dict[int, tuple[str, ...]], keypoints: PointArray
) -> None:
    ys, xs = np.nonzero(codes == code)
    joints = [(label, keypoints[KEYPOINTS.index(name)]) for label, names in sides.items() for name in names]
    joints = [(label, joint) for label, joint in joints if joint[2] > 0]
    if not len(xs) or {label for label, _ in joints} != set(sides):
        return
    distances = np.stack([np.hypot(xs - joint[0], ys - joint[1]) for _, joint in joints])
    codes[ys, xs] = np.array([label for label, _ in joints], np.uint8)[distances.argmin(0)]


def forget_neck(codes: LabelArray, keypoints: PointArray) -> LabelArray:
    """The map (h, w) uint8 with "nothing is known" where background lies between head and shoulders.

    The set's maps call the neck and bare shoulders background. The region is the triangle of the
    shoulders and the upper neck, and a band along the neck and the shoulders.
    """
    names = ("upper-neck", "thorax", "left-shoulder", "right-shoulder")
    points = np.stack([keypoints[KEYPOINTS.index(name)] for name in names])
    if points[:, 2].min() <= 0:
        return codes
    neck, thorax, left, right = np.round(points[:, :2]).astype(np.int32)
    width = max(1, round(_NECK_WIDTH_SHARE * float(np.hypot(*(left - right)))))
    region = np.zeros(codes.shape, np.uint8)
    cv2.fillPoly(region, [np.stack([left, neck, right])], 1)
    for start, end in ((neck, thorax), (left, right)):
        cv2.line(region, start.tolist(), end.tolist(), 1, width)
    return np.where((region > 0) & (codes == 0), np.uint8(IGNORE_LABEL), codes).astype(np.uint8)


def read_openpose(path: Path) -> PointArray:
    """Points (18, 3) float32 of the first person of an OpenPose JSON: x, y in pixels, confidence."""
    try:
        people = json.loads(path.read_text(encoding="utf-8"))["people"]
        if not people:
            return np.zeros((OPENPOSE_COUNT, 3), np.float32)
        return np.asarray(people[0]["pose_keypoints"], np.float32).reshape(OPENPOSE_COUNT, 3)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedPhotoError("pose is missing or cannot be read") from error


def convert(source: Path, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set.

    Args:
        source: folder with `image/*.jpg`, `image-parse/*.png`, `pose/*_keypoints.json`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    for path in photo_files(source / "image", ".jpg"):
        with skipping(path.stem, skips):
            image = read_photo(path)
            ids = read_codes(source / "image-parse" / f"{path.stem}.png")
            require_same_size(ids, image)
            points = read_openpose(source / "pose" / f"{path.stem}_keypoints.json")
            keypoints = forget_outside(lip_from_openpose(points), image.shape[1], image.shape[0])
            labels = forget_neck(to_codes(ids, keypoints), keypoints)
            yield packed_sample(f"{NAME}/{path.stem}", image, labels, keypoints)
