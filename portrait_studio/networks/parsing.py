"""Human parsing network P (Wu et al., section III.A): encoder, parsing and pose branch, one refinement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import KEYPOINT_COUNT, LABEL_COUNT
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.resnet import ResNet101


@dataclass(frozen=True)
class ParsingConfig:
    """Shape of a parsing network.

    Attributes:
        encoder: "resnet101" (the paper's) or "efficientnet_lite2" (compact).
        width: channels of the decoder.
        pose_width: channels of the pose branch.
        dilations: rates of the atrous spatial pyramid pooling, in pixels at stride 16.
    """

    encoder: str = "efficientnet_lite2"
    width: int = 96
    pose_width: int = 48
    dilations: tuple[int, ...] = (1, 3, 6)


@dataclass(frozen=True, eq=False)
class ParsingOutput:
    """What the network says.

    Attributes:
        logits: (N, 18, H, W) of the parsing branch.
        refined: (N, 18, H, W) after the refinement by pose; this is the answer.
        heatmaps: (N, 16, H/4, W/4) in [0, 1].
        steered: (N, 18, H, W) after the refinement by the heatmaps with those that were given in the place of
            the predicted ones; None when none were given.
    """

    logits: Tensor
    refined: Tensor
    heatmaps: Tensor
    steered: Tensor | None = None


_ENCODERS: dict[str, Callable[[], EfficientNetLite2 | ResNet101]] = {
    "efficientnet_lite2": EfficientNetLite2,
    "resnet101": ResNet101,
}


def _conv(inputs: int, outputs: int, kernel: int = 3, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, 1, dilation * (kernel // 2), dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def resized(x: Tensor, like: Tensor, stride: int = 1) -> Tensor:
    """Values (N, C, h, w) at 1 / stride of the size of others, bilinearly."""
    size = like.shape[-2] // stride, like.shape[-1] // stride
    return functional.interpolate(x, size, mode="bilinear", align_corners=False)


class AtrousPyramid(nn.Module):
    """Atrous spatial pyramid pooling (Chen et al. 2018) with a branch that sees the whole picture."""

    def __init__(self, inputs: int, outputs: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.branches = nn.ModuleList([_conv(inputs, outputs, 3, rate) for rate in dilations])
        self.pooled = nn.Sequential(nn.Conv2d(inputs, outputs, 1), nn.ReLU(inplace=True))
        self.project = _conv(outputs * (len(dilations) + 1), outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, h, w) -> (N, outputs, h, w)."""
        parts = [branch(x) for branch in self.branches]
        whole = self.pooled(x.mean((2, 3), keepdim=True)).expand(-1, -1, *x.shape[-2:])
        out: Tensor = self.project(torch.cat([*parts, whole], 1))
        return out


class Parser(nn.Module):
    """A network that recovers parsing map and pose of a person, inside the hole as well.

    Attributes:
        encoder: the part of it that may start from ImageNet.
    """

    encoder: nn.Module

    def forward(
        self, image: Tensor, mask: Tensor, given: Tensor | None = None, logits_stride: int = 1
    ) -> ParsingOutput:
        """Parse masked images.

        Args:
            image: (N, 3, H, W) in [-1, 1], hole pixels 0; H and W multiples of 32.
            mask: (N, 1, H, W), 1 = hole.
            given: (N, 16, H/4, W/4) heatmaps in [0, 1] that are known better; negative where predicted ones
                shall stay; None = all predicted.
            logits_stride: the logits come at 1/stride of the input size; 2 saves time in training.
        """
        raise NotImplementedError

    def _refined(self, features: Tensor, coarse: Tensor, heatmaps: Tensor) -> Tensor:
        """A new map of the first one, features and heatmaps."""
        raise NotImplementedError

    def _answer(
        self, like: Tensor, stride: int, parts: tuple[Tensor, Tensor, Tensor], given: Tensor | None
    ) -> ParsingOutput:
        """Maps at 1 / stride of the size of a picture, from features, the first map and heatmaps."""
        features, coarse, heatmaps = parts
        fine, steered = self._refined(features, coarse, heatmaps), None
        if given is not None:
            known = torch.where(given < 0, heatmaps, given.to(heatmaps.dtype))
            steered = resized(self._refined(features, coarse, known), like, stride)
        return ParsingOutput(resized(coarse, like, stride), resized(fine, like, stride), heatmaps, steered)


class ParsingNetwork(Parser):
    """The parser that we ship, and its like: common pyramid and decoder for both branches."""

    encoder: EfficientNetLite2 | ResNet101

    def __init__(self, config: ParsingConfig) -> None:
        """Build the network.

        Raises:
            OptionError: the config names an unknown encoder.
        """
        super().__init__()
        if config.encoder not in _ENCODERS:
            known = ", ".join(_ENCODERS)
            raise OptionError(f"There is no encoder named {config.encoder!r}; choose one of: {known}.")
        self.config = config
        self.encoder = _ENCODERS[config.encoder]()
        width = config.width
        c4, c8, c16, c32 = self.encoder.channels
        self.top = _conv(c16 + c32, width + width // 3, 1)
        self.pyramid = AtrousPyramid(width + width // 3, width, config.dilations)
        self.lateral8 = nn.Conv2d(c8, width, 1)
        self.merge8 = _conv(width, width)
        self.lateral4 = nn.Conv2d(c4, width, 1)
        self.merge4 = _conv(width, width)
        self.parsing = nn.Sequential(_conv(width, width), nn.Conv2d(width, LABEL_COUNT, 1))
        self.pose = nn.Sequential(
            _conv(width, config.pose_width),
            _conv(config.pose_width, config.pose_width, 3, 3),
            nn.Conv2d(config.pose_width, KEYPOINT_COUNT, 1),
        )
        self.refine = nn.Sequential(
            _conv(width + LABEL_COUNT + KEYPOINT_COUNT, width, 1),
            _conv(width, width, 3, 2),
            _conv(width, width, 3, 4),
            nn.Conv2d(width, LABEL_COUNT, 1),
        )
        # A sigmoid that starts near zero: heatmaps are almost empty pictures.
        nn.init.constant_(cast(Tensor, self.pose[-1].bias), -4.0)

    def forward(
        self, image: Tensor, mask: Tensor, given: Tensor | None = None, logits_stride: int = 1
    ) -> ParsingOutput:
        """Parse masked images; see `Parser`."""
        f4, f8, f16, f32 = self.encoder(image, mask)
        x = self.pyramid(self.top(torch.cat([f16, resized(f32, f16)], 1)))
        x = self.merge8(resized(x, f8) + self.lateral8(f8))
        x = self.merge4(resized(x, f4) + self.lateral4(f4))
        coarse = self.parsing(x)
        heatmaps = torch.sigmoid(self.pose(x))
        return self._answer(image, logits_stride, (x, coarse, heatmaps), given)

    def _refined(self, features: Tensor, coarse: Tensor, heatmaps: Tensor) -> Tensor:
        out: Tensor = coarse + self.refine(torch.cat([features, torch.softmax(coarse, 1), heatmaps], 1))
        return out
