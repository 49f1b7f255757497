"""ResNet-101 feature encoder (He et al. 2016), as in the parsing network of Wu et al."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ResNet101(nn.Module):
    """Encoder with features at strides 4, 8, 16 and 16: the last stage is dilated, not strided (DeepLab).

    The first convolution takes the mask as a fourth channel, whose weights start at zero.
    """

    channels = (256, 512, 1024, 2048)
    strides = (4, 8, 16, 16)

    def __init__(self) -> None:
        # Loading torchvision takes as long as loading torch, and the networks that we ship do without.
        from torchvision.models import resnet101

        super().__init__()
        net = resnet101(weights=None, replace_stride_with_dilation=[False, False, True])
        self.conv1 = nn.Conv2d(4, 64, 7, 2, 3, bias=False)
        with torch.no_grad():
            self.conv1.weight[:, :3] = net.conv1.weight
            self.conv1.weight[:, 3] = 0
        self.bn1, self.relu, self.maxpool = net.bn1, net.relu, net.maxpool
        self.layers = nn.ModuleList([net.layer1, net.layer2, net.layer3, net.layer4])

    def forward(self, image: Tensor, mask: Tensor) -> list[Tensor]:
        """Features of a masked image.

        Args:
            image: (N, 3, H, W) in [-1, 1], hole pixels 0; H and W multiples of 32.
            mask: (N, 1, H, W), 1 = hole.

        Returns:
            Four tensors (N, C, H/s, W/s) with `channels` and `strides`.
        """
        x = self.maxpool(self.relu(self.bn1(self.conv1(torch.cat([image, mask], 1)))))
        features = []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
        return features
