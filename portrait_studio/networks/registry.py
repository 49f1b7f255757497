"""Which networks exist: an explicit table from architecture name to config class and network class."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from portrait_studio.errors import OptionError
from portrait_studio.networks.completion import (
    CompactCompletion,
    CompactCompletionConfig,
    PaperCompletion,
    PaperCompletionConfig,
)
from portrait_studio.networks.config_check import check_config
from portrait_studio.networks.detection import DetectionConfig, DetectionNetwork
from portrait_studio.networks.discriminator import (
    Discriminator,
    DiscriminatorConfig,
    PatchDiscriminator,
    PatchDiscriminatorConfig,
)
from portrait_studio.networks.face import FaceConfig, FaceNetwork
from portrait_studio.networks.face_completion import FACE_COMPLETION, FaceCompletion, FaceCompletionConfig
from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork
from portrait_studio.networks.segmentation import SegmentationConfig, SegmentationNetwork


@dataclass(frozen=True)
class Architecture:
    """One kind of network.

    Attributes:
        task: what it is for, as in `catalog.TASKS`, or "discriminator".
        config: frozen dataclass that shapes it.
        network: module class, built as ``network(config)``.
    """

    task: str
    config: type[Any]
    network: type[nn.Module]


ARCHITECTURES: dict[str, Architecture] = {
    "parsing": Architecture("parsing", ParsingConfig, ParsingNetwork),
    "paper-completion": Architecture("completion", PaperCompletionConfig, PaperCompletion),
    "compact-completion": Architecture("completion", CompactCompletionConfig, CompactCompletion),
    "face": Architecture("face", FaceConfig, FaceNetwork),
    "segmentation": Architecture("segmentation", SegmentationConfig, SegmentationNetwork),
    "yolov3-tiny": Architecture("detection", DetectionConfig, DetectionNetwork),
    FACE_COMPLETION: Architecture(FACE_COMPLETION, FaceCompletionConfig, FaceCompletion),
    "dcgan-discriminator": Architecture("discriminator", DiscriminatorConfig, Discriminator),
    "patch-discriminator": Architecture("discriminator", PatchDiscriminatorConfig, PatchDiscriminator),
}


def build_network(architecture: str, config: dict[str, Any]) -> nn.Module:
    """Build an untrained network from plain values, as they stand in a recipe or a weights file.

    Raises:
        OptionError: the architecture or a config key is unknown, or a value does not fit.
    """
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise OptionError(f"There is no network architecture {architecture!r}; choose one of: {known}.")
    entry = ARCHITECTURES[architecture]
    fields = {field.name for field in dataclasses.fields(entry.config)}
    unknown = sorted(set(config) - fields)
    if unknown:
        known = ", ".join(sorted(fields))
        raise OptionError(f"The network {architecture!r} has no setting {unknown[0]!r}; it has: {known}.")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in config.items()}
    try:
        shape = entry.config(**values)
        check_config(shape)
        return entry.network(shape)
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        # torch itself judges sizes and rates; what it refuses is a wrong value in the recipe.
        raise OptionError(
            f"The network {architecture!r} cannot be built from the settings {config}: {error}; correct them."
        ) from error


def tensor_shapes(architecture: str, config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Names and shapes of what a network keeps in its file, without memory for it; see `build_network`."""
    with torch.device("meta"):
        module = build_network(architecture, config)
    return {name: tuple(value.shape) for name, value in module.state_dict().items()}
