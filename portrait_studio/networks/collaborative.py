"""Collaborative GAN of faces (Liao et al. 2018): one generator paints a face, its parts and its landmarks.

Windows are not aligned. A discriminator for each output is conditioned on the damaged picture; see
`discriminator.ConditionalDiscriminator`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from portrait_studio.networks.blocks import norm_layer, twice_as_large
from portrait_studio.networks.face_completion import FACE_PARTS
from portrait_studio.networks.hole_fill import HoleFill

COLLABORATIVE: Final = "collaborative"
"""Name of the task and of the architecture."""

COLLABORATIVE_SIDE: Final = 128
"""Side of the window in the paper, in pixels."""

PICTURE, PARTS, LANDMARKS = "i", "s", "d"
"""The paper's letters of the tasks: inpainting, segmentation, detection of landmarks."""

FIVE_POINTS: Final[tuple[str, ...]] = (
    "right eye",
    "left eye",
    "nose",
    "right corner of the mouth",
    "left corner of the mouth",
)
"""Landmarks that have a map each, the person's own sides."""

MIRROR_POINTS: Final[tuple[int, ...]] = (1, 0, 2, 4, 3)
"""Index of the same landmark in a mirrored window."""

TASK_CHANNELS: Final[dict[str, int]] = {PICTURE: 3, PARTS: len(FACE_PARTS), LANDMARKS: len(FIVE_POINTS)}
"""Channels of each output: colours; a map for each part; a map for each landmark."""

_SLOPE: Final = 0.2


@dataclass(frozen=True)
class CollaborativeConfig:
    """Shape of the generator.

    Attributes:
        tasks: which outputs it has, by their letters.
        width: channels of the first layer (not stated in the paper; 64 in DCGAN).
        factor: how many times as many later layers have at most (8 in DCGAN).
        layers: convolutions of the encoder; windows have a side of 2 ** layers pixels or a multiple of it.
        fill: what stands in the hole, see `hole_fill.HOLE_FILLS`; the paper's is its source of noise, too.
        mask_input: show it the mask as well; in the paper noise alone marks the hole.
    """

    tasks: str = "isd"
    width: int = 64
    factor: int = 8
    layers: int = 7
    fill: str = "noise"
    mask_input: bool = False


@dataclass(frozen=True, eq=False)
class CollaborativeOutput:
    """What the generator makes of windows.

    Attributes:
        seen: (N, 3, S, S) in [-1, 1], the damaged picture as it saw it.
        made: by the letter of the task, (N, C, S, S) in (-1, 1) with C from `TASK_CHANNELS`: the picture
            everywhere; 1 where a part is and -1 elsewhere; 1 where a landmark is, -1 far from it.
    """

    seen: Tensor
    made: dict[str, Tensor]


class Collaborative(nn.Module):
    """Encoder and decoder of 4 x 4 convolutions of stride 2, with skips; outputs share all but a layer."""

    def __init__(self, config: CollaborativeConfig) -> None:
        """Build it.

        Raises:
            ValueError: the tasks are none, unknown or named twice, or there is no layer.
        """
        super().__init__()
        if not config.tasks or len(set(config.tasks)) < len(config.tasks) or set(config.tasks) - {*"isd"}:
            raise ValueError("'tasks' must name some of i, s and d, each once")
        if config.layers < 2:
            raise ValueError("'layers' must be at least 2")
        self.config = config
        self.fill = HoleFill(config.fill)
        widths = [config.width * min(2**index, config.factor) for index in range(config.layers)]
        downs, inputs = [], 3 + config.mask_input
        for index, outputs in enumerate(widths):
            # The innermost layer has one value a channel, of which normalisation would leave nothing.
            downs.append(_down(inputs, outputs, "none" if index == config.layers - 1 else "batch"))
            inputs = outputs
        self.down = nn.ModuleList(downs)
        # Innermost first; all but the first read what the encoder has of their size as well.
        inner = [widths[-1], *(2 * width for width in widths[-2:0:-1])]
        pairs = zip(inner, widths[-2::-1], strict=True)
        self.up = nn.ModuleList(nn.Sequential(*twice_as_large(*pair)) for pair in pairs)
        channels = sum(TASK_CHANNELS[letter] for letter in config.tasks)
        self.last = nn.ConvTranspose2d(2 * widths[0], channels, 4, 2, 1)

    def forward(self, image: Tensor, mask: Tensor) -> CollaborativeOutput:
        """Complete windows of faces.

        Args:
            image: (N, 3, S, S) in [-1, 1]; what stands in the hole is not looked at.
            mask: (N, 1, S, S), 1 = hole.
        """
        seen = self.fill(image, mask)
        x = torch.cat([seen, mask], 1) if self.config.mask_input else seen
        skips: list[Tensor] = []
        for down in self.down:
            x = down(x)
            skips.append(x)
        skips.pop()
        for up in self.up:
            x = torch.cat([up(x), skips.pop()], 1)
        made = torch.split(torch.tanh(self.last(x)), [TASK_CHANNELS[name] for name in self.config.tasks], 1)
        return CollaborativeOutput(seen, dict(zip(self.config.tasks, made, strict=True)))


def _down(inputs: int, outputs: int, norm: str) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, 4, 2, 1)
    return nn.Sequential(conv, norm_layer(norm, outputs), nn.LeakyReLU(_SLOPE))
