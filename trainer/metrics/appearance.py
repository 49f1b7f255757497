"""Feature vectors of whole pictures, for the Frechet distance of a method's fills from the true photos."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models import inception_v3

from portrait_studio.errors import WeightsError
from trainer.metrics.features import normalised, vgg_convolutions

INCEPTION_FILES = "inception_v3_google-*.pth"
"""Under what name torchvision keeps the weights that it has downloaded."""

_INCEPTION_SIDE = 299
_VGG_SIDE = 256


class FeatureNetwork(Protocol):
    """A network that turns a picture into a feature vector.

    Attributes:
        name: which network and file; figures of different names are never compared.
        dimensions: length of the vectors.
    """

    name: str
    dimensions: int

    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(H, W, 3) uint8 RGB to (dimensions,) float64."""
        ...


class InceptionFeatures:
    """Pooled features of torchvision's Inception-v3, 2048 values; what is commonly called FID uses it.

    The weights of other FID programs come from TensorFlow: their figures are not comparable with these.
    """

    dimensions = 2048

    def __init__(self, weights: Path) -> None:
        """Read the weights.

        Args:
            weights: state dict of `torchvision.models.inception_v3` (.pth or .safetensors), any precision.

        Raises:
            WeightsError: the file is missing or holds something else.
        """
        self._network = inception_v3(weights=None, transform_input=False, init_weights=False)
        try:
            state = {key: _float(value) for key, value in _read(weights).items()}
            self._network.load_state_dict(state, strict=True)
        except (OSError, SafetensorError, RuntimeError, pickle.UnpicklingError, AttributeError) as error:
            raise WeightsError(
                f"{weights} does not hold torchvision's Inception-v3; give the file that torchvision loads."
            ) from error
        self._network.fc = nn.Identity()
        self._network.eval().requires_grad_(False)
        self.name = f"Inception-v3 of torchvision, file {_short_hash(weights)}"

    @torch.inference_mode()
    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        """See `FeatureNetwork`; the picture is scaled to 299 x 299."""
        size = (_INCEPTION_SIDE, _INCEPTION_SIDE)
        large = picture.shape[0] > size[0] and picture.shape[1] > size[1]
        scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if large else cv2.INTER_LINEAR)
        values = torch.from_numpy(scaled.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
        return np.asarray(self._network(values)[0].double().numpy(), np.float64)


class VggFeatures:
    """relu5_3 of VGG-16 averaged over the picture, 512 values: where Inception is not at hand."""

    dimensions = 512

    def __init__(self, weights: Path) -> None:
        """Read the weights, as `features.vgg_convolutions` does.

        Raises:
            WeightsError: the file is missing or holds something else.
        """
        self._layers = vgg_convolutions(weights)
        self.name = f"VGG-16 relu5_3, file {_short_hash(weights)}"

    @torch.inference_mode()
    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        """See `FeatureNetwork`; the picture is scaled to a long side of 256."""
        scale = _VGG_SIDE / max(picture.shape[:2])
        size = max(32, round(picture.shape[1] * scale)), max(32, round(picture.shape[0] * scale))
        scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        values: Tensor = self._layers(normalised(np.asarray(scaled, np.uint8)))
        return np.asarray(values.mean((2, 3))[0].double().numpy(), np.float64)


def feature_network(inception: Path | None, vgg: Path | None) -> FeatureNetwork | None:
    """The network for the Frechet distance: Inception where its file is given or already on this machine.

    Args:
        inception: its weights; None looks where torchvision keeps downloads, but never downloads.
        vgg: weights of VGG-16, which stands in.

    Raises:
        WeightsError: a file is missing or holds something else.
    """
    if inception is None:
        kept = sorted(Path(torch.hub.get_dir()).glob(f"checkpoints/{INCEPTION_FILES}"))
        inception = kept[0] if kept else None
    if inception is not None:
        return InceptionFeatures(inception)
    return None if vgg is None else VggFeatures(vgg)


def _read(weights: Path) -> dict[str, Tensor]:
    if weights.suffix == ".safetensors":
        return load_file(weights)
    state: dict[str, Tensor] = torch.load(weights, map_location="cpu", weights_only=True)
    return state


def _float(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value


def _short_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
