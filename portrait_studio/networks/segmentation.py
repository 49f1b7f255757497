"""Interactive segmentation: the exact thing inside a loose mask, a box, or under clicks.

The network sees the picture as it is together with what the user painted: masks and clicks are further
channels, as in Xu et al. 2016 and RITM (Sofiiuk et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.blocks import zero_weights
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2

PROMPT_CHANNELS = 4
"""Loose mask, clicks inside the thing, clicks outside of it, pixels that belong to the photo."""

SEGMENTATION_WINDOW = 192
"""Side of the window that the released network was trained on, in pixels."""

CLICK_RADIUS = 5
"""Radius of the disc that stands for a click, in pixels of the window."""

_MIX_GRID = 6


@dataclass(frozen=True)
class SegmentationConfig:
    """Shape of a segmentation network.

    Attributes:
        top: channels at stride 16.
        widths: channels at strides 8, 4 and 2.
        stem: channels of the stem that sees the picture at stride 2.
        mix: channels that are mixed densely over a grid of 6 x 6.
    """

    top: int = 96
    widths: tuple[int, ...] = (64, 48, 40)
    stem: int = 32
    mix: int = 24

    def __post_init__(self) -> None:
        """Refuse another number of levels."""
        if len(self.widths) != 3:
            raise OptionError("segmentation: `widths` must name three numbers, for strides 8, 4 and 2.")


def _conv(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, 1, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def _resize(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, like.shape[-2:], mode="bilinear", align_corners=False)


class DenseMix(nn.Module):
    """Lets every cell of a grid over the picture tell every other one; the answer starts at zero."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, inner, 1)
        self.dense = nn.Linear(inner * _MIX_GRID**2, inner * _MIX_GRID**2)
        self.project = nn.Conv2d(inner, channels, 1)
        zero_weights(self.project)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        grid = functional.adaptive_avg_pool2d(self.reduce(x), _MIX_GRID)
        flat = functional.leaky_relu(grid.flatten(1), 0.2)
        mixed = (flat + self.dense(flat)).view_as(grid)
        out: Tensor = x + self.project(_resize(mixed, x))
        return out


class SegmentationNetwork(nn.Module):
    """Encoder with features at four strides, a dense mix at the coarsest, and a decoder up to full size."""

    def __init__(self, config: SegmentationConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = EfficientNetLite2(PROMPT_CHANNELS)
        c4, c8, c16, c32 = self.encoder.channels
        w8, w4, w2 = config.widths
        self.top = _conv(c16 + c32, config.top, 1)
        self.mix = DenseMix(config.top, config.mix)
        self.merge16 = _conv(config.top, w8)
        self.lateral8 = nn.Conv2d(c8, w8, 1)
        self.merge8 = nn.Sequential(_conv(w8, w8), _conv(w8, w8))
        self.narrow = nn.Conv2d(w8, w4, 1)
        self.lateral4 = nn.Conv2d(c4, w4, 1)
        self.merge4 = nn.Sequential(_conv(w4, w4), _conv(w4, w4))
        self.stem = _conv(4 * (3 + PROMPT_CHANNELS), config.stem)
        self.merge2 = nn.Sequential(_conv(w4 + config.stem, w2), _conv(w2, config.stem))
        self.leave = nn.Conv2d(config.stem, 4, 3, 1, 1)

    def forward(self, image: Tensor, prompt: Tensor) -> Tensor:
        """Find the thing.

        Args:
            image: (N, 3, H, W) in [-1, 1], everything visible, 0 beyond the photo; H and W multiples of 32.
            prompt: (N, 4, H, W) of zeros and ones: loose mask, clicks inside, clicks outside, photo.

        Returns:
            (N, 1, H, W) logits of the thing.
        """
        f4, f8, f16, f32 = self.encoder(image, prompt)
        x = self.merge16(self.mix(self.top(torch.cat([f16, _resize(f32, f16)], 1))))
        x = self.merge8(_resize(x, f8) + self.lateral8(f8))
        x = self.merge4(_resize(self.narrow(x), f4) + self.lateral4(f4))
        fine = self.stem(functional.pixel_unshuffle(torch.cat([image, prompt], 1), 2))
        x = self.merge2(torch.cat([_resize(x, fine), fine], 1))
        out: Tensor = functional.pixel_shuffle(self.leave(x), 2)
        return out
