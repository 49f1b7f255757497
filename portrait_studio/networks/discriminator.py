"""Conditional discriminators D: DCGAN's (Wu et al., section III.B.3), one of any channels, one of patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from portrait_studio.networks.blocks import coordinates_like
from portrait_studio.networks.completion import encode_parsing, parsing_channels


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a discriminator says of a batch.

    Attributes:
        logits: (N, 1, h, w), positive = real: 1x1 for a whole picture, a grid for overlapping patches.
        features: outputs of the layers before, finest first, for feature matching.
    """

    logits: Tensor
    features: tuple[Tensor, ...]


@dataclass(frozen=True)
class DiscriminatorConfig:
    """Shape of the paper's discriminator.

    Attributes:
        layers: convolutions in all: 7 for 256x256 (global), 6 for 128x128 (local), 5 for 64x64 (face).
        width: channels of the first layer; they double until 8 times that.
        spectral: spectral normalisation (Miyato et al. 2018) instead of batch normalisation.
        mask_input: show it the mask as well.
        parsing_input: show it the parsing map; without, it judges pictures of which there is none.
    """

    layers: int = 7
    width: int = 64
    spectral: bool = False
    mask_input: bool = False
    parsing_input: bool = True


class Discriminator(nn.Module):
    """Kernels of size 4 and stride 2, the last one stride 1; gives a logit (the sigmoid is in the loss)."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        inputs = 3 + 3 * config.parsing_input + config.mask_input
        widths = [config.width * min(2**index, 8) for index in range(config.layers - 1)]
        last = nn.Conv2d(widths[-1] if widths else inputs, 1, 4, 1, 0)
        self.body = _strided(inputs, widths, last, config.spectral)

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Judgement:
        """Judge images together with their structure.

        Args:
            image: (N, 3, S, S) in [-1, 1]; S = 2 ** (layers + 1).
            parsing: (N, 18, S, S) probabilities; repeated as three channels to match RGB.
            mask: (N, 1, S, S), 1 = hole; read, as the map is, where the config says so.
        """
        parts = [image]
        if self.config.parsing_input:
            index = encode_parsing(parsing, "index") * 2 - 1
            parts.append(index.expand(-1, 3, -1, -1))
        if self.config.mask_input:
            parts.append(mask)
        return _walk(self.body, torch.cat(parts, 1))


@dataclass(frozen=True)
class ConditionalDiscriminatorConfig:
    """Shape of a discriminator of any channels, conditioned on any others.

    Attributes:
        judged: channels of what is judged.
        condition: channels of what it is conditioned on.
        layers: convolutions in all, each of which halves the size.
        width: channels of the first layer; they double until 8 times that.
        spectral: spectral instead of batch normalisation.
    """

    judged: int = 3
    condition: int = 3
    layers: int = 5
    width: int = 64
    spectral: bool = False


class ConditionalDiscriminator(nn.Module):
    """Kernels of size 4 and stride 2 throughout: a logit for each of several patches (Liao et al. 2018)."""

    def __init__(self, config: ConditionalDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        inputs = config.judged + config.condition
        widths = [config.width * min(2**index, 8) for index in range(config.layers - 1)]
        last = nn.Conv2d(widths[-1] if widths else inputs, 1, 4, 2, 1)
        self.body = _strided(inputs, widths, last, config.spectral)

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Judgement:
        """Judge pictures or maps together with what they are conditioned on.

        Args:
            image: (N, judged, S, S) in [-1, 1]; S a multiple of 2 ** layers.
            parsing: (N, condition, S, S), the condition.
            mask: not looked at.
        """
        return _walk(self.body, torch.cat([image, parsing], 1))


def _strided(inputs: int, widths: Sequence[int], last: nn.Conv2d, spectral: bool) -> nn.Sequential:
    """DCGAN's convolutions of 4 x 4 and stride 2, and the last one; the first has no normalisation."""
    layers: list[nn.Module] = []
    for index, outputs in enumerate(widths):
        conv: nn.Module = nn.Conv2d(inputs, outputs, 4, 2, 1)
        layers.append(spectral_norm(conv) if spectral else conv)
        if index > 0 and not spectral:
            layers.append(nn.BatchNorm2d(outputs))
        layers.append(nn.LeakyReLU(0.2))
        inputs = outputs
    layers.append(spectral_norm(last) if spectral else last)
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class PatchDiscriminatorConfig:
    """Shape of a discriminator of patches.

    Attributes:
        widths: channels of the stride-2 layers; three of them see patches of 54 pixels, four of 110.
        parsing_input: "one-hot", "index" or "none"; see `completion.PaperCompletionConfig`.
        mask_input: show it the mask as well.
        coordinates: show it where it looks, x and y in [-1, 1], for windows that are aligned.
    """

    widths: tuple[int, ...] = (48, 96, 192)
    parsing_input: str = "one-hot"
    mask_input: bool = True
    coordinates: bool = False


class PatchDiscriminator(nn.Module):
    """Spectrally normalised convolutions that judge every patch by itself (Isola et al. 2017).

    It needs no fixed size, and costs little: what stands in a hole is judged where it stands.
    """

    def __init__(self, config: PatchDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        inputs = 3 + parsing_channels(config.parsing_input) + int(config.mask_input) + 2 * config.coordinates
        layers: list[nn.Module] = []
        for outputs in config.widths:
            layers += [spectral_norm(nn.Conv2d(inputs, outputs, 4, 2, 1)), nn.LeakyReLU(0.2)]
            inputs = outputs
        layers += [spectral_norm(nn.Conv2d(inputs, inputs, 3, 1, 1)), nn.LeakyReLU(0.2)]
        layers.append(spectral_norm(nn.Conv2d(inputs, 1, 3, 1, 1)))
        self.body = nn.Sequential(*layers)

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Judgement:
        """Judge the patches of images together with their structure.

        Args:
            image: (N, 3, H, W) in [-1, 1]; H and W multiples of 2 ** (number of widths).
            parsing: (N, 18, H, W) probabilities.
            mask: (N, 1, H, W), 1 = hole; read where the config says so.
        """
        parts = [image, encode_parsing(parsing, self.config.parsing_input)]
        if self.config.mask_input:
            parts.append(mask)
        if self.config.coordinates:
            parts.append(coordinates_like(image))
        return _walk(self.body, torch.cat(parts, 1))


def _walk(body: nn.Sequential, x: Tensor) -> Judgement:
    """Outputs of all activations, and of the last layer."""
    features = []
    for layer in body:
        x = layer(x)
        if isinstance(layer, nn.LeakyReLU):
            features.append(x)
    return Judgement(x, tuple(features))
