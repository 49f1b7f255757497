"""Packed sets of drawn figures, and released networks of a few channels, for tests of the trainer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import save_network
from trainer.data.pack_writer import write_packs
from trainer.data.sample import Sample

SET = "clothing-co-parsing"
"""Name of the set that the tiny recipes ask for."""

COAT, PANTS, FACE, LEFT_SHOE, RIGHT_SHOE, BAG = 4, 6, 11, 9, 10, 16

VGG_WIDTHS = (2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5)
VGG_PLACES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26)


def figure(key: str, seed: int, size: tuple[int, int] = (64, 96), bag: bool = False) -> Sample:
    """A figure of a face, a coat, pants and two shoes, in random colours, on a plain ground.

    Args:
        key: "set/id".
        seed: decides colours and noise.
        size: (width, height) in pixels, at least (48, 80).
        bag: whether it carries one.
    """
    width, height = size
    rng = np.random.default_rng(seed)
    labels = np.zeros((height, width), np.uint8)
    x, y = width // 2, (height - 80) // 2
    labels[y + 2 : y + 16, x - 6 : x + 6] = FACE
    labels[y + 16 : y + 44, x - 14 : x + 14] = COAT
    labels[y + 44 : y + 70, x - 10 : x + 10] = PANTS
    labels[y + 70 : y + 78, x - 12 : x - 2] = RIGHT_SHOE
    labels[y + 70 : y + 78, x + 2 : x + 12] = LEFT_SHOE
    if bag:
        labels[y + 36 : y + 50, x + 14 : x + 22] = BAG
    colours = rng.integers(30, 226, (25, 3))
    image = colours[labels] + rng.integers(-12, 13, (height, width, 3))
    keypoints = np.zeros((16, 3), np.float32)
    keypoints[8], keypoints[9] = (x, y + 16, 1), (x, y + 1, 1)
    keypoints[0], keypoints[5] = (x - 6, y + 70, 1), (x + 6, y + 70, 1)
    return Sample(key, np.clip(image, 0, 255).astype(np.uint8), labels, keypoints)


def write_figures(folder: Path, count: int = 6, name: str = SET, bags: int = 1) -> Path:
    """Pack `count` figures, the first `bags` of which carry a bag, all of them for training."""
    return write_samples(folder, name, [figure(f"{name}/{i:03d}", i, bag=i < bags) for i in range(count)])


def write_samples(folder: Path, name: str, samples: Sequence[Sample]) -> Path:
    """Pack the given samples, all of them for training."""
    write_packs([(sample, {}) for sample in samples], folder, name, "train")
    return folder


def write_tiny_models(folder: Path) -> Path:
    """Released parsing and completion networks with few channels and random values."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    parser = build_network("parsing", {"width": 12, "pose_width": 8, "dilations": [1, 2]})
    painter = build_network("compact-completion", {"widths": [4, 8, 12], "dilations": [1, 2], "attention": 4})
    save_network(folder / "parsing.safetensors", "parsing", parser, {"steps": 0})
    save_network(folder / "completion.safetensors", "compact-completion", painter, {"steps": 0})
    return folder


def write_tiny_vgg(path: Path, prefix: str = "features.") -> Path:
    """A file that is laid out like VGG-16, with random kernels of few channels."""
    generator = torch.Generator().manual_seed(3)
    state, channels = {}, 3
    for place, width in zip(VGG_PLACES, VGG_WIDTHS, strict=True):
        state[f"{prefix}{place}.weight"] = torch.randn(width, channels, 3, 3, generator=generator).half() / 4
        state[f"{prefix}{place}.bias"] = torch.zeros(width).half() + 0.1
        channels = width
    save_file(state, path)
    return path
