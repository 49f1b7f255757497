"""Whether a network may be released in half precision: whether its answers stay the same on some pictures."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import resources_dir
from portrait_studio.networks.released import stored_value
from trainer.tasks.family import TOLERANCES
from trainer.tasks.table import FAMILIES

_SIDE = 256


@dataclass(frozen=True)
class HalvingTest:
    """What half precision changes.

    Attributes:
        changes: largest change over the pictures by kind, see `tasks.family.TOLERANCES`.
        half: whether all are tolerable.
    """

    changes: dict[str, float]
    half: bool


def try_half_precision(module: nn.Module, task: str) -> HalvingTest:
    """Compare a network with itself after its values went through half precision.

    Args:
        module: network in eval mode, float32, on the CPU.
        task: one of `tasks.table.FAMILIES`.
    """
    halved = copy.deepcopy(module)
    halved.load_state_dict(
        {name: stored_value(value, half=True).to(value.dtype) for name, value in module.state_dict().items()}
    )
    inputs = trial_inputs(task)
    with torch.inference_mode():
        changes = FAMILIES[task].changes(module(*inputs), halved(*inputs), inputs[-1])
    # A comparison with NaN is false: a network that breaks is not halved.
    return HalvingTest(changes, all(value <= TOLERANCES[name] for name, value in changes.items()))


def trial_inputs(task: str) -> tuple[Tensor, ...]:
    """Four views of the demo photo with holes, as the network of a task reads them; see `Family`."""
    views = torch.cat([_view(top, mirrored) for top in (0.0, 0.4) for mirrored in (False, True)])
    hole = torch.zeros(len(views), 1, _SIDE, _SIDE)
    hole[:, :, 72:160, 88:176] = 1
    return FAMILIES[task].trial(views, hole)


def _view(top: float, mirrored: bool) -> Tensor:
    """The demo photo from `top` (share of its height) down, squashed to (1, 3, 256, 256) in [-1, 1]."""
    pixels = read_photo(resources_dir() / "demo" / "photo.png").pixels
    cut = np.asarray(pixels[round(top * pixels.shape[0]) :, :: -1 if mirrored else 1], np.float32)
    scaled = cv2.resize(cut, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) / np.float32(127.5) - 1
    return torch.from_numpy(scaled).permute(2, 0, 1)[None].contiguous()


def is_halved(record: Mapping[str, Any]) -> bool:
    """Whether a released file stores half precision, by its training record; those that do not say so do."""
    return bool(record.get("half_precision", {}).get("half", True))
