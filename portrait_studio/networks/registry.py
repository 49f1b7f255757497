"""Which networks exist, and what each is for; no module of a network is loaded before one is built."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.errors import OptionError
from portrait_studio.messages import Message
from portrait_studio.networks.config_check import check_config

if TYPE_CHECKING:
    from torch import nn

TASKS: Final = {
    "parsing": Message("parsing"),
    "completion": Message("completion"),
    "face": Message("face"),
    "segmentation": Message("segmentation"),
    "detection": Message("detection"),
    "face-completion": Message("face completion"),
}
"""What the program uses networks for, and what the user reads of each."""


@dataclass(frozen=True)
class Architecture:
    """One kind of network.

    Attributes:
        task: what it is for: one of `TASKS`, or "discriminator", which only training needs.
        module: of this package, that holds its classes.
        config_class: name of the frozen dataclass that shapes it.
        network_class: name of the class that is built as ``network(config)``.
    """

    task: str
    module: str
    config_class: str
    network_class: str

    @property
    def config(self) -> type[Any]:
        """Frozen dataclass that shapes it."""
        return self._of_module(self.config_class)

    @property
    def network(self) -> type[nn.Module]:
        """Module class."""
        return self._of_module(self.network_class)

    def _of_module(self, name: str) -> type[Any]:
        found: type[Any] = getattr(import_module(f"portrait_studio.networks.{self.module}"), name)
        return found


ARCHITECTURES: Final = {
    "parsing": Architecture("parsing", "parsing", "ParsingConfig", "ParsingNetwork"),
    "paper-completion": Architecture("completion", "completion", "PaperCompletionConfig", "PaperCompletion"),
    "compact-completion": Architecture(
        "completion", "completion", "CompactCompletionConfig", "CompactCompletion"
    ),
    "face": Architecture("face", "face", "FaceConfig", "FaceNetwork"),
    "segmentation": Architecture("segmentation", "segmentation", "SegmentationConfig", "SegmentationNetwork"),
    "yolov3-tiny": Architecture("detection", "detection", "DetectionConfig", "DetectionNetwork"),
    "face-completion": Architecture(
        "face-completion", "face_completion", "FaceCompletionConfig", "FaceCompletion"
    ),
    "dcgan-discriminator": Architecture(
        "discriminator", "discriminator", "DiscriminatorConfig", "Discriminator"
    ),
    "patch-discriminator": Architecture(
        "discriminator", "discriminator", "PatchDiscriminatorConfig", "PatchDiscriminator"
    ),
}
"""By name, as it stands in recipes, weights files and the manifest."""


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
    import torch

    with torch.device("meta"):
        module = build_network(architecture, config)
    return {name: tuple(value.shape) for name, value in module.state_dict().items()}
