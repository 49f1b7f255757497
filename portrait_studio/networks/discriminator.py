"""Conditional discriminators D like those of DCGAN (Radford et al. 2015; Wu et al., section III.B.3)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from portrait_studio.networks.completion import encode_parsing


@dataclass(frozen=True)
class DiscriminatorConfig:
    """Shape of a discriminator.

    Attributes:
        layers: convolutions in all: 7 for 256x256 (global), 6 for 128x128 (local), 5 for 64x64 (face).
        width: channels of the first layer; they double until 8 times that.
        spectral: spectral normalisation instead of batch normalisation.
    """

    layers: int = 7
    width: int = 64
    spectral: bool = False


class Discriminator(nn.Module):
    """Kernels of size 4 and stride 2, the last one stride 1; gives a logit (the sigmoid is in the loss)."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        inputs = 6
        for index in range(config.layers - 1):
            outputs = config.width * min(2**index, 8)
            conv: nn.Module = nn.Conv2d(inputs, outputs, 4, 2, 1)
            layers.append(spectral_norm(conv) if config.spectral else conv)
            if index > 0 and not config.spectral:
                layers.append(nn.BatchNorm2d(outputs))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            inputs = outputs
        layers.append(nn.Conv2d(inputs, 1, 4, 1, 0))
        self.body = nn.Sequential(*layers)

    def forward(self, image: Tensor, parsing: Tensor) -> Tensor:
        """Judge images together with their structure.

        Args:
            image: (N, 3, S, S) in [-1, 1]; S = 2 ** (layers + 1).
            parsing: (N, 18, S, S) probabilities; repeated as three channels to match RGB.

        Returns:
            (N,) logits, positive = real.
        """
        index = encode_parsing(parsing, "index") * 2 - 1
        out: Tensor = self.body(torch.cat([image, index.expand(-1, 3, -1, -1)], 1))
        return out.mean((1, 2, 3))
