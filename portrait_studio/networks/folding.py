"""Folds batch normalisation into the convolution before it: the same answers with fewer passes over memory.

Training needs the normalisation, so weights files keep it. `export` finds which convolution each one follows
and writes that beside the weights; whoever only runs the network folds it after loading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from portrait_studio.errors import OptionError

_Convolution = (nn.Conv2d, nn.ConvTranspose2d)


def normalised_convolutions(module: nn.Module, *inputs: Tensor) -> dict[str, str]:
    """Which convolution each batch normalisation follows: names of layers, {normalisation: convolution}.

    Only pairs that may be folded: what the convolution writes goes nowhere but into the normalisation, as
    one forward pass shows.

    Args:
        module: network in eval mode, on the device of the inputs.
        inputs: what its `forward` takes.
    """
    names = {layer: name for name, layer in module.named_modules()}
    written: dict[int, tuple[nn.Module, Tensor]] = {}
    readers: dict[nn.Module, list[nn.Module]] = {}

    def hook(layer: nn.Module, read: tuple[Tensor, ...], output: Tensor) -> None:
        for value in read:
            if id(value) in written:
                readers.setdefault(written[id(value)][0], []).append(layer)
        if isinstance(layer, _Convolution):
            # The tensor is kept, so that its id is not given to another one.
            written[id(output)] = layer, output

    leaves = [layer for layer in names if next(layer.children(), None) is None]
    handles = [layer.register_forward_hook(hook) for layer in leaves]
    try:
        with torch.inference_mode():
            module(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    return {
        names[seen[0]]: names[conv]
        for conv, seen in readers.items()
        if len(seen) == 1 and isinstance(seen[0], nn.BatchNorm2d)
    }


def fold_batch_norm(module: nn.Module, folds: Mapping[str, str]) -> None:
    """Fold normalisations into the convolutions before them, in place; the network can only be run then.

    Args:
        module: network in eval mode.
        folds: {normalisation: convolution}, names as `normalised_convolutions` finds them.

    Raises:
        OptionError: a name is not that of such a layer of this network.
    """
    check_folds(module, folds)
    for norm, conv in folds.items():
        layer = cast(nn.Conv2d, module.get_submodule(conv))
        rule = cast(nn.BatchNorm2d, module.get_submodule(norm))
        # Not by `fuse_conv_bn_eval`, which copies the layer with all that it drags along.
        weight, bias = fuse_conv_bn_weights(
            layer.weight,
            layer.bias,
            cast(Tensor, rule.running_mean),
            cast(Tensor, rule.running_var),
            rule.eps,
            rule.weight,
            rule.bias,
            transpose=isinstance(layer, nn.ConvTranspose2d),
        )
        layer.weight, layer.bias = weight.requires_grad_(False), bias.requires_grad_(False)
        _replace(module, norm, nn.Identity())


def check_folds(module: nn.Module, folds: Mapping[str, str]) -> None:
    """Make sure that every name is that of a normalisation or convolution of the network.

    Raises:
        OptionError: one is not.
    """
    layers = dict(module.named_modules())
    for norm, conv in folds.items():
        fits = isinstance(layers.get(norm), nn.BatchNorm2d) and isinstance(layers.get(conv), _Convolution)
        if not fits:
            raise OptionError(f"There is no normalisation {norm!r} after a convolution {conv!r} to fold.")


def _replace(module: nn.Module, name: str, layer: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(module.get_submodule(parent), last, layer)
