"""Completion networks G (Wu et al., section III.B): the paper's layer list, and the compact one we ship."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.blocks import (
    ConvNormRelu,
    FourierBlock,
    GlobalAttention,
    ResidualBlock,
    down_layers,
    residual_block,
    up_layers,
    zero_weights,
)
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.hints import label_hint, pull_push
from portrait_studio.networks.hole_fill import HoleFill


@dataclass(frozen=True)
class PaperCompletionConfig:
    """The paper's completion network.

    Attributes:
        width: channels of the first layer (64 in the paper).
        parsing_input: "index" (the paper: one channel, label / 17), "one-hot" (18 channels), or "none" (the
            ablation without structure).
        dropout: probability of dropping channels in the middle (extrapolation, section V.A).
        gated: gated convolutions in the residual blocks (not the paper's).
        fourier: number of blocks in the middle that convolve the spectrum (not the paper's).
        fill: what stands in the hole, see `hole_fill.HOLE_FILLS` ("mean" in the paper).
    """

    width: int = 64
    parsing_input: str = "index"
    dropout: float = 0.0
    gated: bool = False
    fourier: int = 0
    fill: str = "zero"

    @property
    def is_guided(self) -> bool:
        """Whether it reads a parsing map."""
        return self.parsing_input != "none"


def parsing_channels(kind: str) -> int:
    """Number of channels of a parsing map in the given encoding.

    Raises:
        OptionError: there is no such encoding.
    """
    channels = {"index": 1, "one-hot": LABEL_COUNT, "none": 0}
    if kind not in channels:
        raise OptionError(f"There is no parsing input {kind!r}; choose one of: {', '.join(channels)}.")
    return channels[kind]


def encode_parsing(parsing: Tensor, kind: str) -> Tensor:
    """The channels of a parsing map that a network reads.

    Args:
        parsing: (N, 18, H, W) probabilities.
        kind: "index", "one-hot" or "none"; see `PaperCompletionConfig`.

    Returns:
        (N, `parsing_channels(kind)`, H, W) in [0, 1].
    """
    if kind == "one-hot":
        return parsing
    if kind == "none":
        return parsing[:, :0]
    return parsing.argmax(1, keepdim=True).to(parsing) / (LABEL_COUNT - 1)


class PaperCompletion(nn.Module):
    """7x7, two stride-2, 4 residual blocks, dilated 2-4-8-16, 4 residual blocks, two up, 7x7, tanh."""

    def __init__(self, config: PaperCompletionConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        inputs = 3 + 1 + parsing_channels(config.parsing_input)
        self.fill = HoleFill(config.fill)
        self.down = nn.Sequential(*down_layers(inputs, width))
        gated = config.gated
        self.before = nn.Sequential(*[residual_block(4 * width, gated=gated) for _ in range(4)])
        self.middle = nn.Sequential(
            *[ConvNormRelu(4 * width, 4 * width, 3, 1, rate) for rate in (2, 4, 8, 16)],
            *[FourierBlock(4 * width) for _ in range(config.fourier)],
            nn.Dropout2d(config.dropout),
        )
        self.after = nn.Sequential(*[residual_block(4 * width, gated=gated) for _ in range(4)])
        self.up = nn.Sequential(*up_layers(width), nn.Conv2d(width, 3, 7, 1, 3))

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        """Complete masked images.

        Args:
            image: (N, 3, H, W) in [-1, 1], hole pixels 0; H and W multiples of 4.
            parsing: (N, 18, H, W) probabilities.
            mask: (N, 1, H, W), 1 = hole.

        Returns:
            (N, 3, H, W) in [-1, 1], the whole picture.
        """
        seen = self.fill(image, mask)
        x = torch.cat([seen, encode_parsing(parsing, self.config.parsing_input), mask], 1)
        x = self.after(self.middle(self.before(self.down(x))))
        return torch.tanh(self.up(x))


@dataclass(frozen=True)
class CompactCompletionConfig:
    """The compact completion network.

    Attributes:
        widths: channels at 1/2, 1/4 and 1/8 of the input size.
        dilations: rates of the residual blocks at 1/8.
        attention: channels of the attention at 1/8, 0 = none.
        use_parsing: False builds the ablation without structure.
        dropout: probability of dropping channels in the middle.
        gated: gated convolutions in the residual blocks at 1/8.
        fourier: number of blocks at 1/8 that convolve the spectrum.
    """

    widths: tuple[int, int, int] = (32, 80, 160)
    dilations: tuple[int, ...] = (2, 4, 8, 1)
    attention: int = 64
    use_parsing: bool = True
    dropout: float = 0.0
    gated: bool = False
    fourier: int = 0

    @property
    def is_guided(self) -> bool:
        """Whether it reads a parsing map."""
        return self.use_parsing


def is_guided(config: object) -> bool:
    """Whether a completion network of this config reads a parsing map; one that does not say so does."""
    return bool(getattr(config, "is_guided", True))


class CompactCompletion(nn.Module):
    """U-net that works at half size and corrects a smooth, label-aware continuation of the known pixels.

    The base picture (`hints.label_hint`) already has every label's own colours; the network adds what it
    lacks. Its last layer starts at zero, so that training starts from the base picture.
    """

    def __init__(self, config: CompactCompletionConfig) -> None:
        super().__init__()
        self.config = config
        half, quarter, eighth = config.widths
        inputs = 4 * 4 + 3 + 3 + (LABEL_COUNT if config.use_parsing else 0)
        self.enter = nn.Conv2d(inputs, half, 3, 1, 1)
        self.fine_block = ResidualBlock(half, norm="none")
        self.down4 = nn.Conv2d(half, quarter, 3, 2, 1)
        self.quarter_block = ResidualBlock(quarter, norm="none")
        self.down8 = nn.Conv2d(quarter, eighth, 3, 2, 1)
        middle = [residual_block(eighth, rate, "none", config.gated) for rate in config.dilations]
        if config.attention:
            middle.insert(len(middle) // 2, GlobalAttention(eighth, config.attention))
        middle += [FourierBlock(eighth) for _ in range(config.fourier)]
        self.middle = nn.Sequential(*middle, nn.Dropout2d(config.dropout))
        self.up4 = nn.Conv2d(eighth, quarter, 1)
        self.merge4 = nn.Sequential(
            nn.ReLU(), nn.Conv2d(quarter, quarter, 3, 1, 1), ResidualBlock(quarter, norm="none")
        )
        self.up2 = nn.Conv2d(quarter, half, 1)
        self.merge2 = nn.Sequential(
            nn.ReLU(), nn.Conv2d(half, half, 3, 1, 1), ResidualBlock(half, norm="none")
        )
        self.leave = nn.Conv2d(half, 3 * 4, 3, 1, 1)
        zero_weights(self.leave)

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        """Complete masked images.

        Args:
            image: (N, 3, H, W) in [-1, 1], hole pixels 0; H and W multiples of 8.
            parsing: (N, 18, H, W) probabilities.
            mask: (N, 1, H, W), 1 = hole.

        Returns:
            (N, 3, H, W) in [-1, 1], the whole picture.
        """
        base, x = self._prepare(image, parsing, mask)
        x = self.fine_block(functional.relu(self.enter(x)))
        y = self.quarter_block(functional.relu(self.down4(x)))
        z = self.middle(functional.relu(self.down8(y)))
        y = self.merge4(y + _double(self.up4(z)))
        x = self.merge2(x + _double(self.up2(y)))
        correction = functional.pixel_shuffle(self.leave(x), 2)
        return (base + correction.to(base)).clamp(-1, 1)

    def _prepare(self, image: Tensor, parsing: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Base picture at full size and the input channels at half size; nothing here is trained."""
        with torch.no_grad(), torch.autocast(image.device.type, enabled=False):
            image, parsing, mask = image.float(), parsing.float(), mask.float()
            known = functional.avg_pool2d(1 - mask, 2)
            small = functional.avg_pool2d(image * (1 - mask), 2) / known.clamp_min(1e-6)
            small_parsing = functional.avg_pool2d(parsing, 2)
            holes = (known < 1).float()
            smooth = pull_push(small, 1 - holes)
            hint = label_hint(small, small_parsing, holes, 2) if self.config.use_parsing else smooth
            parts = [functional.pixel_unshuffle(torch.cat([image * (1 - mask), mask], 1), 2), smooth, hint]
            if self.config.use_parsing:
                parts.append(small_parsing)
            return _double(hint), torch.cat(parts, 1)


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
