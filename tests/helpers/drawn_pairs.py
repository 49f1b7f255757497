"""A pair of drawn feet in a photo whose joints are known, and a feet network that knows it by heart."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.conventions import KEYPOINTS
from portrait_studio.networks.feet import FEET_LABELS, FeetConfig, FeetDecoder, PaintedFeet
from tests.helpers.drawn_feet import drawn_feet
from trainer.data.feet_windows import feet_window
from trainer.data.sample import Sample

RIGHT_AT: Final = 130
"""Column of the leg on the left side of the picture, the person's right one; the other's is 165."""


def joints_of_pair(right_at: int = RIGHT_AT) -> NDArray[np.float32]:
    """(16, 3) of drawn feet, those of the legs and the pelvis."""
    points = np.zeros((16, 3), np.float32)
    for name, place in {
        "right-hip": (right_at, 20),
        "right-knee": (right_at, 105),
        "right-ankle": (right_at, 190),
        "left-hip": (165, 20),
        "left-knee": (165, 105),
        "left-ankle": (165, 190),
    }.items():
        points[KEYPOINTS.index(name)] = (*place, 1.0)
    return points


def pair_sample(key: str = "clothing-co-parsing/pair", right_at: int = RIGHT_AT) -> Sample:
    """A photo of 240 x 260 pixels of both feet, with all labels."""
    feet = drawn_feet(-1, 1, mate_at=(right_at, 190))
    return Sample(key, feet.image, feet.labels, joints_of_pair(right_at))


class PairByHeart(FeetDecoder):
    """Paints the drawn pair, whatever is chosen."""

    def __init__(self) -> None:
        super().__init__(FeetConfig(pairs=2, code=1, widths=(1, 1, 1, 1)))
        found = feet_window(pair_sample())
        assert found is not None
        self.window = found[1]
        self.joints[:] = torch.from_numpy(self.window.keypoints)

    def forward(self, chosen: Tensor) -> PaintedFeet:
        picture = torch.from_numpy(self.window.image).permute(2, 0, 1).float()[None] / 127.5 - 1
        table = torch.zeros(256, dtype=torch.int64)
        table[list(FEET_LABELS)] = torch.arange(len(FEET_LABELS))
        hot = functional.one_hot(table[torch.from_numpy(self.window.labels).long()], len(FEET_LABELS))
        labels, count = 9.0 * hot.permute(2, 0, 1).float()[None], chosen.numel()
        return PaintedFeet(picture.expand(count, -1, -1, -1), labels.expand(count, -1, -1, -1))
