"""Pairs of feet that the feet network knows, and which of them stand like the photo's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
class PairName:
    """One pair of feet, or its mirror image, before it is painted.

    Attributes:
        number: of its code.
        is_mirrored: whether left and right change places.
        joints: in pixels of the window, and beyond it.
        unlike: how much its legs stand otherwise than the photo's, in shins.
    """

    number: int
    is_mirrored: bool
    joints: Joints
    unlike: float


@dataclass(frozen=True, eq=False)
class KnownPair:
    """A pair as it is painted.

    Attributes:
        name: which one.
        picture: (160, 160, 3) float32 in [0, 1].
        labels: (160, 160) uint8, of `networks.feet.FEET_LABELS`.
    """

    name: PairName
    picture: Floats
    labels: NDArray[np.uint8]

    @property
    def shoes(self) -> NDArray[np.bool_]:
        """(160, 160): both shoes."""
        return np.isin(self.labels, SHOES)

    @property
    def loudness(self) -> float:
        """How much the shoes catch the eye, 0 to about 1: black and brown go with everything."""
        if not self.shoes.any():
            return 1.0
        light, green, blue = np.median(self._colours, axis=0)
        return float(np.hypot(green, blue) + light / 2) + self.unevenness

    @property
    def unevenness(self) -> float:
        """How far the shoes' colours lie apart, 0 to about 1: straps that show skin, white soles."""
        if not self.shoes.any():
            return 1.0
        away = np.abs(self._colours - np.median(self._colours, axis=0)).mean(0)
        return float(2 * np.hypot(away[1], away[2]) + away[0] / 2)

    @property
    def _colours(self) -> NDArray[np.float64]:
        """(n, 3) of the shoes' pixels: CIELAB by 100."""
        lab = cv2.cvtColor(self.picture, cv2.COLOR_RGB2LAB)[self.shoes]
        return np.asarray(lab / 100, np.float64)

    def recoloured(self, wanted: NDArray[np.float64]) -> KnownPair:
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
        return KnownPair(self.name, picture, self.labels)


def alike_pairs(joints: NDArray[np.float32], ours: Joints, most: int) -> list[PairName]:
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
            pairs.append(PairName(number, is_mirrored, named, _difference(_stance(named), stance)))
    return sorted(pairs, key=lambda pair: pair.unlike)[:most]


def known_pair(runner: NetworkRunner, name: PairName) -> KnownPair:
    """Paint a pair.

    Args:
        runner: of the feet network.
        name: which one.
    """
    painted: PaintedFeet = runner(torch.full((1, 1, 1, 1), name.number))
    picture = painted.picture[0].float().cpu().numpy().transpose(1, 2, 0) * 0.5 + 0.5
    codes = np.array(FEET_LABELS, np.uint8)
    labels = codes[painted.labels[0].argmax(0).cpu().numpy()]
    if name.is_mirrored:
        picture, labels = picture[:, ::-1], np.array(MIRROR_LABELS, np.uint8)[labels[:, ::-1]]
    return KnownPair(
        name,
        np.ascontiguousarray(np.clip(picture, 0.0, 1.0).astype(np.float32)),
        np.ascontiguousarray(labels),
    )


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
