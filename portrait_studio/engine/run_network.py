"""Runs a network so that it can be cancelled between two of its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.engine.devices import Compute

Report = Callable[[float], None]
"""Called with the finished share of a step in [0, 1]; raises to cancel."""


@contextmanager
def watched(module: nn.Module, report: Report) -> Iterator[None]:
    """While open, `report` hears of every layer that runs, so a long forward pass can be cancelled."""
    layers = [layer for layer in module.modules() if next(layer.children(), None) is None]
    done = 0

    def before(_layer: nn.Module, _inputs: tuple[Any, ...]) -> None:
        nonlocal done
        report(min(1.0, done / max(1, len(layers))))
        done += 1

    handles = [layer.register_forward_pre_hook(before) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def part_of(report: Report, number: int, count: int) -> Report:
    """What hears of one of `count` equal parts of the work, of which `number` came before it."""
    return lambda fraction: report((number + fraction) / count)


@contextmanager
def dropping(module: nn.Module, seed: int) -> Iterator[None]:
    """While open, a network's dropout is at work, for one of several answers; seed 0 = the mean answer."""
    layers = [layer for layer in module.modules() if isinstance(layer, nn.Dropout2d) and layer.p > 0]
    if seed == 0 or not layers:
        yield
        return
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        try:
            for layer in layers:
                layer.train()
            yield
        finally:
            for layer in layers:
                layer.eval()


def _nobody(_share: float) -> None:
    """Nobody hears."""


@dataclass(frozen=True, eq=False)
class NetworkRunner:
    """A network, what it runs on, and who hears of it, for one piece of work.

    Attributes:
        module: network in eval mode; moved to the device when it runs.
        compute: device and precision.
        report: hears of every layer; raises to cancel.
    """

    module: nn.Module
    compute: Compute
    report: Report = _nobody

    def part(self, number: int, count: int) -> NetworkRunner:
        """The same for one of `count` equal parts of the work, of which `number` came before it."""
        return replace(self, report=part_of(self.report, number, count))

    def __call__(self, *inputs: Tensor) -> Any:
        """Run the network.

        Args:
            inputs: (N, C, H, W) float32 on any device.

        Returns:
            What the network returns, on the device.
        """
        self.report(0.0)
        self.module.to(self.compute.device)
        on_device = [values.to(self.compute.device, memory_format=torch.channels_last) for values in inputs]
        with torch.inference_mode(), self.compute.autocast(), watched(self.module, self.report):
            output = self.module(*on_device)
        self.report(1.0)
        return output


def to_tensor(array: NDArray[np.float32]) -> Tensor:
    """(H, W, C) or (H, W) float32 array to a (1, C, H, W) tensor on the CPU."""
    layers = array[..., None] if array.ndim == 2 else array
    return torch.from_numpy(np.ascontiguousarray(layers.transpose(2, 0, 1)))[None]


def to_array(values: Tensor) -> NDArray[np.float32]:
    """(1, C, H, W) tensor on any device to an (H, W, C) float32 array."""
    array = values[0].float().cpu().numpy()
    return np.ascontiguousarray(array.transpose(1, 2, 0), dtype=np.float32)
