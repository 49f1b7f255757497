"""Which limb a pixel belongs to: the nearest line between joints of the pose, in widths of the limb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import FACE, KEYPOINTS, LABELS
from trainer.data.sample import LabelArray, PointArray

LEFT_SHOE, RIGHT_SHOE = LABELS.index("left-shoe"), LABELS.index("right-shoe")
LEFT_LEG, RIGHT_LEG = LABELS.index("left-leg"), LABELS.index("right-leg")
LEFT_ARM, RIGHT_ARM = LABELS.index("left-arm"), LABELS.index("right-arm")

STRAY_SHARE: Final = 0.06
"""A smaller part of a connected piece of skin is an error of the pose and joins the rest of the piece."""

_PAIR_SHARE: Final = 0.3
_ONE_SHOE_SHARE: Final = 0.8

_LIMBS: Final = {
    "arm": ("shoulder", "elbow", "wrist"),
    "leg": ("hip", "knee", "ankle"),
    "shoe": ("hip", "knee", "ankle"),
}
_BEYOND: Final = 0.35
"""How far hand or foot reach beyond the last joint, in lengths of forearm or calf."""

_THIGH, _CALF, _FOOT, _UPPER_ARM, _FOREARM, _HEAD, _NECK = 1.5, 1.1, 1.0, 1.0, 0.9, 1.8, 1.3


@dataclass(frozen=True, eq=False)
class Bone:
    """Line from `start` to `end` (2,) in pixels within the part `label`, which is `width` wide (relative)."""

    label: int
    width: float
    start: PointArray
    end: PointArray

    def distance(self, xy: PointArray) -> NDArray[np.float32]:
        """Distance (n,) of points (n, 2) from the line, in widths."""
        along = self.end - self.start
        share = np.clip((xy - self.start) @ along / max(float(along @ along), 1e-6), 0.0, 1.0)
        nearest = self.start + share[:, None] * along
        return np.asarray(np.hypot(*(xy - nearest).T) / self.width, np.float32)


Bones = tuple[Bone, ...]


def _chain(label: int, points: PointArray, indices: tuple[int, ...], widths: tuple[float, ...]) -> Bones:
    xy = points[:, :2]
    pairs = zip(indices, indices[1:], widths, strict=False)
    return tuple(Bone(label, width, xy[a], xy[b]) for a, b, width in pairs)


def face_bones(landmarks: PointArray) -> Bones:
    """Head, neck and top of the chest (which ATR counts to the face), from BlazePose's landmarks (33, 3)."""
    xy = landmarks[:, :2]
    mouth, thorax = (xy[9] + xy[10]) / 2, (xy[11] + xy[12]) / 2
    chest = thorax + 0.2 * ((xy[23] + xy[24]) / 2 - thorax)
    head = _chain(FACE, landmarks, (7, 2, 0, 5, 8), (_HEAD,) * 4) + _chain(FACE, landmarks, (9, 10), (_HEAD,))
    return (
        *head,
        Bone(FACE, _HEAD, xy[0], mouth),
        Bone(FACE, _NECK, mouth, thorax),
        Bone(FACE, _NECK, thorax, chest),
    )


def arm_bones(landmarks: PointArray) -> Bones:
    """Both arms with their hands, from BlazePose's landmarks (33, 3)."""
    widths = (_UPPER_ARM, _FOREARM, _FOREARM)
    left = _chain(LEFT_ARM, landmarks, (11, 13, 15, 19), widths) + _chain(
        LEFT_ARM, landmarks, (15, 17), (_FOREARM,)
    )
    right = _chain(RIGHT_ARM, landmarks, (12, 14, 16, 20), widths) + _chain(
        RIGHT_ARM, landmarks, (16, 18), (_FOREARM,)
    )
    return left + right


def _leg(label: int, landmarks: PointArray, hip: int) -> Bones:
    knee, ankle, heel, toe = hip + 2, hip + 4, hip + 6, hip + 8
    thigh = _chain(label, landmarks, (hip, knee, ankle), (_THIGH, _CALF))
    return thigh + _chain(label, landmarks, (ankle, heel, toe), (_FOOT, _FOOT))


def leg_bones(landmarks: PointArray) -> Bones:
    """Both legs with their feet, from BlazePose's landmarks (33, 3)."""
    return _leg(LEFT_LEG, landmarks, 23) + _leg(RIGHT_LEG, landmarks, 24)


def _feet_bones(landmarks: PointArray) -> Bones:
    left = _leg(LEFT_SHOE, landmarks, 23)[1:]
    right = _leg(RIGHT_SHOE, landmarks, 24)[1:]
    return left + right


