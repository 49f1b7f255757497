"""Perceptual loss on VGG features (Wu et al., eq. 3): VGG-19, which the paper names, or VGG-16."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import DataSetError
from trainer.distributed.processes import shared_mean

_STAGES = {13: (2, 2, 3, 3, 3), 16: (2, 2, 4, 4, 4)}
"""Convolutions of each stage by their number in all: VGG-16 and VGG-19 without their last layers."""


class PerceptualLoss(nn.Module):
    """Squared feature difference over the target's mean square, summed over relu1_2 to relu5_2."""

    depth = 5
    """Number of feature maps."""

    mean: Tensor
    std: Tensor

    def __init__(self, convolutions: list[nn.Conv2d], stages: tuple[int, ...]) -> None:
        """Take the layers; `load_perceptual` reads them.

        Args:
            convolutions: those up to conv5_2.
            stages: how many of them each stage has.
        """
        super().__init__()
        starts = [sum(stages[:stage]) for stage in range(len(stages))]
        self._pooled_before = set(starts[1:])
        self._taken = {start + 1 for start in starts}
        self.convolutions = nn.ModuleList(convolutions[: starts[self.depth - 1] + 2])
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.requires_grad_(False)
        # Pooling and reordering the features cost more than the convolutions otherwise, on a CPU.
        self.to(memory_format=torch.channels_last)

    def features(self, image: Tensor) -> list[Tensor]:
        """`depth` feature maps of images (N, 3, H, W) in [-1, 1]; H and W at least 16."""
        ordered = image.float().contiguous(memory_format=torch.channels_last)
        x = ((ordered + 1) / 2 - self.mean) / self.std
        taken = []
        for index, convolution in enumerate(self.convolutions):
            if index in self._pooled_before:
                x = functional.max_pool2d(x, 2)
            x = functional.relu(convolution(x))
            if index in self._taken:
                taken.append(x)
        return taken

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Distance of two batches (N, 3, H, W) in [-1, 1]; scalar. No gradient flows to the target."""
        with torch.no_grad():
            wanted = self.features(target)
        pairs = zip(self.features(output), wanted, strict=True)
        return torch.stack([self._distance(a, b) for a, b in pairs]).sum()

    def _distance(self, output: Tensor, target: Tensor) -> Tensor:
        return _relative_error(output, target)


class RelativeFeatureDistance(PerceptualLoss):
    """Absolute feature difference over the target's mean, summed over relu1_2, relu2_2 and relu3_2.

    Less is asked of what is far off than by squares, and the costly layers, which see parts rather than
    edges, are left out.
    """

    depth = 3

    def _distance(self, output: Tensor, target: Tensor) -> Tensor:
        scale = shared_mean(target.float().abs().mean()).clamp_min(1e-6)
        return (output - target).abs().float().mean() / scale


def _relative_error(output: Tensor, target: Tensor) -> Tensor:
    """Squared error over the target's mean square, since VGG files differ in the scale of their features."""
    scale = shared_mean(_mean_square(target)).clamp_min(1e-6)
    error: Tensor = _SquaredError.apply(output, target)
    return error / scale


class _SquaredError(torch.autograd.Function):
    """Mean squared difference without copies in float32 of what is compared, which cost a CPU most of it."""

    @staticmethod
    def forward(ctx: Any, output: Tensor, target: Tensor) -> Tensor:
        """Mean over all values, in float32 or wider."""
        difference = output - target
        ctx.save_for_backward(difference)
        return _mean_square(difference)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """The gradient for the output; none for the target."""
        (difference,) = ctx.saved_tensors
        factor = 2 * gradients[0] / difference.numel()
        return difference * factor.to(difference.dtype), None


def _mean_square(values: Tensor) -> Tensor:
    """Summed in float32 or wider."""
    wide = torch.promote_types(values.dtype, torch.float32)
    norm: Tensor = torch.linalg.vector_norm(values, dtype=wide)
    return norm.square() / values.numel()


def _convolutions(state: dict[str, Tensor]) -> tuple[list[nn.Conv2d], tuple[int, ...]]:
    """The convolutions up to conv5_2, each of which must read what the one before it writes."""
    stems = {int(n.split(".")[-2]): n.removesuffix("weight") for n in state if n.endswith(".weight")}
    stages = _STAGES[16 if len(stems) > 13 else 13]
    layers: list[nn.Conv2d] = []
    channels = 3
    needed = sum(stages[:-1]) + 2
    for _, stem in sorted(stems.items())[:needed]:
        weight, bias = (state[stem + kind].float() for kind in ("weight", "bias"))
        layer = nn.Conv2d(channels, weight.shape[0], 3, 1, 1)
        layer.load_state_dict({"weight": weight, "bias": bias})
        layers.append(layer)
        channels = layer.out_channels
    if len(layers) < needed:
        raise ValueError("too few convolutions")
    return layers, stages


def load_perceptual(path: Path, kind: type[PerceptualLoss] = PerceptualLoss) -> PerceptualLoss:
    """Read the keys of ``torchvision.models.vgg19().features``, or of vgg16, from a safetensors file.

    Args:
        path: the file.
        kind: which of the losses is wanted.

    Raises:
        DataSetError: the file is missing, damaged or holds something else.
    """
    try:
        read = _convolutions(load_file(path))
    except (OSError, SafetensorError, LookupError, ValueError, RuntimeError):
        raise DataSetError(
            f"{path} does not hold VGG features; give a safetensors file of torchvision's "
            "vgg19().features or vgg16().features."
        ) from None
    return kind(*read)
