"""What VGG-16 sees of a fill: a distance in the hole (after Zhang et al. 2018), and its convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError, WeightsError

LAYOUT = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512)
"""Output channels of the convolutions of VGG-16 (configuration D), 0 = halving; the last is not needed."""

_TAPS = (3, 8, 15, 22, 29)
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
_CONTEXT_PX = 32
_LARGEST_SIDE = 384
_PREFIX = "features."


class VggDistance:
    """Compares fills of one hole with the truth by what VGG-16 sees of them."""

    def __init__(self, weights: Path) -> None:
        """Read the convolutions.

        Args:
            weights: safetensors file with the keys of `torchvision.models.vgg16().features`, any precision.

        Raises:
            WeightsError: the file is missing or holds something else.
        """
        self._layers = vgg_convolutions(weights)

    @torch.inference_mode()
    def __call__(
        self, truth: NDArray[np.uint8], fills: Sequence[NDArray[np.uint8]], mask: NDArray[np.uint8]
    ) -> list[float]:
        """Distances in the hole, 0 = the same, at most 4: squared distance of unit feature vectors.

        Averaged over the hole's positions at the last rectified layer of each of the five resolutions, then
        over the layers. What is seen is the rectangle around the hole with 32 pixels of context, scaled down
        to 384 pixels if larger.

        Args:
            truth: (H, W, 3) uint8 RGB.
            fills: pictures to compare with it, (H, W, 3) uint8 RGB each.
            mask: (H, W) uint8, nonzero = hole.

        Raises:
            OptionError: the hole is empty.
        """
        if not mask.any():
            raise OptionError(
                "There is nothing to measure in an empty hole; paint at least one pixel of the mask."
            )
        pictures, hole = around_hole([truth, *fills], mask)
        distances = []
        values = pictures
        for index, layer in enumerate(self._layers):
            values = layer(values)
            if index in _TAPS:
                distances.append(_distances_in(values, hole))
        return [float(value) for value in torch.stack(distances).mean(0)]


def vgg_convolutions(weights: Path) -> nn.Sequential:
    """The convolutions of VGG-16 up to relu5_3, in eval mode.

    Args:
        weights: safetensors file with the keys of `torchvision.models.vgg16().features`, any precision.

    Raises:
        WeightsError: the file is missing or holds something else.
    """
    layers = _convolutions(LAYOUT)
    try:
        state = {name.removeprefix(_PREFIX): value.float() for name, value in load_file(weights).items()}
        layers.load_state_dict(state, strict=True)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise WeightsError(
            f"{weights} does not hold the convolutions of VGG-16; give a safetensors file with the keys "
            "of torchvision's vgg16().features."
        ) from error
    return layers.eval().requires_grad_(False)


def stages_of(layers: nn.Sequential) -> list[nn.Sequential]:
    """The convolutions of each resolution with their activations, without the halving between them."""
    starts = [0, *(index + 1 for index, layer in enumerate(layers) if isinstance(layer, nn.MaxPool2d))]
    ends = [*(start - 1 for start in starts[1:]), len(layers)]
    return [layers[start:end] for start, end in zip(starts, ends, strict=True)]


def normalised(picture: NDArray[np.uint8]) -> Tensor:
    """(H, W, 3) uint8 RGB as VGG-16 reads it: (1, 3, H, W) float32 in the normalisation of ImageNet."""
    colours = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)[None]
    return (colours - torch.tensor(_MEAN).view(1, 3, 1, 1)) / torch.tensor(_STD).view(1, 3, 1, 1)


def colours_of(pictures: Tensor) -> Tensor:
    """What `normalised` was made from: (N, 3, H, W) in [0, 1]."""
    return pictures * torch.tensor(_STD).view(1, 3, 1, 1) + torch.tensor(_MEAN).view(1, 3, 1, 1)


def _convolutions(layout: tuple[int, ...]) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = 3
    for width in layout:
        if width == 0:
            layers.append(nn.MaxPool2d(2))
            continue
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
        channels = width
    return nn.Sequential(*layers)


def around_hole(pictures: Sequence[NDArray[np.uint8]], mask: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """The pictures, normalised (N, 3, h, w), and the hole (1, 1, h, w), cut to its surroundings."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    window = tuple(
        slice(max(0, int(line[0]) - _CONTEXT_PX), int(line[-1]) + 1 + _CONTEXT_PX) for line in (rows, columns)
    )
    hole = (mask[window] > 0).astype(np.uint8)
    cuts = [picture[window] for picture in pictures]
    scale = _LARGEST_SIDE / max(hole.shape)
    if scale < 1:
        size = max(1, round(hole.shape[1] * scale)), max(1, round(hole.shape[0] * scale))
        cuts = [cv2.resize(cut, size, interpolation=cv2.INTER_AREA) for cut in cuts]
        hole = cv2.resize(hole, size, interpolation=cv2.INTER_NEAREST)
    return torch.cat([normalised(cut) for cut in cuts]), torch.from_numpy(hole.astype(np.float32))[None, None]


def _distances_in(features: Tensor, hole: Tensor) -> Tensor:
    """(N - 1,) mean distance in the hole of the first of (N, C, h, w) features from each of the others."""
    unit = functional.normalize(features, dim=1)
    distance = (unit[1:] - unit[:1]).square().sum(dim=1).double()
    share = functional.adaptive_avg_pool2d(hole, (distance.shape[1], distance.shape[2]))[0]
    return (distance * share).sum((1, 2)) / share.sum().clamp_min(1e-8)
