"""Finds damage in scanned photos: which pixels show a scratch, a fold, a stain, writing or a blot.

A U-net (Ronneberger et al. 2015) that works at half size and below; it sees every pixel, folded into
channels, since a scratch may be no wider than one. It is the rival of the attention LSTM of Liu et al. 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError

DAMAGE: Final = "damage"
"""The task, as recipes and manifests name it."""

DAMAGE_WINDOW: Final = 160
"""Side of the windows that the released network was trained on, in pixels."""


_WIDTHS: Final = (5, 11)
"""Of structures that count as narrow, in pixels: odd numbers."""

_RARE: Final = -3.0
"""Logit that training starts from: few pixels are damaged."""


@dataclass(frozen=True)
class DamageUnetConfig:
    """Shape of the finder.

    Attributes:
        widths: channels at strides 2, 4, 8 and so on.
    """

    widths: tuple[int, ...] = (24, 40, 64, 96, 128)

    def __post_init__(self) -> None:
        """Refuse a network without a level below the first."""
        if not 2 <= len(self.widths) <= 6 or min(self.widths) < 1:
            raise OptionError("damage: `widths` must name 2 to 6 numbers above zero, one for each level.")


def relief(image: Tensor) -> Tensor:
    """How far narrow bright and dark structures stand out of what is around them (top-hat transforms).

    A scratch is narrower than most of what a photo shows; with this given, the network has to learn only
    which narrow things are none.

    Args:
        image: (N, 3, H, W) in [-1, 1].

    Returns:
        (N, 2 * len(_WIDTHS), H, W): bright ones, then dark ones, of each width, in the lightness.
    """
    light = image.mean(1, keepdim=True)
    bright, dark = [], []
    for width in _WIDTHS:
        bright.append(light - _highest(-_highest(-light, width), width))
        dark.append(-_highest(-_highest(light, width), width) - light)
    return torch.cat(bright + dark, 1)


def _highest(values: Tensor, width: int) -> Tensor:
    """Largest value in a square around each pixel, first along rows, then along columns."""
    rows = functional.max_pool2d(values, (1, width), 1, (0, width // 2))
    return functional.max_pool2d(rows, (width, 1), 1, (width // 2, 0))


def _convolutions(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (inputs, outputs):
        layers += [
            nn.Conv2d(channels, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class DamageUnet(nn.Module):
    """Convolutions down to the coarsest level and up again; each level is joined with its own from before."""

    def __init__(self, config: DamageUnetConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.down = nn.ModuleList(map(_convolutions, (4 * (3 + 2 * len(_WIDTHS)), *widths), widths))
        self.reduce = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.up = nn.ModuleList(_convolutions(2 * width, width) for width in widths[:-1])
        self.leave = nn.Conv2d(widths[0], 4, 3, 1, 1)
        if self.leave.bias is not None:
            nn.init.constant_(self.leave.bias, _RARE)

    @property
    def stride(self) -> int:
        """What both sides of a picture must be multiples of."""
        return int(2 ** len(self.config.widths))

    def forward(self, image: Tensor) -> Tensor:
        """Find damage.

        Args:
            image: (N, 3, H, W) in [-1, 1], everything visible; H and W multiples of `stride`.

        Returns:
            (N, 1, H, W) logits of damage.
        """
        x = functional.pixel_unshuffle(torch.cat([image, 4 * relief(image)], 1), 2)
        seen: list[Tensor] = []
        for number, level in enumerate(self.down):
            x = level(x if number == 0 else functional.max_pool2d(x, 2))
            seen.append(x)
        for at in range(len(self.up) - 1, -1, -1):
            coarse = functional.interpolate(self.reduce[at](x), scale_factor=2.0, mode="nearest")
            x = self.up[at](torch.cat([coarse, seen[at]], 1))
        out: Tensor = functional.pixel_shuffle(self.leave(x), 2)
        return out
