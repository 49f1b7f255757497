"""Which networks exist, and what each is for; no module of a network is loaded before one is built."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.messages import Message

if TYPE_CHECKING:
    from torch import nn

TASKS: Final = {
    "parsing": Message("parsing"),
    "completion": Message("completion"),
    "face": Message("face"),
    "segmentation": Message("segmentation"),
    "detection": Message("detection"),
    "face-completion": Message("face completion"),
    "damage": Message("damage"),
    "repair": Message("repair"),
    "general-completion": Message("general completion"),
    "face-generator": Message("face generator"),
    "collaborative": Message("collaborative face completion"),
    "feet": Message("feet"),
    "head-completion": Message("head completion"),
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
    "paper-parsing": Architecture("parsing", "paper_parsing", "PaperParsingConfig", "PaperParsing"),
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
    "attentive-damage": Architecture("damage", "attentive", "AttentionConfig", "AttentionLstm"),
    "attentive-completion": Architecture(
        "repair", "attentive", "AttentiveCompletionConfig", "AttentiveCompletion"
    ),
    "damage-unet": Architecture("damage", "damage", "DamageUnetConfig", "DamageUnet"),
    "glcic": Architecture("general-completion", "glcic", "GlcicConfig", "Glcic"),
    "collaborative": Architecture("collaborative", "collaborative", "CollaborativeConfig", "Collaborative"),
    "feet": Architecture("feet", "feet", "FeetConfig", "FeetDecoder"),
    "head-completion": Architecture(
        "head-completion", "head_completion", "HeadCompletionConfig", "HeadCompletion"
    ),
    "dcgan": Architecture("face-generator", "dcgan", "DcganConfig", "Dcgan"),
    "dcgan-discriminator": Architecture(
        "discriminator", "discriminator", "DiscriminatorConfig", "Discriminator"
    ),
    "conditional-discriminator": Architecture(
        "discriminator", "discriminator", "ConditionalDiscriminatorConfig", "ConditionalDiscriminator"
    ),
    "patch-discriminator": Architecture(
        "discriminator", "discriminator", "PatchDiscriminatorConfig", "PatchDiscriminator"
    ),
    "two-tower-discriminator": Architecture(
        "discriminator", "glcic", "TwoTowerConfig", "TwoTowerDiscriminator"
    ),
}
"""By name, as it stands in recipes, weights files and the manifest."""
