"""Builds networks from plain values, as they stand in recipes and weights files: none beyond all use."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any, Final

import torch
from torch import nn

from portrait_studio.errors import OptionError
from portrait_studio.networks.registry import ARCHITECTURES

_MOST: Final = {"blocks": 64, "fourier": 64, "layers": 16, "dilations": 64}
_MOST_OTHERS: Final = 2048
"""Channels."""
_MOST_VALUES: Final = 64
_MOST_LETTERS: Final = 100


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
        _check_config(shape)
        return entry.network(shape)
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        # torch itself judges sizes and rates; what it refuses is a wrong value in the recipe.
        raise OptionError(
            f"The network {architecture!r} cannot be built from the settings {config}: {error}; correct them."
        ) from error


def outline_network(architecture: str, config: dict[str, Any]) -> nn.Module:
    """The same without memory for its values, on the device "meta": in a tenth of the time."""
    with torch.device("meta"):
        return build_network(architecture, config)


def tensor_shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Names and shapes of what a network keeps in its file."""
    return {name: tuple(value.shape) for name, value in module.state_dict().items()}


def _check_config(config: Any) -> None:
    """Make sure that a config has values of its types, none of them beyond all use.

    Args:
        config: a frozen dataclass that shapes a network.

    Raises:
        ValueError: it has not.
    """
    kinds = typing.get_type_hints(type(config))
    for field in dataclasses.fields(config):
        wrong = _wrong(field.name, kinds[field.name], getattr(config, field.name))
        if wrong is not None:
            raise ValueError(f"{field.name!r} must be {wrong}")


def _wrong(name: str, kind: Any, value: Any) -> str | None:
    """What a value must be; None where it is that."""
    most = _MOST.get(name, _MOST_OTHERS)
    if kind is int:
        return None if _is_whole(value, most) else f"a whole number from 0 to {most}"
    if kind is float:
        fits = type(value) in (int, float) and 0 <= value <= 1
        return None if fits else "a number from 0 to 1"
    if typing.get_origin(kind) is tuple:
        fits = isinstance(value, tuple) and len(value) <= _MOST_VALUES
        fits = fits and all(_is_whole(each, most) for each in value)
        return None if fits else f"at most {_MOST_VALUES} whole numbers from 0 to {most}"
    if kind is str:
        return None if isinstance(value, str) and len(value) <= _MOST_LETTERS else "a name"
    return None if type(value) is kind else f"a {kind.__name__}"


def _is_whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most
