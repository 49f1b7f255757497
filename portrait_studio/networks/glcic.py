"""Globally and locally consistent completion (Iizuka, Simo-Serra and Ishikawa 2017): C and its discriminator.

It reads no parsing map and knows of no people; the paper's tables 2 and 3 list the layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from portrait_studio.networks.blocks import ConvNormRelu, twice_as_large
from portrait_studio.networks.discriminator import Judgement
from portrait_studio.networks.hole_fill import HoleFill
from portrait_studio.networks.windows import cut_windows, hole_windows

GENERAL_COMPLETION: Final = "general-completion"
"""Name of the task of networks that complete any photo."""


@dataclass(frozen=True)
class GlcicConfig:
    """Shape of the completion network C.

    Attributes:
        width: channels of the first layer (64 in the paper; even).
        dilations: rates of the dilated convolutions at a quarter of the size.
        fill: what stands in the hole, see `hole_fill.HOLE_FILLS` ("mean" in the paper).
    """

    width: int = 64
    dilations: tuple[int, ...] = (2, 4, 8, 16)
    fill: str = "mean"

    @property
    def is_guided(self) -> bool:
        """It reads no parsing map."""
        return False


class Glcic(nn.Module):
    """Table 2: 17 layers, in the middle at a quarter of the size and dilated; a pixel sees 307 x 307."""

    def __init__(self, config: GlcicConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        deep = 4 * width
        self.fill = HoleFill(config.fill)
        self.down = nn.Sequential(
            ConvNormRelu(4, width, 5),
            ConvNormRelu(width, 2 * width, 3, 2),
            ConvNormRelu(2 * width, 2 * width, 3),
            ConvNormRelu(2 * width, deep, 3, 2),
            ConvNormRelu(deep, deep, 3),
            ConvNormRelu(deep, deep, 3),
        )
        self.middle = nn.Sequential(
            *[ConvNormRelu(deep, deep, 3, 1, rate) for rate in config.dilations],
            ConvNormRelu(deep, deep, 3),
            ConvNormRelu(deep, deep, 3),
        )
        self.up = nn.Sequential(
            *twice_as_large(deep, 2 * width),
            ConvNormRelu(2 * width, 2 * width, 3),
            *twice_as_large(2 * width, width),
            ConvNormRelu(width, width // 2, 3),
            nn.Conv2d(width // 2, 3, 3, 1, 1),
        )

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        """Complete masked images.

        Args:
            image: (N, 3, H, W) in [-1, 1]; what stands in the hole is not looked at; H and W multiples of 4.
            parsing: of any number of channels, not looked at: networks of this family know no people.
            mask: (N, 1, H, W), 1 = hole.

        Returns:
            (N, 3, H, W) in [-1, 1], the whole picture.
        """
        x = torch.cat([self.fill(image, mask), mask], 1)
        x = self.up(self.middle(self.down(x)))
        return torch.sigmoid(x) * 2 - 1


@dataclass(frozen=True)
class TwoTowerConfig:
    """Shape of the discriminator: one verdict over the whole picture and the window around the hole.

    Attributes:
        side: of the pictures in pixels (256 in the paper; 160 for its faces).
        local_side: of the window (128; 96).
        layers: convolutions of the global tower (6; 5).
        local_layers: of the local tower (5).
        width: channels of the first layer; they double until 8 times that.
        dense: values that each tower ends in.
        separate: each tower gives a verdict of its own, and their mean counts (Liu et al. 2019).
    """

    side: int = 256
    local_side: int = 128
    layers: int = 6
    local_layers: int = 5
    width: int = 64
    dense: int = 1024
    separate: bool = False


class TwoTowerDiscriminator(nn.Module):
    """Table 3; gives a logit (the sigmoid is in the loss)."""

    def __init__(self, config: TwoTowerConfig) -> None:
        super().__init__()
        self.config = config
        self.whole = _tower(config.side, config.layers, config)
        self.local = _tower(config.local_side, config.local_layers, config)
        self.verdict = nn.Linear(config.dense if config.separate else 2 * config.dense, 1)
        self.local_verdict = nn.Linear(config.dense, 1) if config.separate else None

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Judgement:
        """Judge pictures.

        Args:
            image: (N, 3, S, S) in [-1, 1]; S is that of the config.
            parsing: not looked at.
            mask: (N, 1, S, S), 1 = hole; only says where the local tower looks.
        """
        side = self.config.local_side
        window = cut_windows(image, hole_windows(mask, side), side)
        whole, local = self.whole(image), self.local(window)
        if self.local_verdict is None:
            logits: Tensor = self.verdict(torch.cat([whole, local], 1))
        else:
            logits = torch.cat([self.verdict(whole), self.local_verdict(local)], 1)
        return Judgement(logits[:, :, None, None], ())


def _tower(side: int, layers: int, config: TwoTowerConfig) -> nn.Sequential:
    """Convolutions of 5 x 5 and stride 2, then a dense layer: (N, 3, side, side) -> (N, dense)."""
    parts: list[nn.Module] = []
    inputs = 3
    for index in range(layers):
        outputs = config.width * min(2**index, 8)
        parts.append(ConvNormRelu(inputs, outputs, 5, 2))
        inputs, side = outputs, (side + 1) // 2
    return nn.Sequential(
        *parts, nn.Flatten(), nn.Linear(inputs * side * side, config.dense), nn.ReLU(inplace=True)
    )
