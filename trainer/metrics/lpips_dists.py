"""How different pictures look to people: LPIPS (Zhang et al. 2018) and DISTS (Ding et al. 2020), on VGG-16.

The learnt weights of both come with the packages `lpips` and `dists-pytorch`, which are read and not run:
they would download VGG-16.
"""

from __future__ import annotations

import importlib.util
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from portrait_studio.errors import WeightsError
from trainer.metrics.features import around_hole, colours_of, stages_of, vgg_convolutions

_WIDTHS: Final = (64, 128, 256, 512, 512)
"""Channels of the last rectified layer of each stage."""

_STABLE: Final = 1e-6
"""c1 and c2 of DISTS."""

_LPIPS_FILE, _DISTS_FILE = "weights/v0.1/vgg.pth", "weights.pt"


@dataclass(frozen=True)
class Perceived:
    """Distances of one picture from the truth; less is better.

    Attributes:
        lpips: mean over the crop.
        dists: of the whole crop; textures may lie elsewhere than in the truth.
    """

    lpips: float
    dists: float


class PerceivedDistance:
    """Compares fills of one hole with the truth on the crop around it."""

    def __init__(self, weights: Path, lpips: Sequence[Tensor], dists: tuple[Tensor, Tensor]) -> None:
        """Read VGG-16.

        Args:
            weights: safetensors file with the keys of `torchvision.models.vgg16().features`, any precision.
            lpips: weights (C,) of each stage's channels.
            dists: alpha and beta (1475,) of the picture's and all stages' channels.

        Raises:
            WeightsError: the file is missing or holds something else.
        """
        self._stages = stages_of(vgg_convolutions(weights))
        self._lpips = [head.view(1, -1, 1, 1).float() for head in lpips]
        alpha, beta = (part.flatten().double() for part in dists)
        total = alpha.sum() + beta.sum()
        widths = [3, *_WIDTHS]
        self._alpha, self._beta = (torch.split(part / total, widths) for part in (alpha, beta))

    @torch.inference_mode()
    def __call__(
        self, truth: NDArray[np.uint8], fills: Sequence[NDArray[np.uint8]], mask: NDArray[np.uint8]
    ) -> list[Perceived]:
        """Distances of each fill.

        Args:
            truth: (H, W, 3) uint8 RGB.
            fills: pictures to compare with it, (H, W, 3) uint8 RGB each.
            mask: (H, W) uint8, nonzero = hole; compared is the rectangle around it, with some context.
        """
        pictures, _ = around_hole([truth, *fills], mask)
        lpips = sum(
            _lpips_distance(features, head)
            for features, head in zip(self._features(pictures, _max_pool), self._lpips, strict=True)
        )
        smooth = [colours_of(pictures), *self._features(pictures, _l2_pool)]
        alike = sum(
            _similarity(features, alpha, beta)
            for features, alpha, beta in zip(smooth, self._alpha, self._beta, strict=True)
        )
        assert isinstance(lpips, Tensor)
        assert isinstance(alike, Tensor)
        return [Perceived(float(a), float(1 - b)) for a, b in zip(lpips, alike, strict=True)]

    def _features(self, pictures: Tensor, pool: Callable[[Tensor], Tensor]) -> list[Tensor]:
        found = []
        values = pictures
        for number, stage in enumerate(self._stages):
            values = stage(pool(values) if number else values)
            found.append(values)
        return found


def perceived_distance(weights: Path) -> PerceivedDistance | None:
    """The distances over a VGG-16 file; None where the packages with their learnt weights are not installed.

    Raises:
        WeightsError: the VGG file, or what a package holds, is missing or something else.
    """
    lpips, dists = _package_file("lpips", _LPIPS_FILE), _package_file("DISTS_pytorch", _DISTS_FILE)
    if lpips is None or dists is None:
        return None
    try:
        heads = torch.load(lpips, map_location="cpu", weights_only=True)
        shares = torch.load(dists, map_location="cpu", weights_only=True)
        read = [heads[f"lin{stage}.model.1.weight"] for stage in range(len(_WIDTHS))]
        return PerceivedDistance(weights, read, (shares["alpha"], shares["beta"]))
    except (OSError, KeyError, RuntimeError, pickle.UnpicklingError) as error:
        raise WeightsError(
            "The packages lpips and dists-pytorch do not hold the weights that are expected; install lpips "
            "0.1.4 and dists-pytorch 0.1."
        ) from error


def _package_file(package: str, name: str) -> Path | None:
    """A file of an installed package, which is not imported."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / name


def _max_pool(values: Tensor) -> Tensor:
    return functional.max_pool2d(values, 2)


def _l2_pool(values: Tensor) -> Tensor:
    """Root of the mean square under a Hann window of 3 x 3, every second pixel (Ding et al., section 2.2)."""
    line = torch.tensor([0.25, 0.5, 0.25])
    window = (line[:, None] * line).expand(values.shape[1], 1, 3, 3)
    squares = functional.conv2d(values.square(), window, stride=2, padding=1, groups=values.shape[1])
    return (squares + 1e-12).sqrt()


def _lpips_distance(features: Tensor, head: Tensor) -> Tensor:
    """(N - 1,) weighted squared distance of the first of (N, C, h, w) unit features from the others."""
    unit = features / (features.square().sum(1, keepdim=True).sqrt() + 1e-10)
    return ((unit[1:] - unit[:1]).square() * head).sum(1).double().mean((1, 2))


def _similarity(features: Tensor, alpha: Tensor, beta: Tensor) -> Tensor:
    """(N - 1,) weighted similarity of means and of structure of the first of (N, C, h, w) from the others."""
    values = features.double().flatten(2)
    mean, variance = values.mean(2), values.var(2, correction=0)
    covariance = (values[1:] * values[:1]).mean(2) - mean[1:] * mean[:1]
    texture = (2 * mean[1:] * mean[:1] + _STABLE) / (mean[1:] ** 2 + mean[:1] ** 2 + _STABLE)
    structure = (2 * covariance + _STABLE) / (variance[1:] + variance[:1] + _STABLE)
    return texture @ alpha + structure @ beta
