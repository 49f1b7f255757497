"""Face refinement network F (Wu et al., section III.C): a residual on a 64x64 window around the face."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from portrait_studio.networks.blocks import ConvNormRelu, ResidualBlock, down_layers, up_layers, zero_weights
from portrait_studio.networks.completion import encode_parsing, parsing_channels

FACE_WINDOW = 64
"""Side of the window that the network sees, in pixels."""


@dataclass(frozen=True)
class FaceConfig:
    """Shape of a face network.

    Attributes:
        width: channels of the first layer (64 in the paper).
        blocks: residual blocks in the middle (4 in the paper).
        parsing_input: see `completion.PaperCompletionConfig`.
        dilations: rates of dilated convolutions between the residual blocks, as G has them (2, 4, 8, 16).
    """

    width: int = 32
    blocks: int = 4
    parsing_input: str = "one-hot"
    dilations: tuple[int, ...] = ()


class FaceNetwork(nn.Module):
    """Like the paper's G with four residual blocks; the output is added to the completion."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        inputs = 3 + 1 + parsing_channels(config.parsing_input)
        self.down = nn.Sequential(*down_layers(inputs, width))
        residual: list[nn.Module] = [ResidualBlock(4 * width) for _ in range(config.blocks)]
        dilated = [ConvNormRelu(4 * width, 4 * width, 3, 1, rate) for rate in config.dilations]
        half = config.blocks // 2
        self.middle = nn.Sequential(*residual[:half], *dilated, *residual[half:])
        self.up = nn.Sequential(*up_layers(width))
        self.leave = nn.Conv2d(width, 3, 7, 1, 3)
        # The refinement starts as the identity: residual zero.
        zero_weights(self.leave)

    def forward(self, completion: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        """Residual of a face window.

        Args:
            completion: (N, 3, 64, 64) in [-1, 1]: known pixels outside the hole, the completion inside.
            parsing: (N, 18, 64, 64) probabilities.
            mask: (N, 1, 64, 64), 1 = hole.

        Returns:
            (N, 3, 64, 64) in [-2, 2], to be added to `completion` inside the hole.
        """
        x = torch.cat([completion, encode_parsing(parsing, self.config.parsing_input), mask], 1)
        return 2 * torch.tanh(self.leave(self.up(self.middle(self.down(x)))))
