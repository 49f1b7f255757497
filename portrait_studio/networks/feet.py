"""Pairs of feet as codes, and a decoder that paints them: an auto-decoder (Park et al. 2019, section 4.2).

Shoes differ in kind, pose and view, so that a network that is asked for "the" shoe under a leg paints the
mean of all of them, which is a smear. Here nothing is averaged: each pair of feet that was learnt has a code
of its own (Bojanowski et al. 2018), and whoever needs feet chooses one. What is painted are shoes of training
photos.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.blocks import ResidualBlock
from portrait_studio.networks.conventions import KEYPOINT_COUNT, LABELS

FEET: Final = "feet"
"""The task, as recipes and manifests name it."""

FEET_SIDE: Final = 160
"""Side of the window that is painted, in pixels."""

SHIN_PX: Final = 120.0
"""Mean distance of knee and ankle in that window, in its pixels."""

ANKLES: Final = (80.0, 80.0)
"""Where the middle between the ankles lies in it, x and y."""

FEET_LABELS: Final = tuple(
    LABELS.index(name) for name in ("background", "left-shoe", "right-shoe", "left-leg", "right-leg", "pants")
)
"""What it tells apart; every garment is "pants"."""


@dataclass(frozen=True)
class FeetConfig:
    """Shape of codes and decoder.

    Attributes:
        pairs: how many pairs of feet there are.
        code: channels of a code, which has a value for each 16 x 16 pixels of the window.
        widths: channels at strides 16, 8, 4 and 2.
    """

    pairs: int = 256
    code: int = 16
    widths: tuple[int, ...] = (160, 96, 64, 32)

    def __post_init__(self) -> None:
        """Refuse a decoder of another depth, and nothing to decode."""
        if len(self.widths) != 4 or min(self.widths) < 1 or self.pairs < 1 or self.code < 1:
            raise OptionError("feet: `widths` must name 4 numbers above zero; so must `pairs` and `code` be.")


@dataclass(frozen=True, eq=False)
class PaintedFeet:
    """Pairs of feet.

    Attributes:
        picture: (N, 3, 160, 160) in [-1, 1]; only where the labels show feet or legs does it mean anything.
        labels: (N, 6, 160, 160) logits of `FEET_LABELS`.
    """

    picture: Tensor
    labels: Tensor


class FeetDecoder(nn.Module):
    """Codes of pairs of feet, with the joints of the people they belong to, and the decoder.

    Attributes:
        config: what shaped it.
        codes: (pairs, code, 10, 10).
        joints: (pairs, 16, 3) float32: x, y in pixels of the window, and beyond it, and confidence.
    """

    joints: Tensor

    def __init__(self, config: FeetConfig) -> None:
        super().__init__()
        self.config = config
        cells = FEET_SIDE // 16
        self.codes = nn.Parameter(0.3 * torch.randn(config.pairs, config.code, cells, cells))
        self.register_buffer("joints", torch.zeros(config.pairs, KEYPOINT_COUNT, 3))
        self.enter = nn.Conv2d(config.code, config.widths[0], 3, 1, 1)
        self.blocks = nn.ModuleList(ResidualBlock(width, norm="none") for width in config.widths)
        self.narrow = nn.ModuleList(nn.Conv2d(wide, thin, 1) for wide, thin in pairwise(config.widths))
        self.leave = nn.Conv2d(config.widths[-1], 4 * (3 + len(FEET_LABELS)), 3, 1, 1)

    def forward(self, chosen: Tensor) -> PaintedFeet:
        """Paint the chosen pairs: numbers below `config.pairs`, int64, of any shape with N elements."""
        x = self.enter(self.codes[chosen.flatten()])
        for level, block in enumerate(self.blocks):
            if level:
                x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
                x = self.narrow[level - 1](x)
            x = block(functional.relu(x))
        painted = functional.pixel_shuffle(self.leave(functional.relu(x)), 2)
        return PaintedFeet(torch.tanh(painted[:, :3]), painted[:, 3:])
