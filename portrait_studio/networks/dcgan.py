"""DCGAN of faces (Radford et al. 2015): a generator whose latent space is searched, and its judge.

Faces are aligned as for the face completion network, in a tighter window of 64 x 64 pixels (`ANCHORS`), which
shows little beside the face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from portrait_studio.networks.discriminator import Discriminator, DiscriminatorConfig, Judgement
from portrait_studio.networks.face_completion import ANCHORS as LOOSE_ANCHORS

FACE_GENERATOR: Final = "face-generator"
"""Name of the task."""

FACE_GENERATOR_SIDE: Final = 64
"""Side of the window that the network paints, in pixels."""

LATENT: Final = 100
"""Numbers that a face is made of."""

_TIGHTER: Final = 1.09
"""How much larger faces are than in the window of the face completion network, which needs more beside."""

ANCHORS: Final[tuple[tuple[float, float], ...]] = tuple(
    (0.5 + _TIGHTER * (x - 0.5), 0.5 + _TIGHTER * (y - 0.5)) for x, y in LOOSE_ANCHORS
)
"""Where right eye, left eye and mouth (the person's own sides) lie: x, y as shares of the window's side."""

_SPREAD: Final = 0.02
"""Standard deviation of the first weights."""


@dataclass(frozen=True)
class DcganConfig:
    """Shape of generator and judge.

    Attributes:
        width: channels of the generator's last hidden layer, which double towards the first (128 in Radford
            et al.).
        judge_width: channels of the judge's first layer.
    """

    width: int = 64
    judge_width: int = 64


class Generator(nn.Module):
    """Five transposed convolutions with kernels of 4 pixels, from one pixel to 64 x 64.

    Attributes:
        likeness: (2, 2) float32, what pictures of it are like beside real ones: of the structural similarity
            and of the mean absolute difference (of values in [0, 1]), mean and standard deviation over pairs.
    """

    likeness: Tensor

    def __init__(self, config: DcganConfig) -> None:
        super().__init__()
        widths = [config.width * factor for factor in (8, 4, 2, 1)]
        layers: list[nn.Module] = []
        for inputs, outputs in zip((LATENT, *widths[:-1]), widths, strict=True):
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [
                nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True),
            ]
        layers.append(nn.ConvTranspose2d(widths[-1], 3, 4, 2, 1))
        self.body = nn.Sequential(*layers)
        self.register_buffer("likeness", torch.zeros(2, 2))

    def forward(self, latent: Tensor) -> Tensor:
        """Faces (N, 3, 64, 64) in [-1, 1] of latent vectors (N, 100, 1, 1), about normally distributed."""
        return torch.tanh(self.body(latent))


class Dcgan(nn.Module):
    """Generator and judge together; as a module, it paints.

    Attributes:
        config: what shaped it.
        generator: paints faces.
        judge: tells whether faces are real; knows no parsing map.
    """

    def __init__(self, config: DcganConfig) -> None:
        super().__init__()
        self.config = config
        self.generator = Generator(config)
        self.judge = Discriminator(DiscriminatorConfig(5, config.judge_width, parsing_input=False))
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.normal_(layer.weight, 0.0, _SPREAD)
            elif isinstance(layer, nn.BatchNorm2d):
                nn.init.normal_(layer.weight, 1.0, _SPREAD)

    def forward(self, latent: Tensor) -> Tensor:
        """See `Generator.forward`."""
        picture: Tensor = self.generator(latent)
        return picture

    def judgement(self, picture: Tensor) -> Tensor:
        """Logits (N,) of faces (N, 3, 64, 64) in [-1, 1], positive = real."""
        nothing = picture[:, :0]
        said: Judgement = self.judge(picture, nothing, nothing)
        return said.logits.flatten()
