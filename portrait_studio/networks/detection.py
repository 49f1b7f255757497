"""Detection network: boxes around people and things (YOLOv3-tiny, Redmon and Farhadi 2018, arXiv:1804.02767).

Layers and their order are those of Darknet's yolov3-tiny.cfg, so that its weights can be taken over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 32
"""Sides of the picture must be multiples of it."""

_COARSE_ANCHORS = (81, 82, 135, 169, 344, 319)
# The configuration that Darknet has today names the next smaller one for each (mask = 0,1,2), but its weights
# were trained with mask = 1,2,3: with the other anchors small boxes are about half as large as their things.
_FINE_ANCHORS = (23, 27, 37, 58, 81, 82)
_NORM_EPSILON = 1e-6
_SLOPE = 0.1


@dataclass(frozen=True)
class DetectionConfig:
    """Shape of a detection network.

    Attributes:
        widths: channels of the seven 3x3 convolutions of the backbone; the first five are each followed by a
            halving of the picture.
        neck: channels of the 1x1 convolution that both scales look at.
        lateral: channels that the coarse scale hands to the fine one.
        classes: number of kinds of things.
        coarse_anchors: width and height of the boxes that answers of the coarse scale are relative to, in
            pixels of the input, one after the other.
        fine_anchors: as many for the fine scale.
    """

    widths: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)
    neck: int = 256
    lateral: int = 128
    classes: int = 80
    coarse_anchors: tuple[int, ...] = _COARSE_ANCHORS
    fine_anchors: tuple[int, ...] = _FINE_ANCHORS

    def __post_init__(self) -> None:
        if len(self.widths) != 7:
            raise ValueError("a detection network has seven widths")
        for anchors in (self.coarse_anchors, self.fine_anchors):
            if not anchors or len(anchors) % 2:
                raise ValueError("anchors come in pairs of width and height, one pair or more")


class Boxes(NamedTuple):
    """All boxes that a network proposes, hardly any of them around something.

    Attributes:
        corners: (N, M, 4) left, top, right, bottom in pixels of the input; may reach beyond it.
        scores: (N, M, classes) in [0, 1]: probability that the box holds something, times that of the class.
    """

    corners: Tensor
    scores: Tensor


class ConvNormLeaky(nn.Sequential):
    """Convolution, normalisation, leaky ReLU: (N, inputs, H, W) -> (N, outputs, H, W)."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs, eps=_NORM_EPSILON),
            nn.LeakyReLU(_SLOPE, inplace=True),
        )


class DetectionNetwork(nn.Module):
    """A small network that answers at two scales, one box in 32 x 32 and one in 16 x 16 pixels per anchor."""

    def __init__(self, config: DetectionConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.backbone = nn.ModuleList(
            ConvNormLeaky(inputs, outputs, 3) for inputs, outputs in zip((3, *widths), widths, strict=False)
        )
        self.neck = ConvNormLeaky(widths[6], config.neck, 1)
        coarse, fine = (
            len(anchors) // 2 * (5 + config.classes)
            for anchors in (config.coarse_anchors, config.fine_anchors)
        )
        self.coarse = ConvNormLeaky(config.neck, 2 * config.neck, 3)
        self.coarse_answer = nn.Conv2d(2 * config.neck, coarse, 1)
        self.lateral = ConvNormLeaky(config.neck, config.lateral, 1)
        self.fine = ConvNormLeaky(config.lateral + widths[4], widths[4], 3)
        self.fine_answer = nn.Conv2d(widths[4], fine, 1)

    def forward(self, image: Tensor) -> Boxes:
        """Boxes at both scales, the coarse one first; see `Boxes`.

        Args:
            image: (N, 3, H, W) in [-1, 1]; H and W multiples of 32. What lies beyond the photo is 0.
        """
        x = self.backbone[0]((image + 1) / 2)
        for layer in self.backbone[1:5]:
            x = layer(functional.max_pool2d(x, 2))
        middle = x
        x = self.backbone[5](functional.max_pool2d(x, 2))
        # Pooling that does not halve looks at the next row and column; there is none beyond the last.
        x = functional.max_pool2d(functional.pad(x, (0, 1, 0, 1), value=-torch.inf), 2, 1)
        x = self.neck(self.backbone[6](x))
        coarse = self.coarse_answer(self.coarse(x))
        upper = functional.interpolate(self.lateral(x), scale_factor=2.0, mode="nearest")
        fine = self.fine_answer(self.fine(torch.cat([upper, middle], 1)))
        parts = (
            _decoded(coarse.float(), self.config.coarse_anchors, STRIDE),
            _decoded(fine.float(), self.config.fine_anchors, STRIDE // 2),
        )
        return Boxes(*(torch.cat(kind, 1) for kind in zip(*parts, strict=True)))


def _decoded(answer: Tensor, anchors: tuple[int, ...], step: int) -> Boxes:
    """What one scale says (Redmon and Farhadi 2018, section 2.1).

    Args:
        answer: (N, A (5 + classes), h, w): offsets x, y, width, height, something, classes of each anchor.
        anchors: width and height of A boxes in pixels, one after the other.
        step: pixels of the input from one answer to the next.
    """
    count, _, height, width = answer.shape
    sizes = answer.new_tensor(anchors).view(-1, 2)
    x = answer.view(count, len(sizes), -1, height, width).permute(0, 1, 3, 4, 2)
    rows = torch.arange(height, device=answer.device, dtype=answer.dtype)[:, None].expand(height, width)
    columns = torch.arange(width, device=answer.device, dtype=answer.dtype)[None, :].expand(height, width)
    centres = (torch.sigmoid(x[..., :2]) + torch.stack([columns, rows], -1)) * step
    halves = torch.exp(x[..., 2:4]) * (sizes / 2)[:, None, None, :]
    scores = torch.sigmoid(x[..., 4:5]) * torch.sigmoid(x[..., 5:])
    corners = torch.cat([centres - halves, centres + halves], -1)
    return Boxes(corners.flatten(1, 3), scores.flatten(1, 3))
