"""Perceptual loss on VGG-16 features (Wu et al., eq. 3, with VGG-16 in place of VGG-19)."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import DataSetError
from trainer.processes import shared_mean

_POOLED_BEFORE = (2, 4, 7, 10)
_TAKEN = (1, 3, 5, 8, 11)
_CONVOLUTIONS = 12


class PerceptualLoss(nn.Module):
    """Squared feature difference over the target's mean square, summed over relu1_2 to relu5_2."""

    mean: Tensor
    std: Tensor

    def __init__(self, convolutions: list[nn.Conv2d]) -> None:
        """Args: the 12 convolutions up to conv5_2; `load_perceptual` reads them."""
        super().__init__()
        self.convolutions = nn.ModuleList(convolutions)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.requires_grad_(False)

    def features(self, image: Tensor) -> list[Tensor]:
        """Five feature maps of images (N, 3, H, W) in [-1, 1]; H and W at least 16."""
        x = ((image.float() + 1) / 2 - self.mean) / self.std
        taken = []
        for index, convolution in enumerate(self.convolutions):
            if index in _POOLED_BEFORE:
                x = functional.max_pool2d(x, 2)
            x = functional.relu(convolution(x))
            if index in _TAKEN:
                taken.append(x)
        return taken

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Distance of two batches (N, 3, H, W) in [-1, 1]; scalar. No gradient flows to the target."""
        with torch.no_grad():
            wanted = self.features(target)
        pairs = zip(self.features(output), wanted, strict=True)
        return torch.stack([_relative_error(a.float(), b.float()) for a, b in pairs]).sum()


def _relative_error(output: Tensor, target: Tensor) -> Tensor:
    """Squared error over the target's mean square, since VGG files differ in the scale of their features."""
    return functional.mse_loss(output, target) / shared_mean(target.square().mean()).clamp_min(1e-6)


def _convolutions(state: dict[str, Tensor]) -> list[nn.Conv2d]:
    """The first 12 convolutions, each of which must read what the one before it writes."""
    stems = {int(n.split(".")[-2]): n.removesuffix("weight") for n in state if n.endswith(".weight")}
    layers: list[nn.Conv2d] = []
    channels = 3
    for _, stem in sorted(stems.items())[:_CONVOLUTIONS]:
        weight, bias = (state[stem + kind].float() for kind in ("weight", "bias"))
        layer = nn.Conv2d(channels, weight.shape[0], 3, 1, 1)
        layer.load_state_dict({"weight": weight, "bias": bias})
        layers.append(layer)
        channels = layer.out_channels
    if len(layers) < _CONVOLUTIONS:
        raise ValueError("too few convolutions")
    return layers


def load_perceptual(path: Path) -> PerceptualLoss:
    """Read the keys of ``torchvision.models.vgg16().features`` from a safetensors file.

    Raises:
        DataSetError: the file is missing, damaged or holds something else.
    """
    try:
        convolutions = _convolutions(load_file(path))
    except (OSError, SafetensorError, LookupError, ValueError, RuntimeError):
        raise DataSetError(
            f"{path} does not hold VGG-16 features; give a safetensors file of torchvision's "
            "vgg16().features."
        ) from None
    return PerceptualLoss(convolutions)
