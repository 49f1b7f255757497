"""Which device and which precision a run uses: the program's rule, but for the devices that train."""

from __future__ import annotations

from dataclasses import replace

import torch

from portrait_studio.engine.devices import Compute, PrecisionMemory, choose_compute
from portrait_studio.hardware import Hardware


def choose_training_compute(hardware: Hardware, memory: PrecisionMemory | None = None) -> Compute:
    """Device and precision of a run.

    Args:
        hardware: what was asked for; the device "auto" is CUDA where there is one, else the CPU.
        memory: remembers what was measured; None takes the program's.

    Raises:
        DeviceError: the device does not exist here.
    """
    if hardware.device == "auto":
        hardware = replace(hardware, device="cuda" if torch.cuda.is_available() else "cpu")
    return choose_compute(hardware, memory or PrecisionMemory())
