"""Reads the weights file of Darknet (Redmon 2013-2016, pjreddie.com/darknet) into a detection network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from portrait_studio.errors import WeightsError
from portrait_studio.networks.detection import ConvNormLeaky, DetectionNetwork

_WIDE_COUNTER_SINCE: Final = 2
"""Minor version from which on the number of pictures seen has 64 bits."""


def load_darknet(network: DetectionNetwork, path: Path) -> None:
    """Take over the values of a file that Darknet wrote for a network of this shape.

    The file begins with major, minor and revision number (int32) and the number of pictures seen; then come,
    convolution by convolution in the order of the configuration file, as float32 and little-endian: biases,
    scales, means, variances (only the biases where nothing is normalised), then the kernels as
    (outputs, inputs, height, width).

    Raises:
        WeightsError: the file is missing, no such file, or of a network of another shape.
    """
    values = _values(path)
    expected = sum(value.numel() for layer in _layers(network) for value in _parts(layer))
    if values.size != expected:
        raise WeightsError(
            f"{path} holds {values.size:,} values, but a network of this shape has {expected:,}; give the "
            "file that Darknet wrote for yolov3-tiny."
        )
    if not np.isfinite(values).all():
        raise WeightsError(f"{path} holds values that are no numbers; fetch the file again from its source.")
    start = 0
    with torch.no_grad():
        for value in (value for layer in _layers(network) for value in _parts(layer)):
            part = values[start : start + value.numel()]
            value.copy_(torch.from_numpy(part.copy()).view(value.shape))
            start += value.numel()


def _values(path: Path) -> NDArray[np.float32]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(
            f"{path} cannot be read ({error.strerror}); give the file that Darknet wrote for yolov3-tiny."
        ) from error
    if len(data) < 20 or len(data) % 4:
        raise WeightsError(
            f"{path} is damaged or no weights file of Darknet; fetch it again from its source."
        )
    major, minor = np.frombuffer(data, "<i4", 2)
    if major != 0:
        raise WeightsError(
            f"{path} is no weights file of Darknet of version 0; give the one that it wrote for yolov3-tiny."
        )
    return np.frombuffer(data, "<f4", offset=20 if minor >= _WIDE_COUNTER_SINCE else 16)


def _layers(network: DetectionNetwork) -> Iterator[nn.Module]:
    """Layers with values, in the order of yolov3-tiny.cfg."""
    yield from network.backbone
    yield from (network.neck, network.coarse, network.coarse_answer)
    yield from (network.lateral, network.fine, network.fine_answer)


def _parts(layer: nn.Module) -> list[torch.Tensor]:
    """Tensors of a layer in Darknet's order."""
    names = ["bias", "weight"]
    if isinstance(layer, ConvNormLeaky):
        names = ["1.bias", "1.weight", "1.running_mean", "1.running_var", "0.weight"]
    values = layer.state_dict()
    return [values[name] for name in names]
