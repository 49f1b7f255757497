"""Pairs of feet as the feet network paints them, and which of them stand like the photo's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.mates.feet import SHOES
from portrait_studio.engine.references.body_scale import Joints
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.networks.conventions import KEYPOINTS, MIRROR_KEYPOINTS, MIRROR_LABELS
from portrait_studio.networks.feet import FEET_LABELS, FEET_SIDE, PaintedFeet

_KNOWN: Final = 0.3
"""Confidence of a joint from which on it is known."""


@dataclass(frozen=True, eq=False)
class PairPose:
    """One pair of feet, or its mirror image, before it is painted.

    Attributes:
        number: of its code.
        is_mirrored: whether left and right change places.
        joints: in pixels of the window, and beyond it.
        pose_distance: how much its legs stand otherwise than the photo's, in shins.
    """

    number: int
    is_mirrored: bool
    joints: Joints
    pose_distance: float


@dataclass(frozen=True, eq=False)
class PaintedPair:
    """A pair as it is painted.

    Attributes:
        pose: which one.
        picture: (160, 160, 3) float32 in [0, 1].
        labels: (160, 160) uint8, of `networks.feet.FEET_LABELS`.
    """

    pose: PairPose
    picture: Floats
    labels: NDArray[np.uint8]

    @cached_property
    def shoes(self) -> NDArray[np.bool_]:
        """(160, 160): both shoes."""
        return np.isin(self.labels, SHOES)

    @property
    def conspicuousness(self) -> float:
        """How much the shoes catch the eye, 0 to about 1: black and brown go with everything."""
        if not self.shoes.any():
            return 1.0
        light, green, blue = np.median(self._colours, axis=0)
        return float(np.hypot(green, blue) + light / 2) + self.colour_spread

    @property
    def colour_spread(self) -> float:
        """How far the shoes' colours lie apart, 0 to about 1: straps that show skin, white soles."""
        if not self.shoes.any():
            return 1.0
        away = np.abs(self._colours - np.median(self._colours, axis=0)).mean(0)
        return float(2 * np.hypot(away[1], away[2]) + away[0] / 2)

    @cached_property
    def _colours(self) -> NDArray[np.float64]:
        """(n, 3) of the shoes' pixels: CIELAB by 100."""
        lab = cv2.cvtColor(self.picture, cv2.COLOR_RGB2LAB)[self.shoes]
        return np.asarray(lab / 100, np.float64)

    def recoloured(self, wanted: NDArray[np.float64]) -> PaintedPair:
        """The pair with its shoes in another colour, their light and shade kept.

        Args:
            wanted: (3,) their median colour, red, green and blue in [0, 1].
        """
        lab = cv2.cvtColor(self.picture, cv2.COLOR_RGB2LAB)
        target = cv2.cvtColor(wanted.reshape(1, 1, 3).astype(np.float32), cv2.COLOR_RGB2LAB)[0, 0]
        middle = np.median(lab[self.shoes], axis=0)
        gain = float(np.clip((target[0] + 8) / (middle[0] + 8), 0.4, 2.5))
        lab[..., 0] = np.clip((lab[..., 0] - middle[0]) * gain + target[0], 0, 100)
        lab[..., 1:] = 0.3 * (lab[..., 1:] - middle[1:]) + target[1:]
        changed = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
        picture = np.clip(changed, 0.0, 1.0).astype(np.float32)
        return PaintedPair(self.pose, picture, self.labels)


def pairs_by_pose(joints: NDArray[np.float32], ours: Joints, most: int) -> list[PairPose]:
    """The pairs, as they are and mirrored, whose legs stand most like the photo's, the likest first.

    Args:
        joints: (K, 16, 3) x, y and confidence, of all pairs.
        ours: of the photo.
        most: how many.
    """
    stance = _stance(ours)
    pairs = []
    for number, points in enumerate(joints):
        mirrored = points[list(MIRROR_KEYPOINTS)].copy()
        mirrored[:, 0] = FEET_SIDE - mirrored[:, 0]
        for is_mirrored, own in ((False, points), (True, mirrored)):
            named = {
                name: place[:2].astype(np.float64)
                for name, place in zip(KEYPOINTS, own, strict=True)
                if place[2] >= _KNOWN
            }
            pairs.append(PairPose(number, is_mirrored, named, _difference(_stance(named), stance)))
    return sorted(pairs, key=lambda pair: pair.pose_distance)[:most]


def painted_pairs(runner: NetworkRunner, poses: Sequence[PairPose]) -> list[PaintedPair]:
    """Paint some pairs, all at once.

    Args:
        runner: of the feet network.
        poses: at least one.
    """
    numbers = torch.tensor([pose.number for pose in poses])
    painted: PaintedFeet = runner(numbers[:, None, None, None])
    pictures = painted.picture.float().cpu().numpy().transpose(0, 2, 3, 1) * 0.5 + 0.5
    labels = np.array(FEET_LABELS, np.uint8)[painted.labels.argmax(1).cpu().numpy()]
    return [_turned(*each) for each in zip(poses, np.clip(pictures, 0.0, 1.0), labels, strict=True)]


def _turned(pose: PairPose, picture: Floats, labels: NDArray[np.uint8]) -> PaintedPair:
    """A pair, mirrored if its pose is."""
    if pose.is_mirrored:
        picture, labels = picture[:, ::-1], np.array(MIRROR_LABELS, np.uint8)[labels[:, ::-1]]
    return PaintedPair(pose, np.ascontiguousarray(picture, np.float32), np.ascontiguousarray(labels))


def _stance(joints: Joints) -> dict[str, NDArray[np.float64]]:
    """How far the ankles are apart and where knees lie from them, in shins, as far as joints are known."""
    shins = {
        side: joints[f"{side}-knee"] - joints[f"{side}-ankle"]
        for side in ("left", "right")
        if {f"{side}-knee", f"{side}-ankle"} <= joints.keys()
    }
    if not shins:
        return {}
    unit = max(1.0, float(np.mean([np.hypot(*shin) for shin in shins.values()])))
    stance = {side: shin / unit for side, shin in shins.items()}
    if {"left-ankle", "right-ankle"} <= joints.keys():
        stance["apart"] = 2 * (joints["left-ankle"] - joints["right-ankle"]) / unit
    return stance


def _difference(one: Mapping[str, NDArray[np.float64]], other: Mapping[str, NDArray[np.float64]]) -> float:
    """Mean distance of what both know; 1 where that is nothing."""
    common = sorted(one.keys() & other.keys())
    return float(np.mean([np.hypot(*(one[name] - other[name])) for name in common])) if common else 1.0
