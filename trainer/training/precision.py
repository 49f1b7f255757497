"""Which device and which precision a run uses: the program's rule, but for the devices that train."""

from __future__ import annotations

import torch

from portrait_studio.engine import devices
from portrait_studio.engine.devices import Compute, PrecisionMemory
from portrait_studio.engine.hardware import Hardware


def choose_compute(device: str, precision: str, memory: PrecisionMemory | None = None) -> Compute:
    """Resolve "auto".

    Args:
        device: "auto" (CUDA where there is one, else the CPU), "cpu", "cuda" or "mps".
        precision: "auto" (the faster one on that device), "float32" or "bfloat16".
        memory: remembers what was measured; None takes the program's.

    Raises:
        DeviceError: the device does not exist here.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return devices.choose_compute(Hardware(device, precision), memory or PrecisionMemory())
