"""Which device and which precision a run uses: by capability, confirmed by a short measurement."""

from __future__ import annotations

import time

import torch
from torch import nn

from portrait_studio.engine.devices import Compute, cpu_has_bfloat16
from portrait_studio.errors import DeviceError

_PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose_compute(device: str, precision: str) -> Compute:
    """Resolve "auto".

    Args:
        device: "auto", "cpu", "cuda" or "mps".
        precision: "auto", "float32" or "bfloat16".

    Raises:
        DeviceError: the device does not exist here.
    """
    name = device
    if device == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if (name == "cuda" and not torch.cuda.is_available()) or (
        name == "mps" and not torch.backends.mps.is_available()
    ):
        raise DeviceError(f"This machine has no usable {name} device; choose --device cpu or auto.")
    chosen = _quicker(name) if precision == "auto" else _PRECISIONS[precision]
    return Compute(torch.device(name), chosen)


def _quicker(device: str) -> torch.dtype:
    """By capability on a GPU; on a CPU one convolution is timed both ways."""
    if device == "cuda":
        # Before Ampere bfloat16 is emulated.
        return torch.bfloat16 if torch.cuda.get_device_capability()[0] >= 8 else torch.float32
    return torch.bfloat16 if device == "mps" else _quicker_on_cpu()


def _quicker_on_cpu() -> torch.dtype:
    """Float32 without bfloat16 in hardware; with it, float32 only where a measurement speaks clearly for it.

    A busy machine disturbs short measurements, and the hardware is seldom wrong.
    """
    if not cpu_has_bfloat16():
        return torch.float32
    seconds = {kind: _seconds(kind) for kind in (torch.float32, torch.bfloat16)}
    return torch.bfloat16 if seconds[torch.bfloat16] < 1.5 * seconds[torch.float32] else torch.float32


def _seconds(precision: torch.dtype) -> float:
    layer = nn.Conv2d(128, 128, 3, padding=1).to(memory_format=torch.channels_last)
    image = torch.ones(4, 128, 64, 64).contiguous(memory_format=torch.channels_last)
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        with torch.autocast("cpu", precision, enabled=precision != torch.float32):
            out = layer(image)
        out.float().mean().backward()
        best = min(best, time.perf_counter() - start)
    return best