def sided_by_pose(labels: LabelArray, keypoints: PointArray) -> LabelArray:
    """The same label map with left and right of arms, legs and shoes as the pose has them.

    Args:
        labels: (h, w) uint8 codes.
        keypoints: (16, 3) float32 x, y in pixels of the map, confidence; limbs with an unknown joint stay.

    Returns:
        (h, w) uint8 codes.
    """
    sided = labels.copy()
    for part, joints in _LIMBS.items():
        pair = [LABELS.index(f"{side}-{part}") for side in ("left", "right")]
        limbs = [
            keypoints[[KEYPOINTS.index(f"{side}-{joint}") for joint in joints]] for side in ("left", "right")
        ]
        mask = np.isin(labels, pair)
        if not mask.any() or min(limb[:, 2].min() for limb in limbs) <= 0:
            continue
        bones = tuple(bone for label, limb in zip(pair, limbs, strict=True) for bone in _limb(label, limb))
        sided[mask] = split_by_limb(mask, bones)[mask]
    return sided


def _limb(label: int, joints: PointArray) -> Bones:
    """Through three joints (3, 3), and on as far as a hand or foot reaches."""
    beyond = joints[2] + _BEYOND * (joints[2] - joints[1])
    return _chain(label, np.vstack([joints, beyond]), (0, 1, 2, 3), (_THIGH, _CALF, _FOOT))


def nearest_label(mask: NDArray[np.bool_], bones: Bones) -> LabelArray:
    """Label (n,) uint8 of the nearest bone for each of the n pixels set in `mask` (h, w), in row order."""
    ys, xs = np.nonzero(mask)
    if not len(xs):
        return np.zeros(0, np.uint8)
    xy = np.stack([xs, ys], 1).astype(np.float32) + 0.5
    distances = np.stack([bone.distance(xy) for bone in bones])
    labels = np.array([bone.label for bone in bones], np.uint8)
    return np.asarray(labels[distances.argmin(0)], np.uint8)


def split_by_limb(mask: NDArray[np.bool_], bones: Bones) -> LabelArray:
    """Label map (h, w) uint8 with the nearest bone's label where `mask` (h, w) is set, 0 elsewhere.

    Within a connected piece of the mask, labels that cover less than `STRAY_SHARE` of it give way to the
    largest.
    """
    result: LabelArray = np.zeros(mask.shape, np.uint8)
    result[mask] = nearest_label(mask, bones)
    for piece in _pieces(mask):
        counts = np.bincount(result[piece], minlength=len(LABELS))
        stray = np.flatnonzero((counts > 0) & (counts < STRAY_SHARE * counts.sum()))
        if len(stray):
            replaced = piece & np.isin(result, stray)
            result[replaced] = counts.argmax()
    return result


def _pieces(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Connected pieces (8 neighbours) of a mask, each as a mask of the same size, largest first."""
    count, numbers = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    pieces = [numbers == number for number in range(1, count)]
    return sorted(pieces, key=lambda piece: int(piece.sum()), reverse=True)


def split_shoes(mask: NDArray[np.bool_], landmarks: PointArray) -> LabelArray:
    """Label map (h, w) uint8 of left and right shoes where `mask` (h, w) is set, 0 elsewhere.

    A connected piece is one shoe when four fifths of it are nearest to the same foot, and is divided pixel by
    pixel otherwise (feet that touch). Two pieces of similar size are never the same shoe: the pairing
    with the smaller sum of distances counts.
    """
    bones = _feet_bones(landmarks)
    result: LabelArray = np.zeros(mask.shape, np.uint8)
    result[mask] = nearest_label(mask, bones)
    pieces = _pieces(mask)
    for piece in pieces:
        left = float((result[piece] == LEFT_SHOE).mean())
        if left >= _ONE_SHOE_SHARE or left <= 1 - _ONE_SHOE_SHARE:
            result[piece] = LEFT_SHOE if left > 0.5 else RIGHT_SHOE
    _pair_shoes(result, pieces, bones)
    return result


def _pair_shoes(result: LabelArray, pieces: list[NDArray[np.bool_]], bones: Bones) -> None:
    """Give the two largest pieces different sides where both were taken for the same shoe."""
    if len(pieces) < 2 or pieces[1].sum() < _PAIR_SHARE * pieces[0].sum():
        return
    first, second = pieces[0], pieces[1]
    sides = set(np.unique(result[first | second]).tolist())
    if len(sides) != 1:
        return
    costs = {
        side: [_mean_distance(piece, bones, side) for piece in (first, second)]
        for side in (LEFT_SHOE, RIGHT_SHOE)
    }
    first_is_left = costs[LEFT_SHOE][0] + costs[RIGHT_SHOE][1] <= costs[RIGHT_SHOE][0] + costs[LEFT_SHOE][1]
    result[first] = LEFT_SHOE if first_is_left else RIGHT_SHOE
    result[second] = RIGHT_SHOE if first_is_left else LEFT_SHOE


def _mean_distance(piece: NDArray[np.bool_], bones: Bones, label: int) -> float:
    ys, xs = np.nonzero(piece)
    xy = np.stack([xs, ys], 1).astype(np.float32) + 0.5
    return float(np.min([bone.distance(xy) for bone in bones if bone.label == label], axis=0).mean())
