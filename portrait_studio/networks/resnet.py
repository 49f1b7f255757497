"""ResNet feature encoders (He et al. 2016), as in the parsing network of Wu et al."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from portrait_studio.errors import WeightsError

RESNET_101: Final = (3, 4, 23, 3)
"""Residual blocks of its stages two to five."""

_IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
_IMAGENET_DEVIATION: Final = (0.229, 0.224, 0.225)
"""Of red, green and blue in [0, 1]: the unit of the colours that ImageNet's weights were trained on."""


class ResNet(nn.Module):
    """Bottleneck encoder whose last stages are dilated instead of strided (DeepLab).

    Attributes:
        channels: of the four feature maps.
        strides: of the four feature maps, in input pixels.
    """

    channels = (256, 512, 1024, 2048)

    def __init__(self, blocks: tuple[int, ...] = RESNET_101, stride: int = 16, *, reads_mask: bool) -> None:
        """Build it with random weights.

        Args:
            blocks: residual blocks of each of its four stages.
            stride: of the last features, 8 or 16.
            reads_mask: the first convolution takes the mask as a fourth channel, whose weights start at zero.

        Raises:
            WeightsError: torchvision is not installed.
        """
        # Loading torchvision takes as long as loading torch, and the networks that we ship do without.
        try:
            from torchvision.models.resnet import Bottleneck
            from torchvision.models.resnet import ResNet as TorchvisionResNet
        except (ImportError, RuntimeError) as error:
            # The latter where it was built for another torch.
            raise WeightsError(
                "This network has an encoder of torchvision, which is not installed or not for this torch;"
                " install torchvision from where torch came from, or use other weights."
            ) from error

        super().__init__()
        dilated = [False, stride == 8, True]
        net = TorchvisionResNet(Bottleneck, list(blocks), replace_stride_with_dilation=dilated)
        self.strides = (4, 8, stride if stride == 8 else 16, stride)
        self.reads_mask = reads_mask
        self.conv1 = net.conv1
        if reads_mask:
            self.conv1 = nn.Conv2d(4, 64, 7, 2, 3, bias=False)
            self._take_stem(net.conv1.weight)
        self.bn1, self.relu, self.maxpool = net.bn1, net.relu, net.maxpool
        self.layers = nn.ModuleList([net.layer1, net.layer2, net.layer3, net.layer4])

    def forward(self, image: Tensor, mask: Tensor) -> list[Tensor]:
        """Features of a masked image.

        Args:
            image: (N, 3, H, W) in [-1, 1]; H and W multiples of 32.
            mask: (N, 1, H, W), 1 = hole; looked at only where the encoder reads it.

        Returns:
            Four tensors (N, C, H/s, W/s) with `channels` and `strides`.
        """
        seen = torch.cat([image, mask], 1) if self.reads_mask else image
        x = self.maxpool(self.relu(self.bn1(self.conv1(seen))))
        features = []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
        return features

    def load_imagenet(self, state: Mapping[str, Tensor]) -> None:
        """Take torchvision's weights of a network with as many blocks; the classifier is left out.

        They want colours in ImageNet's unit: the first layers take over what turns ours into it, which is
        exact but for the outermost pixels.

        Raises:
            RuntimeError: they are those of another network.
        """
        named = {
            f"layers.{int(name[5]) - 1}{name[6:]}" if name.startswith("layer") else name: value
            for name, value in state.items()
            if not name.startswith("fc.")
        }
        stem = named.pop("conv1.weight", None)
        if stem is None or stem.shape != (64, 3, 7, 7) or "bn1.running_mean" not in named:
            raise RuntimeError("no stem of a ResNet")
        mean, deviation = (torch.tensor(x).view(3, 1, 1) for x in (_IMAGENET_MEAN, _IMAGENET_DEVIATION))
        grey = ((0.5 - mean) / deviation * stem.float()).sum((1, 2, 3))
        named["bn1.running_mean"] = named["bn1.running_mean"] - grey
        self.load_state_dict({**named, "conv1.weight": self.conv1.weight.detach()})
        self._take_stem(stem / (2 * deviation))

    def _take_stem(self, weight: Tensor) -> None:
        with torch.no_grad():
            self.conv1.weight[:, :3] = weight
            self.conv1.weight[:, 3:] = 0


class ResNet101(ResNet):
    """The encoder of `parsing.ParsingConfig` by the name "resnet101": strides 4, 8, 16 and 16."""

    def __init__(self) -> None:
        super().__init__(reads_mask=True)
