"""A VGG-16 that knows nothing, of the real size: what reads it in another process sees no smaller one."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from trainer.metrics.features import LAYOUT


def write_random_vgg(path: Path) -> Path:
    """A file of the right shape with random convolutions."""
    generator = torch.Generator().manual_seed(0)
    state, channels, index = {}, 3, 0
    for width in LAYOUT:
        if width:
            weight = torch.randn((width, channels, 3, 3), generator=generator) * (2 / (9 * channels)) ** 0.5
            state[f"features.{index}.weight"] = weight.half()
            state[f"features.{index}.bias"] = torch.zeros(width).half()
            channels, index = width, index + 1
        index += 1
    save_file(state, path)
    return path
