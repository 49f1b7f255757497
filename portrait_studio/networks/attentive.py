"""Completion that finds the hole itself: attention LSTM and completion module (Liu, Li and Li 2019).

The first module looks at the damaged picture several times and says where it is damaged; the second paints
over that. What the paper leaves open is chosen here: kernels of 3 x 3, a first map of one half, maps as
logits of a sigmoid, and attention at half size with pooled keys, as the full one needs a gigabyte a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.networks.blocks import ConvLstmCell, NonLocalBlock, ResidualBlock

REPAIR: Final = "repair"
"""The task of networks that find damage and paint over it, as recipes name it."""

REPAIR_SIDE: Final = 128
"""Side of the pictures of the paper, in pixels."""

_SLOPE: Final = 0.2
_FIRST: Final = 0.5
"""What every pixel of the map before the first look says."""


@dataclass(frozen=True)
class AttentionConfig:
    """Shape of the attention LSTM.

    Attributes:
        channels: of all its layers.
        blocks: residual blocks of a look.
        steps: looks.
        stride: pixels for each position (1 in the paper).
        pool: positions, along each side, that the non-local block takes as one key (1 in the paper).
    """

    channels: int = 32
    blocks: int = 3
    steps: int = 3
    stride: int = 2
    pool: int = 2


class AttentionLstm(nn.Module):
    """Several looks at a picture with the same weights, each knowing the map of the one before.

    A look: residual blocks, a non-local block, a convolutional LSTM, and a convolution that gives the map.
    """

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__()
        self.config = config
        channels, cells = config.channels, config.stride**2
        self.enter = nn.Conv2d(4 * cells, channels, 3, 1, 1)
        self.blocks = nn.Sequential(
            *[ResidualBlock(channels, slope=_SLOPE) for _ in range(config.blocks)],
            NonLocalBlock(channels, channels // 2, config.pool),
        )
        self.lstm = ConvLstmCell(channels, channels)
        self.leave = nn.Conv2d(channels, cells, 3, 1, 1)

    @property
    def multiple(self) -> int:
        """What both sides of a picture must be multiples of."""
        return self.config.stride * self.config.pool

    def looks(self, image: Tensor) -> Tensor:
        """The maps of all looks.

        Args:
            image: (N, 3, H, W) in [-1, 1], everything visible; H and W multiples of `multiple`.

        Returns:
            (N, steps, H, W) logits of damage, the last look the surest.
        """
        logits: list[Tensor] = []
        state: tuple[Tensor, Tensor] | None = None
        before = torch.full_like(image[:, :1], _FIRST)
        for _ in range(self.config.steps):
            seen = functional.pixel_unshuffle(torch.cat([image, before], 1), self.config.stride)
            state = self.lstm(self.blocks(self.enter(seen)), state)
            logits.append(functional.pixel_shuffle(self.leave(state[0]), self.config.stride))
            before = torch.sigmoid(logits[-1])
        return torch.cat(logits, 1)

    def forward(self, image: Tensor) -> Tensor:
        """The map of the last look alone: (N, 1, H, W) logits; see `looks`."""
        return self.looks(image)[:, -1:]


@dataclass(frozen=True)
class AttentiveCompletionConfig:
    """Shape of the whole generator; the first five as `AttentionConfig` has them.

    Attributes:
        channels: of the attention LSTM; the same for the next four.
        width: channels of the completion module at full size, of which a quarter of the size has four times
            as many.
        dilations: rates of its convolutions at a quarter of the size.
    """

    channels: int = 32
    blocks: int = 3
    steps: int = 3
    stride: int = 2
    pool: int = 2
    width: int = 64
    dilations: tuple[int, ...] = (2, 4, 8, 16)


@dataclass(frozen=True, eq=False)
class Repaired:
    """What the generator makes of damaged pictures.

    Attributes:
        looks: (N, steps, H, W) logits of where they are damaged.
        pictures: in [-1, 1], whole: (N, 3, H / 4, W / 4), then half the size, then full.
    """

    looks: Tensor
    pictures: tuple[Tensor, Tensor, Tensor]


class AttentiveCompletion(nn.Module):
    """Attention LSTM, then an encoder and decoder with non-local blocks around its dilated convolutions.

    The layers of the completion module stand in a figure only: they are those of Iizuka et al. 2017, table 2,
    with connections at half and full size.
    """

    def __init__(self, config: AttentiveCompletionConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        deep = 4 * width
        self.attention = AttentionLstm(
            AttentionConfig(config.channels, config.blocks, config.steps, config.stride, config.pool)
        )
        self.enter = _layers((4, width))
        self.to_half = _layers((width, 2 * width), (2 * width, 2 * width), stride=2)
        self.to_quarter = _layers((2 * width, deep), (deep, deep), stride=2)
        self.flat = nn.Sequential(
            NonLocalBlock(deep, 2 * width),
            *[_layers((deep, deep), dilation=rate) for rate in config.dilations],
            NonLocalBlock(deep, 2 * width),
        )
        self.from_quarter = nn.ConvTranspose2d(deep, 2 * width, 4, 2, 1)
        self.at_half = _layers((4 * width, 2 * width))
        self.from_half = nn.ConvTranspose2d(2 * width, width, 4, 2, 1)
        self.at_full = _layers((2 * width, width))
        self.heads = nn.ModuleList(nn.Conv2d(inputs, 3, 3, 1, 1) for inputs in (deep, 2 * width, width))

    def forward(self, image: Tensor) -> Repaired:
        """Find damage and paint over it.

        Args:
            image: (N, 3, H, W) in [-1, 1], damaged pixels as they are; H and W multiples of 4.
        """
        looks = self.attention.looks(image)
        full = self.enter(torch.cat([image, torch.sigmoid(looks[:, -1:])], 1))
        half = self.to_half(full)
        quarter = self.flat(self.to_quarter(half))
        half = self.at_half(torch.cat([self.from_quarter(quarter), half], 1))
        full = self.at_full(torch.cat([self.from_half(half), full], 1))
        first, second, third = (
            torch.tanh(head(x)) for head, x in zip(self.heads, (quarter, half, full), strict=True)
        )
        return Repaired(looks, (first, second, third))


def _layers(*channels: tuple[int, int], stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Convolutions with normalisation and leaky ReLU, the first of which may halve the size."""
    layers: list[nn.Module] = []
    for number, (inputs, outputs) in enumerate(channels):
        layers += [
            nn.Conv2d(inputs, outputs, 3, stride if number == 0 else 1, dilation, dilation),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(_SLOPE, inplace=True),
        ]
    return nn.Sequential(*layers)
