"""The parsing network of Wu et al. as JPPNet has it (their section III.A and figure 2): for a GPU.

ResNet-101 at stride 8, of which parsing and pose share the first four stages; atrous spatial pyramid pooling
on the fifth (DeepLab v2: four rates, summed); pose from the fourth; one refinement of the map by the pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn

from portrait_studio.networks.blocks import ConvNormRelu
from portrait_studio.networks.conventions import HEATMAP_STRIDE, KEYPOINT_COUNT, LABEL_COUNT
from portrait_studio.networks.hole_fill import HoleFill
from portrait_studio.networks.parsing import Parser, ParsingOutput, resized
from portrait_studio.networks.resnet import ResNet

_STRIDE: Final = 8
"""Of the fifth stage, in input pixels: stages four and five are dilated, not strided."""


@dataclass(frozen=True)
class PaperParsingConfig:
    """Shape of the paper's parsing network.

    Attributes:
        blocks: residual blocks of stages two to five (3, 4, 23, 3 in ResNet-101).
        width: channels of the features that the refinement sees (256).
        pose_width: channels of the pose branch's first layers (512).
        dilations: rates of the pyramid, in pixels at stride 8.
        fill: what stands in the hole, see `hole_fill.HOLE_FILLS` ("mean" in the paper).
    """

    blocks: tuple[int, ...] = (3, 4, 23, 3)
    width: int = 256
    pose_width: int = 512
    dilations: tuple[int, ...] = (6, 12, 18, 24)
    fill: str = "mean"


class SummedPyramid(nn.Module):
    """One dilated 3 x 3 convolution for each rate, their answers summed (Chen et al. 2018, figure 7)."""

    def __init__(self, inputs: int, outputs: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [nn.Conv2d(inputs, outputs, 3, 1, rate, dilation=rate) for rate in dilations]
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, h, w) -> (N, outputs, h, w)."""
        return torch.stack([branch(x) for branch in self.branches]).sum(0)


class PaperParsing(Parser):
    """Recovers parsing map and pose of a person, inside the hole as well; is not told where the hole is."""

    def __init__(self, config: PaperParsingConfig) -> None:
        """Build the network.

        Raises:
            OptionError: there is no such hole fill.
        """
        super().__init__()
        self.config = config
        self.fill = HoleFill(config.fill)
        self.encoder = ResNet(config.blocks, _STRIDE, reads_mask=False)
        fourth, fifth = self.encoder.channels[-2:]
        width, pose = config.width, config.pose_width
        self.pyramid = SummedPyramid(fifth, LABEL_COUNT, config.dilations)
        self.context = ConvNormRelu(fifth, width, 3)
        self.pose_context = nn.Sequential(
            ConvNormRelu(fourth, pose, 3),
            ConvNormRelu(pose, pose, 3),
            ConvNormRelu(pose, pose // 2, 3),
            ConvNormRelu(pose // 2, pose // 2, 3),
        )
        self.pose = nn.Conv2d(pose // 2, KEYPOINT_COUNT, 1)
        self.refine = nn.Sequential(
            ConvNormRelu(width + LABEL_COUNT + KEYPOINT_COUNT, width, 3),
            ConvNormRelu(width, width, 3),
            SummedPyramid(width, LABEL_COUNT, config.dilations),
        )
        # A sigmoid that starts near zero: heatmaps are almost empty pictures.
        nn.init.constant_(cast(Tensor, self.pose.bias), -4.0)

    def forward(
        self, image: Tensor, mask: Tensor, given: Tensor | None = None, logits_stride: int = 1
    ) -> ParsingOutput:
        """Parse masked images; see `parsing.Parser`."""
        *_, fourth, fifth = self.encoder(self.fill(image, mask), mask)
        context, coarse = self.context(fifth), self.pyramid(fifth)
        heatmaps = torch.sigmoid(resized(self.pose(self.pose_context(fourth)), image, HEATMAP_STRIDE))
        return self._answer(image, logits_stride, (context, coarse, heatmaps), given)

    def _refined(self, context: Tensor, coarse: Tensor, heatmaps: Tensor) -> Tensor:
        """A new map, at stride 8, from features, the first map's probabilities, and the heatmaps."""
        seen = [context, torch.softmax(coarse, 1), resized(heatmaps, coarse)]
        refined: Tensor = self.refine(torch.cat(seen, 1))
        return refined
